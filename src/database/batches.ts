/** Batches and how far they are. */
import type { BatchProgress, BatchSource, BatchState } from '../domain/batch.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Connection } from './database.ts';
import { FILE_KEY, type FileKeyRow } from './file-keys.ts';

export interface StoredBatch extends FileKeyRow {
  readonly batchId: string;
  readonly organization: string;
  readonly submittedBy: string;
  readonly submittedByKind: Actor['kind'];
  /** The mandate by which it was sent. */
  readonly mandateId: string | null;
  readonly form: BatchSource;
  /** Sealed. */
  readonly fileName: Buffer;
  readonly state: BatchState;
  readonly runsAtOnce: boolean;
  readonly checked: number;
  readonly progress: BatchProgress;
  /** So many rows are issued first, and looked at before the others are; null: none are. */
  readonly canaryRows: number | null;
  /** Whether the others were let go, in whatever way. */
  readonly isCanaryOver: boolean;
  readonly createdAt: Date;
  readonly checkedAt: Date | null;
  readonly startedAt: Date | null;
  readonly doneAt: Date | null;
}

const BATCH = `select batch_id as "batchId", organization, submitted_by as "submittedBy", submitted_by_kind as "submittedByKind",
  mandate_id as "mandateId", form, file_name as "fileName",
  state, runs_at_once as "runsAtOnce", checked_count as checked, batch.created_at as "createdAt", checked_at as "checkedAt",
  started_at as "startedAt", canary_rows as "canaryRows", canary_over_at is not null as "isCanaryOver", done_at as "doneAt", ${FILE_KEY},
  json_build_object('rows', row_count, 'faulty', faulty_count, 'ended', ended_count, 'recalled', recalled_count, 'outcomes',
    json_build_object('issued', issued_count, 'unchanged', unchanged_count, 'refused', refused_count,
                      'waiting', waiting_count, 'notEntitled', not_entitled_count, 'cancelled', cancelled_count)) as progress
  from batch left join file_key k on k.file_key_id = batch_id`;

export type NewBatch = Pick<
  StoredBatch,
  'batchId' | 'organization' | 'submittedBy' | 'submittedByKind' | 'form' | 'fileName' | 'runsAtOnce'
> &
  Partial<Pick<StoredBatch, 'mandateId' | 'canaryRows'>>;

/** Opens a batch whose file is about to arrive. */
export async function insertBatch(connection: Connection, batch: NewBatch): Promise<void> {
  await connection.query(
    `insert into batch (batch_id, organization, submitted_by, submitted_by_kind, form, file_name, state, runs_at_once,
       mandate_id, canary_rows)
     values ($1, $2, $3, $4, $5, $6, 'receiving', $7, $8, $9)`,
    [
      batch.batchId,
      batch.organization,
      batch.submittedBy,
      batch.submittedByKind,
      batch.form,
      batch.fileName,
      batch.runsAtOnce,
      batch.mandateId ?? null,
      batch.canaryRows ?? null,
    ],
  );
}

/** Says that the file arrived whole, with so many rows. */
export async function completeBatch(connection: Connection, batchId: string, rows: number): Promise<void> {
  await connection.query(`update batch set state = 'checking', row_count = $2 where batch_id = $1`, [
    batchId,
    rows,
  ]);
}

/** Forgets a batch whose file did not arrive whole, and its key. */
export async function deleteBatch(connection: Connection, batchId: string): Promise<void> {
  await connection.query(
    `with gone as (delete from batch where batch_id = $1 and state = 'receiving' returning batch_id)
     delete from file_key where file_key_id in (select batch_id from gone)`,
    [batchId],
  );
}

/** Forgets batches whose transfer broke off without anybody noticing. */
export async function deleteAbandonedBatches(
  connection: Connection,
  olderThanMinutes: number,
): Promise<void> {
  await connection.query(
    `with gone as (
       delete from batch where state = 'receiving' and created_at < clock_timestamp() - make_interval(mins => $1)
       returning batch_id
     )
     delete from file_key where file_key_id in (select batch_id from gone)`,
    [olderThanMinutes],
  );
}

/** Finds a batch, whosesoever it is: for the service's own work only. */
export async function findBatch(connection: Connection, batchId: string): Promise<StoredBatch | undefined> {
  const [row] = await connection.query<StoredBatch>(`${BATCH} where batch_id = $1`, [batchId]);
  return row;
}

/** Finds a batch of one organisation; another's is as good as not there. */
export async function findOwnBatch(
  connection: Connection,
  organization: string,
  batchId: string,
): Promise<StoredBatch | undefined> {
  const [row] = await connection.query<StoredBatch>(
    `${BATCH} where organization = $1 and batch_id = $2 and state <> 'receiving'`,
    [organization, batchId],
  );
  return row;
}

/** Lists the last batches of an organisation, newest first. */
export async function listOwnBatches(
  connection: Connection,
  organization: string,
  limit: number,
): Promise<StoredBatch[]> {
  return connection.query<StoredBatch>(
    `${BATCH} where organization = $1 and state <> 'receiving' order by batch.created_at desc limit $2`,
    [organization, limit],
  );
}

/** Gives the last batch of an organisation that ran before another, and its rows; undefined when there is none. */
export async function lastRunOf(
  connection: Connection,
  organization: string,
  batchId: string,
): Promise<{ readonly batchId: string; readonly rows: number } | undefined> {
  const [row] = await connection.query<{ batchId: string; rows: number }>(
    `select batch_id as "batchId", row_count as rows from batch where organization = $1 and batch_id <> $2 and started_at is not null
     order by created_at desc limit 1`,
    [organization, batchId],
  );
  return row;
}

/** Adds to what was checked; the last rows finish checking. Gives the batch as it is then. */
export async function noteChecked(
  connection: Connection,
  batchId: string,
  checked: number,
  faulty: number,
): Promise<StoredBatch | undefined> {
  await connection.query(
    `update batch set checked_count = checked_count + $2, faulty_count = faulty_count + $3,
       state = case when checked_count + $2 = row_count then 'checked' else state end,
       checked_at = case when checked_count + $2 = row_count then clock_timestamp() end
     where batch_id = $1 and state = 'checking'`,
    [batchId, checked, faulty],
  );
  return findBatch(connection, batchId);
}

/** Starts a checked batch; false when it is not to be started (any more). A batch without rows is done at once. */
export async function startBatch(connection: Connection, batchId: string): Promise<boolean> {
  const rows = await connection.query(
    `update batch set started_at = clock_timestamp(), state = case when row_count = 0 then 'done' else 'running' end,
       done_at = case when row_count = 0 then clock_timestamp() end
     where batch_id = $1 and state = 'checked' returning batch_id`,
    [batchId],
  );
  return rows.length > 0;
}
