/** What an agency orders while its batch runs: the state of the batch, and when the jobs of its chunks are due. */
import { BATCH_ORDERS, type BatchOrder, type BatchState } from '../domain/batch.ts';
import { COUNT_ENDED } from './batch-rows.ts';
import { stateIs } from './columns.ts';
import type { Connection } from './database.ts';

/**
 * Puts a batch into the state that an order leads to, and gives the state it was in; undefined when the order cannot be
 * followed (any more). A batch without open rows is cancelled at once.
 */
export async function orderBatch(
  connection: Connection,
  batchId: string,
  order: BatchOrder,
): Promise<BatchState | undefined> {
  const { from, to } = BATCH_ORDERS[order];
  const [row] = await connection.query<{ state: BatchState }>(
    `with before as (
       select batch_id, state from batch where batch_id = $1 and state = any($2) for no key update
     )
     update batch set state = case when $3 = 'cancelling' and ended_count = row_count then 'cancelled' else $3 end,
       done_at = case when $3 = 'cancelling' and ended_count = row_count then clock_timestamp() else done_at end
     from before where batch.batch_id = before.batch_id returning before.state`,
    [batchId, from, to],
  );
  return row?.state;
}

/**
 * Ends the part of a batch in which its first rows are issued alone: once they have ended, or when its other rows are not to
 * be declared at all. Gives how many were issued first; undefined when there is nothing (any more) to be ended.
 */
export async function endCanary(connection: Connection, batchId: string): Promise<number | undefined> {
  const [row] = await connection.query<{ rows: number }>(
    `update batch set canary_over_at = clock_timestamp()
     where batch_id = $1 and canary_over_at is null and started_at is not null and canary_rows < row_count
       and (state <> 'running' or ended_count >= canary_rows) returning canary_rows as rows`,
    [batchId],
  );
  return row?.rows;
}

/** Has the jobs of a batch's chunks run now, or, where the batch is paused, not before it goes on. */
export async function rescheduleChunks(
  connection: Connection,
  batchId: string,
  state: 'paused' | 'running',
): Promise<void> {
  await connection.query(
    `update job set run_after = ${dueIn('$2')} where kind = 'runRows' and payload ->> 'batchId' = $1 and dead_at is null
       and lease_token is null`,
    [batchId, state],
  );
}

/**
 * Gives back the job of a chunk that was stopped on the way, in the transaction that keeps what was done of it; it is due
 * when its batch goes on. Whoever lets the batch go on waits for this, or this for them. False when the lease was lost.
 */
export async function shelveChunk(
  connection: Connection,
  batchId: string,
  { jobId, leaseToken }: { readonly jobId: string; readonly leaseToken: string },
): Promise<boolean> {
  const [batch] = await connection.query<{ state: BatchState }>(
    'select state from batch where batch_id = $1 for no key update',
    [batchId],
  );
  const rows = await connection.query(
    `update job set lease_token = null, lease_until = null, attempts = greatest(attempts - 1, 0), run_after = ${dueIn('$3')}
     where job_id = $1 and lease_token = $2 returning job_id`,
    [jobId, leaseToken, batch?.state ?? 'running'],
  );
  return rows.length > 0;
}

/** Gives back the job of a chunk, due again after a while, in the transaction that keeps what was done of it. */
export async function postponeChunk(
  connection: Connection,
  { jobId, leaseToken }: { readonly jobId: string; readonly leaseToken: string },
  delaySeconds: number,
): Promise<boolean> {
  const rows = await connection.query(
    `update job set lease_token = null, lease_until = null, attempts = greatest(attempts - 1, 0),
       run_after = clock_timestamp() + make_interval(secs => $3)
     where job_id = $1 and lease_token = $2 returning job_id`,
    [jobId, leaseToken, delaySeconds],
  );
  return rows.length > 0;
}

/** A moment that nobody waits for: whoever lets the batch go on sets another. */
function dueIn(state: string): string {
  return `case ${state}::text when 'paused' then clock_timestamp() + interval '100 years' else clock_timestamp() end`;
}

/** Reads the state that a batch is in now. */
export async function stateOfBatch(connection: Connection, batchId: string): Promise<BatchState | undefined> {
  const [row] = await connection.query<{ state: BatchState }>('select state from batch where batch_id = $1', [
    batchId,
  ]);
  return row?.state;
}

/** Ends those rows from one number to another that were not declared. */
export async function cancelRows(
  connection: Connection,
  batchId: string,
  from: number,
  to: number,
): Promise<void> {
  const isOpen = `(${stateIs('state', 'staged')} or ${stateIs('state', 'checked')})`;
  await connection.query(
    `with ended as (
       update batch_row set state = 'ended', ended_at = clock_timestamp(), outcome = 'cancelled'
       where batch_id = $1 and row_number between $2 and $3 and ${isOpen} returning batch_id, outcome
     ) ${COUNT_ENDED}`,
    [batchId, from, to],
  );
}
