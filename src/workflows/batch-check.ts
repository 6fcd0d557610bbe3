/** Before a batch runs: every row is judged as if it were declared now, with every anomaly, and nothing is changed. */

import { countFaulty, noteDoubles, noteReuses } from '../database/batch-rivals.ts';
import { type CheckedRow, listOpenRows, markChecked, type OpenRow } from '../database/batch-rows.ts';
import { findBatch, noteChecked, type StoredBatch, startBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { queueChunks } from '../database/jobs.ts';
import { type AnomalyCode, BLOCKING_CODES } from '../domain/anomaly.ts';
import { ServiceError } from '../errors.ts';
import type { FileKey } from '../keys/vault.ts';
import { type Chunk, readRow, senderOf } from './batch-row.ts';
import { RUN_ROWS } from './batch-run.ts';
import { demandFileKey } from './file-key.ts';
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
    const key = demandFileKey(services.vault, batchId, batch);
    const found: CheckedRow[] = [];
    for (const row of rows) found.push(await checkRow(services, connection, { ...batch, key }, row));
    await markChecked(connection, batchId, found);
    const faulty = found.filter(({ anomalies }) => anomalies.some((code) => BLOCKING_CODES.includes(code)));
    const now = await noteChecked(connection, batchId, rows.length, faulty.length);
    if (now?.state !== 'checked') return;
    await checkAmongEachOther(connection, batch);
    if (now.runsAtOnce) await runBatch(connection, now);
  });
}

/**
 * What rows do to one another is known once each was judged by itself. A row sent twice in one file is a resend, as it
 * is when it runs; a reference given twice, and a day that an earlier row takes, are errors.
 */
async function checkAmongEachOther(connection: Connection, { batchId, form }: StoredBatch): Promise<void> {
  if (form === 'dimonaXml') await noteReuses(connection, batchId, '90082-006' satisfies AnomalyCode);
  await noteDoubles(connection, batchId, '90373-333' satisfies AnomalyCode, BLOCKING_CODES);
  await countFaulty(connection, batchId, BLOCKING_CODES);
}

async function checkRow(
  services: CheckServices,
  connection: Connection,
  batch: StoredBatch & { readonly key: FileKey },
  { rowNumber, body }: OpenRow,
): Promise<CheckedRow> {
  // Whom it named was erased.
  if (body.length === 0) return { rowNumber, anomalies: [], mayTakeDay: false };
  const read = readRow(batch.key, batch, body);
  const sender = senderOf(batch);
  const { anomalies, isNew } = await foreseeReport(services, connection, { ...read, sender });
  return { rowNumber, anomalies, mayTakeDay: isNew };
}

/** Starts a checked batch: its rows are reported chunk by chunk. False when it is not to be started (any more). */
export async function runBatch(connection: Connection, { batchId, progress }: StoredBatch): Promise<boolean> {
  if (!(await startBatch(connection, batchId))) return false;
  await queueChunks(connection, 'runRows', batchId, progress.rows, RUN_ROWS);
  return true;
}
