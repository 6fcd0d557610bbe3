/** What is in an eBox, as far as a ground covers it. */
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';
import { type AttachmentRow, MESSAGE, type MessageRow } from './messages.ts';

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

const FILTER = `is_hosted and expires_at > clock_timestamp()
  and ($1::date is null or received_at < $1::date::timestamp at time zone 'Europe/Brussels')
  and ($2::date is null or received_at >= ($2::date + 1)::timestamp at time zone 'Europe/Brussels')
  and ($3::date is null or expires_at < $3::date::timestamp at time zone 'Europe/Brussels')
  and ($4::date is null or expires_at >= ($4::date + 1)::timestamp at time zone 'Europe/Brussels')
  and ($5::boolean is null or (read_at is not null) = $5)
  and ($6::boolean is null or is_visible = $6)
  and ($7::text is null or message_type_id = $7)
  and ($8::text is null or sender_organization_id = $8)
  and ($9::text is null or sender_application_id = $9)`;

function filterValues(filter: MessageFilter): unknown[] {
  return [
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

const INBOX = { person: 'message.person_id' };

/** Lists a page of the messages that a ground covers, newest publication first. */
export async function listMessages(
  connection: Connection,
  ground: Ground,
  filter: MessageFilter,
  page: { readonly size: number; readonly offset: number },
): Promise<MessageRow[]> {
  const values = [...filterValues(filter), page.size, page.offset];
  return connection.query<MessageRow>(
    `select ${MESSAGE} from message where ${FILTER} and ${coveredBy(ground, INBOX, bindTo(values))}
     order by received_at desc, message_id desc limit $10 offset $11`,
    values,
  );
}

/** Counts the messages that a ground covers, and among them the unread ones. */
export async function countMessages(
  connection: Connection,
  ground: Ground,
  filter: MessageFilter,
): Promise<{ readonly total: number; readonly unread: number }> {
  const values = filterValues(filter);
  const [row] = await connection.query<{ total: number; unread: number }>(
    `select count(*)::int as total, count(*) filter (where read_at is null)::int as unread from message
     where ${FILTER} and ${coveredBy(ground, INBOX, bindTo(values))}`,
    values,
  );
  return row ?? { total: 0, unread: 0 };
}

/** Finds a message that a ground covers; somebody else's or an expired one is as good as not there. */
export async function findInboxMessage(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<MessageRow | undefined> {
  const values = [messageId];
  const [row] = await connection.query<MessageRow>(
    `select ${MESSAGE} from message
     where message_id = $1 and is_hosted and expires_at > clock_timestamp() and ${coveredBy(ground, INBOX, bindTo(values))}`,
    values,
  );
  return row;
}

/** Lists the attachments of messages that a ground covers, in their order. */
export async function listAttachments(
  connection: Connection,
  ground: Ground,
  messageIds: readonly string[],
): Promise<(AttachmentRow & { readonly messageId: string })[]> {
  const values: unknown[] = [messageIds];
  return connection.query(
    `select message_id as "messageId", attachment_id as "attachmentId", position, is_main_content as "isMainContent",
       is_signed as "isSigned", file_name as "fileName", media_type as "mediaType", bytes, sha256
     from attachment join message using (message_id)
     where message_id = any($1) and ${coveredBy(ground, INBOX, bindTo(values))} order by message_id, position`,
    values,
  );
}
