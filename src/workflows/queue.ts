/** The queue as the job runner sees it: claim, extend, retry, set aside; SQL stays in the database folder. */
import type { Database } from '../database/database.ts';
import { buryJob, claimJobs, extendLease, type Lane, type LeasedJob, retryJob } from '../database/jobs.ts';

export type { Lane, LeasedJob };

export interface Queue {
  claim(lanes: readonly Lane[], limit: number, leaseSeconds: number): Promise<readonly LeasedJob[]>;
  /** Gives false when the lease was lost. */
  extend(job: LeasedJob, leaseSeconds: number): Promise<boolean>;
  retry(job: LeasedJob, delaySeconds: number, reason: string): Promise<void>;
  bury(job: LeasedJob, reason: string): Promise<void>;
  /** Calls `wake` when a job was queued; gives the stop function. */
  onJob(wake: () => void): Promise<() => Promise<void>>;
}

/** Opens the queue that lies in the database. */
export function openQueue(database: Database): Queue {
  return {
    claim: (lanes, limit, leaseSeconds) =>
      database.transaction((connection) => claimJobs(connection, lanes, limit, leaseSeconds)),
    extend: (job, leaseSeconds) =>
      database.transaction((connection) => extendLease(connection, job, leaseSeconds)),
    retry: (job, delaySeconds, reason) =>
      database.transaction((connection) => retryJob(connection, job, delaySeconds, reason)),
    bury: (job, reason) => database.transaction((connection) => buryJob(connection, job, reason)),
    onJob: (wake) => database.onJob(wake),
  };
}
