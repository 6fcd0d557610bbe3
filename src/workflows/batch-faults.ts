/** An agency reads what is wrong with its rows: how often each error occurs, and each row with all of its own. */
import { insertAuditEntry } from '../database/audit.ts';
import {
  type AnomalyCount,
  countAnomalies,
  countFaultyRows,
  type FaultKind,
  listFaultyRows,
  type StoredFault,
} from '../database/batch-faults.ts';
import { BLOCKING_CODES } from '../domain/anomaly.ts';
import { type BatchRow, entryOf } from './batch-consult.ts';
import type { AgencyAccess } from './batch-submit.ts';
import type { Services } from './services.ts';

export type { FaultKind };

/** A row with everything that is wrong with it. */
export type FaultyRow = Omit<StoredFault, 'reference'> & { readonly reference: string | null };

export interface Faults {
  /** Rows that are or would be refused, and rows with warnings only. */
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** The most frequent first. */
  readonly anomalies: readonly AnomalyCount[];
  readonly rows: readonly FaultyRow[];
}

/** Reads a page of faulty rows. Find the batch with `consultBatch` first. */
export async function consultFaults(
  { database }: Pick<Services, 'database'>,
  access: AgencyAccess,
  batch: BatchRow,
  slice: { readonly kind: FaultKind; readonly size: number; readonly offset: number },
): Promise<Faults> {
  const { batchId, openReference } = batch;
  return database.transaction(async (connection) => {
    await insertAuditEntry(connection, entryOf(access, 'batch.consult', batch));
    const rows = await listFaultyRows(connection, batchId, BLOCKING_CODES, slice);
    return {
      counts: await countFaultyRows(connection, batchId, BLOCKING_CODES),
      anomalies: await countAnomalies(connection, batchId),
      rows: rows.map((row) => ({ ...row, reference: openReference(row) })),
    };
  });
}
