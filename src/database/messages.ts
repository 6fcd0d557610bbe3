/** Messages in citizens' eBoxes, their attachments, and what became of them. */
import type { Ground } from '../domain/ground.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { ReceiptKind } from '../domain/receipt.ts';
import { foldText } from '../domain/text.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

export interface NewMessage {
  readonly messageId: string;
  readonly personId: string;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  readonly subject: string;
  readonly language: DocumentLanguage;
  /** Null for what a sender publishes. */
  readonly attestationId: string | null;
  readonly originalMessageId: string | undefined;
  /** The message of another recipient that this one repeats. */
  readonly linkedTo?: string | undefined;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly idempotencyKey: string;
  /** What it is found by beside its subject, such as file names. */
  readonly searchable?: readonly string[];
  /** Whether opening the body makes it read; it has one then. */
  readonly isBodyMain?: boolean;
  readonly isReplyAuthorized?: boolean;
}

/** Publishes a message. A second one with the same idempotency key is a unique violation. */
export async function insertMessage(connection: Connection, message: NewMessage): Promise<void> {
  await connection.query(
    `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
       language, attestation_id, original_message_id, received_at, expires_at, idempotency_key,
       search_text, is_body_main, is_reply_authorized, linked_to)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      message.messageId,
      message.personId,
      message.messageTypeId,
      message.senderOrganizationId,
      message.senderApplicationId,
      message.subject,
      message.language,
      message.attestationId,
      message.originalMessageId ?? null,
      message.receivedAt,
      message.expiresAt,
      message.idempotencyKey,
      searchTextOf(message),
      message.isBodyMain ?? false,
      message.isReplyAuthorized ?? false,
      message.linkedTo ?? null,
    ],
  );
}

function searchTextOf({ subject, searchable = [] }: NewMessage): string {
  return foldText([subject, ...searchable].join('\n'));
}

/** Publishes messages as `insertMessage` does. */
export async function insertMessages(connection: Connection, messages: readonly NewMessage[]): Promise<void> {
  await connection.query(
    `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
       language, attestation_id, original_message_id, received_at, expires_at, idempotency_key,
       search_text, is_body_main, is_reply_authorized)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
       $9::uuid[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[], $14::boolean[], $15::boolean[])`,
    columnsOf(messages, [
      (message) => message.messageId,
      (message) => message.personId,
      (message) => message.messageTypeId,
      (message) => message.senderOrganizationId,
      (message) => message.senderApplicationId,
      (message) => message.subject,
      (message) => message.language,
      (message) => message.attestationId,
      (message) => message.originalMessageId,
      (message) => message.receivedAt,
      (message) => message.expiresAt,
      (message) => message.idempotencyKey,
      searchTextOf,
      (message) => message.isBodyMain ?? false,
      (message) => message.isReplyAuthorized ?? false,
    ]),
  );
}

export interface AttachmentRow {
  readonly attachmentId: string;
  readonly position: number;
  readonly isMainContent: boolean;
  readonly isSigned: boolean;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  /** Where the file of a sender lies; null for the document of an attestation. */
  readonly objectKey: string | null;
}

/** Adds an attachment to a message. */
export async function insertAttachment(
  connection: Connection,
  messageId: string,
  attachment: Omit<AttachmentRow, 'objectKey'> & Partial<Pick<AttachmentRow, 'objectKey'>>,
): Promise<void> {
  await connection.query(
    `insert into attachment (attachment_id, message_id, position, is_main_content, is_signed, file_name, media_type,
       bytes, sha256, object_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      attachment.attachmentId,
      messageId,
      attachment.position,
      attachment.isMainContent,
      attachment.isSigned,
      attachment.fileName,
      attachment.mediaType,
      attachment.bytes,
      attachment.sha256,
      attachment.objectKey ?? null,
    ],
  );
}

