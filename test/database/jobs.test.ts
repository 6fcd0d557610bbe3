/** The queue's SQL: nobody gets a job that another has, and whoever lost a lease changes nothing any more. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../src/database/database.ts';
import {
  advanceJob,
  buryJob,
  claimJobs,
  completeJob,
  countJobs,
  extendLease,
  type LeasedJob,
  type NewJob,
  queueJob,
  retryJob,
} from '../../src/database/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());
afterEach(() => test.query('delete from job'));

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

/** Queues a job of the lane `single`. */
function queue(job: Partial<NewJob> = {}): Promise<void> {
  return run((connection) => queueJob(connection, { lane: 'single', kind: 'settle', payload: {}, ...job }));
}

function claim(
  limit = 10,
  leaseSeconds = 30,
  lanes: readonly NewJob['lane'][] = ['single'],
): Promise<LeasedJob[]> {
  return run((connection) => claimJobs(connection, lanes, limit, leaseSeconds));
}

/** Claims the one job that is due. */
async function claimOne(leaseSeconds = 30): Promise<LeasedJob> {
  const [job, ...others] = await claim(10, leaseSeconds);
  assert.ok(job);
  assert.deepEqual(others, []);
  return job;
}

interface Row {
  readonly lane: string;
  readonly kind: string;
  readonly attempts: number;
  /** Seconds from now, and from when the job was queued. */
  readonly due: number;
  readonly wait: number;
  readonly isLeased: boolean;
  readonly isDead: boolean;
  readonly lastError: string | null;
}

function rows(): Promise<Row[]> {
  return test.query<Row>(
    `select lane, kind, attempts, extract(epoch from run_after - clock_timestamp())::float as due,
       extract(epoch from run_after - created_at)::float as wait, lease_token is not null as "isLeased",
       dead_at is not null as "isDead", last_error as "lastError" from job order by created_at`,
  );
}

async function onlyRow(): Promise<Row> {
  const [row, ...others] = await rows();
  assert.ok(row);
  assert.deepEqual(others, []);
  return row;
}

/** Lets time pass for everything in the queue. */
function pass(seconds: number): Promise<unknown> {
  const text = `update job set created_at = created_at - make_interval(secs => $1), run_after = run_after - make_interval(secs => $1)`;
  return test.query(text, [seconds]);
}

function assertAbout(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 5, `${actual} is not about ${expected}`);
}

