/** Files that load the register, and what became of their rows. */
import type { Connection } from './database.ts';

/** A row that was not loaded: what is wrong with which property, never the value. */
export interface RefusedLine {
  readonly line: number;
  readonly issues: readonly { readonly name: string; readonly detail: string; readonly column?: number }[];
}

/** What became of the rows of a file so far. */
export interface FileCounts {
  readonly loadedCount: number;
  readonly refusedCount: number;
  readonly heldCount: number;
  readonly unchangedCount: number;
  readonly outdatedCount: number;
  /** Facts that a whole delivery no longer named. */
  readonly withdrawnCount: number;
}

export interface RegisterFileRow extends FileCounts {
  readonly fileId: string;
  readonly content: 'persons' | 'statuses';
  readonly state: 'loading' | 'applying' | 'held' | 'loaded' | 'dropped' | 'broken';
  readonly refused: readonly RefusedLine[];
  /** Why a whole delivery is held. */
  readonly doubts: readonly string[];
}

/** A file of reports, as it is opened. */
export interface NewStatusFile {
  readonly fileId: string;
  readonly organization: string;
  readonly clientId: string;
  readonly source: string;
  /** The status of which it is all there is. */
  readonly wholeOf: string | undefined;
  readonly changedAt: Date;
  /** Undefined of reports that came by themselves. */
  readonly form?: FileForm | undefined;
}

export interface StatusFileRow extends NewStatusFile {
  readonly state: RegisterFileRow['state'];
}

/** Opens a file of persons and enterprises that is about to be loaded. */
export async function insertRegisterFile(
  connection: Connection,
  fileId: string,
  organization: string,
  form: FileForm,
): Promise<void> {
  await connection.query(
    `insert into register_file (file_id, sender_organization, state, form) values ($1, $2, 'loading', $3)`,
    [fileId, organization, form],
  );
}

/** The form in which a file is written. */
export type FileForm = 'ndjson' | 'csv' | 'xml';

/** Keeps what the first line of a CSV file calls its columns: its rejects are sent back under them. */
export async function keepHeader(
  connection: Connection,
  fileId: string,
  header: { readonly columns: readonly string[]; readonly delimiter: string },
): Promise<void> {
  await connection.query('update register_file set header = $2 where file_id = $1', [
    fileId,
    JSON.stringify(header),
  ]);
}

/** Opens a file of reports that is about to arrive. */
export async function insertStatusFile(connection: Connection, file: NewStatusFile): Promise<void> {
  await connection.query(
    `insert into register_file (file_id, sender_organization, sender_client, state, content, source, whole_of, changed_at,
       form)
     values ($1, $2, $3, 'loading', 'statuses', $4, $5, $6, $7)`,
    [
      file.fileId,
      file.organization,
      file.clientId,
      file.source,
      file.wholeOf ?? null,
      file.changedAt,
      file.form ?? null,
    ],
  );
}

/** Says how a file ended: loaded to its last row, or broken off after the rows counted. */
export async function closeRegisterFile(
  connection: Connection,
  file: Pick<RegisterFileRow, 'fileId' | 'state' | 'loadedCount' | 'refusedCount' | 'refused'>,
): Promise<void> {
  await connection.query(
    `update register_file set state = $2, loaded_count = $3, refused_count = $4, refused = $5 where file_id = $1`,
    [file.fileId, file.state, file.loadedCount, file.refusedCount, JSON.stringify(file.refused)],
  );
}

/** Says where a file of reports is now, and which doubts there are of a whole delivery. */
export async function moveStatusFile(
  connection: Connection,
  fileId: string,
  state: RegisterFileRow['state'],
  doubts: readonly string[] = [],
): Promise<void> {
  await connection.query('update register_file set state = $2, doubts = $3 where file_id = $1', [
    fileId,
    state,
    doubts,
  ]);
}

/** Adds to what became of the rows of a file. */
export async function countRows(
  connection: Connection,
  fileId: string,
  counts: Partial<FileCounts>,
): Promise<void> {
  await connection.query(
    `update register_file set loaded_count = loaded_count + $2, held_count = held_count + $3,
       unchanged_count = unchanged_count + $4, outdated_count = outdated_count + $5, withdrawn_count = withdrawn_count + $6
     where file_id = $1`,
    [
      fileId,
      counts.loadedCount ?? 0,
      counts.heldCount ?? 0,
      counts.unchangedCount ?? 0,
      counts.outdatedCount ?? 0,
      counts.withdrawnCount ?? 0,
    ],
  );
}

/** Finds a file of reports, kept from others until the transaction ends. */
export async function findStatusFile(
  connection: Connection,
  fileId: string,
): Promise<StatusFileRow | undefined> {
  const [row] = await connection.query<StatusFileRow & { wholeOf: string | null }>(
    `select file_id as "fileId", sender_organization as organization, sender_client as "clientId", source,
       whole_of as "wholeOf", changed_at as "changedAt", state
     from register_file where file_id = $1 and content = 'statuses' for update`,
    [fileId],
  );
  return row && { ...row, wholeOf: row.wholeOf ?? undefined };
}

/** Says of files that stopped arriving without anybody noticing that they broke off. */
export async function breakAbandonedFiles(connection: Connection, olderThanMinutes: number): Promise<void> {
  await connection.query(
    `with abandoned as (
       update register_file set state = 'broken' where state = 'loading' and content = 'statuses'
         and received_at < clock_timestamp() - make_interval(mins => $1) returning file_id
     )
     delete from status_report where file_id in (select file_id from abandoned)`,
    [olderThanMinutes],
  );
}

/** Finds a file of one organisation. */
export async function findRegisterFile(
  connection: Connection,
  organization: string,
  fileId: string,
): Promise<RegisterFileRow | undefined> {
  const [row] = await connection.query<RegisterFileRow>(
    `select file_id as "fileId", content, state, loaded_count as "loadedCount", refused_count as "refusedCount", refused,
       held_count as "heldCount", unchanged_count as "unchangedCount", outdated_count as "outdatedCount",
       withdrawn_count as "withdrawnCount", doubts
     from register_file where sender_organization = $1 and file_id = $2`,
    [organization, fileId],
  );
  return row;
}
