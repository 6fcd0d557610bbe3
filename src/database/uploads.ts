/** Files that arrive in parts, until a batch was made of them. */
import type { Connection } from './database.ts';
import { FILE_KEY, type FileKeyRow } from './file-keys.ts';

export interface StoredUpload extends FileKeyRow {
  readonly uploadId: string;
  /** Bytes received, without a gap from the first. */
  readonly received: number;
  readonly expiresAt: Date;
  readonly batchId: string | null;
}

/** Opens an upload; false where an organisation has as many as it may have. */
export async function insertUpload(
  connection: Connection,
  uploadId: string,
  organization: string,
  mostOpen: number,
): Promise<boolean> {
  const rows = await connection.query(
    `insert into upload (upload_id, organization) select $1, $2
     where (select count(*) from upload where organization = $2 and batch_id is null) < $3 returning upload_id`,
    [uploadId, organization, mostOpen],
  );
  return rows.length > 0;
}

/** Finds an upload of one organisation; another's is as good as not there, and so is one whose time is over. */
export async function findOwnUpload(
  connection: Connection,
  organization: string,
  uploadId: string,
  hours: number,
): Promise<StoredUpload | undefined> {
  const [row] = await connection.query<StoredUpload>(
    `select upload_id as "uploadId", received::float8 as received, batch_id as "batchId",
       touched_at + make_interval(hours => $3) as "expiresAt", ${FILE_KEY}
     from upload left join file_key k on k.file_key_id = upload_id
     where organization = $1 and upload_id = $2 and touched_at > clock_timestamp() - make_interval(hours => $3)`,
    [organization, uploadId, hours],
  );
  return row;
}

/** Adds a part where the last one ended; false where others came there before, or a batch was made of it. */
export async function addPart(
  connection: Connection,
  uploadId: string,
  part: { readonly offset: number; readonly bytes: number; readonly sealed: Buffer },
): Promise<boolean> {
  const rows = await connection.query(
    `with at as (
       update upload set received = received + $3, touched_at = clock_timestamp()
       where upload_id = $1 and received = $2 and batch_id is null returning upload_id
     )
     insert into upload_part (upload_id, part_offset, body) select upload_id, $2, $4 from at returning upload_id`,
    [uploadId, part.offset, part.bytes, part.sealed],
  );
  return rows.length > 0;
}

/** Gives the part after an offset, sealed; undefined behind the last. */
export async function findPart(
  connection: Connection,
  uploadId: string,
  from: number,
): Promise<{ readonly offset: number; readonly body: Buffer } | undefined> {
  const [row] = await connection.query<{ offset: number; body: Buffer }>(
    `select part_offset::float8 as offset, body from upload_part where upload_id = $1 and part_offset >= $2
     order by part_offset limit 1`,
    [uploadId, from],
  );
  return row;
}

/** Says which batch was made of an upload, and forgets its parts and its key; false where one was made before. */
export async function closeUpload(
  connection: Connection,
  uploadId: string,
  batchId: string,
): Promise<boolean> {
  const rows = await connection.query(
    'update upload set batch_id = $2 where upload_id = $1 and batch_id is null returning upload_id',
    [uploadId, batchId],
  );
  if (rows.length === 0) return false;
  await connection.query('delete from upload_part where upload_id = $1', [uploadId]);
  await connection.query('delete from file_key where file_key_id = $1', [uploadId]);
  return true;
}

/** Forgets uploads that nobody went on with for so many hours, with their parts and keys; one, where it is named. */
export async function deleteUploads(connection: Connection, hours: number, uploadId?: string): Promise<void> {
  await connection.query(
    `with gone as (
       delete from upload where upload_id = coalesce($2, upload_id)
         and touched_at <= clock_timestamp() - make_interval(hours => $1) returning upload_id
     )
     delete from file_key where file_key_id in (select upload_id from gone)`,
    [hours, uploadId ?? null],
  );
}
