/** What is wrong with the rows of a batch: how many are faulty, in which ways, and which. */
import type { RowOutcome } from '../domain/batch.ts';
import type { Connection } from './database.ts';

/** Rows with an anomaly that refuses them, or with warnings only. */
export const FAULT_KINDS = ['refused', 'warned'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Rows without are not looked at: in most batches that is nearly all of them. */
export const IS_FAULTY = 'cardinality(anomalies) > 0';

/** Counts the rows of each kind. `blocking` are the codes that refuse a row. */
export async function countFaultyRows(
  connection: Connection,
  batchId: string,
  blocking: readonly string[],
): Promise<Readonly<Record<FaultKind, number>>> {
  const [row] = await connection.query<Record<FaultKind, number>>(
    `select count(*) filter (where anomalies && $2)::int as refused,
       count(*) filter (where not anomalies && $2)::int as warned
     from batch_row where batch_id = $1 and ${IS_FAULTY}`,
    [batchId, blocking],
  );
  return row ?? { refused: 0, warned: 0 };
}

export interface AnomalyCount {
  readonly code: string;
  readonly rows: number;
}

/** Counts the rows with each anomaly, the most frequent first. */
export async function countAnomalies(connection: Connection, batchId: string): Promise<AnomalyCount[]> {
  return connection.query<AnomalyCount>(
    `select code, count(*)::int as rows from batch_row, unnest(anomalies) as code
     where batch_id = $1 and ${IS_FAULTY} group by code order by rows desc, code`,
    [batchId],
  );
}

export interface StoredFault {
  readonly rowNumber: number;
  /** Sealed. */
  readonly reference: Buffer | null;
  readonly anomalies: readonly string[];
  readonly outcome: RowOutcome | null;
}

/** Lists rows of a kind in their order. */
export async function listFaultyRows(
  connection: Connection,
  batchId: string,
  blocking: readonly string[],
  slice: { readonly kind: FaultKind; readonly size: number; readonly offset: number },
): Promise<StoredFault[]> {
  return connection.query<StoredFault>(
    `select row_number as "rowNumber", reference, anomalies, outcome from batch_row
     where batch_id = $1 and ${IS_FAULTY} and (anomalies && $2) = $3
     order by row_number limit $4 offset $5`,
    [batchId, blocking, slice.kind === 'refused', slice.size, slice.offset],
  );
}
