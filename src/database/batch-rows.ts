/** Rows of batches: staged by COPY, checked, accepted, ended once each; the batch counts them as they end. */
import type { RecallResult, RowOutcome } from '../domain/batch.ts';
import type { Ground } from '../domain/ground.ts';
import { columnsOf, numberIs, stateIs, unweighed } from './columns.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/** The statement that takes staged rows; each line is written by `stagedLine`. */
export const COPY_ROWS =
  'copy batch_row (batch_id, row_number, body, reference, day_hmac, message_mark, body_mark, subject_mark) from stdin';

export interface StagedRow {
  readonly batchId: string;
  readonly rowNumber: number;
  readonly body: Buffer;
  /** Sealed, as the body is. */
  readonly reference: Buffer | undefined;
  readonly dayHmac: Buffer | undefined;
  /** By what the row is known again, and its words; keyed hashes. */
  readonly messageMark: Buffer;
  readonly bodyMark: Buffer;
  /** Keyed hash of the worker it names. */
  readonly subjectMark: Buffer | undefined;
}

/** Writes a row in COPY's text format. */
export function stagedLine(row: StagedRow): string {
  const bytes = (value: Buffer | undefined) =>
    value === undefined ? '\\N' : `\\\\x${value.toString('hex')}`;
  const { body, reference, dayHmac, messageMark, bodyMark, subjectMark } = row;
  const cells = [body, reference, dayHmac, messageMark, bodyMark, subjectMark].map(bytes);
  return `${[row.batchId, row.rowNumber, ...cells].join('\t')}\n`;
}

export interface OpenRow {
  readonly rowNumber: number;
  /** Sealed; empty once the person it names was erased. */
  readonly body: Buffer;
}

/** Lists rows from one number to another that are in a state. */
export async function listOpenRows(
  connection: Connection,
  batchId: string,
  from: number,
  to: number,
  state: 'staged' | 'checked',
): Promise<OpenRow[]> {
  return connection.query<OpenRow>(
    `select r.row_number as "rowNumber", r.body from batch_row r where r.batch_id = $1 and r.row_number between $2 and $3 and r.state || '' = $4 order by r.row_number`,
    [batchId, from, to, state],
  );
}

/** Counts the checked rows of a batch that were not reported yet. */
export async function countUnreported(connection: Connection, batchId: string): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    `select count(*)::int as count from batch_row where batch_id = $1 and state = 'checked'`,
    [batchId],
  );
  return row?.count ?? 0;
}

/** What checking found of one row; no anomalies means none blocking nor warning. */
export interface CheckedRow {
  readonly rowNumber: number;
  readonly anomalies: readonly string[];
  /** Whether its day is looked at again beside the other rows: not for what waits or was declared before. */
  readonly mayTakeDay: boolean;
  /** The cases that it would touch. */
  readonly cases: readonly string[];
}

/** Says what checking found of rows. */
export async function markChecked(
  connection: Connection,
  batchId: string,
  found: readonly CheckedRow[],
): Promise<void> {
  await connection.query(
    `update batch_row r set state = 'checked', anomalies = string_to_array(found.anomalies, ' '),
       day_hmac = case when found.may_take_day then r.day_hmac end,
       foreseen_cases = nullif(string_to_array(found.cases, ' '), '{}')
     from unnest($2::int[], $3::text[], $4::boolean[], $5::text[]) as found (row_number, anomalies, may_take_day, cases)
     where r.batch_id = $1 and ${numberIs('r.row_number', 'found.row_number', '$2')} and ${stateIs('r.state', 'staged')}`,
    [
      batchId,
      ...columnsOf(found, [
        ({ rowNumber }) => rowNumber,
        ({ anomalies }) => anomalies.join(' '),
        ({ mayTakeDay }) => mayTakeDay,
        ({ cases }) => cases.join(' '),
      ]),
    ],
  );
}

export interface AcceptedRow {
  readonly rowNumber: number;
  /** Null where nothing was declared: the case was chosen on the register. */
  readonly declarationId: string | null;
  readonly caseId: string;
  readonly anomalies: readonly string[];
}

/** Says that a row's declaration was accepted and which case it belongs to; the case's attestation ends it. */
export async function markAccepted(connection: Connection, batchId: string, row: AcceptedRow): Promise<void> {
  await connection.query(
    `update batch_row set state = 'accepted', declaration_id = $3, case_id = $4, anomalies = $5, foreseen_cases = null
     where batch_id = ${unweighed('$1', 'uuid')} and row_number = $2 and state = 'checked'`,
    [batchId, row.rowNumber, row.declarationId, row.caseId, row.anomalies],
  );
}

export interface EndedRow {
  readonly rowNumber: number;
  readonly outcome: RowOutcome;
  /** Null for a row of somebody who was erased before it ran. */
  readonly declarationId: string | null;
  readonly anomalies: readonly string[];
}

