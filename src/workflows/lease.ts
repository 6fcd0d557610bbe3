/** The lease under which a job runs: its commit is demanded in the transaction that keeps the job's effect. */
import type { Connection } from '../database/database.ts';
import { advanceJob, completeJob, holdJob } from '../database/jobs.ts';
import { ServiceError } from '../errors.ts';

export interface Lease {
  readonly jobId: string;
  readonly leaseToken: string;
}

/**
 * Ends the job together with its effect. Throws `leaseLost` when another worker holds it by now, so that the whole
 * transaction is rolled back and only one of the two has an effect.
 */
export async function commitLease(connection: Connection, lease: Lease): Promise<void> {
  if (!(await completeJob(connection, lease))) throw lost(lease);
}

/** Demands the lease for a transaction after which the job goes on. Throws `leaseLost`. */
export async function holdLease(connection: Connection, lease: Lease): Promise<void> {
  if (!(await holdJob(connection, lease))) throw lost(lease);
}

/** Demands the lease for a transaction that keeps a part of the job's effect: earlier tries count no more. Throws `leaseLost`. */
export async function advanceLease(connection: Connection, lease: Lease): Promise<void> {
  if (!(await advanceJob(connection, lease))) throw lost(lease);
}

/** Gives the job back in the transaction that keeps what was done of it. Throws `leaseLost`. */
export async function shelveLease(lease: Lease, shelve: () => Promise<boolean>): Promise<void> {
  if (!(await shelve())) throw lost(lease);
}

function lost({ jobId }: Lease): ServiceError {
  return new ServiceError('leaseLost', `the lease of job ${jobId} was lost; another worker does its work`);
}