/** Adds an attachment to each of some messages. */
export async function insertAttachments(
  connection: Connection,
  attachments: readonly (AttachmentRow & { readonly messageId: string })[],
): Promise<void> {
  await connection.query(
    `insert into attachment (attachment_id, message_id, position, is_main_content, is_signed, file_name, media_type,
       bytes, sha256, object_key)
     select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::boolean[], $5::boolean[], $6::text[], $7::text[],
       $8::int[], $9::bytea[], $10::text[])`,
    columnsOf(attachments, [
      (attachment) => attachment.attachmentId,
      (attachment) => attachment.messageId,
      (attachment) => attachment.position,
      (attachment) => attachment.isMainContent,
      (attachment) => attachment.isSigned,
      (attachment) => attachment.fileName,
      (attachment) => attachment.mediaType,
      (attachment) => attachment.bytes,
      (attachment) => attachment.sha256,
      (attachment) => attachment.objectKey,
    ]),
  );
}

export interface MessageRow {
  readonly messageId: string;
  readonly personId: string;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  readonly subject: string;
  readonly language: DocumentLanguage;
  readonly attestationId: string | null;
  readonly originalMessageId: string | null;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly isVisible: boolean;
  readonly readAt: Date | null;
  readonly isBodyMain: boolean;
  readonly isReplyAuthorized: boolean;
}

/** The columns of a message as `MessageRow` names them. */
export const MESSAGE = `message_id as "messageId", person_id as "personId", message_type_id as "messageTypeId",
  sender_organization_id as "senderOrganizationId", sender_application_id as "senderApplicationId", subject, language,
  attestation_id as "attestationId", original_message_id as "originalMessageId", received_at as "receivedAt",
  expires_at as "expiresAt", is_visible as "isVisible", read_at as "readAt", is_body_main as "isBodyMain",
  is_reply_authorized as "isReplyAuthorized"`;

/** Finds a message by id, whosesoever it is: for the service's own work only. */
export async function findMessage(
  connection: Connection,
  messageId: string,
): Promise<MessageRow | undefined> {
  const [row] = await connection.query<MessageRow>(`select ${MESSAGE} from message where message_id = $1`, [
    messageId,
  ]);
  return row;
}

/** Lists messages of the sender that asks, by id, with the person they went to. */
export async function listSentMessages(
  connection: Connection,
  ground: Ground,
  messageIds: readonly string[],
): Promise<MessageRow[]> {
  const values: unknown[] = [messageIds];
  const sent = coveredBy(ground, { sender: 'message.sender_organization_id' }, bindTo(values));
  return connection.query<MessageRow>(
    `select ${MESSAGE} from message where message_id = any($1) and ${sent}`,
    values,
  );
}

/**
 * Adds a receipt, once where its kind happens once; the first `read` sets the message's read time (a trigger does).
 * Gives whether it was the first.
 */
export async function insertReceipt(
  connection: Connection,
  receipt: {
    readonly eventId: string;
    readonly messageId: string;
    readonly kind: ReceiptKind;
    readonly eventTime: Date;
    /** The organisation outside that states it. */
    readonly reportedBy?: string;
  },
): Promise<boolean> {
  const rows = await connection.query(
    `insert into receipt (event_id, message_id, kind, event_time, reported_by) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning event_id`,
    [receipt.eventId, receipt.messageId, receipt.kind, receipt.eventTime, receipt.reportedBy ?? null],
  );
  return rows.length > 0;
}

/** Adds the receipts of messages that are published in the transaction that makes them. */
export async function insertPublished(
  connection: Connection,
  receipts: readonly { readonly eventId: string; readonly messageId: string; readonly eventTime: Date }[],
): Promise<void> {
  await connection.query(
    `insert into receipt (event_id, message_id, kind, event_time)
     select id, message_id, 'published', event_time
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as g (id, message_id, event_time)`,
    columnsOf(receipts, [
      ({ eventId }) => eventId,
      ({ messageId }) => messageId,
      ({ eventTime }) => eventTime,
    ]),
  );
}