/** Ends a row that leads to no attestation. */
export async function endRow(connection: Connection, batchId: string, row: EndedRow): Promise<void> {
  await connection.query(
    `with ended as (
       update batch_row set state = 'ended', ended_at = clock_timestamp(), outcome = $3, declaration_id = $4, anomalies = $5
       where batch_id = ${unweighed('$1', 'uuid')} and row_number = $2 and state = 'checked' returning batch_id, outcome
     ) ${COUNT_ENDED}`,
    [batchId, row.rowNumber, row.outcome, row.declarationId, row.anomalies],
  );
}

/** Rows of a case wait for this version from now on. */
export async function attachRows(
  connection: Connection,
  caseId: string,
  attestationId: string,
): Promise<void> {
  await connection.query(
    `update batch_row set attestation_id = $2 where case_id = $1 and state = 'accepted'`,
    [caseId, attestationId],
  );
}

/** Ends the rows of a case for which nothing will be issued. */
export async function endCaseRows(
  connection: Connection,
  caseId: string,
  outcome: RowOutcome,
  attestationId: string | undefined,
): Promise<void> {
  await connection.query(
    `with ended as (
       update batch_row set state = 'ended', ended_at = clock_timestamp(), outcome = $2, attestation_id = $3
       where case_id = $1 and state = 'accepted' returning batch_id, outcome
     ) ${COUNT_ENDED}`,
    [caseId, outcome, attestationId ?? null],
  );
}

/** Ends the rows that waited for a version, in the transaction that issues it. */
export async function endAttestationRows(connection: Connection, attestationId: string): Promise<void> {
  await connection.query(
    `with ended as (
       update batch_row set state = 'ended', ended_at = clock_timestamp(), outcome = 'issued'
       where attestation_id = $1 and state = 'accepted' returning batch_id, outcome
     ) ${COUNT_ENDED}`,
    [attestationId],
  );
}

/**
 * Counts ended rows in the statement that ends them; the last one makes its batch done, or cancelled. The last one of those
 * that are issued first has it wait.
 */
export const COUNT_ENDED = `, tally as (
    select batch_id, count(*)::int as ended,
      count(*) filter (where outcome = 'issued')::int as issued,
      count(*) filter (where outcome = 'unchanged')::int as unchanged,
      count(*) filter (where outcome = 'refused')::int as refused,
      count(*) filter (where outcome = 'waiting')::int as waiting,
      count(*) filter (where outcome = 'notEntitled')::int as not_entitled,
      count(*) filter (where outcome = 'cancelled')::int as cancelled
    from ended group by batch_id
  )
  update batch set ended_count = ended_count + tally.ended, issued_count = issued_count + tally.issued,
    unchanged_count = unchanged_count + tally.unchanged, refused_count = refused_count + tally.refused,
    waiting_count = waiting_count + tally.waiting, not_entitled_count = not_entitled_count + tally.not_entitled,
    cancelled_count = cancelled_count + tally.cancelled,
    state = case when state = 'running' and canary_over_at is null and canary_rows < row_count
        and ended_count + tally.ended >= canary_rows then 'paused'
      when ended_count + tally.ended < row_count or state = 'recalling' then state
      when state = 'cancelling' then 'cancelled' else 'done' end,
    done_at = case when ended_count + tally.ended = row_count then clock_timestamp() else done_at end
  from tally where batch.batch_id = tally.batch_id`;

export interface StoredRow {
  readonly rowNumber: number;
  /** Sealed, as the body is. */
  readonly reference: Buffer | null;
  readonly body: Buffer;
  readonly state: 'staged' | 'checked' | 'accepted' | 'ended';
  readonly outcome: RowOutcome | null;
  readonly anomalies: readonly string[] | null;
  readonly declarationId: string | null;
  readonly attestationNumber: string | null;
  readonly recall: RecallResult | null;
}

/** Lists rows of a batch that a ground covers, after a number: all of them, or those that ended one way. */
export async function listReportRows(
  connection: Connection,
  ground: Ground,
  batchId: string,
  page: {
    readonly after: number;
    readonly limit: number;
    readonly outcome?: RowOutcome | undefined;
    readonly onlyFaulty?: boolean;
  },
): Promise<StoredRow[]> {
  const values = [batchId, page.after, page.limit, page.outcome ?? null, page.onlyFaulty ?? false];
  return connection.query<StoredRow>(
    `select r.row_number as "rowNumber", r.reference, r.body, r.state, r.outcome, r.anomalies,
       r.declaration_id as "declarationId", a.number as "attestationNumber", r.recall
     from batch_row r join batch b using (batch_id)
       left join attestation a on a.attestation_id = r.attestation_id and a.issued_at is not null
     where r.batch_id = $1 and r.row_number > $2 and ($4::text is null or r.outcome = $4)
       and (not $5 or cardinality(r.anomalies) > 0)
       and ${coveredBy(ground, { declarant: 'b.organization' }, bindTo(values))}
     order by r.row_number limit $3`,
    values,
  );
}
