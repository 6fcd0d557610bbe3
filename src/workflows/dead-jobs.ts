/** What was set aside waits for an operator, who has it tried again once the reason is gone. */
import { insertAuditEntry } from '../database/audit.ts';
import { type DeadJob, listDeadJobs, reviveJobs } from '../database/dead-jobs.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Services } from './services.ts';

const LISTED = 1000;

/** Lists jobs that were set aside. */
export function showDeadJobs({ database }: Pick<Services, 'database'>): Promise<readonly DeadJob[]> {
  return database.transaction((connection) => listDeadJobs(connection, LISTED));
}

/** Has one job, those of a kind, or all tried again; gives how many. */
export function retryDeadJobs(
  { database }: Pick<Services, 'database'>,
  actor: Actor,
  which: { readonly jobId: string | undefined; readonly kind: string | undefined },
): Promise<number> {
  return database.transaction(async (connection) => {
    const jobIds = await reviveJobs(connection, which);
    for (const object of jobIds)
      await insertAuditEntry(connection, { actor, action: 'job.retry', ground: 'duty', object });
    return jobIds.length;
  });
}
