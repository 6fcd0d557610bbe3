/** Files of declarations: staged form by form while they arrive, answered form by form afterwards. */
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { BODY_OF, CONSULTED, type ConsultedRow, DECLARED, LAST_ANSWER } from './declarations.ts';
import { FILE_KEY, type FileKeyRow } from './file-keys.ts';
import { bindTo, coveredBy } from './grounds.ts';

export type FileState = 'receiving' | 'received' | 'processed';

export interface FileRow extends FileKeyRow {
  readonly fileId: string;
  readonly state: FileState;
  readonly formCount: number;
  readonly answeredCount: number;
  readonly senderOrganization: string;
  readonly senderClient: string;
  /** The mandate by which it came in. */
  readonly mandateId: string | null;
  readonly receivedAt: Date;
  readonly processedAt: Date | null;
}

/** Opens a file that is about to arrive. */
export async function insertFile(
  connection: Connection,
  file: Pick<FileRow, 'fileId' | 'senderOrganization' | 'senderClient'> & Partial<Pick<FileRow, 'mandateId'>>,
): Promise<void> {
  await connection.query(
    `insert into declaration_file (file_id, sender_organization, sender_client, mandate_id, state)
     values ($1, $2, $3, $4, 'receiving')`,
    [file.fileId, file.senderOrganization, file.senderClient, file.mandateId ?? null],
  );
}

/** A form as it is staged. */
export interface NewForm {
  readonly body: Buffer;
  /** Keyed hash of the worker it names. */
  readonly subjectMark: Buffer | undefined;
}

/** Stages forms, encrypted; the first has the number given. */
export async function insertForms(
  connection: Connection,
  fileId: string,
  firstNumber: number,
  forms: readonly NewForm[],
): Promise<void> {
  await connection.query(
    `insert into declaration_form (file_id, form_number, body, subject_mark)
     select $1, $2 + position - 1, body, mark
     from unnest($3::bytea[], $4::bytea[]) with ordinality as form (body, mark, position)`,
    [fileId, firstNumber, forms.map(({ body }) => body), forms.map(({ subjectMark }) => subjectMark ?? null)],
  );
}

/** Says that a file arrived whole. */
export async function completeFile(connection: Connection, fileId: string, formCount: number): Promise<void> {
  await connection.query(
    `update declaration_file set state = 'received', form_count = $2 where file_id = $1`,
    [fileId, formCount],
  );
}

/** Forgets a file that did not arrive whole, and its key. */
export async function deleteFile(connection: Connection, fileId: string): Promise<void> {
  await connection.query(
    `with gone as (delete from declaration_file where file_id = $1 and state = 'receiving' returning file_id)
     delete from file_key where file_key_id in (select file_id from gone)`,
    [fileId],
  );
}

/** Forgets files whose transfer broke off without anybody noticing. */
export async function deleteAbandonedFiles(connection: Connection, olderThanMinutes: number): Promise<void> {
  await connection.query(
    `with gone as (
       delete from declaration_file where state = 'receiving'
         and received_at < clock_timestamp() - make_interval(mins => $1) returning file_id
     )
     delete from file_key where file_key_id in (select file_id from gone)`,
    [olderThanMinutes],
  );
}

/** Finds a file of the sender that asks; another sender's is as good as not there. */
export async function findOwnFile(
  connection: Connection,
  ground: Ground,
  fileId: string,
): Promise<FileRow | undefined> {
  const values = [fileId];
  const own = coveredBy(ground, { declarant: 'f.sender_organization' }, bindTo(values));
  const [row] = await connection.query<FileRow>(`${FILE} and ${own}`, values);
  return row;
}

/** Finds a file that arrived whole. */
export async function findFile(connection: Connection, fileId: string): Promise<FileRow | undefined> {
  const [row] = await connection.query<FileRow>(FILE, [fileId]);
  return row;
}

const FILE = `select f.file_id as "fileId", f.state, f.form_count as "formCount", f.received_at as "receivedAt",
    f.sender_organization as "senderOrganization", f.sender_client as "senderClient", f.processed_at as "processedAt",
    f.mandate_id as "mandateId",
    ${FILE_KEY},
    (select count(*)::int from declaration_file_form d where d.file_id = f.file_id) as "answeredCount"
  from declaration_file f left join file_key k on k.file_key_id = f.file_id where f.file_id = $1 and f.state <> 'receiving'`;

export interface StagedForm {
  readonly formNumber: number;
  readonly body: Buffer;
}

/** Lists forms of a file that have no declaration yet, in their order. */
export async function listStagedForms(
  connection: Connection,
  fileId: string,
  limit: number,
): Promise<StagedForm[]> {
  return connection.query<StagedForm>(
    `select form_number as "formNumber", body from declaration_form where file_id = $1 order by form_number limit $2`,
    [fileId, limit],
  );
}

/** Says which declaration a form led to, and drops the staged form. */
export async function answerForm(
  connection: Connection,
  fileId: string,
  formNumber: number,
  declarationId: string,
): Promise<void> {
  await connection.query(
    `insert into declaration_file_form (file_id, form_number, declaration_id) values ($1, $2, $3)`,
    [fileId, formNumber, declarationId],
  );
  await connection.query('delete from declaration_form where file_id = $1 and form_number = $2', [
    fileId,
    formNumber,
  ]);
}

/** Says that every form of a file has its declaration. */
export async function closeFile(connection: Connection, fileId: string): Promise<void> {
  await connection.query(
    `update declaration_file set state = 'processed', processed_at = clock_timestamp() where file_id = $1`,
    [fileId],
  );
}

export interface FileAnswerRow extends ConsultedRow {
  readonly formNumber: number;
}

/** Lists the answers of a file that a ground covers, in the order of its forms, after a form number. */
export async function listFileAnswers(
  connection: Connection,
  ground: Ground,
  fileId: string,
  afterForm: number,
  limit: number,
): Promise<FileAnswerRow[]> {
  const values: unknown[] = [fileId, afterForm, limit];
  return connection.query<FileAnswerRow>(
    `select f.form_number as "formNumber", ${CONSULTED}
     from declaration_file_form f join declaration d on d.declaration_id = f.declaration_id
       ${BODY_OF} cross join lateral (${LAST_ANSWER}) a left join dimona_period p on p.period_id = a.period_id
     where f.file_id = $1 and f.form_number > $2 and ${coveredBy(ground, DECLARED, bindTo(values))}
     order by f.form_number limit $3`,
    values,
  );
}
