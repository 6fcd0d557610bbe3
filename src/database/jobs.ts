/**
 * The queue's SQL: jobs are leased by the database's clock, and every commit of a job demands its lease token, so that
 * a worker that was paused beyond its lease can change nothing any more.
 */
import type { Connection } from './database.ts';

/** What waits apart from each other: attestations of one person, chunks of batches, notices, calls to senders. */
export const LANES = ['single', 'bulk', 'tell', 'webhook'] as const;
export type Lane = (typeof LANES)[number];

export interface NewJob {
  readonly lane: Lane;
  readonly kind: string;
  /** Ids only. */
  readonly payload: Readonly<Record<string, unknown>>;
  /**
   * A queued job of the same kind and key absorbs this one and waits for the later of the two times; what a single
   * declaration wants does not wait in the lane of a batch.
   */
  readonly dedupeKey?: string;
  readonly delaySeconds?: number;
}

/** How long a job may be put off by others that it absorbs, where none of them waits longer by itself. */
const LONGEST_WAIT_SECONDS = 60;

/** What a queued job takes over from one that it absorbs; $5 is what that one is put off by, $6 the longest wait. */
const ABSORB = `on conflict (kind, dedupe_key) where lease_token is null and dead_at is null do update
  set lane = case when excluded.lane = 'single' then 'single' else job.lane end,
    run_after = greatest(job.run_after, least(excluded.run_after,
      job.created_at + make_interval(secs => greatest($5, $6))))`;

/** Queues a job in the transaction that causes it. */
export async function queueJob(connection: Connection, job: NewJob): Promise<void> {
  await connection.query(
    `insert into job (lane, kind, payload, dedupe_key, run_after)
     values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
     ${ABSORB}`,
    [
      job.lane,
      job.kind,
      JSON.stringify(job.payload),
      job.dedupeKey ?? null,
      job.delaySeconds ?? 0,
      LONGEST_WAIT_SECONDS,
    ],
  );
}

/** Queues one job for each of some ids, under which it is also known again; of one that is queued already nothing changes. */
export async function queueJobs(
  connection: Connection,
  job: Pick<NewJob, 'lane' | 'kind'> & { readonly idName: string },
  ids: readonly string[],
): Promise<void> {
  await connection.query(
    `insert into job (lane, kind, payload, dedupe_key)
     select $1, $2, jsonb_build_object($3::text, id), id from unnest($4::text[]) as id
     on conflict (kind, dedupe_key) where lease_token is null and dead_at is null do nothing`,
    [job.lane, job.kind, job.idName, ids],
  );
}

/** Queues the same work for each of some ids, as `queueJob` would with the id as key; `idName` is what the payload calls it. */
export async function queueEach(
  connection: Connection,
  job: Pick<NewJob, 'lane' | 'kind' | 'delaySeconds'> & { readonly idName: string },
  ids: Iterable<string>,
): Promise<void> {
  const ordered = [...new Set(ids)].sort();
  if (ordered.length === 0) return;
  await connection.query(
    `insert into job (lane, kind, payload, dedupe_key, run_after)
     select $1, $2, jsonb_build_object($3::text, id), id, clock_timestamp() + make_interval(secs => $5)
     from unnest($4::text[]) as id
     ${ABSORB}`,
    [job.lane, job.kind, job.idName, ordered, job.delaySeconds ?? 0, LONGEST_WAIT_SECONDS],
  );
}

/** Queues one job for each chunk of a batch's rows, after a row where one is given; each names its first and last row. */
export async function queueChunks(
  connection: Connection,
  kind: string,
  batchId: string,
  rows: number,
  size: number,
  after = 0,
): Promise<void> {
  await connection.query(
    `insert into job (lane, kind, payload)
     select 'bulk', $1, jsonb_build_object('batchId', $2::text, 'from', first, 'to', least(first + $4 - 1, $3))
     from generate_series($5::int + 1, $3::int, $4::int) as first`,
    [kind, batchId, rows, size, after],
  );
}

export interface LeasedJob {
  readonly jobId: string;
  readonly lane: Lane;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Which try this is, from 1. */
  readonly attempts: number;
  readonly leaseToken: string;
}

/** What a statement that leases jobs gives of them. */
export const LEASED = `job.job_id as "jobId", lane, kind, payload, attempts, lease_token as "leaseToken"`;

