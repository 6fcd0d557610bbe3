/** Erasing a person: what was asked for, how far it is, and the statements that leave nothing of the person. */
import type { Connection } from './database.ts';

export interface ErasureRow {
  readonly erasureId: string;
  readonly personId: string;
  /** By which rows of files are found; null once all of it is done. */
  readonly subjectMarks: readonly Buffer[] | null;
  /** From then on nothing of the person decrypts. */
  readonly erasedAt: Date | null;
  readonly doneAt: Date | null;
}

const ERASURE = `select erasure_id as "erasureId", person_id as "personId", subject_marks as "subjectMarks",
  erased_at as "erasedAt", done_at as "doneAt" from erasure`;

export interface NewErasure {
  readonly erasureId: string;
  readonly personId: string;
  readonly reason: string;
  readonly requestedBy: string;
}

/** Asks for an erasure; gives its id, of the one that is under way where there is one. */
export async function insertErasure(connection: Connection, one: NewErasure): Promise<string> {
  const [row] = await connection.query<{ erasureId: string }>(
    `insert into erasure (erasure_id, person_id, reason, requested_by) values ($1, $2, $3, $4)
     on conflict (person_id) where done_at is null do update set person_id = erasure.person_id
     returning erasure_id as "erasureId"`,
    [one.erasureId, one.personId, one.reason, one.requestedBy],
  );
  return row?.erasureId ?? one.erasureId;
}

/** Finds an erasure, kept from others until the transaction ends. */
export async function findErasure(
  connection: Connection,
  erasureId: string,
): Promise<ErasureRow | undefined> {
  const [row] = await connection.query<ErasureRow>(`${ERASURE} where erasure_id = $1 for update`, [
    erasureId,
  ]);
  return row;
}

/** Says that the person is erased, and by which marks the rest is found. */
export async function noteErased(
  connection: Connection,
  erasureId: string,
  subjectMarks: readonly Buffer[],
): Promise<void> {
  await connection.query(
    'update erasure set erased_at = clock_timestamp(), subject_marks = $2 where erasure_id = $1',
    [erasureId, subjectMarks],
  );
}

/** Says that nothing is left, and forgets the marks. */
export async function closeErasure(connection: Connection, erasureId: string): Promise<void> {
  await connection.query(
    'update erasure set done_at = clock_timestamp(), subject_marks = null where erasure_id = $1',
    [erasureId],
  );
}

