/** One leased job: its work is done, its lease kept meanwhile, and what fails is tried again or set aside. */
import { describeError, ServiceError } from '../errors.ts';
import { type Log, maskSsins } from '../log.ts';
import type { LeasedJob, Queue } from '../workflows/queue.ts';
import { mayRun, type StepAfterFault, stepAfterFault } from './job-step.ts';

/** Does the work of one kind of job and commits its lease. */
export type JobHandler = (job: LeasedJob) => Promise<void>;

export interface JobOptions {
  readonly queue: Queue;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly leaseSeconds: number;
  readonly log: Log;
  /** Told of each job that ended here: done, retried, dead (set aside) or left (to another worker). */
  readonly onEnded?: ((kind: string, outcome: JobEnd, seconds: number) => void) | undefined;
  /** Calls every so many milliseconds until it is stopped by what it gives; default: by a timer of the process. */
  readonly startBeat?: ((beat: () => void, everyMs: number) => () => void) | undefined;
}

export type JobEnd = 'done' | 'retried' | 'dead' | 'left';

/** Runs a job that was leased, to whichever end. Never throws. */
export async function runJob(options: JobOptions, job: LeasedJob): Promise<void> {
  const started = performance.now();
  const end = await tryJob(options, job);
  // What is left is another's; where it is told of by messages, the message may come again.
  if (end !== 'left') await endJob(options, job);
  options.onEnded?.(job.kind, end, (performance.now() - started) / 1000);
}

async function endJob({ queue, log }: JobOptions, job: LeasedJob): Promise<void> {
  await queue.ended(job).catch((error: unknown) => {
    log.warn({ jobId: job.jobId, reason: describeError(error) }, 'the end of a job could not be told');
  });
}

async function tryJob(options: JobOptions, job: LeasedJob): Promise<JobEnd> {
  const { queue, handlers, leaseSeconds, log, startBeat = startTimer } = options;
  const stopBeat = startBeat(
    () => {
      queue.extend(job, leaseSeconds).catch((error: unknown) => {
        log.warn({ jobId: job.jobId, reason: describeError(error) }, 'a lease could not be extended');
      });
    },
    (leaseSeconds * 1000) / 3,
  );
  try {
    const handler = handlers[job.kind];
    // While versions change, a newer worker may know it.
    if (handler === undefined)
      throw new ServiceError('unexpected', `no handler for jobs of kind ${job.kind}`);
    if (!mayRun(job.attempts))
      throw new ServiceError('unexpected', `${job.attempts - 1} workers did not bring it to an end`);
    await handler(job);
    log.debug({ jobId: job.jobId, kind: job.kind }, 'job done');
    return 'done';
  } catch (error) {
    return await giveBack(options, job, error);
  } finally {
    stopBeat();
  }
}

function startTimer(beat: () => void, everyMs: number): () => void {
  const timer = setInterval(beat, everyMs);
  return () => clearInterval(timer);
}

const END_AFTER: Readonly<Record<StepAfterFault['kind'], JobEnd>> = {
  leave: 'left',
  retry: 'retried',
  bury: 'dead',
};

async function giveBack({ queue, log }: JobOptions, job: LeasedJob, error: unknown): Promise<JobEnd> {
  // The reason is kept beside the job.
  const reason = maskSsins(describeError(error));
  const fields = { jobId: job.jobId, kind: job.kind, payload: job.payload, attempts: job.attempts, reason };
  const step = stepAfterFault(job.attempts, error);
  try {
    if (step.kind === 'leave') log.warn(fields, 'job left to the worker that holds it now');
    if (step.kind === 'retry') {
      // Whoever cannot reach the level says so once for all jobs that wait.
      const isSaid = error instanceof ServiceError && error.code === 'sealLevelUnreachable';
      log[isSaid ? 'debug' : 'warn'](fields, 'job failed, will be tried again');
      await queue.retry({ ...job, attempts: step.attempts }, step.delaySeconds, reason);
    }
    if (step.kind === 'bury') {
      log.error(fields, 'job set aside: it needs an operator');
      await queue.bury(job, reason);
    }
    return END_AFTER[step.kind];
  } catch (fault) {
    // The lease runs out by itself, and the job is due again.
    log.warn({ ...fields, fault: describeError(fault) }, 'job could not be given back');
    return 'left';
  }
}
