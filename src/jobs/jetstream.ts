/**
 * Chunks of batches told to workers on many hosts over a NATS JetStream cluster. A message only says that a job is due:
 * whoever gets it leases the job in the database, and acknowledges once its effect was committed. What the cluster loses,
 * the database has told anew; while it does not answer, workers take chunks from the database as they would without it.
 */
import type { Log } from '../log.ts';
import type { Lane, LeasedJob, Queue, RelayedQueue } from '../workflows/queue.ts';
import { createLoops } from './loops.ts';
import { joinCluster, type Told } from './nats-cluster.ts';

export interface JetStreamOptions {
  /** `nats://` or `tls://` addresses of the nodes. */
  readonly urls: readonly string[];
  /** How many messages lie ready in this process while all its workers are busy. */
  readonly ahead: number;
  readonly leaseSeconds: number;
  readonly log: Log;
}

/** A queue that has a connection of its own. */
export type ClosableQueue = Queue & { close(): Promise<void> };

/** Messages that may wait in the cluster: the rest waits in the database. */
const MOST_WAITING = 512;

/** Opens the queue of the database with the cluster before it. Throws what the client throws where no node can be reached. */
export async function openJetStream(base: RelayedQueue, options: JetStreamOptions): Promise<ClosableQueue> {
  const { log, leaseSeconds } = options;
  const cluster = await joinCluster(options);
  const ready: Told[] = [];
  const inHand = new Map<string, Told>();
  const listeners = new Set<() => void>();
  const loops = createLoops(log);
  loops.start('chunks cannot be fetched', async () => {
    if (ready.length >= options.ahead) return loops.rest();
    for (const told of await cluster.fetch(options.ahead - ready.length)) ready.push(told);
    for (const wake of listeners) wake();
  });
  loops.start('chunks cannot be announced', async () => {
    const relays = await base.takeRelays(MOST_WAITING);
    const ids = relays.map(({ jobId }) => jobId);
    await Promise.all(relays.map((relay) => cluster.publish(relay))).catch(async (error: unknown) => {
      await base.dropRelays(ids);
      throw error;
    });
    if (relays.length === 0) await loops.rest();
  });
  const claimTold = async (limit: number): Promise<LeasedJob[]> => {
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
  };
  return {
    ...base,
    claim: async (lanes: readonly Lane[], limit, seconds) => {
      if (!loops.areWell()) return base.claim(lanes, limit, seconds);
      const told = lanes.includes('bulk') ? await claimTold(limit) : [];
      if (told.length === limit) return told;
      return [...told, ...(await base.claimOthers(lanes, limit - told.length, seconds))];
    },
    extend: (job, seconds) => {
      inHand.get(job.jobId)?.working();
      return base.extend(job, seconds);
    },
    ended: async (job) => {
      inHand.get(job.jobId)?.ack();
      inHand.delete(job.jobId);
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
