/**
 * The table of jobs as the SQL of `src/database/jobs.ts` and `batch-control.ts` treats it, statement by statement: what a
 * statement decides is said here a second time. `simulation.test.ts` has both do the same and compares what comes of it.
 * A statement is one moment here; that two of them do not disturb each other is for tests on PostgreSQL to show.
 */
import type { LeasedJob, NewJob } from '../../../src/database/jobs.ts';

/** A moment in seconds, by the clock of the database. */
export type Moment = number;

export interface Job {
  readonly jobId: string;
  readonly lane: NewJob['lane'];
  readonly kind: string;
  readonly payload: NewJob['payload'];
  readonly dedupeKey: string | undefined;
  readonly createdAt: Moment;
  readonly runAfter: Moment;
  readonly leaseToken: string | undefined;
  readonly leaseUntil: Moment | undefined;
  readonly attempts: number;
  readonly isDead: boolean;
}

type Lease = Pick<LeasedJob, 'jobId' | 'leaseToken'>;

const LONGEST_WAIT_SECONDS = 60;
/** `interval '100 years'`, about. */
const HUNDRED_YEARS = 3.2e9;

export class QueueTable {
  readonly jobs: Map<string, Job>;
  #names: number;

  constructor(from?: QueueTable) {
    this.jobs = new Map(from?.jobs);
    this.#names = from ? from.#names : 0;
  }

  /** `queueJob`. */
  queue(now: Moment, { lane, kind, payload, dedupeKey, delaySeconds = 0 }: NewJob): void {
    const twin = this.#waiting(kind, dedupeKey);
    if (twin === undefined) {
      const jobId = this.#name('job');
      const due = { createdAt: now, runAfter: now + delaySeconds };
      const free = { leaseToken: undefined, leaseUntil: undefined, attempts: 0, isDead: false };
      this.jobs.set(jobId, { jobId, lane, kind, payload, dedupeKey, ...due, ...free });
      return;
    }
    const longest = twin.createdAt + Math.max(delaySeconds, LONGEST_WAIT_SECONDS);
    const runAfter = Math.max(twin.runAfter, Math.min(now + delaySeconds, longest));
    this.jobs.set(twin.jobId, { ...twin, lane: lane === 'single' ? 'single' : twin.lane, runAfter });
  }

  /** `claimJobs`, of one lane or any. */
  claim(now: Moment, limit: number, leaseSeconds: number, isFree = this.#isFree): LeasedJob[] {
    const due = [...this.jobs.values()]
      .filter((job) => !job.isDead && job.runAfter <= now && isFree(job, now))
      .sort((one, other) => one.runAfter - other.runAfter)
      .slice(0, limit);
    return due.map((job) => {
      const leaseToken = this.#name('token');
      const attempts = job.attempts + 1;
      this.jobs.set(job.jobId, { ...job, leaseToken, attempts, leaseUntil: now + leaseSeconds });
      const { jobId, lane, kind, payload } = job;
      return { jobId, lane, kind, payload, attempts, leaseToken };
    });
  }

  #isFree(this: void, { leaseUntil }: Job, now: Moment): boolean {
    return leaseUntil === undefined || leaseUntil < now;
  }

  /** `extendLease`. */
  extend(now: Moment, lease: Lease, leaseSeconds: number): boolean {
    return this.#change(lease, { leaseUntil: now + leaseSeconds });
  }

  /** `completeJob`. */
  complete(lease: Lease): boolean {
    return this.holds(lease) && this.jobs.delete(lease.jobId);
  }

  /** `holdJob`. */
  holds({ jobId, leaseToken }: Lease): boolean {
    return this.jobs.get(jobId)?.leaseToken === leaseToken;
  }

  /** `advanceJob`. */
  advance(lease: Lease): boolean {
    return this.#change(lease, { attempts: 1 });
  }

  /** `retryJob`. */
  retry(now: Moment, lease: Lease & Pick<LeasedJob, 'attempts'>, delaySeconds: number): void {
    const mine = this.jobs.get(lease.jobId);
    if (mine === undefined || !this.holds(lease)) return;
    if (this.#waiting(mine.kind, mine.dedupeKey)) this.jobs.delete(lease.jobId);
    else {
      const attempts = Math.min(mine.attempts, lease.attempts);
      this.#free(lease, { attempts, runAfter: now + delaySeconds });
    }
  }

  /** `buryJob`. */
  bury(lease: Lease): void {
    this.#free(lease, { isDead: true });
  }

  /** `shelveChunk`. */
  shelve(now: Moment, lease: Lease, isPaused: boolean): boolean {
    const attempts = Math.max(0, (this.jobs.get(lease.jobId)?.attempts ?? 0) - 1);
    return this.#free(lease, { attempts, runAfter: isPaused ? now + HUNDRED_YEARS : now });
  }

  /** `rescheduleChunks`. */
  reschedule(now: Moment, kind: string, isPaused: boolean): void {
    const runAfter = isPaused ? now + HUNDRED_YEARS : now;
    for (const job of this.jobs.values())
      if (job.kind === kind && !job.isDead && job.leaseToken === undefined)
        this.jobs.set(job.jobId, { ...job, runAfter });
  }

  /** When the next job is due, in this century; undefined when none is. */
  nextDue(): Moment | undefined {
    const moments = [...this.jobs.values()]
      .filter(({ isDead, runAfter }) => !isDead && runAfter < HUNDRED_YEARS)
      .map(({ runAfter, leaseUntil }) => Math.max(runAfter, leaseUntil === undefined ? 0 : leaseUntil + 1));
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  #waiting(kind: string, dedupeKey: string | undefined): Job | undefined {
    if (dedupeKey === undefined) return undefined;
    return [...this.jobs.values()].find(
      (job) =>
        job.kind === kind && job.dedupeKey === dedupeKey && job.leaseToken === undefined && !job.isDead,
    );
  }

  #free(lease: Lease, change: Partial<Job>): boolean {
    return this.#change(lease, { leaseToken: undefined, leaseUntil: undefined, ...change });
  }

  #change(lease: Lease, change: Partial<Job>): boolean {
    const job = this.jobs.get(lease.jobId);
    if (job === undefined || !this.holds(lease)) return false;
    this.jobs.set(job.jobId, { ...job, ...change });
    return true;
  }

  #name(what: string): string {
    this.#names += 1;
    return `${what}-${this.#names}`;
  }
}
