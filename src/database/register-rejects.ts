/** Rows of register files that were refused, as they came. */
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import { FILE_KEY, type FileKeyRow } from './file-keys.ts';
import type { RefusedLine } from './register-files.ts';

/** A row as it is kept. */
export interface RejectRow extends RefusedLine {
  readonly rowNumber: number;
  /** Under the key of its file; null where nothing of it was kept. */
  readonly sealedRow: Buffer | null;
}

/** A row with the marks of whom it names. */
export interface NewReject extends RejectRow {
  readonly subjectMarks: readonly Buffer[];
}

/** Keeps rows of a file. */
export async function insertRejects(
  connection: Connection,
  fileId: string,
  rejects: readonly NewReject[],
): Promise<void> {
  await connection.query(
    `insert into register_reject (file_id, row_number, line, sealed_row, subject_marks, issues)
     select $1, row_number, line, sealed_row, array(select decode(mark, 'hex') from unnest(string_to_array(marks, ' ')) as mark),
       issues
     from unnest($2::int[], $3::int[], $4::bytea[], $5::text[], $6::jsonb[]) as r (row_number, line, sealed_row, marks, issues)
     on conflict do nothing`,
    [
      fileId,
      ...columnsOf(rejects, [
        (one) => one.rowNumber,
        (one) => one.line,
        (one) => one.sealedRow,
        (one) => one.subjectMarks.map((mark) => mark.toString('hex')).join(' '),
        (one) => JSON.stringify(one.issues),
      ]),
    ],
  );
}

/** What a file of rejects is written with. */
export interface RejectedFile extends FileKeyRow {
  readonly form: 'ndjson' | 'csv' | 'xml' | null;
  readonly header: { readonly columns: readonly string[]; readonly delimiter: string } | null;
}

/** Finds a file of one organisation, or of any where the institution asks. */
export async function findRejectedFile(
  connection: Connection,
  fileId: string,
  organization: string | undefined,
): Promise<RejectedFile | undefined> {
  const [row] = await connection.query<RejectedFile>(
    `select f.form, f.header, ${FILE_KEY} from register_file f left join file_key k on k.file_key_id = f.file_id
     where f.file_id = $1 and ($2::text is null or f.sender_organization = $2)`,
    [fileId, organization ?? null],
  );
  return row;
}

/** Lists some rows of a file, behind one. */
export async function listRejects(
  connection: Connection,
  fileId: string,
  after: number,
  limit: number,
): Promise<readonly RejectRow[]> {
  return connection.query<RejectRow>(
    `select row_number as "rowNumber", line, sealed_row as "sealedRow", issues from register_reject
     where file_id = $1 and row_number > $2 order by row_number limit $3`,
    [fileId, after, limit],
  );
}
