/** Answers of the message registry, contract 2.1, as schemas. */
import { z } from 'zod';
import { DOCUMENT_LANGUAGES } from '../domain/language.ts';

/** A text in one of the languages (contract: `TranslatedString`). */
export const translatedSchema = z
  .object(Object.fromEntries(DOCUMENT_LANGUAGES.map((language) => [language, z.string().optional()])))
  .meta({
    id: 'TranslatedString',
    description: 'A text in the languages it exists in: for a message the one it was written in',
    example: { nl: 'Attest van een quarantaineaangifte' },
  });

const dateTime = (description: string, example = '2026-03-02T09:30:00+01:00') =>
  z.string().meta({ format: 'date-time', description, example });
/** A UUID of ours; other registries have other ids, so its form is not part of the contract. */
export const idSchema = (description: string) =>
  z.string().meta({ description, example: '01935b1e-7c00-7000-8000-000000000001' });
const text = (description: string, example: string) => z.string().meta({ description, example });
const truth = (description: string) => z.boolean().meta({ description });
const count = (description: string, example: number) => z.int().meta({ description, example });

const digest = z
  .object({
    digestMethod: z.literal('sha_256'),
    digestValue: text(
      'SHA-256 of the content in base64url (RFC 4648 §5)',
      '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
    ),
  })
  .meta({ id: 'Digest' });

/** An attachment (contract: `Attachment`). */
export const attachmentSchema = z
  .object({
    attachmentId: idSchema('Names the attachment within its message'),
    fileName: text('The name to show and to save under', 'QUA-2026-00000042-17.pdf'),
    mainContent: truth('Whether opening this attachment makes the message read'),
    mediaType: text('What the content is', 'application/pdf'),
    size: z.number().meta({ description: 'Size of the content in kB of 1024 bytes', example: 96.4 }),
    digest,
    attachmentSigned: truth('Whether the content carries a seal'),
    contentHref: z.string().meta({ format: 'uri', description: 'Where the content is' }),
  })
  .meta({ id: 'Attachment' });

/** The attachments of a message (contract: `Attachments`). */
export const attachmentsSchema = z
  .object({ items: z.array(attachmentSchema), totalItems: count('How many there are', 1) })
  .meta({ id: 'Attachments' });

const businessDataSchema = z
  .object({
    key: text('Names the data', 'FILE'),
    name: translatedSchema,
    description: translatedSchema.optional(),
    values: z.array(translatedSchema),
  })
  .meta({ id: 'BusinessData', description: 'What a program of the recipient may read' });

/** What is to be paid (contract: `PaymentData`). */
export const paymentDataSchema = z
  .object({
    paymentDataId: text('Names the payment', '2026-0042'),
    amount: z.number().meta({ description: 'Without VAT', example: 25 }),
    vatAmount: z.number().meta({ description: 'The VAT to be added', example: 0 }),
    currency: text('ISO 4217', 'EUR'),
    dueDate: dateTime('Until when it is to be paid'),
    iban: text('The account (ISO 13616)', 'BE71096123456769'),
    bic: z.string().optional().meta({ description: 'The bank' }),
    reference: z
      .looseObject({})
      .optional()
      .meta({ description: 'What goes with the payment', additionalProperties: true }),
  })
  .meta({ id: 'PaymentData' });

