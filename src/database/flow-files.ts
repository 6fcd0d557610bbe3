/** The files of runs and the parts of them that lie in the archive. */
import type { PlannedFile } from '../domain/flow.ts';
import type { Connection } from './database.ts';

export interface FlowFile extends PlannedFile {
  readonly fileId: string;
  readonly runId: string;
  readonly fileNumber: number;
  /** The last person that was looked at. */
  readonly reached: string | null;
  readonly isRead: boolean;
  readonly rowCount: number;
  readonly personCount: number;
  readonly bytes: number | null;
  readonly sha256: Buffer | null;
  readonly handedBytes: number | null;
  readonly handedSha256: Buffer | null;
  readonly contentKey: Buffer | null;
  readonly recipient: Buffer | null;
}

const FILE = `file_id as "fileId", run_id as "runId", file_number as "fileNumber", part, places, reached,
  is_read as "isRead", row_count::float8 as "rowCount", person_count::float8 as "personCount", bytes::float8 as bytes,
  sha256, handed_bytes::float8 as "handedBytes", handed_sha256 as "handedSha256", content_key as "contentKey", recipient`;

type FileRow = Omit<FlowFile, 'part' | 'places'> & {
  readonly part: string | null;
  readonly places: readonly string[] | null;
};

function fromRow({ part, places, ...row }: FileRow): FlowFile {
  return { ...row, ...(part !== null && { part }), ...(places !== null && { places }) };
}

/** Names the files of a run, in their order. */
export async function insertFiles(
  connection: Connection,
  runId: string,
  files: readonly (PlannedFile & { readonly fileId: string })[],
): Promise<void> {
  const numbered = files.map((file, at) => ({ ...file, number: at + 1 }));
  await connection.query(
    `insert into flow_file (file_id, run_id, file_number, part, places)
     select f."fileId", $1, f.number, f.part, f.places
     from jsonb_to_recordset($2::jsonb) as f ("fileId" uuid, number integer, part text, places text[])`,
    [runId, JSON.stringify(numbered)],
  );
}

/** Lists the files of a run. */
export async function listFiles(connection: Connection, runId: string): Promise<FlowFile[]> {
  const rows = await connection.query<FileRow>(
    `select ${FILE} from flow_file where run_id = $1 order by file_number`,
    [runId],
  );
  return rows.map(fromRow);
}

/** Finds a file. `organization`: only one that this receiver got. */
export async function findFlowFile(
  connection: Connection,
  fileId: string,
  organization: string,
): Promise<FlowFile | undefined> {
  const [row] = await connection.query<FileRow>(
    `select ${FILE} from flow_file where file_id = $1
       and exists (select from flow_run r where r.run_id = flow_file.run_id and r.organization = $2)`,
    [fileId, organization],
  );
  return row && fromRow(row);
}

/** Finds the next file of a run whose persons were not all looked at. */
export async function findOpenFile(connection: Connection, runId: string): Promise<FlowFile | undefined> {
  const [row] = await connection.query<FileRow>(
    `select ${FILE} from flow_file where run_id = $1 and not is_read order by file_number limit 1`,
    [runId],
  );
  return row && fromRow(row);
}

/** What a chunk did to its file. */
export interface FileProgress {
  readonly reached: string | undefined;
  readonly isRead: boolean;
  readonly rows: number;
  readonly persons: number;
}

/** Moves a file on; false when somebody else did meanwhile. */
export async function moveFile(
  connection: Connection,
  { fileId, reached }: Pick<FlowFile, 'fileId' | 'reached'>,
  progress: FileProgress,
): Promise<boolean> {
  const rows = await connection.query(
    `update flow_file set reached = coalesce($3, reached), is_read = $4, row_count = row_count + $5,
       person_count = person_count + $6
     where file_id = $1 and not is_read and reached is not distinct from $2 returning 1`,
    [fileId, reached, progress.reached ?? null, progress.isRead, progress.rows, progress.persons],
  );
  return rows.length > 0;
}

export interface FlowPart {
  readonly partId: string;
  readonly objectKey: string;
  readonly objectSha256: Buffer;
  /** Of its rows. */
  readonly bytes: number;
}

/** Adds a part behind the others of its file. */
export async function insertPart(connection: Connection, fileId: string, part: FlowPart): Promise<void> {
  await connection.query(
    `insert into flow_part (part_id, file_id, part_number, object_key, object_sha256, bytes)
     select $1, $2, coalesce(max(p.part_number), 0) + 1, $3, $4, $5 from flow_part p where p.file_id = $2`,
    [part.partId, fileId, part.objectKey, part.objectSha256, part.bytes],
  );
}

/** Lists the parts of a file in their order. */
export async function listParts(connection: Connection, fileId: string): Promise<FlowPart[]> {
  return connection.query<FlowPart>(
    `select part_id as "partId", object_key as "objectKey", object_sha256 as "objectSha256", bytes::float8 as bytes
     from flow_part where file_id = $1 order by part_number`,
    [fileId],
  );
}

/** Closes a file: what it holds is known from now on. */
export async function closeFile(
  connection: Connection,
  fileId: string,
  closed: {
    readonly bytes: number;
    readonly sha256: Buffer;
    readonly handed?: {
      readonly bytes: number;
      readonly sha256: Buffer;
      readonly contentKey: Buffer;
      readonly recipient: Buffer;
    };
  },
): Promise<void> {
  await connection.query(
    `update flow_file set bytes = $2, sha256 = $3, handed_bytes = $4, handed_sha256 = $5, content_key = $6, recipient = $7
     where file_id = $1 and sha256 is null`,
    [
      fileId,
      closed.bytes,
      closed.sha256,
      closed.handed?.bytes ?? null,
      closed.handed?.sha256 ?? null,
      closed.handed?.contentKey ?? null,
      closed.handed?.recipient ?? null,
    ],
  );
}

/** Notes that a file was put down in the bucket of flows. */
export async function notePutDown(connection: Connection, fileId: string): Promise<void> {
  await connection.query('update flow_file set put_down_at = clock_timestamp() where file_id = $1', [fileId]);
}

/** Adds to the rows of a file. */
export async function addRows(connection: Connection, fileId: string, rows: number): Promise<void> {
  await connection.query('update flow_file set row_count = row_count + $2 where file_id = $1', [
    fileId,
    rows,
  ]);
}
