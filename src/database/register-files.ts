/** Files that load the register, and what became of their lines. */
import type { Connection } from './database.ts';

/** A line that was not loaded: what is wrong with which property, never the value. */
export interface RefusedLine {
  readonly line: number;
  readonly issues: readonly { readonly name: string; readonly detail: string }[];
}

export interface RegisterFileRow {
  readonly fileId: string;
  readonly state: 'loading' | 'loaded' | 'broken';
  readonly loadedCount: number;
  readonly refusedCount: number;
  readonly refused: readonly RefusedLine[];
}

/** Opens a file that is about to be loaded. */
export async function insertRegisterFile(
  connection: Connection,
  fileId: string,
  organization: string,
): Promise<void> {
  await connection.query(
    `insert into register_file (file_id, sender_organization, state) values ($1, $2, 'loading')`,
    [fileId, organization],
  );
}

/** Says how a file ended: loaded to its last line, or broken off after the lines counted. */
export async function closeRegisterFile(connection: Connection, file: RegisterFileRow): Promise<void> {
  await connection.query(
    `update register_file set state = $2, loaded_count = $3, refused_count = $4, refused = $5 where file_id = $1`,
    [file.fileId, file.state, file.loadedCount, file.refusedCount, JSON.stringify(file.refused)],
  );
}

/** Finds a file of one organisation. */
export async function findRegisterFile(
  connection: Connection,
  organization: string,
  fileId: string,
): Promise<RegisterFileRow | undefined> {
  const [row] = await connection.query<RegisterFileRow>(
    `select file_id as "fileId", state, loaded_count as "loadedCount", refused_count as "refusedCount", refused
     from register_file where sender_organization = $1 and file_id = $2`,
    [organization, fileId],
  );
  return row;
}
