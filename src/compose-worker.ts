/** The worker of this process: the lanes it takes, how many jobs of each at once, and how it is told of them. */
import { constants, setPriority } from 'node:os';
import type { MetricsPort } from './compose-metrics.ts';
import type { Config } from './config.ts';
import type { ClosableQueue, JetStreamOptions } from './jobs/jetstream.ts';
import { type Runner, type RunnerOptions, startRunner } from './jobs/runner.ts';
import type { Log } from './log.ts';
import type { Patience } from './start-patience.ts';
import { jobHandlers } from './workflows/jobs.ts';
import { type Lane, openQueue, type RelayedQueue } from './workflows/queue.ts';
import type { Services } from './workflows/services.ts';

const TELLERS = 2;
const CALLERS = 4;

/** Starts it. Throws `databaseUnavailable` where the queue cannot be listened to, however long that is waited for. */
export async function startWorker(
  { workers, leaseSeconds, queueUrls, lanes }: Config,
  services: Services,
  counts: MetricsPort | undefined,
  patience: Patience,
): Promise<Runner> {
  const base = openQueue(services.database);
  const { log } = services;
  // The cluster tells of chunks alone.
  const urls = lanes.includes('bulk') ? queueUrls : undefined;
  const relayed = urls && (await openCluster(base, { urls, ahead: workers, leaseSeconds, log }));
  const widths: Readonly<Record<Lane, number>> = {
    single: workers,
    bulk: workers,
    tell: TELLERS,
    webhook: CALLERS,
  };
  const options: RunnerOptions = {
    queue: relayed ?? base,
    handlers: jobHandlers(services),
    lanes: Object.fromEntries(lanes.map((lane) => [lane, widths[lane]])),
    leaseSeconds,
    log,
    onEnded: (...end) => counts?.metrics.jobEnded(...end),
  };
  const runner = await patience(() => startRunner(options));
  return { stop: () => runner.stop().then(() => relayed?.close()) };
}

/** The client of the cluster is loaded where there is one. */
async function openCluster(base: RelayedQueue, options: JetStreamOptions): Promise<ClosableQueue> {
  const { openJetStream } = await import('./jobs/jetstream.ts');
  return openJetStream(base, options);
}

/**
 * A process that does nothing but batches lets all others of its machine go first. To be called before it starts threads:
 * they take over the priority of the one that starts them.
 */
export function yieldProcessor({ roles, lanes }: Pick<Config, 'roles' | 'lanes'>, log: Log): void {
  const isBulkAlone = roles.every((role) => role === 'worker') && lanes.every((lane) => lane === 'bulk');
  if (!isBulkAlone) return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    log.warn({ reason: String(error) }, 'the priority of the process cannot be lowered');
  }
}
