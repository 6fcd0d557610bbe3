/** The queue as the job runner sees it: claim, extend, retry, set aside; SQL stays in the database folder. */
import type { Connection, Database } from '../database/database.ts';
import { claimJob, dropRelays, type Relay, takeRelays } from '../database/job-relay.ts';
import {
  buryJob,
  claimJobs,
  extendLease,
  LANES,
  type Lane,
  type LeasedJob,
  retryJob,
} from '../database/jobs.ts';

export { LANES, type Lane, type LeasedJob, type Relay };

export interface Queue {
  claim(lanes: readonly Lane[], limit: number, leaseSeconds: number): Promise<readonly LeasedJob[]>;
  /** Gives false when the lease was lost. */
  extend(job: LeasedJob, leaseSeconds: number): Promise<boolean>;
  /** Told once a job left this worker's hands: its effect was committed, or it was given back or set aside. */
  ended(job: LeasedJob): Promise<void>;
  retry(job: LeasedJob, delaySeconds: number, reason: string): Promise<void>;
  bury(job: LeasedJob, reason: string): Promise<void>;
  /** Calls `wake` when a job was queued; gives the stop function. */
  onJob(wake: () => void): Promise<() => Promise<void>>;
}

/** The kinds of jobs of which a batch has many, one for each chunk of its rows. */
export const CHUNK_KINDS: readonly string[] = ['checkRows', 'runRows', 'recallRows'];

/** The queue in the database as a message cluster needs it, which tells workers of chunks. */
export interface RelayedQueue extends Queue {
  /** Claims as `claim` does, leaving chunks to whoever was told of them. */
  claimOthers: Queue['claim'];
  /** Leases a job by its id; undefined where nobody is to do it now. */
  claimOne(jobId: string, leaseSeconds: number): Promise<LeasedJob | undefined>;
  /** Notes that chunks are told of now, and gives them; never more than `most` wait to be taken up. */
  takeRelays(most: number): Promise<readonly Relay[]>;
  /** They were not told of after all. */
  dropRelays(jobIds: readonly string[]): Promise<void>;
}

/** Opens the queue that lies in the database. */
export function openQueue(database: Database): RelayedQueue {
  const run = <T>(work: (connection: Connection) => Promise<T>) => database.transaction(work);
  return {
    claim: (lanes, limit, leaseSeconds) =>
      run((connection) => claimJobs(connection, lanes, limit, leaseSeconds)),
    claimOthers: (lanes, limit, leaseSeconds) =>
      run((connection) => claimJobs(connection, lanes, limit, leaseSeconds, CHUNK_KINDS)),
    claimOne: (jobId, leaseSeconds) => run((connection) => claimJob(connection, jobId, leaseSeconds)),
    takeRelays: (most) => run((connection) => takeRelays(connection, CHUNK_KINDS, most)),
    dropRelays: (jobIds) => run((connection) => dropRelays(connection, jobIds)),
    extend: (job, leaseSeconds) => run((connection) => extendLease(connection, job, leaseSeconds)),
    ended: () => Promise.resolve(),
    retry: (job, delaySeconds, reason) =>
      run((connection) => retryJob(connection, job, delaySeconds, reason)),
    bury: (job, reason) => run((connection) => buryJob(connection, job, reason)),
    onJob: (wake) => database.onJob(wake),
  };
}
