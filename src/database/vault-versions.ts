/** The versions of the institution's secret: which ones are in use, and the keys that last. */
import type { Connection } from './database.ts';

/** `next`: known, not used yet; `current`: everything new; `former`: things still are under it; `retired`: nothing is. */
export type VersionState = 'next' | 'current' | 'former' | 'retired';

export interface VaultVersionRow {
  readonly version: number;
  /** Null until a process has shown which secret it is. */
  readonly fingerprint: Buffer | null;
  readonly state: VersionState;
  readonly knownAt: Date;
  readonly currentAt: Date | null;
  readonly retiredAt: Date | null;
}

/** Lists all versions there ever were, the oldest first. */
export async function listVaultVersions(connection: Connection): Promise<VaultVersionRow[]> {
  return connection.query<VaultVersionRow>(
    `select version, fingerprint, state, known_at as "knownAt", current_at as "currentAt", retired_at as "retiredAt"
     from vault_version order by version`,
  );
}

/** Says which secret a version is. */
export async function nameVersion(
  connection: Connection,
  version: number,
  fingerprint: Buffer,
): Promise<void> {
  await connection.query('update vault_version set fingerprint = $2 where version = $1', [
    version,
    fingerprint,
  ]);
}

/** Adds the version that comes next. */
export async function addVersion(
  connection: Connection,
  version: number,
  fingerprint: Buffer,
): Promise<void> {
  await connection.query(`insert into vault_version (version, fingerprint, state) values ($1, $2, 'next')`, [
    version,
    fingerprint,
  ]);
}

/** Makes the next version the current one; gives it, undefined when there is none. */
export async function changeVersion(connection: Connection): Promise<number | undefined> {
  const [next] = await connection.query<{ version: number }>(
    `select version from vault_version where state = 'next'`,
  );
  if (next === undefined) return undefined;
  // Of next and former there is one at most, so the two change places by way of a third state.
  await connection.query(
    `update vault_version set state = 'retired', retired_at = clock_timestamp() where state = 'current'`,
  );
  await connection.query(
    `update vault_version set state = 'current', current_at = clock_timestamp() where version = $1`,
    [next.version],
  );
  await connection.query(
    `update vault_version set state = 'former', retired_at = null
     where version = (select max(version) from vault_version where version < $1)`,
    [next.version],
  );
  return next.version;
}

/** Finds the keys that last, wrapped; undefined before they were kept. */
export async function findLastingKeys(connection: Connection): Promise<Buffer | undefined> {
  const [row] = await connection.query<{ wrapped: Buffer }>(
    'select wrapped_keys as wrapped from lasting_keys',
  );
  return row?.wrapped;
}

/** Keeps the keys that last, wrapped under a version. */
export async function saveLastingKeys(
  connection: Connection,
  wrapped: Buffer,
  version: number,
): Promise<void> {
  await connection.query(
    `insert into lasting_keys (wrapped_keys, key_version) values ($1, $2)
     on conflict (is_only) do update set wrapped_keys = $1, key_version = $2`,
    [wrapped, version],
  );
}

/** Something that one secret opens and another does not; undefined in an empty register. */
export async function findSample(
  connection: Connection,
): Promise<{ readonly context: string; readonly sealed: Buffer } | undefined> {
  const [row] = await connection.query<{ context: string; sealed: Buffer }>(
    `select 'ssin' as context, ssin_ciphertext as sealed from person where erased_at is null limit 1`,
  );
  return row;
}
