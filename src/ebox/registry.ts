/** Wire forms of the message registry, contract 2.1: messages, attachments, statuses, and what may be asked. */
import { z } from 'zod';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import { brusselsDateTime, parseLocalDate } from '../domain/period.ts';

const translated = z
  .object(Object.fromEntries(DOCUMENT_LANGUAGES.map((language) => [language, z.string().optional()])))
  .meta({ id: 'TranslatedString', description: 'A text in the languages it exists in' });

const dateTime = z.string().meta({ format: 'date-time', example: '2026-03-02T09:30:00+01:00' });

const digest = z
  .object({
    digestMethod: z.literal('sha_256'),
    digestValue: z.string().meta({ description: 'SHA-256 in base64url (RFC 4648 §5)' }),
  })
  .meta({ id: 'Digest' });

/** An attachment (contract: `Attachment`). */
export const attachmentSchema = z
  .object({
    attachmentId: z.string(),
    fileName: z.string(),
    mainContent: z.boolean(),
    mediaType: z.string(),
    size: z.number().meta({ description: 'kB' }),
    digest,
    attachmentSigned: z.boolean(),
    contentHref: z.string(),
  })
  .meta({ id: 'Attachment' });

export const attachmentsSchema = z
  .object({ items: z.array(attachmentSchema), totalItems: z.int() })
  .meta({ id: 'Attachments' });

/** A message (contract: `Message`). */
export const messageSchema = z
  .object({
    messageId: z.string(),
    originalMessageId: z.string().optional(),
    subject: translated,
    receiptDate: dateTime,
    expirationDate: dateTime,
    readStatus: z.boolean(),
    visible: z.boolean(),
    registeredMail: z.boolean(),
    messageTypeId: z.string(),
    senderOrganizationId: z.string(),
    senderApplicationId: z.string(),
    attachments: attachmentsSchema,
    bodyMainContent: z.boolean(),
    replyAuthorized: z.boolean(),
  })
  .meta({ id: 'Message' });

export const messagesSchema = z
  .object({ items: z.array(messageSchema), totalItems: z.int() })
  .meta({ id: 'Messages' });

export const eboxSchema = z
  .object({
    numberOfMessages: z.int(),
    numberOfUnreadMessages: z.int(),
    lastReceiptDate: dateTime.optional(),
  })
  .meta({ id: 'Ebox' });

export const statusMessageSchema = z
  .object({
    id: z.string(),
    code: z.string(),
    message: z.string(),
    environment: z.enum(['development', 'production']),
  })
  .meta({ id: 'StatusMessage' });

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const day = z.string().refine((text) => parseLocalDate(text) !== undefined, 'expected a day as yyyy-MM-dd');
const counted = (initial: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, `expected 1 to ${most}`)
    .default(initial);

/** The filters of `GET /ebox/messages`. */
export const messageQuerySchema = z.strictObject({
  page: counted(1, 100_000),
  pageSize: counted(25, 100),
  receivedBefore: day.optional(),
  receivedAfter: day.optional(),
  expiredBefore: day.optional(),
  expiredAfter: day.optional(),
  readStatus: flag.optional(),
  visible: flag.optional(),
  messageTypeId: z.string().optional(),
  senderOrganizationId: z.string().optional(),
  senderApplicationId: z.string().optional(),
});
export type MessageQuery = z.output<typeof messageQuerySchema>;

const eboxId = z
  .strictObject({ eboxType: z.enum(['citizen', 'enterprise']), eboxIdValue: z.string().max(20) })
  .meta({ id: 'EboxId' });

/** The body of `POST /searchMessageStatus`: messages named by id and recipient. */
export const statusRequestSchema = z
  .array(z.strictObject({ messageId: z.string().max(100), eboxId }))
  .min(1)
  .max(500);
export type StatusRequest = z.output<typeof statusRequestSchema>;

export const statusListSchema = z.array(
  z
    .object({
      messageId: z.string(),
      eboxId,
      expirationDate: dateTime,
      readStatus: z.boolean(),
      visible: z.boolean(),
    })
    .meta({ id: 'MessageStatus' }),
);

/** A message of ours, as the register knows it. */
export interface RegistryMessage {
  readonly messageId: string;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  readonly subject: string;
  readonly language: DocumentLanguage;
  readonly originalMessageId: string | null;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly isVisible: boolean;
  readonly readAt: Date | null;
  readonly attachments: readonly RegistryAttachment[];
}

export interface RegistryAttachment {
  readonly attachmentId: string;
  readonly fileName: string;
  readonly isMainContent: boolean;
  readonly isSigned: boolean;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** Writes a message as the contract wants it; `base` is the address of the registry. */
export function toMessage(message: RegistryMessage, base: string): z.input<typeof messageSchema> {
  return {
    messageId: message.messageId,
    ...(message.originalMessageId !== null && { originalMessageId: message.originalMessageId }),
    subject: { [message.language]: message.subject },
    receiptDate: brusselsDateTime(message.receivedAt),
    expirationDate: brusselsDateTime(message.expiresAt),
    readStatus: message.readAt !== null,
    visible: message.isVisible,
    registeredMail: false,
    messageTypeId: message.messageTypeId,
    senderOrganizationId: message.senderOrganizationId,
    senderApplicationId: message.senderApplicationId,
    attachments: toAttachments(message, base),
    bodyMainContent: false,
    replyAuthorized: false,
  };
}

/** Writes the attachments of a message. */
export function toAttachments(
  { messageId, attachments }: Pick<RegistryMessage, 'messageId' | 'attachments'>,
  base: string,
): z.input<typeof attachmentsSchema> {
  return {
    items: attachments.map((one) => toAttachment(messageId, one, base)),
    totalItems: attachments.length,
  };
}

/** Writes one attachment. */
export function toAttachment(
  messageId: string,
  attachment: RegistryAttachment,
  base: string,
): z.input<typeof attachmentSchema> {
  return {
    attachmentId: attachment.attachmentId,
    fileName: attachment.fileName,
    mainContent: attachment.isMainContent,
    mediaType: attachment.mediaType,
    size: Math.round((attachment.bytes / 1024) * 10) / 10,
    digest: { digestMethod: 'sha_256', digestValue: attachment.sha256.toString('base64url') },
    attachmentSigned: attachment.isSigned,
    contentHref: `${base}/ebox/messages/${messageId}/attachments/${attachment.attachmentId}/content`,
  };
}
