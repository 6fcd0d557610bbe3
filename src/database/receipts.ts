/** The receipts of a message, as far as a ground covers it, and those that its sender reports. */
import type { Ground } from '../domain/ground.ts';
import type { ReceiptKind } from '../domain/receipt.ts';
import type { Connection } from './database.ts';
import type { ReceiptRow } from './evidence-log.ts';
import { bindTo, coveredBy } from './grounds.ts';
import { type AttachmentRow, MESSAGE, type MessageRow } from './messages.ts';

/** Finds a message that was sent or received, also one that has expired: what became of it is evidence still. */
export async function findCoveredMessage(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<MessageRow | undefined> {
  const values: unknown[] = [messageId];
  const columns = { sender: 'message.sender_organization_id', person: 'message.person_id' };
  const isCovered = coveredBy(ground, columns, bindTo(values));
  const [row] = await connection.query<MessageRow>(
    `select ${MESSAGE} from message where message_id = $1 and ${isCovered}`,
    values,
  );
  return row;
}

/** Keeps others from adding receipts to a message by report until the transaction ends. */
export async function lockMessage(connection: Connection, messageId: string): Promise<void> {
  await connection.query('select from message where message_id = $1 for no key update', [messageId]);
}

export interface MessageReceipt extends Pick<ReceiptRow, 'eventId' | 'messageId' | 'reportedBy'> {
  readonly kind: ReceiptKind;
  readonly eventTime: Date;
}

/** Lists the receipts of a message whose place was covered before: use after `findCoveredMessage` or `findInboxMessage` only. */
export async function receiptsOf(connection: Connection, messageId: string): Promise<MessageReceipt[]> {
  return connection.query<MessageReceipt>(
    `select event_id as "eventId", message_id as "messageId", kind, event_time as "eventTime", reported_by as "reportedBy"
     from receipt where message_id = $1 order by recorded_time, event_id`,
    [messageId],
  );
}

/** Lists the attachments of a message whose place was covered before: use after `findCoveredMessage` only. */
export async function attachmentsOf(
  connection: Connection,
  messageId: string,
): Promise<Pick<AttachmentRow, 'sha256' | 'bytes' | 'mediaType' | 'isMainContent'>[]> {
  return connection.query(
    `select sha256, bytes, media_type as "mediaType", is_main_content as "isMainContent"
     from attachment where message_id = $1 order by position`,
    [messageId],
  );
}

/** Finds a receipt by its event, of whichever message: an event id is used once. */
export async function receiptOf(
  connection: Connection,
  eventId: string,
): Promise<MessageReceipt | undefined> {
  const [row] = await connection.query<MessageReceipt>(
    `select event_id as "eventId", message_id as "messageId", kind, event_time as "eventTime", reported_by as "reportedBy"
     from receipt where event_id = $1`,
    [eventId],
  );
  return row;
}
