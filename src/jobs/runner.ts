/** The worker: claims due jobs lane by lane and runs as many at once as its lanes are wide. */
import { describeError } from '../errors.ts';
import type { Lane, LeasedJob } from '../workflows/queue.ts';
import { type JobOptions, runJob } from './run-job.ts';

export interface RunnerOptions extends JobOptions {
  /** How many jobs of each lane run at once in this process. */
  readonly lanes: Readonly<Partial<Record<Lane, number>>>;
}

export interface Runner {
  /** Stops claiming and waits for what runs. */
  stop(): Promise<void>;
}

/** How often a queue is looked at without being woken: jobs put off become due without an announcement. */
const POLL_MS = 500;

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
