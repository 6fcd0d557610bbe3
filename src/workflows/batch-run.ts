/**
 * While a batch runs: a chunk of its rows goes the whole way in one job. First all of it is reported, settled and
 * prepared, so that everything is fixed; then documents are made and archived; then they are published. Struck anywhere,
 * the job goes on with what is left.
 */

import { cancelRows, shelveChunk, stateOfBatch } from '../database/batch-control.ts';
import { endRows, listAwaited, listSharedRows, markAcceptedAll } from '../database/batch-row-sets.ts';
import { endRow, listOpenRows, markAccepted, type OpenRow } from '../database/batch-rows.ts';
import { findBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { findAnswer } from '../database/declarations.ts';
import { type LeasedJob, queueEach } from '../database/jobs.ts';
import { findPerson } from '../database/persons.ts';
import { findStatus } from '../database/statuses.ts';
import type { Status } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { casesOf, queueSettling } from './apply.ts';
import { type Chunk, readRow, senderOf } from './batch-row.ts';
import { isHalted, type StepAfterPart, stepAfterPart, stepOfChunk } from './chunk-step.ts';
import { demandFileKey } from './file-key.ts';
import type { IssueServices } from './issue.ts';
import { makeAll, publishAll } from './issue-all.ts';
import { advanceLease, commitLease, holdLease, type Lease, shelveLease } from './lease.ts';
import { nameRows, type OpenBatch } from './name-rows.ts';
import type { PrepareServices } from './prepare.ts';
import { type ReportServices, reportIn } from './report.ts';
import { type ReportedRows, reportRows } from './report-rows.ts';
import { prepareCases } from './run-cases.ts';
import type { Services } from './services.ts';
import { settleCases } from './settle-cases.ts';
import { endOf } from './write-rows.ts';

/** A job that was tried before goes on by smaller steps. */
export type RunLease = Lease & Pick<LeasedJob, 'attempts'>;

type RunServices = ReportServices & PrepareServices & IssueServices & Pick<Services, 'database' | 'log'>;

/** Rows of one running job: enough to share a transaction, few enough for the locks that it takes. */
export const RUN_ROWS = 200;
/** After a first worker did not bring them to an end, so many are published at a time: what came about stays. */
const ROWS_AFTER_LOSS = 20;

/** Runs a chunk and ends the job. A chunk that was begun before goes on with what is left of it. */
export async function runRows(services: RunServices, lease: RunLease, chunk: Chunk): Promise<void> {
  const { database } = services;
  const batch = await openBatch(services, chunk.batchId);
  const step = stepOfChunk(batch.state);
  if (step === 'shelve') return shelve(services, lease, chunk);
  if (step === 'cancel') return cancel(services, lease, chunk);
  if (step === 'leave') return leave(services, lease, chunk);
  const apart = await database.transaction((connection) =>
    prepare(services, connection, lease, batch, chunk),
  );
  await failpoint('batch.prepared');
  for (const row of apart)
    await database.transaction(async (connection) => {
      await holdLease(connection, lease);
      await runRow(services, connection, batch, row);
    });
  const awaited = await database.transaction((connection) =>
    listAwaited(connection, chunk.batchId, chunk.from, chunk.to),
  );
  await finish(services, lease, chunk, awaited);
}

/** Makes and publishes what the rows of a chunk wait for, and ends the job or, where the batch was stopped, shelves it. */
async function finish(
  services: RunServices,
  lease: RunLease,
  chunk: Chunk,
  awaited: readonly string[],
): Promise<void> {
  const size = lease.attempts > 1 ? ROWS_AFTER_LOSS : RUN_ROWS;
  for (let from = 0, step: StepAfterPart = 'hold'; step === 'hold' || step === 'advance'; from += size) {
    const made = await makeAll(services, awaited.slice(from, from + size), () => isStopped(services, chunk));
    await failpoint('batch.archived');
    step = stepAfterPart({
      isWhole: made.isWhole,
      isLast: from + size >= awaited.length,
      published: made.archived.length,
    });
    const then = LEASE_STEPS[step];
    await services.database.transaction(async (connection) => {
      await then(connection, lease, chunk);
      await publishAll(services, connection, made);
    });
    await failpoint('batch.published');
  }
}

const LEASE_STEPS: Readonly<
  Record<StepAfterPart, (connection: Connection, lease: Lease, chunk: Chunk) => Promise<void>>
> = {
  shelve: (connection, lease, { batchId }) =>
    shelveLease(lease, () => shelveChunk(connection, batchId, lease)),
  commit: commitLease,
  advance: advanceLease,
  hold: holdLease,
};

/** The batch is paused: the chunk is due when it goes on. */
async function shelve({ database }: RunServices, lease: Lease, { batchId }: Chunk): Promise<void> {
  await database.transaction((connection) =>
    shelveLease(lease, () => shelveChunk(connection, batchId, lease)),
  );
}

/** The batch is cancelled: what was not declared ends so, and what was goes on to its end as it would by itself. */
async function cancel(services: RunServices, lease: Lease, chunk: Chunk): Promise<void> {
  const { batchId, from, to } = chunk;
  const awaited = await services.database.transaction((connection) =>
    listAwaited(connection, batchId, from, to),
  );
  const made = await makeAll(services, awaited, async () => false);
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await publishAll(services, connection, made);
    await cancelRows(connection, batchId, from, to);
  });
}