describe('queueJob', () => {
  it('queues nothing when the transaction that causes it fails', async () => {
    const work = async (connection: Connection) => {
      await queueJob(connection, { lane: 'single', kind: 'settle', payload: {} });
      throw new Error('rolled back');
    };
    await run(work).catch(() => undefined);
    assert.deepEqual(await rows(), []);
  });

  it('gives back what it was given', async () => {
    await queue({ kind: 'issue', payload: { attestationId: 'a', rows: [1, 2] } });
    const { kind, lane, payload, attempts } = await claimOne();
    assert.deepEqual(
      [kind, lane, payload, attempts],
      ['issue', 'single', { attestationId: 'a', rows: [1, 2] }, 1],
    );
  });

  it('counts no tries from before a job came on', async () => {
    await queue();
    await test.query('update job set attempts = 6');
    const job = await claimOne();
    assert.equal(job.attempts, 7);
    assert.equal(await run((connection) => advanceJob(connection, job)), true);
    await run((connection) => retryJob(connection, job, 0, 'failed'));
    assert.equal((await claimOne()).attempts, 2);
  });

  it('puts a job off', async () => {
    await queue({ delaySeconds: 20 });
    assert.deepEqual(await claim(), []);
    assertAbout((await onlyRow()).due, 20);
  });

  describe('when a job of the same kind and key is queued already', () => {
    it('queues no other one, and waits for the later of the two times', async () => {
      await queue({ dedupeKey: 'case', delaySeconds: 5 });
      await queue({ dedupeKey: 'case', delaySeconds: 20 });
      assertAbout((await onlyRow()).due, 20);
      await queue({ dedupeKey: 'case' });
      assertAbout((await onlyRow()).due, 20);
    });

    it('puts it off for no more than a minute from when it was queued first', async () => {
      const waits: number[] = [];
      for (const passed of [0, 20, 20, 15]) {
        await pass(passed);
        await queue({ dedupeKey: 'case', delaySeconds: 30 });
        waits.push(Math.round((await onlyRow()).wait));
      }
      assert.deepEqual(waits, [30, 50, 60, 60]);
    });

    it('keeps a wait that is longer than that, and makes it no longer', async () => {
      await queue({ dedupeKey: 'case', delaySeconds: 600 });
      await pass(100);
      await queue({ dedupeKey: 'case', delaySeconds: 600 });
      const { due, wait } = await onlyRow();
      assertAbout(due, 500);
      assertAbout(wait, 600);
    });

    it('makes none due earlier that waits to be tried again', async () => {
      await queue({ dedupeKey: 'case' });
      const job = await claimOne();
      await run((connection) => retryJob(connection, job, 300, 'failed'));
      await queue({ dedupeKey: 'case' });
      assertAbout((await onlyRow()).due, 300);
    });

    it('moves it out of the lane of batches for a single one, and never into it', async () => {
      await queue({ dedupeKey: 'case', lane: 'bulk' });
      await queue({ dedupeKey: 'case', lane: 'single' });
      assert.equal((await onlyRow()).lane, 'single');
      await queue({ dedupeKey: 'case', lane: 'bulk' });
      assert.equal((await onlyRow()).lane, 'single');
    });

    it('queues one when many come at once', async () => {
      await Promise.all(Array.from({ length: 12 }, () => queue({ dedupeKey: 'case' })));
      await onlyRow();
    });

    it('queues another when the first runs, for it may not have seen what happened since', async () => {
      await queue({ dedupeKey: 'case' });
      await claimOne();
      await queue({ dedupeKey: 'case' });
      assert.deepEqual(
        (await rows()).map(({ isLeased }) => isLeased),
        [true, false],
      );
    });

    it('queues another when the first was set aside', async () => {
      await queue({ dedupeKey: 'case' });
      const job = await claimOne();
      await run((connection) => buryJob(connection, job, 'no use'));
      await queue({ dedupeKey: 'case' });
      assert.deepEqual(
        (await rows()).map(({ isDead }) => isDead),
        [true, false],
      );
    });

    it('tells kinds and keys apart, and jobs without a key', async () => {
      await queue({ dedupeKey: 'case' });
      await queue({ dedupeKey: 'other' });
      await queue({ dedupeKey: 'case', kind: 'issue' });
      await queue();
      await queue();
      assert.equal((await rows()).length, 5);
    });
  });
});

