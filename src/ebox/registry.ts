/** Messages of ours in the wire form of the message registry, contract 2.1. */
import type { z } from 'zod';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import { brusselsDateTime } from '../domain/period.ts';
import type { BusinessData, MessageContent } from './publication.ts';
import type { attachmentSchema, attachmentsSchema, messageSchema } from './registry-schema.ts';

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
  readonly isBodyMain: boolean;
  readonly isReplyAuthorized: boolean;
  readonly content?: MessageContent;
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
    bodyMainContent: message.isBodyMain,
    ...toContent(message.content ?? {}),
    replyAuthorized: message.isReplyAuthorized,
  };
}

/** What a sender says beside subject and files; the body is asked for by itself. */
function toContent({ businessData, paymentData, attention }: MessageContent) {
  return {
    ...(businessData && {
      businessDataList: { items: businessData.map(toBusinessData), totalItems: businessData.length },
    }),
    ...(paymentData && { paymentData }),
    ...(attention && { forTheAttentionOf: attention }),
  };
}

/** A name is needed, and a sender may leave it out: then the key is the name. */
function toBusinessData({ key, name, description, values }: BusinessData) {
  const [language] = values.flatMap((value) => DOCUMENT_LANGUAGES.filter((one) => value[one] !== undefined));
  return {
    key,
    name: { ...(name ?? { [language ?? 'nl']: key }) },
    ...(description && { description: { ...description } }),
    values: values.map((value) => ({ ...value })),
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
