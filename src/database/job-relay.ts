/** Jobs that are announced to workers on many hosts: which ones are to be, and how one that was announced is leased. */
import type { Connection } from './database.ts';
import { LEASED, type LeasedJob } from './jobs.ts';

/** An announcement: the same job announced anew, because it was put off or its worker died, has another number. */
export interface Relay {
  readonly jobId: string;
  readonly number: number;
}

/** What was announced and not taken up within so many seconds is announced again. */
const STALE_SECONDS = 60;

const IS_DUE = `dead_at is null and run_after <= statement_timestamp()
  and (lease_until is null or lease_until < statement_timestamp())`;
const IS_WAITING = `relayed_at >= run_after and relayed_at >= clock_timestamp() - make_interval(secs => $3)`;

/** Notes that due jobs of some kinds are announced now, and gives them; never more than `most` wait to be taken up. */
export async function takeRelays(
  connection: Connection,
  kinds: readonly string[],
  most: number,
): Promise<readonly Relay[]> {
  return connection.query(
    `with waiting as (
       select count(*)::int as count from job where kind = any($1) and ${IS_DUE} and ${IS_WAITING}
     ), due as (
       select job_id from job where kind = any($1) and ${IS_DUE} and (${IS_WAITING}) is not true
       order by run_after limit greatest(0, $2 - (select count from waiting)) for update skip locked
     )
     update job set relayed_at = clock_timestamp(), relays = relays + 1
     from due where job.job_id = due.job_id returning job.job_id as "jobId", relays as number`,
    [kinds, most, STALE_SECONDS],
  );
}

/** Says that jobs were not announced after all. */
export async function dropRelays(connection: Connection, jobIds: readonly string[]): Promise<void> {
  await connection.query('update job set relayed_at = null where job_id = any($1)', [jobIds]);
}

/** Leases one job; undefined where it is done, not due, or held by another worker. */
export async function claimJob(
  connection: Connection,
  jobId: string,
  leaseSeconds: number,
): Promise<LeasedJob | undefined> {
  const [job] = await connection.query<LeasedJob>(
    `with due as (select job_id from job where job_id = $1 and ${IS_DUE} for update skip locked)
     update job set lease_token = gen_random_uuid(), attempts = attempts + 1,
       lease_until = clock_timestamp() + make_interval(secs => $2)
     from due where job.job_id = due.job_id returning ${LEASED}`,
    [jobId, leaseSeconds],
  );
  return job;
}
