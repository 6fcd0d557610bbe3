/** An agency pauses a batch of its own, has it go on, cancels it, or recalls it. */
import { insertAuditEntry } from '../database/audit.ts';
import { endCanary, orderBatch, rescheduleChunks } from '../database/batch-control.ts';
import { expectRecalls } from '../database/batch-recall.ts';
import { findOwnBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { queueChunks } from '../database/jobs.ts';
import { BATCH_ORDERS, type BatchOrder, type BatchState } from '../domain/batch.ts';
import { entryOf } from './batch-consult.ts';
import { RECALL_ROWS } from './batch-recall.ts';
import { RUN_ROWS } from './batch-run.ts';
import type { AgencyAccess } from './batch-submit.ts';
import type { Services } from './services.ts';

/** `before`: it was in that state already, by an earlier order; `impossible`: it is too late, or too early. */
export type OrderOutcome = 'done' | 'before' | 'impossible';

/**
 * Follows an order about a batch of the agency's own. Chunks that are under way notice within seconds: of a paused batch
 * they keep what they made so far, of a cancelled one they bring to its end what was declared, of a recalled one they make no more.
 */
export async function controlBatch(
  { database }: Pick<Services, 'database'>,
  access: AgencyAccess,
  batchId: string,
  order: BatchOrder,
): Promise<OrderOutcome> {
  return database.transaction(async (connection) => {
    const batch = await findOwnBatch(connection, access.organization, batchId);
    // What was chosen on the register declared nothing that could be taken back.
    if (batch === undefined || (order === 'recall' && batch.form === 'selection')) return 'impossible';
    const before = await orderBatch(connection, batchId, order);
    if (before === undefined) return wasFollowed(order, batch.state) ? 'before' : 'impossible';
    await reschedule(connection, batchId, order, before, batch.progress.rows);
    await insertAuditEntry(connection, entryOf(access, `batch.${order}`, batch));
    return 'done';
  });
}

function wasFollowed(order: BatchOrder, state: BatchState): boolean {
  const { to } = BATCH_ORDERS[order];
  return (
    state === to ||
    (order === 'cancel' && state === 'cancelled') ||
    (order === 'recall' && state === 'recalled')
  );
}

/** What a batch that never ran has in rows is ended by chunks of its own: those that run do so with theirs. */
async function reschedule(
  connection: Connection,
  batchId: string,
  order: BatchOrder,
  before: BatchState,
  rows: number,
): Promise<void> {
  if (before === 'checking' || before === 'checked')
    return queueChunks(connection, 'runRows', batchId, rows, RUN_ROWS);
  const issuedFirst = await endCanary(connection, batchId);
  if (issuedFirst !== undefined)
    await queueChunks(connection, 'runRows', batchId, rows, RUN_ROWS, issuedFirst);
  if (order === 'recall') {
    await expectRecalls(connection, batchId, Math.ceil(rows / RECALL_ROWS));
    await queueChunks(connection, 'recallRows', batchId, rows, RECALL_ROWS);
  }
  return rescheduleChunks(connection, batchId, order === 'pause' ? 'paused' : 'running');
}
