/** What is in an eBox, as far as a ground covers it. */
import type { Ground } from '../domain/ground.ts';
import type { DocumentLanguage } from '../domain/language.ts';
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
  readonly search?: Search | undefined;
}

/** A text that is looked for, folded, in messages of one language or of any, or the ids of what has it in its name. */
export interface Search {
  readonly folded: string;
  readonly language?: DocumentLanguage;
  readonly messageTypeIds: readonly string[];
  readonly applicationIds: readonly string[];
  readonly organizationIds: readonly string[];
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
  and ($9::text is null or sender_application_id = $9)
  and ($10::text is null or (($11::text is null or language = $11) and position($10 in search_text) > 0) or message_type_id = any($12)
    or sender_application_id = any($13) or sender_organization_id = any($14))`;

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
    filter.search?.folded ?? null,
    filter.search?.language ?? null,
    filter.search?.messageTypeIds ?? [],
    filter.search?.applicationIds ?? [],
    filter.search?.organizationIds ?? [],
  ];
}

const INBOX = { person: 'message.person_id' };

/**
 * Lists a page of the messages that a ground covers, newest publication first. Of each number that a person had no more
 * are read than the page may need, in the order of the index: an eBox of thousands costs no more than one of few. How many
 * those are is asked in a `select`, so that it is planned for few: planned for as many as people have, it would be all.
 */
export async function listMessages(
  connection: Connection,
  ground: Ground,
  filter: MessageFilter,
  page: { readonly size: number; readonly offset: number },
): Promise<MessageRow[]> {
  const values = [...filterValues(filter), page.size, page.offset];
  return connection.query<MessageRow>(
    `select found.* from person owner cross join lateral (
       select ${MESSAGE} from message where person_id = owner.person_id and ${FILTER}
       order by received_at desc, message_id desc limit (select $15::int + $16::int)) found
     where ${coveredBy(ground, { person: 'owner.person_id' }, bindTo(values))}
     order by found."receivedAt" desc, found."messageId" desc limit $15 offset $16`,
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
       is_signed as "isSigned", file_name as "fileName", media_type as "mediaType", bytes, sha256,
       object_key as "objectKey"
     from attachment join message using (message_id)
     where message_id = any($1) and ${coveredBy(ground, INBOX, bindTo(values))} order by message_id, position`,
    values,
  );
}

/** What a message says beside its subject and files, sealed, with the key that opens it. */
export interface ContentRow {
  readonly messageId: string;
  readonly content: Buffer;
  readonly citizenKeyId: string;
  /** Null once its person was erased. */
  readonly wrappedKey: Buffer | null;
}

/** Lists what messages say that a ground covers; most say nothing. */
export async function listContents(
  connection: Connection,
  ground: Ground,
  messageIds: readonly string[],
): Promise<ContentRow[]> {
  const values: unknown[] = [messageIds];
  return connection.query<ContentRow>(
    `select message_id as "messageId", content, citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey"
     from message_content join message using (message_id) join citizen_key k using (citizen_key_id)
     where message_id = any($1) and ${coveredBy(ground, INBOX, bindTo(values))}`,
    values,
  );
}

/** Adds up the sizes of everything in an eBox that a ground covers, in bytes. */
export async function countBytes(connection: Connection, ground: Ground): Promise<number> {
  const values: unknown[] = [];
  const [row] = await connection.query<{ bytes: number }>(
    `select coalesce(sum(bytes), 0)::float8 as bytes from message join attachment using (message_id)
     where is_hosted and expires_at > clock_timestamp() and ${coveredBy(ground, INBOX, bindTo(values))}`,
    values,
  );
  return row?.bytes ?? 0;
}

/** Shows or hides messages that a ground covers; gives those that it did. */
export async function setVisibility(
  connection: Connection,
  ground: Ground,
  changes: readonly { readonly messageId: string; readonly isVisible: boolean }[],
): Promise<string[]> {
  const values: unknown[] = [
    changes.map(({ messageId }) => messageId),
    changes.map(({ isVisible }) => isVisible),
  ];
  const rows = await connection.query<{ messageId: string }>(
    `update message set is_visible = one.is_visible
     from unnest($1::uuid[], $2::boolean[]) as one (id, is_visible)
     where message_id = one.id and is_hosted and expires_at > clock_timestamp() and ${coveredBy(ground, INBOX, bindTo(values))}
     returning message_id as "messageId"`,
    values,
  );
  return rows.map(({ messageId }) => messageId);
}
