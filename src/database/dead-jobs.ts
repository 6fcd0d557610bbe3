/** Jobs that were set aside: what an operator sees of them, and how they are tried again or dropped. */
import type { Connection } from './database.ts';

export interface DeadJob {
  readonly jobId: string;
  readonly lane: string;
  readonly kind: string;
  /** Ids only. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  /** Why the last try failed, in words of ours. */
  readonly reason: string | null;
  readonly deadAt: Date;
}

/** Lists what was set aside, the last first. */
export function listDeadJobs(connection: Connection, limit: number): Promise<readonly DeadJob[]> {
  return connection.query(
    `select job_id as "jobId", lane, kind, payload, attempts, last_error as reason, dead_at as "deadAt"
     from job where dead_at is not null order by dead_at desc, job_id limit $1`,
    [limit],
  );
}

/**
 * Has jobs tried again, as if never tried: those of the ids, or of a kind, or all. Where the same work is queued already, that
 * does it. Gives the ids of those that are no longer set aside.
 */
export async function reviveJobs(
  connection: Connection,
  which: { readonly jobId: string | undefined; readonly kind: string | undefined },
): Promise<readonly string[]> {
  const rows = await connection.query<{ jobId: string }>(
    `with locked as (
       select job_id, kind, dedupe_key, dead_at from job
       where dead_at is not null and ($1::uuid is null or job_id = $1) and ($2::text is null or kind = $2) for update
     ), named as (
       select *, row_number() over (partition by kind, dedupe_key order by dead_at desc) as nth from locked
     ), twin as (
       select n.job_id from named n where n.dedupe_key is not null and (n.nth > 1 or exists (
         select from job o where o.kind = n.kind and o.dedupe_key = n.dedupe_key
           and o.lease_token is null and o.dead_at is null))
     ), dropped as (delete from job where job_id in (select job_id from twin) returning job_id), revived as (
       update job set dead_at = null, attempts = 0, last_error = null, run_after = clock_timestamp()
       where job_id in (select job_id from named) and job_id not in (select job_id from twin) returning job_id
     ) select job_id as "jobId" from dropped union all select job_id from revived`,
    [which.jobId ?? null, which.kind ?? null],
  );
  if (rows.length > 0) await connection.query(`select pg_notify('job', '')`);
  return rows.map(({ jobId }) => jobId);
}
