/** What lies under a version of the secret, some rows at a time, until nothing does. */
import type { LookUp } from '../keys/vault.ts';
import type { Connection } from './database.ts';
import { type DeclarationRow, FULL } from './declarations.ts';

/** The two tables of wrapped keys. */
export type KeyTable = 'citizen_key' | 'file_key';

export interface WrappedKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

/** Takes some keys that a version wraps; another process takes others. */
export async function takeKeys(
  connection: Connection,
  table: KeyTable,
  version: number,
  limit: number,
): Promise<WrappedKey[]> {
  return connection.query<WrappedKey>(
    `select ${table}_id as id, wrapped_key as wrapped from ${table}
     where key_version = $1 and wrapped_key is not null limit $2 for update skip locked`,
    [version, limit],
  );
}

/** Keeps keys as another version wraps them. */
export async function saveKeys(
  connection: Connection,
  table: KeyTable,
  keys: readonly WrappedKey[],
  version: number,
): Promise<void> {
  await connection.query(
    `update ${table} k set wrapped_key = one.wrapped, key_version = $3
     from unnest($1::uuid[], $2::bytea[]) as one (id, wrapped) where k.${table}_id = one.id`,
    [keys.map(({ id }) => id), keys.map(({ wrapped }) => wrapped), version],
  );
}

export interface SealedSsin {
  readonly personId: string;
  readonly ssin: Buffer;
}

/** Takes some persons whose number is sealed under a version. */
export async function takeSsins(
  connection: Connection,
  version: number,
  limit: number,
): Promise<SealedSsin[]> {
  return connection.query<SealedSsin>(
    `select person_id as "personId", ssin_ciphertext as ssin from person
     where key_version = $1 and erased_at is null limit $2 for update skip locked`,
    [version, limit],
  );
}

/** Keeps numbers as another version seals them, and the hashes under which their persons are found then. */
export async function saveSsins(
  connection: Connection,
  persons: readonly (SealedSsin & Pick<LookUp, 'ssinHmac'>)[],
  version: number,
): Promise<void> {
  const ids = persons.map(({ personId }) => personId);
  await connection.query(
    `update person p set ssin_ciphertext = one.ssin, key_version = $3
     from unnest($1::uuid[], $2::bytea[]) as one (id, ssin) where p.person_id = one.id`,
    [ids, persons.map(({ ssin }) => ssin), version],
  );
  await connection.query(
    `insert into person_look_up (ssin_hmac, key_version, person_id)
     select hmac, $3, id from unnest($1::uuid[], $2::bytea[]) as one (id, hmac) on conflict (ssin_hmac) do nothing`,
    [ids, persons.map(({ ssinHmac }) => ssinHmac), version],
  );
}

/** Takes some declarations that wait for somebody by a hash under a version. */
export async function takeWaitingUnder(
  connection: Connection,
  version: number,
  limit: number,
): Promise<DeclarationRow[]> {
  return connection.query<DeclarationRow>(
    `${FULL} where d.declaration_id in (select declaration_id from waiting_declaration where key_version = $1
       limit $2 for update skip locked)`,
    [version, limit],
  );
}

/** Has a declaration wait by another hash; without one it waits no more. */
export async function saveWaiting(
  connection: Connection,
  declarationId: string,
  lookUp: LookUp | undefined,
): Promise<void> {
  await connection.query(
    lookUp === undefined
      ? 'delete from waiting_declaration where declaration_id = $1'
      : 'update waiting_declaration set ssin_hmac = $2, key_version = $3 where declaration_id = $1',
    lookUp === undefined ? [declarationId] : [declarationId, lookUp.ssinHmac, lookUp.keyVersion],
  );
}

/** Lists declarations that are under the institution's own key, from before there were others for them. */
export async function listUnkeyed(
  connection: Connection,
  limit: number,
): Promise<(DeclarationRow & { readonly personId: string | null })[]> {
  return connection.query(
    `select found.*, (select p.person_id from dimona_period p where p.period_id = found."periodId") as "personId"
     from (${FULL} where b.body is not null and b.citizen_key_id is null and b.file_key_id is null limit $1) found`,
    [limit],
  );
}

/** Brings what was declared under a key of its own. */
export async function moveUnkeyed(
  connection: Connection,
  declarationId: string,
  to: { readonly citizenKeyId?: string; readonly fileKeyId?: string },
  body: Buffer,
): Promise<void> {
  await connection.query(
    'update declaration_content set citizen_key_id = $2, file_key_id = $3, body = $4 where declaration_id = $1',
    [declarationId, to.citizenKeyId ?? null, to.fileKeyId ?? null, body],
  );
}

/** How much is still under a version; `files` are from before files had keys, and go when their time is over. */
export interface UnderVersion {
  readonly citizenKeys: number;
  readonly fileKeys: number;
  readonly persons: number;
  readonly waiting: number;
  readonly lasting: number;
  readonly declarations: number;
  readonly files: number;
}

/** Counts what is under a version. What is under the institution's own key counts for the oldest in use. */
export async function countUnder(connection: Connection, version: number): Promise<UnderVersion> {
  const [row] = await connection.query<UnderVersion>(
    `select (select count(*)::int from citizen_key where key_version = $1 and wrapped_key is not null) as "citizenKeys",
       (select count(*)::int from file_key where key_version = $1 and wrapped_key is not null) as "fileKeys",
       (select count(*)::int from person where key_version = $1 and erased_at is null) as persons,
       (select count(*)::int from waiting_declaration where key_version = $1) as waiting,
       (select count(*)::int from lasting_keys where key_version = $1) as lasting,
       (select count(*)::int from declaration_content where citizen_key_id is null and file_key_id is null) as declarations,
       (select count(*)::int from batch b where not exists (select from file_key k where k.file_key_id = b.batch_id))
         + (select count(*)::int from declaration_file f where state <> 'processed'
            and not exists (select from file_key k where k.file_key_id = f.file_id)) as files`,
    [version],
  );
  if (row === undefined) throw new Error('a count gives a row');
  return row;
}

/** Waits for whoever writes under a version, and keeps out whoever would from now on, once this is committed. */
export async function lockVersion(connection: Connection, version: number): Promise<void> {
  await connection.query(`select pg_advisory_xact_lock(hashtextextended('vault-version', $1))`, [version]);
}

/** Retires a version under which nothing is left: nobody is found by it any more. */
export async function retireVersion(connection: Connection, version: number): Promise<void> {
  await connection.query(
    `update vault_version set state = 'retired', retired_at = clock_timestamp() where version = $1`,
    [version],
  );
  await connection.query('delete from person_look_up where key_version = $1', [version]);
}

/** Tells whether a declaration is still under the institution's own key. */
export async function hasUnkeyed(connection: Connection): Promise<boolean> {
  const rows = await connection.query(
    'select 1 from declaration_content where citizen_key_id is null and file_key_id is null limit 1',
  );
  return rows.length > 0;
}
