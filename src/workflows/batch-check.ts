/** Before a batch runs: every row is judged as if it were declared now, with every anomaly, and nothing is changed. */
import { keepForecast } from '../database/batch-forecasts.ts';
import { countFaulty, noteDoubles, noteReuses } from '../database/batch-rivals.ts';
import { type CheckedRow, listOpenRows, markChecked, type OpenRow } from '../database/batch-rows.ts';
import { findBatch, noteChecked, type StoredBatch, startBatch } from '../database/batches.ts';
import type { Connection, Transaction } from '../database/database.ts';
import { queueChunks } from '../database/jobs.ts';
import { type AnomalyCode, BLOCKING_CODES } from '../domain/anomaly.ts';
import { rowsAtFirst } from '../domain/batch.ts';
import { ServiceError } from '../errors.ts';
import { isHeldBack } from './batch-guard.ts';
import { type Chunk, senderOf } from './batch-row.ts';
import { RUN_ROWS } from './batch-run.ts';
import { demandFileKey } from './file-key.ts';
import { foreseeReport, foresightOf } from './foresee.ts';
import { commitLease, type Lease } from './lease.ts';
import { nameRows, type OpenBatch, opensPeriod } from './name-rows.ts';
import { findSubjects, readExcerpt } from './register-excerpt.ts';
import type { ReportServices } from './report.ts';
import type { Services } from './services.ts';

type CheckServices = ReportServices & Pick<Services, 'database'>;

/** Rows of one checking job. */
export const CHECK_ROWS = 500;

/** How long a statement over all rows of a batch may run: a minute for 5 000 000 on a machine at rest. */
const WHOLE_BATCH_MS = 600_000;

/** Checks a chunk and ends the job; the last chunk of a batch that runs at once starts it, unless it waits. */
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
    const found = await judgeRows(services, connection, { ...batch, key }, rows);
    await markChecked(connection, batchId, found);
    const faulty = found.filter(({ anomalies }) => anomalies.some((code) => BLOCKING_CODES.includes(code)));
    const now = await noteChecked(connection, batchId, rows.length, faulty.length);
    if (now?.state !== 'checked') return;
    await checkAmongEachOther(connection, batch);
    const checked = await findBatch(connection, batchId);
    if (checked !== undefined) await runOrForesee(services, connection, checked);
  });
}

/** Starts a batch that all is known of, unless somebody looks at it before: then what it would come to is counted. */
export async function runOrForesee(
  services: Pick<Services, 'settings'>,
  connection: Transaction,
  batch: StoredBatch,
): Promise<void> {
  await connection.allow(WHOLE_BATCH_MS);
  if (batch.runsAtOnce && !(await isHeldBack(services, connection, batch))) await runBatch(connection, batch);
  else await keepForecast(connection, { batchId: batch.batchId, rows: batch.progress.rows }, BLOCKING_CODES);
}

/**
 * What rows do to one another is known once each was judged by itself. A row sent twice in one file is a resend, as it
 * is when it runs; a reference given twice, and a day that an earlier row takes, are errors.
 */
async function checkAmongEachOther(connection: Transaction, { batchId, form }: StoredBatch): Promise<void> {
  await connection.allow(WHOLE_BATCH_MS);
  if (form === 'dimonaXml') await noteReuses(connection, batchId, '90082-006' satisfies AnomalyCode);
  await noteDoubles(connection, batchId, '90373-333' satisfies AnomalyCode, BLOCKING_CODES);
  await countFaulty(connection, batchId, BLOCKING_CODES);
}

/** Judges each row by itself; what was sent before, and what changes a period, by reads of its own. */
async function judgeRows(
  services: CheckServices,
  connection: Connection,
  batch: OpenBatch,
  rows: readonly OpenRow[],
): Promise<CheckedRow[]> {
  const gone = rows.filter(({ body }) => body.length === 0);
  // Whom they named was erased.
  const found: CheckedRow[] = gone.map(({ rowNumber }) => ({
    rowNumber,
    anomalies: [],
    mayTakeDay: false,
    cases: [],
  }));
  const named = nameRows(
    services,
    batch,
    rows.filter(({ body }) => body.length > 0),
  );
  const together = named.filter((row) => opensPeriod(batch, row));
  const persons = await findSubjects(connection, together);
  const excerpt = await readExcerpt(services, connection, batch.organization, together, persons);
  for (const row of named) {
    const isTogether = opensPeriod(batch, row) && !excerpt.wasSent(row);
    const { anomalies, isNew, cases } = isTogether
      ? foresightOf(services, excerpt.judge(row))
      : await foreseeReport(services, connection, { ...row, sender: senderOf(batch) });
    found.push({ rowNumber: row.rowNumber, anomalies, mayTakeDay: isNew, cases });
  }
  return found;
}

/** Starts a checked batch: its rows are reported chunk by chunk. False when it is not to be started (any more). */
export async function runBatch(connection: Connection, batch: StoredBatch): Promise<boolean> {
  const { batchId } = batch;
  if (!(await startBatch(connection, batchId))) return false;
  await queueChunks(connection, 'runRows', batchId, rowsAtFirst(batch), RUN_ROWS);
  return true;
}