describe('claimJobs', () => {
  it('gives what is due longest first, of the lanes asked for, and no more than asked for', async () => {
    for (const [index, lane] of (['single', 'tell', 'single', 'single'] as const).entries())
      await queue({ lane, payload: { index } });
    await test.query(
      `update job set run_after = clock_timestamp() - make_interval(secs => 10 - (payload->>'index')::int)`,
    );
    const indexes = (jobs: readonly LeasedJob[]) => new Set(jobs.map(({ payload }) => payload.index));
    assert.deepEqual(indexes(await claim(2)), new Set([0, 2]));
    assert.deepEqual(indexes(await claim(2)), new Set([3]));
    assert.deepEqual(indexes(await claim(2, 30, ['bulk', 'tell'])), new Set([1]));
    assert.deepEqual(await claim(2, 30, ['single', 'tell', 'bulk']), []);
  });

  it('gives no job twice to claimers of one moment', async () => {
    await Promise.all(Array.from({ length: 500 }, (_, index) => queue({ payload: { index } })));
    const claimer = async () => {
      const mine: unknown[] = [];
      for (;;) {
        const jobs = await claim(7);
        if (jobs.length === 0) return mine;
        mine.push(...jobs.map(({ payload }) => payload.index));
      }
    };
    const claimed = await Promise.all([claimer(), claimer(), claimer(), claimer()]);
    assert.ok(claimed.every((mine) => mine.length > 0));
    assert.equal(claimed.flat().length, 500);
    assert.equal(new Set(claimed.flat()).size, 500);
  });

  it('does not wait for what another claims in a transaction still open, nor give it', async () => {
    for (let index = 0; index < 4; index += 1) await queue({ payload: { index } });
    await run(async (one) => {
      const first = await claimJobs(one, ['single'], 2, 30);
      const second = await claim(10);
      assert.equal(first.length, 2);
      assert.equal(new Set([...first, ...second].map(({ jobId }) => jobId)).size, 4);
      assert.deepEqual(await claim(10), []);
    });
  });

  it('leaves a job due when the claim is rolled back', async () => {
    await queue();
    await run(async (connection) => {
      await claimJobs(connection, ['single'], 1, 30);
      throw new Error('rolled back');
    }).catch(() => undefined);
    assert.equal((await claimOne()).attempts, 1);
  });

  it('gives a job again once its lease ran out, as another try with another token', async () => {
    await queue();
    const first = await claimOne(2);
    assert.deepEqual(await claim(), []);
    let again: LeasedJob[] = [];
    while (again.length === 0) {
      await sleep(50);
      again = await claim();
    }
    const [second] = again;
    assert.ok(second);
    assert.equal(second.jobId, first.jobId);
    assert.notEqual(second.leaseToken, first.leaseToken);
    assert.deepEqual([first.attempts, second.attempts], [1, 2]);
  });

  it('goes by the clock of the database, whatever the clock of the worker shows', async (t) => {
    await queue();
    t.mock.timers.enable({ apis: ['Date'], now: new Date('2001-01-01T00:00:00Z') });
    await claimOne(100);
    t.mock.timers.setTime(new Date('2101-01-01T00:00:00Z').getTime());
    assert.deepEqual(await claim(), []);
    t.mock.timers.reset();
    const [row] = await test.query<{ seconds: number }>(
      'select extract(epoch from lease_until - clock_timestamp())::float as seconds from job',
    );
    assertAbout(row?.seconds, 100);
  });

  it('never gives a job that was set aside', async () => {
    await queue();
    const job = await claimOne();
    await run((connection) => buryJob(connection, job, 'no use'));
    assert.deepEqual(await claim(), []);
  });
});

