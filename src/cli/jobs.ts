/** `ebox jobs`: what was set aside and why, and having it tried again once the reason is gone. */
import { isUuid } from '../domain/identifier.ts';
import { ServiceError } from '../errors.ts';
import { retryDeadJobs, showDeadJobs } from '../workflows/dead-jobs.ts';
import { operatorOf, withDatabase } from './privacy-source.ts';

export interface JobsOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly job?: string | undefined;
  readonly kind?: string | undefined;
  readonly all?: boolean;
  readonly json: boolean;
}

/** Lists what was set aside; gives the exit status: 1 where anything was. */
export async function listJobs({ database, json }: JobsOptions): Promise<number> {
  const dead = await withDatabase(database, showDeadJobs);
  const lines = dead.map(
    ({ jobId, kind, attempts, reason, deadAt }) =>
      `${jobId}  ${deadAt.toISOString()}  ${kind.padEnd(12)}  ${attempts} tries  ${reason ?? ''}`,
  );
  process.stdout.write(lines.length === 0 ? 'Nothing was set aside.\n' : `${lines.join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ dead })}\n`);
  return dead.length === 0 ? 0 : 1;
}

/** Has jobs tried again; gives the exit status. Throws `configurationInvalid`. */
export async function retryJobs({ database, actor, job, kind, all, json }: JobsOptions): Promise<number> {
  const operator = operatorOf(actor);
  const isNamed = [job !== undefined, kind !== undefined, all === true].filter(Boolean).length === 1;
  if (!isNamed || (job !== undefined && !isUuid(job)))
    throw new ServiceError(
      'configurationInvalid',
      'Say which: --job <id> or --kind <kind>, as `ebox jobs list` shows them, or --all',
    );
  const retried = await withDatabase(database, (services) =>
    retryDeadJobs(services, operator, { jobId: job, kind }),
  );
  process.stdout.write(retried === 0 ? 'No such job was set aside.\n' : `${retried} will be tried again.\n`);
  if (json) process.stdout.write(`${JSON.stringify({ retried })}\n`);
  return retried === 0 ? 1 : 0;
}
