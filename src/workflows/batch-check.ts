/** Before a batch runs: every row is judged as if it were declared now, with every anomaly, and nothing is changed. */

import { listOpenRows, markChecked, type OpenRow } from '../database/batch-rows.ts';
import { findBatch, noteChecked, type StoredBatch, startBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { queueChunks } from '../database/jobs.ts';
import { type AnomalyCode, classOf } from '../domain/anomaly.ts';
import { ServiceError } from '../errors.ts';
import { type Chunk, readRow, senderOf } from './batch-row.ts';
import { RUN_ROWS } from './batch-run.ts';
import { foreseeReport } from './foresee.ts';
import { commitLease, type Lease } from './lease.ts';
import type { ReportServices } from './report.ts';
import type { Services } from './services.ts';

type CheckServices = ReportServices & Pick<Services, 'database'>;

/** Rows of one checking job. */
export const CHECK_ROWS = 200;

/** Checks a chunk and ends the job; the last chunk of a batch that runs at once starts it. */
export async function checkRows(
  services: CheckServices,
  lease: Lease,
  { batchId, from, to }: Chunk,
): Promise<void> {
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    const batch = await findBatch(connection, batchId);
    if (batch === undefined)
      throw new ServiceError('recordMissing', `batch ${batchId} is not in the register`);
    const rows = await listOpenRows(connection, batchId, from, to, 'staged');
    const found: { rowNumber: number; anomalies: AnomalyCode[] }[] = [];
    for (const row of rows) {
      found.push({
        rowNumber: row.rowNumber,
        anomalies: await anomaliesOf(services, connection, batch, row),
      });
    }
    await markChecked(connection, batchId, found);
    const faulty = found.filter(({ anomalies }) => anomalies.some((code) => classOf(code) === 'B')).length;
    const now = await noteChecked(connection, batchId, rows.length, faulty);
    if (now?.state === 'checked' && now.runsAtOnce) await runBatch(connection, now);
  });
}

async function anomaliesOf(
  services: CheckServices,
  connection: Connection,
  batch: StoredBatch,
  row: OpenRow,
): Promise<AnomalyCode[]> {
  const read = readRow(services, batch.batchId, batch.form, row.body, batch.createdAt);
  const { anomalies, isResend } = await foreseeReport(services, connection, {
    ...read,
    sender: senderOf(batch),
  });
  const isDouble = row.isDouble && !isResend && !anomalies.includes('90373-333');
  return isDouble ? [...anomalies, '90373-333'] : [...anomalies];
}

/** Starts a checked batch: its rows are reported chunk by chunk. False when it is not to be started (any more). */
export async function runBatch(connection: Connection, { batchId, progress }: StoredBatch): Promise<boolean> {
  if (!(await startBatch(connection, batchId))) return false;
  await queueChunks(connection, 'runRows', batchId, progress.rows, RUN_ROWS);
  return true;
}