describe('a lease', () => {
  it('ends with the job', async () => {
    await queue();
    const job = await claimOne();
    assert.equal(await run((connection) => completeJob(connection, job)), true);
    assert.deepEqual(await rows(), []);
    assert.equal(await run((connection) => completeJob(connection, job)), false);
  });

  it('does not end with a transaction that fails', async () => {
    await queue();
    const job = await claimOne();
    await run(async (connection) => {
      await completeJob(connection, job);
      throw new Error('rolled back');
    }).catch(() => undefined);
    assert.equal((await onlyRow()).isLeased, true);
  });

  it('is held longer when it is extended', async () => {
    await queue();
    const job = await claimOne(0.05);
    assert.equal(await run((connection) => extendLease(connection, job, 30)), true);
    await sleep(100);
    assert.deepEqual(await claim(), []);
  });

  it('may be extended after it ran out, as long as nobody else has it', async () => {
    await queue();
    const job = await claimOne(0.02);
    await sleep(50);
    assert.equal(await run((connection) => extendLease(connection, job, 30)), true);
    assert.deepEqual(await claim(), []);
  });

  describe('that was lost', () => {
    /** A job with the lease of a worker that slept, and with that of the one that has it now. */
    async function lost(): Promise<{ old: LeasedJob; now: LeasedJob }> {
      await queue({ dedupeKey: 'case' });
      const old = await claimOne(0.02);
      await sleep(50);
      return { old, now: await claimOne() };
    }
    const strikes: Readonly<Record<string, (connection: Connection, job: LeasedJob) => Promise<unknown>>> = {
      'ends nothing': completeJob,
      'extends nothing': (connection, job) => extendLease(connection, job, 600),
      'gives nothing back': (connection, job) => retryJob(connection, job, 0, 'old'),
      'sets nothing aside': (connection, job) => buryJob(connection, job, 'old'),
    };
    for (const [what, strike] of Object.entries(strikes)) {
      it(what, async () => {
        const { old, now } = await lost();
        const outcome = await run((connection) => strike(connection, old));
        assert.ok(outcome === false || outcome === undefined);
        const { isLeased, isDead, lastError } = await onlyRow();
        assert.deepEqual([isLeased, isDead, lastError], [true, false, null]);
        assert.equal(await run((connection) => completeJob(connection, now)), true);
      });
    }

    it('brings nothing on', async () => {
      const { old } = await lost();
      assert.equal(await run((connection) => advanceJob(connection, old)), false);
    });

    it('gives nothing back, also where the same work is queued again', async () => {
      const { old, now } = await lost();
      await queue({ dedupeKey: 'case' });
      await run((connection) => retryJob(connection, old, 0, 'old'));
      assert.equal((await rows()).length, 2);
      assert.equal(await run((connection) => completeJob(connection, now)), true);
    });
  });
});

describe('retryJob', () => {
  it('gives the job back for later, with the reason and the number of tries', async () => {
    await queue();
    const job = await claimOne();
    await run((connection) => retryJob(connection, job, 40, 'the archive is away'));
    const { due, attempts, isLeased, lastError } = await onlyRow();
    assertAbout(due, 40);
    assert.deepEqual([attempts, isLeased, lastError], [1, false, 'the archive is away']);
    await test.query('update job set run_after = clock_timestamp()');
    assert.equal((await claimOne()).attempts, 2);
  });

  it('keeps no more tries than it is told', async () => {
    await queue();
    await test.query('update job set attempts = 10');
    const job = await claimOne();
    await run((connection) => retryJob(connection, { ...job, attempts: 7 }, 0, 'failed'));
    assert.equal((await onlyRow()).attempts, 7);
  });

  it('leaves the work to a job that is queued for the same', async () => {
    await queue({ dedupeKey: 'case' });
    const job = await claimOne();
    await queue({ dedupeKey: 'case' });
    await run((connection) => retryJob(connection, job, 300, 'failed'));
    const { attempts, isLeased, due } = await onlyRow();
    assert.deepEqual([attempts, isLeased], [0, false]);
    assertAbout(due, 0);
  });

  it('takes no running job, and none that was set aside, for one that does the work', async () => {
    await queue({ dedupeKey: 'case' });
    const first = await claimOne();
    await run((connection) => buryJob(connection, first, 'no use'));
    await queue({ dedupeKey: 'case' });
    const second = await claimOne();
    await queue({ dedupeKey: 'case' });
    await claimOne();
    await run((connection) => retryJob(connection, second, 0, 'failed'));
    assert.deepEqual(
      (await rows()).map(({ isDead, isLeased }) => [isDead, isLeased]),
      [
        [true, false],
        [false, false],
        [false, true],
      ],
    );
  });
});

describe('countJobs', () => {
  it('counts what is open and what was set aside, and says when the next is due', async () => {
    assert.deepEqual(await run(countJobs), { open: 0, dead: 0, secondsToNext: null });
    await queue();
    const job = await claimOne();
    await run((connection) => buryJob(connection, job, 'no use'));
    await queue({ delaySeconds: 100 });
    await queue({ delaySeconds: 50 });
    const { open, dead, secondsToNext } = await run(countJobs);
    assert.deepEqual([open, dead], [2, 1]);
    assertAbout(secondsToNext ?? 0, 50);
  });
});
