/** The worker: claims due jobs lane by lane, runs them, keeps their leases, retries or sets aside what fails. */
import { describeError, isRetriable, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
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
}

export interface Runner {
  /** Stops claiming and waits for what runs. */
  stop(): Promise<void>;
}

/** How often a queue is looked at without being woken: jobs put off become due without an announcement. */
const POLL_MS = 500;
const MOST_ATTEMPTS = 12;
const LONGEST_DELAY_SECONDS = 300;

/** Starts working. Resolves once the queue is listened to. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const lanes = Object.entries(options.lanes).map(([lane, width]) => startLane(options, lane as Lane, width));
  const stopListening = await options.queue.onJob(() => {
    for (const lane of lanes) lane.wake();
  });
  return {
    stop: async () => {
      await stopListening();
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
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
    if (handler === undefined)
      throw new ServiceError('recordMissing', `no handler for jobs of kind ${job.kind}`);
    await handler(job);
    log.debug({ jobId: job.jobId, kind: job.kind }, 'job done');
  } catch (error) {
    await giveBack(options, job, error);
  } finally {
    clearInterval(extension);
  }
}

async function giveBack({ queue, log }: RunnerOptions, job: LeasedJob, error: unknown): Promise<void> {
  const reason = describeError(error);
  const fields = { jobId: job.jobId, kind: job.kind, payload: job.payload, attempts: job.attempts, reason };
  if (error instanceof ServiceError && error.code === 'leaseLost') {
    log.warn(fields, 'job left to the worker that holds it now');
    return;
  }
  try {
    if (isRetriable(error) && job.attempts < MOST_ATTEMPTS) {
      log.warn(fields, 'job failed, will be tried again');
      await queue.retry(job, Math.min(2 ** (job.attempts - 1), LONGEST_DELAY_SECONDS), reason);
    } else {
      log.error(fields, 'job set aside: it needs an operator');
      await queue.bury(job, reason);
    }
  } catch (fault) {
    // The lease runs out by itself, and the job is due again.
    log.warn({ ...fields, fault: describeError(fault) }, 'job could not be given back');
  }
}