/** A message (contract: `Message`). */
export const messageSchema = z
  .object({
    messageId: idSchema('Names the message'),
    originalMessageId: idSchema('The message whose attestation this one takes the place of').optional(),
    subject: translatedSchema,
    receiptDate: dateTime('When it was published'),
    expirationDate: dateTime('Until when it is available', '2029-03-02T09:30:00+01:00'),
    readStatus: truth('Whether its main content was opened'),
    visible: truth('Whether the citizen wants to see it'),
    registeredMail: truth('Always false: only ePost sends registered mail'),
    messageTypeId: text(
      'The kind of message, as registered with the eBox',
      'quarantine-declaration-attestation',
    ),
    senderOrganizationId: text('Enterprise number of the sender', '0206731645'),
    senderApplicationId: text('The application that sent it', 'social-attestations'),
    attachments: attachmentsSchema,
    bodyMainContent: truth('Whether opening the body makes the message read'),
    businessDataList: z
      .object({ items: z.array(businessDataSchema), totalItems: count('How many there are', 1) })
      .meta({ id: 'BusinessDataList' })
      .optional(),
    paymentData: paymentDataSchema.optional(),
    forTheAttentionOf: z
      .object({
        id: z.string().optional(),
        type: z.string().optional(),
        name: z.string().optional(),
      })
      .meta({ id: 'ForTheAttentionOf', description: 'Whom it is for, where the sender says so' })
      .optional(),
    replyAuthorized: truth('Whether the sender takes replies'),
  })
  .meta({ id: 'Message' });

/** A page of messages (contract: `Messages`). */
export const messagesSchema = z
  .object({
    items: z.array(messageSchema).meta({ description: 'Newest first; empty when there are none' }),
    totalItems: count('How many messages the filters let through, on all pages', 36),
  })
  .meta({ id: 'Messages' });

/** The summary of an eBox (contract: `Ebox`). */
export const eboxSchema = z
  .object({
    numberOfMessages: count('Messages available now', 36),
    numberOfUnreadMessages: count('Those of them that were not opened', 2),
    lastReceiptDate: dateTime('When the newest was published; absent in an empty eBox').optional(),
    eboxSize: z.number().meta({ description: 'Size of all attachments in kB of 1024 bytes', example: 1800 }),
  })
  .meta({ id: 'Ebox' });

/** The answer of a publication (contract: `PublicationStatusMessage`). */
export const publicationStatusSchema = z
  .object({
    messageId: idSchema('Names the message'),
    expirationDate: dateTime('Until when it is available', '2029-03-02T09:30:00+01:00'),
    code: z
      .literal('NO_DIGITAL_USER')
      .optional()
      .meta({ description: 'The recipient has no eBox that they open' }),
    message: z.string().optional().meta({ description: 'The same in words' }),
  })
  .meta({ id: 'PublicationStatusMessage' });

/** An error (contract: `StatusMessage`). */
export const statusMessageSchema = z
  .object({
    id: z.string().meta({
      format: 'uuid',
      description: 'Under which the log has it',
      example: '123e4567-e89b-12d3-a456-426614174000',
    }),
    code: text('What went wrong', 'NOT_FOUND'),
    message: text('The same for a person who reads logs', 'messageId: the messageId is not known'),
    environment: z.enum(['development', 'production']),
  })
  .meta({ id: 'StatusMessage', description: 'An error, in the form of the message registry' });

/** Whose eBox it is (contract: `EboxId`). */
export const eboxIdSchema = z
  .strictObject({
    eboxType: z.enum(['citizen', 'enterprise']).meta({ description: 'Messages here are for citizens' }),
    eboxIdValue: z.string().max(20).meta({ description: 'For a citizen the SSIN', example: '81050003552' }),
  })
  .meta({ id: 'EboxId' });

/** The answer of `POST /searchMessageStatus` (contract: `MessagesStatusList`). */
export const statusListSchema = z.array(
  z
    .object({
      messageId: idSchema('Names the message'),
      eboxId: eboxIdSchema,
      expirationDate: dateTime('Until when it is available', '2029-03-02T09:30:00+01:00'),
      readStatus: truth('Whether its main content was opened'),
      visible: truth('Whether the citizen wants to see it'),
    })
    .meta({ id: 'MessageStatus' }),
);

/** The answer of `POST /linkEboxMessage` (contract: `LinkResponse`). */
export const linkResponseSchema = z
  .object({
    messageId: idSchema('Names the message'),
    expirationDate: dateTime('Until when it is available', '2029-03-02T09:30:00+01:00'),
    nbSuccessLinks: count('Recipients who have it now, by this request or an earlier one', 42),
    errorCases: z.array(eboxIdSchema).meta({ description: 'Recipients whom the register does not know' }),
  })
  .meta({ id: 'LinkResponse' });
