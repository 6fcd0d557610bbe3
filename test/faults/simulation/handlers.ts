/**
 * What jobs do in a simulation: the steps of the workflows in their order, with the decisions of the service itself (`decide`,
 * `stepBeforeCall`, `readPublicationAnswer`, `stepAfterAnswer`, `stepOfChunk`, `isHalted`) between statements of the model.
 */
import type { LeasedJob } from '../../../src/database/jobs.ts';
import { decide } from '../../../src/domain/attestation.ts';
import type { Entitlement } from '../../../src/domain/entitlement.ts';
import { readPublicationAnswer } from '../../../src/ebox/relay.ts';
import { ServiceError } from '../../../src/errors.ts';
import type { JobHandler } from '../../../src/jobs/run-job.ts';
import { type ChunkStep, isHalted, stepOfChunk } from '../../../src/workflows/chunk-step.ts';
import { stepAfterAnswer, stepBeforeCall } from '../../../src/workflows/relay-step.ts';
import type { SimulatedBug } from './bugs.ts';
import type { Life, Machine } from './machine.ts';
import type { Outside } from './outside.ts';
import type { Register, Row } from './register.ts';

export interface Simulated {
  readonly machine: Machine;
  readonly outside: Outside;
  readonly bug: SimulatedBug | undefined;
}

/** The handlers of one life of a worker. */
export function simulatedHandlers(simulated: Simulated, life: Life): Readonly<Record<string, JobHandler>> {
  return {
    settle: (job) => settle(simulated, life, job),
    issue: (job) => issue(simulated, life, job),
    relay: (job) => relay(simulated, life, job),
    runRows: (job) => runRows(simulated, life, job),
  };
}

/** As `lease.ts` does it: the lease is demanded in the transaction that keeps the effect. */
function commitLease({ bug }: Simulated, register: Register, job: LeasedJob): void {
  if (bug !== 'the job ends before its work') demand(bug, register.queue.complete(job), job);
  register.queue.jobs.delete(job.jobId);
  register.committed.push(job.jobId);
}

function holdLease({ bug }: Simulated, register: Register, job: LeasedJob): void {
  if (bug !== 'the job ends before its work') demand(bug, register.queue.holds(job), job);
}

function demand(bug: SimulatedBug | undefined, isHeld: boolean, { jobId }: LeasedJob): void {
  if (!isHeld && bug !== 'no fencing on the lease token') throw new ServiceError('leaseLost', jobId);
}

async function settle(simulated: Simulated, life: Life, job: LeasedJob): Promise<void> {
  const { machine } = simulated;
  const caseId = String(job.payload.caseId);
  await machine.transaction(life, 'settle', (register) => {
    settleIn(register, machine.now, caseId);
    commitLease(simulated, register, job);
  });
}

/** Settles a case; gives the version that was prepared. The job of a version is queued where a batch does not make it. */
function settleIn(register: Register, now: number, caseId: string, isQueued = true): string | undefined {
  const content = register.facts.get(caseId);
  // Nothing else of it is looked at.
  const entitlement = { isEntitled: content !== undefined } as Entitlement;
  const decision = decide(entitlement, content ?? '', register.versionsOf(caseId));
  if (decision.withdraw) register.end(decision.withdraw.attestationId, 'withdrawn');
  if (decision.revoke) register.end(decision.revoke.attestationId, 'revoked');
  if (decision.prepare === undefined) return undefined;
  const attestationId = register.prepare(caseId, decision.prepare, content ?? '');
  if (isQueued) queueIssue(register, now, attestationId);
  return attestationId;
}

function queueIssue(register: Register, now: number, attestationId: string): void {
  const dedupeKey = attestationId;
  register.queue.queue(now, { lane: 'single', kind: 'issue', payload: { attestationId }, dedupeKey });
}

async function issue(simulated: Simulated, life: Life, job: LeasedJob): Promise<void> {
  const { machine } = simulated;
  const attestationId = String(job.payload.attestationId);
  const isPrepared = await machine.transaction(life, 'issue: claim', (register) => {
    const isWaiting = register.documents.get(attestationId)?.state === 'prepared';
    if (!isWaiting) commitLease(simulated, register, job);
    return isWaiting;
  });
  if (!isPrepared) return;
  const storedAs = await archive(simulated, life, attestationId);
  await machine.transaction(life, 'issue: publish', (register) => {
    commitLease(simulated, register, job);
    publish(simulated, register, attestationId, storedAs);
  });
}

function publish(simulated: Simulated, register: Register, attestationId: string, storedAs: string): void {
  const { state } = register.documents.get(attestationId) ?? {};
  const isStill = state === 'prepared' || simulated.bug === 'what was withdrawn meanwhile is issued';
  if (isStill) register.issue(simulated.machine.now, attestationId, storedAs);
}

/** Stores a document, which no two tries make the same; gives what lies there. */
async function archive({ machine, outside, bug }: Simulated, life: Life, key: string): Promise<string> {
  const made = outside.newName('document');
  const isStored = await machine.io(life, 'archive: put', () => outside.put(key, made), away);
  if (isStored || bug === 'an existing object is taken for our own') return made;
  return machine.io(life, 'archive: get', () => outside.archive.get(key) ?? '', away);
}

