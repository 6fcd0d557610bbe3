/** The worker: claims due jobs lane by lane, runs them, keeps their leases, retries or sets aside what fails. */
import { describeError, isRetriable, ServiceError } from '../errors.ts';
import { type Log, maskSsins } from '../log.ts';
import type { Lane, LeasedJob, Queue } from '../workflows/queue.ts';

/** Does the work of one kind of job and commits its lease. */
export type JobHandler = (job: LeasedJob) => Promise<void>;

export interface RunnerOptions {
  readonly queue: Queue;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  /** How many jobs of each lane run at once in this process. */
  readonly lanes: Readonly<Partial<Record<Lane, number>>>;
  readonly leaseSeconds: number;
  readonly log: Log;
  /** Told of each job that ended here: done, retried, dead (set aside) or left (to another worker). */
  readonly onEnded?: ((kind: string, outcome: JobEnd, seconds: number) => void) | undefined;
}

export type JobEnd = 'done' | 'retried' | 'dead' | 'left';

export interface Runner {
  /** Stops claiming and waits for what runs. */
  stop(): Promise<void>;
}

/** How often a queue is looked at without being woken: jobs put off become due without an announcement. */
const POLL_MS = 500;
/** After this many tries a fault that nobody foresaw needs an operator; so does a job that its worker does not survive. */
const MOST_ATTEMPTS = 12;
/** An outage lasts as long as it lasts: more tries than these are not counted while it does. */
const ATTEMPTS_IN_OUTAGE = 9;
const LONGEST_DELAY_SECONDS = 300;
/** Once the outage is over, everything goes on within this time. */
const LONGEST_DELAY_IN_OUTAGE_SECONDS = 60;

/** Starts working. Resolves once the queue is listened to. Throws `databaseUnavailable` when it cannot be. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const lanes = Object.entries(options.lanes).map(([lane, width]) => startLane(options, lane as Lane, width));
  const stopLanes = () => Promise.all(lanes.map((lane) => lane.stop()));
  try {
    const stopListening = await options.queue.onJob(() => {
      for (const lane of lanes) lane.wake();
    });
    return {
      stop: async () => {
        await Promise.all([stopListening(), stopLanes()]);
      },
    };
  } catch (error) {
    await stopLanes();
    throw error;
  }
}

interface LaneLoop {
  wake(): void;
  stop(): Promise<void>;
}

function startLane(options: RunnerOptions, lane: Lane, width: number): LaneLoop {
  const running = new Set<Promise<void>>();
  let isStopped = false;
  let wake = () => undefined as void;
  let isWoken = false;
  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isWoken ? 0 : POLL_MS);
      isWoken = false;
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const nudge = () => {
    isWoken = true;
    wake();
  };
  const loop = async () => {
    while (!isStopped) {
      const free = width - running.size;
      const jobs = free > 0 ? await claim(options, lane, free) : [];
      for (const job of jobs) {
        const run = runJob(options, job).finally(() => {
          running.delete(run);
          nudge();
        });
        running.add(run);
      }
      // A full claim means that more may be due.
      if (!isStopped && (free === 0 || jobs.length < free)) await rest();
    }
    await Promise.all(running);
  };
  const done = loop();
  return {
    wake: nudge,
    stop: () => {
      isStopped = true;
      nudge();
      return done;
    },
  };
}

async function claim(
  { queue, leaseSeconds, log }: RunnerOptions,
  lane: Lane,
  limit: number,
): Promise<readonly LeasedJob[]> {
  try {
    return await queue.claim([lane], limit, leaseSeconds);
  } catch (error) {
    log.warn({ lane, reason: describeError(error) }, 'jobs cannot be claimed');
    return [];
  }
}

async function runJob(options: RunnerOptions, job: LeasedJob): Promise<void> {
  const started = performance.now();
  const end = await tryJob(options, job);
  // What is left is another's; where it is told of by messages, the message may come again.
  if (end !== 'left') await endJob(options, job);
  options.onEnded?.(job.kind, end, (performance.now() - started) / 1000);
}

async function endJob({ queue, log }: RunnerOptions, job: LeasedJob): Promise<void> {
  await queue.ended(job).catch((error: unknown) => {
    log.warn({ jobId: job.jobId, reason: describeError(error) }, 'the end of a job could not be told');
  });
}

async function tryJob(options: RunnerOptions, job: LeasedJob): Promise<JobEnd> {
  const { queue, handlers, leaseSeconds, log } = options;
  const extension = setInterval(
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
    // What fails is given back or set aside, so a try beyond the last one comes from workers that did not survive it.
    if (job.attempts > MOST_ATTEMPTS)
      throw new ServiceError('unexpected', `${job.attempts - 1} workers did not bring it to an end`);
    await handler(job);
    log.debug({ jobId: job.jobId, kind: job.kind }, 'job done');
    return 'done';
  } catch (error) {
    return await giveBack(options, job, error);
  } finally {
    clearInterval(extension);
  }
}

async function giveBack({ queue, log }: RunnerOptions, job: LeasedJob, error: unknown): Promise<JobEnd> {
  // The reason is kept beside the job.
  const reason = maskSsins(describeError(error));
  const fields = { jobId: job.jobId, kind: job.kind, payload: job.payload, attempts: job.attempts, reason };
  if (error instanceof ServiceError && error.code === 'leaseLost') {
    log.warn(fields, 'job left to the worker that holds it now');
    return 'left';
  }
  try {
    if (isOutage(error) || (isRetriable(error) && job.attempts < MOST_ATTEMPTS)) {
      // Whoever cannot reach the level says so once for all jobs that wait.
      const isSaid = error instanceof ServiceError && error.code === 'sealLevelUnreachable';
      log[isSaid ? 'debug' : 'warn'](fields, 'job failed, will be tried again');
      const attempts = isOutage(error) ? Math.min(job.attempts, ATTEMPTS_IN_OUTAGE) : job.attempts;
      await queue.retry({ ...job, attempts }, delayAfter(job.attempts, error), reason);
      return 'retried';
    }
    log.error(fields, 'job set aside: it needs an operator');
    await queue.bury(job, reason);
    return 'dead';
  } catch (fault) {
    // The lease runs out by itself, and the job is due again.
    log.warn({ ...fields, fault: describeError(fault) }, 'job could not be given back');
    return 'left';
  }
}

/** Another system is away: nothing is wrong with the job, and the same step succeeds once that system is back. */
function isOutage(error: unknown): boolean {
  return error instanceof ServiceError && error.isRetriable && error.code !== 'unexpected';
}

function delayAfter(attempts: number, error: unknown): number {
  const longest = isOutage(error) ? LONGEST_DELAY_IN_OUTAGE_SECONDS : LONGEST_DELAY_SECONDS;
  return Math.min(2 ** (attempts - 1), longest);
}
