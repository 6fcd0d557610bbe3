/** Which workflow does the work of which kind of job. */
import type { LeasedJob } from '../database/jobs.ts';
import { applyReports } from './apply-statuses.ts';
import { checkRows } from './batch-check.ts';
import { recallRows } from './batch-recall.ts';
import type { Chunk } from './batch-row.ts';
import { runRows } from './batch-run.ts';
import { sendDigest } from './digest.ts';
import { eraseAsked } from './erase.ts';
import { closeFlow } from './flow-close.ts';
import { runChangedFlow } from './flow-due.ts';
import { readFlow } from './flow-read.ts';
import { tellReceiver } from './flow-tell.ts';
import { issueAttestation } from './issue.ts';
import { processFile } from './process-file.ts';
import { reportsOf } from './receive-statuses.ts';
import { rekeySome } from './rekey.ts';
import { relayMessage } from './relay.ts';
import { resolveDeclarations } from './resolve.ts';
import type { Services } from './services.ts';
import { settleCase } from './settle.ts';
import { type PersonsBehind, settlePersons } from './settle-register.ts';
import { tellEvent } from './tell.ts';
import { deliverEvents } from './tell-senders.ts';

/** Gives the worker for each kind of job; a test pins that every kind that is queued has one. */
export function jobHandlers(services: Services): Readonly<Record<string, (job: LeasedJob) => Promise<void>>> {
  return {
    settle: (job) => settleCase(services, job, text(job, 'caseId')),
    settleRegister: (job) => settlePersons(services, job, rangeOf(job)),
    issue: (job) => issueAttestation(services, job, text(job, 'attestationId')),
    deliver: (job) => deliverEvents(services, job, text(job, 'subscriptionId')),
    digest: (job) => sendDigest(services, job, text(job, 'personId')),
    tell: (job) => tellEvent(services, job, text(job, 'outboxId')),
    processFile: (job) => processFile(services, job, text(job, 'fileId')),
    applyReports: (job) => applyReports(services, job, reportsOf(job)),
    erase: (job) => eraseAsked(services, job, text(job, 'erasureId')),
    relay: (job) => relayMessage(services, job, text(job, 'messageId')),
    rekey: (job) => rekeySome(services, job),
    resolve: (job) => resolveDeclarations(services, job),
    checkRows: (job) => checkRows(services, job, chunkOf(job)),
    readFlow: (job) => readFlow(services, job, text(job, 'runId')),
    closeFlow: (job) => closeFlow(services, job, text(job, 'runId')),
    tellFlow: (job) => tellReceiver(services, job, text(job, 'runId')),
    runChangedFlow: (job) => runChangedFlow(services, job, text(job, 'orderId')),
    runRows: (job) => runRows(services, job, chunkOf(job)),
    recallRows: (job) => recallRows(services, job, chunkOf(job)),
  };
}

/** Payloads are written by the workflows themselves, so they hold what their handler needs. */
function text(job: LeasedJob, name: string): string {
  return String(job.payload[name]);
}

function rangeOf(job: LeasedJob): PersonsBehind {
  return { after: text(job, 'after'), last: 'last' in job.payload ? text(job, 'last') : undefined };
}

function chunkOf({ payload }: LeasedJob): Chunk {
  return { batchId: String(payload.batchId), from: Number(payload.from), to: Number(payload.to) };
}
