/**
 * Chunks of batches told to workers on many hosts over a NATS JetStream cluster. A message only says that a job is due:
 * whoever gets it leases the job in the database, and acknowledges once its effect was committed. What the cluster loses,
 * the database has told anew; while it does not answer, workers take chunks from the database as they would without it.
 */
import type { Log } from '../log.ts';
import type { Lane, LeasedJob, Queue, RelayedQueue } from '../workflows/queue.ts';
import { createLoops } from './loops.ts';
import { type Cluster, type ClusterOptions, joinCluster, type Told } from './nats-cluster.ts';

export interface JetStreamOptions extends ClusterOptions {
  /** How many messages lie ready in this process while all its workers are busy. */
  readonly ahead: number;
  readonly log: Log;
}

/** A queue that has a connection of its own. */
export type ClosableQueue = Queue & { close(): Promise<void> };

/** Messages that may wait in the cluster: the rest waits in the database. */
const MOST_WAITING = 512;

/** What was told to this process: what lies ready for a worker, and what is worked on. */
interface ToldJobs {
  readonly ready: Told[];
  readonly inHand: Map<string, Told>;
}

/** Opens the queue of the database with the cluster before it. Throws what the client throws where no node can be reached. */
export async function openJetStream(base: RelayedQueue, options: JetStreamOptions): Promise<ClosableQueue> {
  const cluster = await joinCluster(options);
  const told: ToldJobs = { ready: [], inHand: new Map() };
  const listeners = new Set<() => void>();
  const loops = createLoops(options.log);
  loops.start('chunks cannot be fetched', async () => {
    const room = options.ahead - told.ready.length;
    if (room <= 0) return loops.rest();
    told.ready.push(...(await cluster.fetch(room)));
    for (const wake of listeners) wake();
  });
  loops.start('chunks cannot be announced', async () => {
    if (!(await announce(base, cluster))) await loops.rest();
  });
  return {
    ...base,
    claim: async (lanes: readonly Lane[], limit, seconds) => {
      if (!loops.areWell()) return base.claim(lanes, limit, seconds);
      const jobs = lanes.includes('bulk') ? await claimTold(base, told, limit, seconds) : [];
      if (jobs.length === limit) return jobs;
      return [...jobs, ...(await base.claimOthers(lanes, limit - jobs.length, seconds))];
    },
    extend: (job, seconds) => {
      told.inHand.get(job.jobId)?.working();
      return base.extend(job, seconds);
    },
    ended: async (job) => {
      told.inHand.get(job.jobId)?.ack();
      told.inHand.delete(job.jobId);
    },
    onJob: async (wake) => {
      listeners.add(wake);
      const stop = await base.onJob(() => {
        loops.wake();
        wake();
      });
      return async () => {
        listeners.delete(wake);
        await stop();
      };
    },
    close: async () => {
      await loops.stop();
      await cluster.leave();
    },
  };
}

/** Announces what is due; gives whether there was any. What could not be announced is due again. */
async function announce(base: RelayedQueue, cluster: Cluster): Promise<boolean> {
  const relays = await base.takeRelays(MOST_WAITING);
  await Promise.all(relays.map((relay) => cluster.publish(relay))).catch(async (error: unknown) => {
    await base.dropRelays(relays.map(({ jobId }) => jobId));
    throw error;
  });
  return relays.length > 0;
}

/** Leases jobs that were told of; of one that nobody is to do now the message is over. */
async function claimTold(
  base: RelayedQueue,
  { ready, inHand }: ToldJobs,
  limit: number,
  leaseSeconds: number,
): Promise<LeasedJob[]> {
  const jobs: LeasedJob[] = [];
  for (const told of ready.splice(0, limit)) {
    const job = await base.claimOne(told.jobId, leaseSeconds);
    if (job === undefined) told.ack();
    else {
      inHand.set(job.jobId, told);
      jobs.push(job);
    }
  }
  return jobs;
}
