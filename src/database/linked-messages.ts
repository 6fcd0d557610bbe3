/** Messages that a sender linked to further recipients. */
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';
import { type AttachmentRow, MESSAGE, type MessageRow } from './messages.ts';

/** A message of a sender with what opens it again. */
export interface SentContent extends MessageRow {
  readonly attachments: readonly AttachmentRow[];
  /** What it says beside subject and files, sealed. */
  readonly content: Buffer;
  readonly citizenKeyId: string;
  readonly wrappedKey: Buffer;
}

/**
 * Finds a message that a sender published and that is still there; undefined for one of another sender, one that expired,
 * whose recipient was erased, that lies in another registry, that is itself linked, or that carries an attestation.
 */
export async function findSentContent(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<SentContent | undefined> {
  const values: unknown[] = [messageId];
  const sent = coveredBy(ground, { sender: 'message.sender_organization_id' }, bindTo(values));
  const [row] = await connection.query<Omit<SentContent, 'attachments'>>(
    `select ${MESSAGE}, content, citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey"
     from (select * from message where message_id = $1 and is_hosted and attestation_id is null and linked_to is null
       and expires_at > clock_timestamp() and ${sent}) message
     join message_content using (message_id) join (select citizen_key_id, wrapped_key from citizen_key) k
       using (citizen_key_id)
     where k.wrapped_key is not null`,
    values,
  );
  if (row === undefined) return undefined;
  const attachments = await connection.query<AttachmentRow>(
    `select attachment_id as "attachmentId", position, is_main_content as "isMainContent", is_signed as "isSigned",
       file_name as "fileName", media_type as "mediaType", bytes, sha256, object_key as "objectKey"
     from attachment where message_id = $1 order by position`,
    [messageId],
  );
  return { ...row, attachments };
}

/** Tells whether a person has a message, as its first recipient or linked to it, under any of their numbers. */
export async function hasMessage(
  connection: Connection,
  messageId: string,
  personId: string,
): Promise<boolean> {
  const rows = await connection.query(
    `select from message join person named using (person_id)
     where (message_id = $1 or linked_to = $1) and coalesce(named.replaced_by, named.person_id) = $2 limit 1`,
    [messageId, personId],
  );
  return rows.length > 0;
}

/** What became of a message in the eBox of one recipient. */
export interface SentStatusRow {
  /** As the sender knows it: a linked one has the id of the first. */
  readonly messageId: string;
  /** The recipient under the number that counts. */
  readonly personId: string;
  readonly readAt: Date | null;
  readonly isVisible: boolean;
  readonly expiresAt: Date;
}

/** Lists what became of messages of the sender that asks, for each of their recipients. */
export async function listSentStatuses(
  connection: Connection,
  ground: Ground,
  messageIds: readonly string[],
): Promise<SentStatusRow[]> {
  const values: unknown[] = [messageIds];
  const sent = coveredBy(ground, { sender: 'message.sender_organization_id' }, bindTo(values));
  const rowsBy = (id: string) =>
    `select ${id} as "messageId", coalesce(named.replaced_by, named.person_id) as "personId", read_at as "readAt",
       is_visible as "isVisible", expires_at as "expiresAt"
     from message join person named using (person_id) where ${id} = any($1) and ${sent}`;
  return connection.query(`${rowsBy('message_id')} union all ${rowsBy('linked_to')}`, values);
}
