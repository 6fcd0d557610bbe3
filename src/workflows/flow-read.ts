/** One chunk of a run: persons are read in order, what is told of them is archived, and the run moved on. */
import { insertAuditEntries } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { dropChanges, insertChanges } from '../database/flow-changes.ts';
import { addCounts } from '../database/flow-counts.ts';
import { type FlowFile, findOpenFile, insertPart, moveFile } from '../database/flow-files.ts';
import { areKept, findRange } from '../database/flow-reads.ts';
import { addToRun, type FlowRun, findRun, moveRun } from '../database/flow-runs.ts';
import { queueJob } from '../database/jobs.ts';
import { adoptObjects } from '../database/publications.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import { writtenFormatOf } from '../domain/flow-plan.ts';
import { type DeliberationGround, groundIdOf } from '../domain/ground.ts';
import { ServiceError } from '../errors.ts';
import { createFlowWriter } from '../flow/flow-writer.ts';
import { findFlowGround } from './flow-ground.ts';
import { findRunKey, type RunKey, storePart } from './flow-part.ts';
import { type ReadRows, readRange } from './flow-rows.ts';
import { queueReading } from './flow-start.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type ReadServices = Pick<Services, 'database' | 'archive' | 'vault' | 'catalogue' | 'newId' | 'clock'>;

/** Persons looked at in one statement, statements of one chunk, and rows after which a chunk is full. */
const PERSONS_AT_ONCE = 5000;
const STATEMENTS = 10;
const ROWS_A_PART = 10_000;
const NIL_ID = '00000000-0000-0000-0000-000000000000';

/** A chunk as it was read. */
interface Chunk extends ReadRows {
  readonly run: FlowRun;
  readonly ground: DeliberationGround;
  readonly key: RunKey;
  readonly file: FlowFile;
  readonly reached: string | undefined;
  readonly isRead: boolean;
}

/** Does the next chunk of a run and ends the job; a try that was killed leaves nothing but an object that is swept away. */
export async function readFlow(services: ReadServices, lease: Lease, runId: string): Promise<void> {
  const { database } = services;
  const chunk = await database.transaction((connection) => readChunk(services, connection, lease, runId));
  if (chunk === undefined) return;
  const { run, file, key } = chunk;
  const part = chunk.told.length === 0 ? undefined : await storePart(services, key, writeRows(run, chunk));
  await database.transaction(async (connection) => {
    await commitLease(connection, lease);
    if (part !== undefined) {
      if (!(await adoptObjects(connection, [part.objectKey])))
        throw new ServiceError('leaseLost', `part ${part.partId} of a flow was given up meanwhile`);
      await insertPart(connection, file.fileId, part);
    }
    await keepChunk(connection, chunk);
    await queueReading(connection, runId);
  });
}

/** Reads until the chunk is full; undefined where there was nothing to read, with the job ended. */
async function readChunk(
  services: ReadServices,
  connection: Connection,
  lease: Lease,
  runId: string,
): Promise<Chunk | undefined> {
  const run = await findRun(connection, runId);
  if (run === undefined) throw new ServiceError('recordMissing', `run ${runId} is not in the register`);
  const file = await findOpenFile(connection, runId);
  // It was read from a token that was checked.
  const party = { organization: run.organization as EnterpriseNumber, deliberationId: run.deliberationId };
  const ground = await findFlowGround(connection, party, run.plan);
  const key = await findRunKey(services, connection, runId);
  if (run.state !== 'running' || file === undefined || ground === undefined || key === undefined) {
    if (run.state === 'running')
      await leaveReading(connection, run, ground !== undefined && key !== undefined);
    await commitLease(connection, lease);
    return undefined;
  }
  const receiver = { flow: run.flow, organization: run.organization, plan: run.plan, ground };
  let read: ReadRows = { told: [], changes: [], counts: [] };
  let reached = file.reached ?? undefined;
  for (let turn = 0; turn < STATEMENTS && read.told.length < ROWS_A_PART; turn += 1) {
    const range = await findRange(connection, file, reached ?? NIL_ID, PERSONS_AT_ONCE);
    if (range === undefined) return { ...read, run, ground, key, file, reached, isRead: true };
    const more = await readRange(services, connection, receiver, file, range);
    read = {
      told: [...read.told, ...more.told],
      changes: [...read.changes, ...more.changes],
      counts: [...read.counts, ...more.counts],
    };
    reached = range.last;
  }
  return { ...read, run, ground, key, file, reached, isRead: false };
}

/** All persons were looked at, or the ground is gone. */
async function leaveReading(connection: Connection, { runId }: FlowRun, goesOn: boolean): Promise<void> {
  if (goesOn) {
    await moveRun(connection, runId, 'running', 'closing');
    await queueJob(connection, { lane: 'bulk', kind: 'closeFlow', payload: { runId }, dedupeKey: runId });
  } else {
    await moveRun(connection, runId, 'running', 'stopped');
    await dropChanges(connection, runId);
  }
}

function writeRows({ plan }: FlowRun, { told, file }: Chunk): string {
  const writer = createFlowWriter(writtenFormatOf(plan), plan.flow);
  return told.map(({ cells }, at) => writer.row(cells, file.rowCount === 0 && at === 0)).join('');
}

async function keepChunk(connection: Connection, chunk: Chunk): Promise<void> {
  const { run, file, told, ground, reached, isRead } = chunk;
  const persons = [...new Set(told.map(({ personId }) => personId))];
  // Who is erased meanwhile is waited for, and read anew; who is erased later finds in evidence that this told of them.
  if (!(await areKept(connection, persons)))
    throw new ServiceError('unexpected', `somebody was erased while run ${run.runId} was read`);
  const counted = { rows: told.length, persons: persons.length };
  if (!(await moveFile(connection, file, { ...counted, reached, isRead })))
    throw new ServiceError('leaseLost', `file ${file.fileId} of a flow was moved on meanwhile`);
  await addToRun(connection, run.runId, counted);
  await insertChanges(connection, run.runId, file.part ?? '', chunk.changes);
  await addCounts(connection, run.runId, file.part ?? '', mergeCounts(chunk.counts));
  await insertAuditEntries(
    connection,
    {
      actor: { kind: 'client', id: run.askedBy, organization: run.organization },
      action: 'flow.supply',
      ground: 'deliberation',
      groundId: groundIdOf(ground),
      purpose: run.plan.legalContext,
      object: `${run.flow}/${run.runId}`,
    },
    persons,
  );
}

/** One statement may touch a row once. */
function mergeCounts(counts: ReadRows['counts']): ReadRows['counts'] {
  const merged = new Map<string, ReadRows['counts'][number]>();
  for (const one of counts) {
    const key = JSON.stringify(one.columns);
    const other = merged.get(key);
    merged.set(key, {
      columns: one.columns,
      persons: one.persons + (other?.persons ?? 0),
      periods: one.periods + (other?.periods ?? 0),
      totalDays: one.totalDays + (other?.totalDays ?? 0),
    });
  }
  return [...merged.values()];
}
