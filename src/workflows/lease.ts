/** The lease under which a job runs: its commit is demanded in the transaction that keeps the job's effect. */
import type { Connection } from '../database/database.ts';
import { completeJob } from '../database/jobs.ts';
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
  if (await completeJob(connection, lease)) return;
  throw new ServiceError(
    'leaseLost',
    `the lease of job ${lease.jobId} was lost; another worker does its work`,
  );
}