/** The batch is recalled: nothing more is made; what was declared is taken back by jobs of its own. */
async function leave({ database }: RunServices, lease: Lease, { batchId, from, to }: Chunk): Promise<void> {
  await database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await cancelRows(connection, batchId, from, to);
  });
}

function isStopped({ database }: RunServices, { batchId }: Chunk): Promise<boolean> {
  return database.transaction(async (connection) => {
    const state = await stateOfBatch(connection, batchId);
    return state !== undefined && isHalted(state);
  });
}

async function openBatch({ database, vault }: RunServices, batchId: string): Promise<OpenBatch> {
  const batch = await database.transaction((connection) => findBatch(connection, batchId));
  if (batch === undefined) throw new ServiceError('recordMissing', `batch ${batchId} is not in the register`);
  return { ...batch, key: demandFileKey(vault, batchId, batch) };
}

/** Prepares what the rows of a chunk come to; gives those that are to be reported one after the other. */
async function prepare(
  services: RunServices,
  connection: Connection,
  lease: Lease,
  batch: OpenBatch,
  chunk: Chunk,
): Promise<readonly OpenRow[]> {
  if (batch.form !== 'selection') return prepareRows(services, connection, lease, batch, chunk);
  await holdLease(connection, lease);
  await prepareCases(services, connection, batch, chunk);
  return [];
}

/**
 * Reports the rows that can be judged together, settles their cases and prepares what these come to; gives the other
 * rows. A worker who stands in other rows of the batch is settled once these were reported too.
 */
async function prepareRows(
  services: RunServices,
  connection: Connection,
  lease: Lease,
  batch: OpenBatch,
  { batchId, from, to }: Chunk,
): Promise<readonly OpenRow[]> {
  await holdLease(connection, lease);
  const rows = await listOpenRows(connection, batchId, from, to, 'checked');
  if (rows.length === 0) return [];
  const gone = rows.filter(({ body }) => body.length === 0);
  const present = rows.filter(({ body }) => body.length > 0);
  const shared = new Set(await listSharedRows(connection, batchId, from, to));
  const reported = await reportRows(services, connection, batch, nameRows(services, batch, present));
  await settleReported(services, connection, batchId, reported, shared);
  await endRows(connection, batchId, [...reported.ended, ...gone.map(endOfErased)]);
  const apart = new Set(reported.apart);
  return present.filter(({ rowNumber }) => apart.has(rowNumber));
}

/** Whom it named was erased. */
function endOfErased({ rowNumber }: OpenRow) {
  return { rowNumber, outcome: 'refused' as const, declarationId: null, anomalies: [] };
}

async function settleReported(
  services: RunServices,
  connection: Connection,
  batchId: string,
  { accepted, keys }: ReportedRows,
  shared: ReadonlySet<number>,
): Promise<void> {
  if (accepted.length === 0) return;
  // The first case of a row gives it its outcome.
  const rows = accepted.map(({ caseIds: [caseId = ''], ...row }) => ({ ...row, caseId }));
  await markAcceptedAll(connection, batchId, rows);
  const now = rows.filter(({ rowNumber, isOpen }) => !isOpen && !shared.has(rowNumber));
  const cases = new Map(now.map(({ caseId, person }) => [caseId, person]));
  await settleCases(services, connection, cases, keys);
  const later = accepted.flatMap(({ caseIds }) => caseIds).filter((caseId) => !cases.has(caseId));
  const { settleAfterSeconds: delaySeconds } = services.settings;
  await queueEach(connection, { lane: 'bulk', kind: 'settle', idName: 'caseId', delaySeconds }, later);
}

async function runRow(
  services: RunServices,
  connection: Connection,
  batch: OpenBatch,
  row: OpenRow,
): Promise<void> {
  const { batchId, key } = batch;
  const { rowNumber } = row;
  const read = readRow(key, batch, row.body);
  const outcome = await reportIn(services, connection, {
    ...read,
    lane: 'bulk',
    sender: senderOf(batch),
    receivedAt: batch.createdAt,
    ...(batch.hasFileKey && { file: { fileKeyId: batchId, key } }),
  });
  if (!('declarationId' in outcome))
    throw new ServiceError('unexpected', 'a row has no Idempotency-Key, and is never refused whole');
  const { declarationId, result } = outcome;
  const answer = await findAnswer(connection, declarationId);
  const ended = { rowNumber, declarationId, anomalies: answer?.anomalies ?? [] };
  const fact = answer?.periodId ? await findFact(connection, answer.periodId) : undefined;
  const [caseId] = fact === undefined ? [] : casesOf([...services.catalogue.types.values()], [fact]);
  if (result === 'B' || result === 'S' || fact === undefined || caseId === undefined)
    return endRow(connection, batchId, { ...ended, outcome: endOf(result) });
  await markAccepted(connection, batchId, { ...ended, caseId });
  // A replayed declaration queued nothing: settling finds that its day is on an attestation already.
  await queueSettling(services, connection, [fact], 'bulk');
}

/** The fact of a period, as its present holder's. */
async function findFact(connection: Connection, periodId: string): Promise<Status | undefined> {
  const fact = await findStatus(connection, 'dimona', periodId);
  const holder = fact && (await findPerson(connection, fact.personId));
  return fact && holder && { ...fact, personId: holder.personId };
}
