/** Publications on their way: the keys by which a resend is known, and objects that no message names yet. */
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';

/** An `Idempotency-Key` as one application of an organisation uses it. */
export interface PublicationKey {
  readonly organizationId: string;
  readonly applicationId: string;
  readonly keyHmac: Buffer;
}

/** What was published, or is about to be, with a key. */
export interface ClaimedKey {
  readonly messageId: string;
  readonly fingerprint: Buffer;
  readonly isPublished: boolean;
}

/** Stores a key with the message that is about to be published by it; gives what stands with it, of an earlier try too. */
export async function claimKey(
  connection: Connection,
  key: PublicationKey,
  fresh: { readonly messageId: string; readonly fingerprint: Buffer },
): Promise<ClaimedKey> {
  const [row] = await connection.query<ClaimedKey>(
    `insert into publication_key as k (sender_organization_id, sender_application_id, key_hmac, fingerprint, message_id)
     values ($1, $2, $3, $4, $5)
     on conflict (sender_organization_id, sender_application_id, key_hmac) do update set fingerprint = k.fingerprint
     returning message_id as "messageId", fingerprint, published_at is not null as "isPublished"`,
    [...valuesOf(key), fresh.fingerprint, fresh.messageId],
  );
  if (row === undefined) throw new Error('a key that was stored is there');
  return row;
}

/** Says that the message of a key is published, as it was sent this time; false when an earlier try has done it. */
export async function settleKey(
  connection: Connection,
  key: PublicationKey,
  fingerprint: Buffer,
): Promise<boolean> {
  const rows = await connection.query(
    `update publication_key set published_at = clock_timestamp(), fingerprint = $4
     where sender_organization_id = $1 and sender_application_id = $2 and key_hmac = $3 and published_at is null
     returning 1`,
    [...valuesOf(key), fingerprint],
  );
  return rows.length > 0;
}

function valuesOf({ organizationId, applicationId, keyHmac }: PublicationKey): unknown[] {
  return [organizationId, applicationId, keyHmac];
}

/** Names objects before they are stored, so that they are found if nobody adopts them. */
export async function nameObjects(connection: Connection, objectKeys: readonly string[]): Promise<void> {
  await connection.query('insert into pending_object (object_key) select unnest($1::text[])', [objectKeys]);
}

/** Adopts objects in the transaction that names them in a message; false when they were given up meanwhile. */
export async function adoptObjects(connection: Connection, objectKeys: readonly string[]): Promise<boolean> {
  const rows = await connection.query(
    'delete from pending_object where object_key = any($1) and abandoned_at is null returning 1',
    [objectKeys],
  );
  return rows.length === objectKeys.length;
}

/** Gives up objects that were named longer ago than this, of whomsoever; gives some of all that are given up. */
export async function abandonObjects(
  connection: Connection,
  olderThanSeconds: number,
  limit: number,
): Promise<string[]> {
  const rows = await connection.query<{ objectKey: string }>(
    `update pending_object set abandoned_at = coalesce(abandoned_at, clock_timestamp()) where object_key in
       (select object_key from pending_object
        where named_at < statement_timestamp() - make_interval(secs => $1) order by named_at limit $2
        for update skip locked)
     returning object_key as "objectKey"`,
    [olderThanSeconds, limit],
  );
  return rows.map(({ objectKey }) => objectKey);
}

/**
 * Gives up those of some objects that no message adopted, and gives them. Waits for a transaction that is about to adopt
 * them, also one whose caller heard no more of it.
 */
export async function abandonNamed(connection: Connection, objectKeys: readonly string[]): Promise<string[]> {
  const rows = await connection.query<{ objectKey: string }>(
    `update pending_object set abandoned_at = coalesce(abandoned_at, clock_timestamp())
     where object_key = any($1) returning object_key as "objectKey"`,
    [objectKeys],
  );
  return rows.map(({ objectKey }) => objectKey);
}

/** Forgets objects that are in the archive no more. */
export async function forgetObjects(connection: Connection, objectKeys: readonly string[]): Promise<void> {
  await connection.query('delete from pending_object where object_key = any($1)', [objectKeys]);
}

/** Keeps what a message says beside its subject and files, sealed. */
export async function insertContent(
  connection: Connection,
  row: { readonly messageId: string; readonly citizenKeyId: string; readonly content: Buffer },
): Promise<void> {
  await connection.query(
    'insert into message_content (message_id, citizen_key_id, content) values ($1, $2, $3)',
    [row.messageId, row.citizenKeyId, row.content],
  );
}

/** As `insertContent`, for many. */
export async function insertContents(
  connection: Connection,
  rows: readonly { readonly messageId: string; readonly citizenKeyId: string; readonly content: Buffer }[],
): Promise<void> {
  await connection.query(
    `insert into message_content (message_id, citizen_key_id, content)
     select * from unnest($1::uuid[], $2::uuid[], $3::bytea[])`,
    columnsOf(rows, [(row) => row.messageId, (row) => row.citizenKeyId, (row) => row.content]),
  );
}

/** Holds on to a citizen key until the transaction ends; false when it was destroyed. Whoever erases waits. */
export async function holdCitizenKey(connection: Connection, citizenKeyId: string): Promise<boolean> {
  const rows = await connection.query(
    'select from citizen_key where citizen_key_id = $1 and destroyed_at is null for share',
    [citizenKeyId],
  );
  return rows.length > 0;
}
