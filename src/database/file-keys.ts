/** The keys of files: each opens what came in with one file, until its time is over. */
import type { Connection } from './database.ts';

export interface NewFileKey {
  /** The id of the file, or of the one declaration that is under it. */
  readonly fileKeyId: string;
  readonly wrappedKey: Buffer;
  /** The version of the secret that wraps it. */
  readonly keyVersion: number;
  /** After so many days it is destroyed. */
  readonly days: number;
}

/** Keeps the key of a file. */
export async function insertFileKey(connection: Connection, key: NewFileKey): Promise<void> {
  await connection.query(
    `insert into file_key (file_key_id, wrapped_key, key_version, expires_at)
     values ($1, $2, $3, clock_timestamp() + make_interval(days => $4))`,
    [key.fileKeyId, key.wrappedKey, key.keyVersion, key.days],
  );
}

/** Forgets the key of a file that is gone, or of which nothing is left under it. */
export async function deleteFileKey(connection: Connection, fileKeyId: string): Promise<void> {
  await connection.query('delete from file_key where file_key_id = $1', [fileKeyId]);
}

/** How a file lies: under its own key, which may be gone, or, from before files had keys, under the institution's. */
export interface FileKeyRow {
  readonly hasFileKey: boolean;
  readonly wrappedFileKey: Buffer | null;
}

/** What a query adds for a file whose key may be joined as `k`. */
export const FILE_KEY = `k.file_key_id is not null as "hasFileKey", k.wrapped_key as "wrappedFileKey"`;

/** Finds the key of a file as it lies; undefined where the file has none. */
export async function findFileKey(
  connection: Connection,
  fileKeyId: string,
): Promise<FileKeyRow | undefined> {
  const [row] = await connection.query<FileKeyRow>(
    `select true as "hasFileKey", wrapped_key as "wrappedFileKey" from file_key where file_key_id = $1`,
    [fileKeyId],
  );
  return row;
}
