/** Messages in citizens' eBoxes, their attachments, and what became of them. */
import type { DocumentLanguage } from '../domain/language.ts';
import type { ReceiptKind } from '../domain/receipt.ts';
import type { Connection } from './database.ts';

export interface NewMessage {
  readonly messageId: string;
  readonly personId: string;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  readonly subject: string;
  readonly language: DocumentLanguage;
  readonly attestationId: string;
  readonly originalMessageId: string | undefined;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly idempotencyKey: string;
}

/** Publishes a message. A second one with the same idempotency key is a unique violation. */
export async function insertMessage(connection: Connection, message: NewMessage): Promise<void> {
  await connection.query(
    `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
       language, attestation_id, original_message_id, received_at, expires_at, idempotency_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
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
    ],
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
}

/** Adds an attachment to a message. */
export async function insertAttachment(
  connection: Connection,
  messageId: string,
  attachment: AttachmentRow,
): Promise<void> {
  await connection.query(
    `insert into attachment (attachment_id, message_id, position, is_main_content, is_signed, file_name, media_type,
       bytes, sha256) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
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
    ],
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
}

const MESSAGE = `message_id as "messageId", person_id as "personId", message_type_id as "messageTypeId",
  sender_organization_id as "senderOrganizationId", sender_application_id as "senderApplicationId", subject, language,
  attestation_id as "attestationId", original_message_id as "originalMessageId", received_at as "receivedAt",
  expires_at as "expiresAt", is_visible as "isVisible", read_at as "readAt"`;

/** Which messages of an eBox are asked for; a missing filter lets everything through. */
export interface MessageFilter {
  readonly receivedBefore?: string | undefined;
  readonly receivedAfter?: string | undefined;
  readonly expiredBefore?: string | undefined;
  readonly expiredAfter?: string | undefined;
  readonly readStatus?: boolean | undefined;
  readonly visible?: boolean | undefined;
  readonly messageTypeId?: string | undefined;
  readonly senderOrganizationId?: string | undefined;
  readonly senderApplicationId?: string | undefined;
}

const FILTER = `person_id = any($1) and expires_at > clock_timestamp()
  and ($2::date is null or received_at < $2::date::timestamp at time zone 'Europe/Brussels')
  and ($3::date is null or received_at >= ($3::date + 1)::timestamp at time zone 'Europe/Brussels')
  and ($4::date is null or expires_at < $4::date::timestamp at time zone 'Europe/Brussels')
  and ($5::date is null or expires_at >= ($5::date + 1)::timestamp at time zone 'Europe/Brussels')
  and ($6::boolean is null or (read_at is not null) = $6)
  and ($7::boolean is null or is_visible = $7)
  and ($8::text is null or message_type_id = $8)
  and ($9::text is null or sender_organization_id = $9)
  and ($10::text is null or sender_application_id = $10)`;

function filterValues(personIds: readonly string[], filter: MessageFilter): unknown[] {
  return [
    personIds,
    filter.receivedBefore ?? null,
    filter.receivedAfter ?? null,
    filter.expiredBefore ?? null,
    filter.expiredAfter ?? null,
    filter.readStatus ?? null,
    filter.visible ?? null,
    filter.messageTypeId ?? null,
    filter.senderOrganizationId ?? null,
    filter.senderApplicationId ?? null,
  ];
}

/** Lists a page of a person's messages, newest publication first. */
export async function listMessages(
  connection: Connection,
  personIds: readonly string[],
  filter: MessageFilter,
  page: { readonly size: number; readonly offset: number },
): Promise<MessageRow[]> {
  return connection.query<MessageRow>(
    `select ${MESSAGE} from message where ${FILTER} order by received_at desc, message_id desc limit $11 offset $12`,
    [...filterValues(personIds, filter), page.size, page.offset],
  );
}

/** Counts a person's messages, and among them the unread ones. */
export async function countMessages(
  connection: Connection,
  personIds: readonly string[],
  filter: MessageFilter,
): Promise<{ readonly total: number; readonly unread: number }> {
  const [row] = await connection.query<{ total: number; unread: number }>(
    `select count(*)::int as total, count(*) filter (where read_at is null)::int as unread from message where ${FILTER}`,
    filterValues(personIds, filter),
  );
  return row ?? { total: 0, unread: 0 };
}

/** Finds a message of a person; somebody else's or an expired one is as good as not there. */
export async function findOwnMessage(
  connection: Connection,
  personIds: readonly string[],
  messageId: string,
): Promise<MessageRow | undefined> {
  const [row] = await connection.query<MessageRow>(
    `select ${MESSAGE} from message where person_id = any($1) and message_id = $2 and expires_at > clock_timestamp()`,
    [personIds, messageId],
  );
  return row;
}

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

/** Lists the attachments of messages, in their order. */
export async function listAttachments(
  connection: Connection,
  messageIds: readonly string[],
): Promise<(AttachmentRow & { readonly messageId: string })[]> {
  return connection.query(
    `select message_id as "messageId", attachment_id as "attachmentId", position, is_main_content as "isMainContent",
       is_signed as "isSigned", file_name as "fileName", media_type as "mediaType", bytes, sha256
     from attachment where message_id = any($1) order by message_id, position`,
    [messageIds],
  );
}

/** Lists messages of one sender by id, with the person they went to. */
export async function listSentMessages(
  connection: Connection,
  senderOrganizationId: string,
  messageIds: readonly string[],
): Promise<MessageRow[]> {
  return connection.query<MessageRow>(
    `select ${MESSAGE} from message where sender_organization_id = $1 and message_id = any($2)`,
    [senderOrganizationId, messageIds],
  );
}

/**
 * Adds a receipt, once where its kind happens once; the first `read` sets the message's read time in the same statement.
 * Gives whether it was the first.
 */
export async function insertReceipt(
  connection: Connection,
  receipt: {
    readonly eventId: string;
    readonly messageId: string;
    readonly kind: ReceiptKind;
    readonly eventTime: Date;
  },
): Promise<boolean> {
  const rows = await connection.query(
    `with added as (
       insert into receipt (event_id, message_id, kind, event_time) values ($1, $2, $3, $4)
       on conflict do nothing returning message_id, kind, event_time
     ), marked as (
       update message set read_at = added.event_time from added
       where message.message_id = added.message_id and added.kind = 'read' and message.read_at is null
     )
     select message_id from added`,
    [receipt.eventId, receipt.messageId, receipt.kind, receipt.eventTime],
  );
  return rows.length > 0;
}