/** Leases up to `limit` due jobs of some lanes, but not of the kinds left out; jobs whose lease ran out are due again. */
export async function claimJobs(
  connection: Connection,
  lanes: readonly Lane[],
  limit: number,
  leaseSeconds: number,
  leftOut: readonly string[] = [],
): Promise<LeasedJob[]> {
  return connection.query<LeasedJob>(
    // Lane by lane, and by a time that stands still while the statement runs: so the index ends where the first job is not due,
    // however many are put off, and where there are enough, however many are due.
    `with due as (
       select due.job_id from unnest($1::text[]) as asked (lane) cross join lateral (
         select job_id, run_after from job
         where dead_at is null and lane = asked.lane and run_after <= statement_timestamp()
           and (lease_until is null or lease_until < statement_timestamp()) and kind <> all($4)
         order by run_after limit $2 for update skip locked) due
       order by due.run_after limit $2
     )
     update job set lease_token = gen_random_uuid(), attempts = attempts + 1,
       lease_until = clock_timestamp() + make_interval(secs => $3)
     from due where job.job_id = due.job_id
     returning ${LEASED}`,
    [lanes, limit, leaseSeconds, leftOut],
  );
}

/** Counts the jobs of a kind that are queued, put off or under way. */
export async function countJobsOf(connection: Connection, kind: string): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    'select count(*)::int as count from job where kind = $1 and dead_at is null',
    [kind],
  );
  return row?.count ?? 0;
}

/** Extends a lease while the work goes on; false when it was lost. */
export async function extendLease(
  connection: Connection,
  job: Pick<LeasedJob, 'jobId' | 'leaseToken'>,
  leaseSeconds: number,
): Promise<boolean> {
  const rows = await connection.query(
    `update job set lease_until = clock_timestamp() + make_interval(secs => $3)
     where job_id = $1 and lease_token = $2 returning job_id`,
    [job.jobId, job.leaseToken, leaseSeconds],
  );
  return rows.length > 0;
}

/** Ends a job in the transaction that commits its effect; false when the lease was lost, and then nothing may commit. */
export async function completeJob(
  connection: Connection,
  job: Pick<LeasedJob, 'jobId' | 'leaseToken'>,
): Promise<boolean> {
  const rows = await connection.query(
    'delete from job where job_id = $1 and lease_token = $2 returning job_id',
    [job.jobId, job.leaseToken],
  );
  return rows.length > 0;
}

/** Holds a job to the end of the transaction, so that nobody else can take it over meanwhile; false when it was lost. */
export async function holdJob(
  connection: Connection,
  job: Pick<LeasedJob, 'jobId' | 'leaseToken'>,
): Promise<boolean> {
  const rows = await connection.query(
    'select job_id from job where job_id = $1 and lease_token = $2 for no key update',
    [job.jobId, job.leaseToken],
  );
  return rows.length > 0;
}

/** As `holdJob`, of a job that came on: its tries are counted anew, from the one that goes on. */
export async function advanceJob(
  connection: Connection,
  job: Pick<LeasedJob, 'jobId' | 'leaseToken'>,
): Promise<boolean> {
  const rows = await connection.query(
    'update job set attempts = 1 where job_id = $1 and lease_token = $2 returning job_id',
    [job.jobId, job.leaseToken],
  );
  return rows.length > 0;
}

/**
 * Gives a failed job back, to be run again after a while; where the same work is queued already, that one does it.
 * `attempts` is what counts as its tries from now on, unless it came on since it was leased.
 */
export async function retryJob(
  connection: Connection,
  job: Pick<LeasedJob, 'jobId' | 'leaseToken' | 'attempts'>,
  delaySeconds: number,
  reason: string,
): Promise<void> {
  await connection.query(
    `with twin as (
       select 1 from job mine join job other on other.kind = mine.kind and other.dedupe_key = mine.dedupe_key
         and other.lease_token is null and other.dead_at is null
       where mine.job_id = $1
     ), dropped as (
       delete from job where job_id = $1 and lease_token = $2 and exists (select from twin)
     )
     update job set lease_token = null, lease_until = null, last_error = $4, attempts = least(attempts, $5),
       run_after = clock_timestamp() + make_interval(secs => $3)
     where job_id = $1 and lease_token = $2 and not exists (select from twin)`,
    [job.jobId, job.leaseToken, delaySeconds, reason, job.attempts],
  );
}

/** Sets a job aside that will not succeed by itself; an operator may retry it. */
export async function buryJob(
  connection: Connection,
  job: Pick<LeasedJob, 'jobId' | 'leaseToken'>,
  reason: string,
): Promise<void> {
  await connection.query(
    `update job set lease_token = null, lease_until = null, last_error = $3, dead_at = clock_timestamp()
     where job_id = $1 and lease_token = $2`,
    [job.jobId, job.leaseToken, reason],
  );
}

/** Counts what waits, runs and is dead. */
export async function countJobs(
  connection: Connection,
): Promise<{ readonly open: number; readonly dead: number; readonly secondsToNext: number | null }> {
  const [row] = await connection.query<{ open: number; dead: number; secondsToNext: number | null }>(
    `select count(*) filter (where dead_at is null)::int as open, count(*) filter (where dead_at is not null)::int as dead,
       extract(epoch from min(greatest(run_after, lease_until)) filter (where dead_at is null) - clock_timestamp())::float
         as "secondsToNext"
     from job`,
  );
  return row ?? { open: 0, dead: 0, secondsToNext: null };
}