/** Gives the numbers of persons, sealed. */
export async function listSsins(
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly Buffer[]> {
  const rows = await connection.query<{ ssin: Buffer }>(
    `select ssin_ciphertext as ssin from person where person_id = any($1) and ssin_ciphertext <> ''`,
    [personIds],
  );
  return rows.map(({ ssin }) => ssin);
}

/**
 * The statements in their order. Who loads a person holds on to the hash first, who makes a key to the row of the
 * person, who issues to the attestation: each is waited for, and finds nobody afterwards.
 */
const STATEMENTS = [
  'delete from person_look_up where person_id = any($1)',
  `update person set erased_at = clock_timestamp(), ssin_ciphertext = '', family_name = '', given_name = '',
     birth_date = null, language = null, email = null, has_ebox = false, is_exclusively_electronic = false,
     mail_language = null, household = null, sex = null, wants_notices = true, chosen_notice_language = null,
     updated_at = clock_timestamp()
   where person_id = any($1) and erased_at is null`,
  'delete from domicile where person_id = any($1)',
  'delete from dossier where person_id = any($1)',
  // Declared before there were keys for it: what led to a period of the person, or is known to be about the person.
  `delete from declaration_content c where c.citizen_key_id is null and c.file_key_id is null and (
     exists (select from declaration_answer a join dimona_period p on p.period_id = a.period_id
             where a.declaration_id = c.declaration_id and p.person_id = any($1))
     or c.declaration_id::text in (select e.object from audit_entry e where e.person_id = any($1)
             and e.action in ('declaration.report', 'declaration.judge')))`,
  `delete from declaration_content where citizen_key_id in
     (select citizen_key_id from citizen_key where person_id = any($1))`,
  `update citizen_key set wrapped_key = null, destroyed_at = clock_timestamp()
   where person_id = any($1) and destroyed_at is null`,
  `update attestation set state = 'erased', facts = '', ended_at = coalesce(ended_at, clock_timestamp())
   where person_id = any($1) and state <> 'erased'`,
  `update message set is_visible = false, expires_at = least(expires_at, clock_timestamp())
   where person_id = any($1)`,
  // What a sender wrote may name the person; what the institution wrote names nobody.
  `update message set subject = '', search_text = '' where person_id = any($1) and attestation_id is null`,
  `update attachment set file_name = attachment_id::text where object_key is not null
     and message_id in (select message_id from message where person_id = any($1))`,
  `delete from message_content where message_id in (select message_id from message where person_id = any($1))`,
  `update outbox set told_at = clock_timestamp() where told_at is null
     and message_id in (select message_id from message where person_id = any($1))`,
  'delete from mail_due where person_id = any($1)',
  // What a digest spoke of goes with it.
  'delete from mail where person_id = any($1)',
  'delete from print_item where person_id = any($1)',
  `update relay p set state = 'withdrawn', ended_at = clock_timestamp(), refusal = null from message m
   where m.message_id = p.message_id and m.person_id = any($1) and p.state in ('waiting', 'parked')`,
  'delete from share_code where attestation_id in (select attestation_id from attestation where person_id = any($1))',
  'delete from decision where person_id = any($1)',
  'delete from self_employment where person_id = any($1)',
  'delete from flow_row where person_id = any($1)',
  'delete from flow_row_change where person_id = any($1)',
  // What was told of the person in a file with others: none of it is handed over again.
  `update file_key set wrapped_key = null, destroyed_at = clock_timestamp() where destroyed_at is null and file_key_id in
     (select split_part(e.object, '/', 2)::uuid from audit_entry e
      where e.person_id = any($1) and e.action = 'flow.supply')`,
  'delete from status_report where person_id = any($1)',
  'delete from status_withdrawal where person_id = any($1)',
  'delete from status_period where person_id = any($1)',
  'delete from dimona_period where person_id = any($1)',
];

/** Erases persons: their keys, who they are, what was declared of them. What is evidence stays, and names nobody. */
export async function erasePersonRows(connection: Connection, personIds: readonly string[]): Promise<void> {
  for (const statement of STATEMENTS) await connection.query(statement, [personIds]);
}

/** Lists the cases of which persons have an attestation. */
export async function listCasesOf(
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ caseId: string }>(
    'select distinct case_id as "caseId" from attestation where person_id = any($1)',
    [personIds],
  );
  return rows.map(({ caseId }) => caseId);
}

/** Empties the rows with one of these marks in the next batches after one; gives the last batch, undefined at the end. */
export async function emptyRows(
  connection: Connection,
  marks: readonly Buffer[],
  after: string,
  batches: number,
): Promise<string | undefined> {
  const [row] = await connection.query<{ last: string | null }>(
    `with page as (select batch_id from batch where batch_id > $2 order by batch_id limit $3), emptied as (
       update batch_row r set body = '', reference = null, day_hmac = null, subject_mark = null, foreseen_cases = null
       from page where r.batch_id = page.batch_id and r.subject_mark = any($1)
     )
     select max(batch_id::text) as last from page`,
    [marks, after, batches],
  );
  return row?.last ?? undefined;
}

/** Drops staged forms, reports that wait and rows that were refused, with one of these marks. */
export async function dropForms(connection: Connection, marks: readonly Buffer[]): Promise<void> {
  await connection.query('delete from declaration_form where subject_mark = any($1)', [marks]);
  await connection.query('delete from status_report where subject_mark = any($1)', [marks]);
  await connection.query('delete from register_reject where subject_marks && $1::bytea[]', [marks]);
}
