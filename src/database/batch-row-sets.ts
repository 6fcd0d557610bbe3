/** Many rows of batches by one statement each; each does to its rows what its namesake in `batch-rows` does to one. */
import type { RowOutcome } from '../domain/batch.ts';
import { type AcceptedRow, COUNT_ENDED, type EndedRow } from './batch-rows.ts';
import { columnsOf, numberIs, stateIs, unweighed } from './columns.ts';
import type { Connection } from './database.ts';

/** Lists those rows from one number to another whose worker stands in other rows that were not reported yet. */
export async function listSharedRows(
  connection: Connection,
  batchId: string,
  from: number,
  to: number,
): Promise<readonly number[]> {
  const rows = await connection.query<{ rowNumber: number }>(
    `select r.row_number as "rowNumber" from batch_row r cross join lateral (
       select from batch_row o where o.batch_id = ${unweighed('$1', 'uuid')} and o.subject_mark = r.subject_mark and o.state = 'checked'
         and o.row_number not between $2 and $3 limit 1) other
     where r.batch_id = $1 and r.row_number between $2 and $3 and ${stateIs('r.state', 'checked')}`,
    [batchId, from, to],
  );
  return rows.map(({ rowNumber }) => rowNumber);
}

/** Lists the versions that accepted rows from one number to another wait for. */
export async function listAwaited(
  connection: Connection,
  batchId: string,
  from: number,
  to: number,
): Promise<readonly string[]> {
  const rows = await connection.query<{ attestationId: string }>(
    `select distinct attestation_id as "attestationId" from batch_row
     where batch_id = $1 and row_number between $2 and $3 and ${stateIs('state', 'accepted')} and attestation_id is not null`,
    [batchId, from, to],
  );
  return rows.map(({ attestationId }) => attestationId);
}

/** As `markAccepted`, for many rows. */
export async function markAcceptedAll(
  connection: Connection,
  batchId: string,
  rows: readonly AcceptedRow[],
): Promise<void> {
  await connection.query(
    `update batch_row r set state = 'accepted', declaration_id = g.declaration_id, case_id = g.case_id,
       anomalies = string_to_array(g.anomalies, ' '), foreseen_cases = null
     from unnest($2::int[], $3::uuid[], $4::text[], $5::text[]) as g (row_number, declaration_id, case_id, anomalies)
     where r.batch_id = $1 and ${numberIs('r.row_number', 'g.row_number', '$2')} and ${stateIs('r.state', 'checked')}`,
    [
      batchId,
      ...columnsOf(rows, [
        (row) => row.rowNumber,
        (row) => row.declarationId,
        (row) => row.caseId,
        (row) => row.anomalies.join(' '),
      ]),
    ],
  );
}

/** Ends rows that lead to no attestation. */
export async function endRows(
  connection: Connection,
  batchId: string,
  rows: readonly EndedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await connection.query(
    `with ended as (
       update batch_row r set state = 'ended', ended_at = clock_timestamp(), outcome = g.outcome,
         declaration_id = g.declaration_id, anomalies = string_to_array(g.anomalies, ' ')
       from unnest($2::int[], $3::text[], $4::uuid[], $5::text[]) as g (row_number, outcome, declaration_id, anomalies)
       where r.batch_id = $1 and ${numberIs('r.row_number', 'g.row_number', '$2')} and ${stateIs('r.state', 'checked')} returning r.batch_id, r.outcome
     ) ${COUNT_ENDED}`,
    [
      batchId,
      ...columnsOf(rows, [
        (row) => row.rowNumber,
        (row) => row.outcome,
        (row) => row.declarationId,
        (row) => row.anomalies.join(' '),
      ]),
    ],
  );
}

/** As `attachRows`, for many cases. */
export async function attachRowsOf(
  connection: Connection,
  versions: readonly { readonly caseId: string; readonly attestationId: string }[],
): Promise<void> {
  await connection.query(
    `update batch_row r set attestation_id = g.attestation_id
     from unnest($1::text[], $2::uuid[]) as g (case_id, attestation_id) cross join lateral (
       select batch_id, row_number from batch_row o where o.case_id = g.case_id and o.state = 'accepted' offset 0) waiting
     where r.batch_id = waiting.batch_id and r.row_number = waiting.row_number and ${stateIs('r.state', 'accepted')}`,
    columnsOf(versions, [({ caseId }) => caseId, ({ attestationId }) => attestationId]),
  );
}

/** As `endAttestationRows`, for many versions. */
export async function endAttestationRowsOf(
  connection: Connection,
  attestationIds: readonly string[],
): Promise<void> {
  await connection.query(
    `with ended as (
       update batch_row set state = 'ended', ended_at = clock_timestamp(), outcome = 'issued'
       where attestation_id = any($1) and state = 'accepted' returning batch_id, outcome
     ) ${COUNT_ENDED}`,
    [attestationIds],
  );
}

/** As `endCaseRows`, for many cases that come to nothing. */
export async function endCaseRowsOf(
  connection: Connection,
  caseIds: readonly string[],
  outcome: RowOutcome,
): Promise<void> {
  await connection.query(
    `with ended as (
       update batch_row set state = 'ended', ended_at = clock_timestamp(), outcome = $2, attestation_id = null
       where case_id = any($1) and state = 'accepted' returning batch_id, outcome
     ) ${COUNT_ENDED}`,
    [caseIds, outcome],
  );
}