async function relay(simulated: Simulated, life: Life, job: LeasedJob): Promise<void> {
  const { machine, outside, bug } = simulated;
  const messageId = String(job.payload.messageId);
  const isLeaving = await machine.transaction(life, 'relay: claim', (register) => {
    const row = register.relays.get(messageId);
    if (row === undefined) throw new ServiceError('recordMissing', messageId);
    const attestationState = register.documents.get(row.attestationId)?.state ?? 'erased';
    const step = stepBeforeCall({ ...row, attestationState }, false);
    const triedAt = row.triedAt ?? new Date(machine.now * 1000);
    if (step === 'publish') register.relays.set(messageId, { ...row, triedAt });
    else commitLease(simulated, register, job);
    if (step === 'withdraw') register.relays.set(messageId, { ...row, state: 'withdrawn' });
    return step === 'publish';
  });
  if (!isLeaving) return;
  const key = bug === 'a key of the moment on each try of a relay' ? outside.newName('key') : messageId;
  const answer =
    bug === 'what was never tried counts as published'
      ? {
          status: 201,
          location: undefined,
          retryAfter: undefined,
          body: JSON.stringify({ messageId: 'none' }),
        }
      : await machine.io(life, 'relay: call', () => outside.publish(key, messageId), away);
  const step = stepAfterAnswer(readPublicationAnswer(answer, new Date(machine.now * 1000)));
  if (step.kind === 'await') throw new ServiceError('remoteUnavailable', step.reason);
  await machine.transaction(life, 'relay: keep', (register) => {
    commitLease(simulated, register, job);
    const row = register.relays.get(messageId);
    if (row?.state !== 'waiting') return;
    if (step.kind === 'keep') {
      const { registryMessageId } = step.published;
      register.relays.set(messageId, { ...row, state: 'published', registryMessageId });
    }
    if (step.kind === 'park') register.relays.set(messageId, { ...row, state: 'parked' });
    const { delaySeconds } = step.kind === 'again' ? step : { delaySeconds: undefined };
    if (delaySeconds !== undefined)
      register.queue.queue(machine.now, {
        lane: job.lane,
        kind: 'relay',
        payload: { messageId },
        dedupeKey: messageId,
        delaySeconds,
      });
  });
}

async function runRows(simulated: Simulated, life: Life, job: LeasedJob): Promise<void> {
  const { machine } = simulated;
  const rowsOf = (register: Register) =>
    [...register.rows.values()].filter(
      ({ rowNumber }) => rowNumber >= Number(job.payload.from) && rowNumber <= Number(job.payload.to),
    );
  const step = stepOfChunk(await machine.transaction(life, 'chunk: state', ({ batch }) => batch));
  if (step === 'shelve')
    return machine.transaction(life, 'chunk: shelve', (register) => shelve(simulated, register, job));
  if (step === 'run')
    await machine.transaction(life, 'chunk: prepare', (register) => {
      holdLease(simulated, register, job);
      accept(simulated, register, rowsOf(register));
    });
  const awaited = await machine.transaction(life, 'chunk: awaited', (register) =>
    rowsOf(register).flatMap(({ state, attestationId }) =>
      state === 'accepted' && attestationId !== undefined ? [attestationId] : [],
    ),
  );
  // What `batch-run` does of many at a time, here of two.
  const size = job.attempts > 1 && step === 'run' ? 1 : Math.max(1, awaited.length);
  for (let from = 0, isOver = false; !isOver; from += size) {
    const made = await makeSome(simulated, life, awaited.slice(from, from + size), step);
    isOver = !made.isWhole || from + size >= awaited.length;
    await machine.transaction(life, 'chunk: publish', (register) => {
      keepLease(simulated, register, job, { isOver, isWhole: made.isWhole });
      for (const [id, storedAs] of made.archived) publish(simulated, register, id, storedAs);
      if (step !== 'cancel') return;
      for (const row of rowsOf(register)) if (row.state === 'checked') register.endRow(row, 'cancelled');
    });
  }
}

/** Makes some documents, unless the batch is stopped meanwhile. */
async function makeSome(
  simulated: Simulated,
  life: Life,
  attestationIds: readonly string[],
  step: ChunkStep,
) {
  const archived = new Map<string, string>();
  for (const attestationId of attestationIds) {
    const state = await simulated.machine.transaction(life, 'chunk: asked', ({ batch }) => batch);
    if (step === 'run' && isHalted(state)) return { archived, isWhole: false };
    archived.set(attestationId, await archive(simulated, life, attestationId));
  }
  return { archived, isWhole: true };
}

function keepLease(
  simulated: Simulated,
  register: Register,
  job: LeasedJob,
  { isOver, isWhole }: { readonly isOver: boolean; readonly isWhole: boolean },
): void {
  const { bug } = simulated;
  const isTakenForWhole = isWhole || bug === 'a chunk that was stopped on the way counts as done';
  if (!isTakenForWhole) shelve(simulated, register, job);
  else if (isOver) commitLease(simulated, register, job);
  else if (bug !== 'the job ends before its work') demand(bug, register.queue.advance(job), job);
}

function accept({ bug }: Simulated, register: Register, rows: readonly Row[]): void {
  const isAnew = bug === 'the rows of a chunk are begun anew on each try';
  for (const row of rows.filter(({ state }) => state === 'checked' || isAnew)) {
    const caseId = `row-${row.rowNumber}`;
    const before = register.versionsOf(caseId).length;
    register.facts.set(caseId, `row ${row.rowNumber}, ${before}`);
    const attestationId = settleIn(register, 0, caseId, false);
    register.rows.set(row.rowNumber, { ...row, state: 'accepted', attestationId });
  }
}

function shelve({ machine, bug }: Simulated, register: Register, job: LeasedJob): void {
  const isPaused = register.batch === 'paused';
  if (bug !== 'the job ends before its work')
    demand(bug, register.queue.shelve(machine.now, job, isPaused), job);
}

function away(label: string): ServiceError {
  const code = label.startsWith('archive') ? 'archiveUnavailable' : 'remoteUnavailable';
  return new ServiceError(code, label);
}
