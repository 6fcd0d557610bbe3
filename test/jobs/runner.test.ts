/** The runner on a real queue: what it runs, gives back, sets aside and leaves alone, and how it stops. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/database/database.ts';
import { claimJobs, type NewJob, queueJob } from '../../src/database/jobs.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { type ErrorCode, ServiceError } from '../../src/errors.ts';
import type { JobHandler } from '../../src/jobs/run-job.ts';
import { type Runner, type RunnerOptions, startRunner } from '../../src/jobs/runner.ts';
import { createLog } from '../../src/log.ts';
import { commitLease } from '../../src/workflows/lease.ts';
import { type LeasedJob, openQueue, type Queue } from '../../src/workflows/queue.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
let queue: Queue;
let lines: { level: string; msg: string; reason?: string }[];
const runners: Runner[] = [];

before(async () => {
  test = await createTestDatabase();
  queue = openQueue(test.database);
});
after(() => test.drop());
beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
  await test.query('delete from job');
});

async function start(
  handlers: Readonly<Record<string, JobHandler>>,
  options: Partial<RunnerOptions> = {},
): Promise<Runner> {
  // Written by the log itself, one object a line.
  const log = createLog('debug', { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
  const runner = await startRunner({
    queue,
    handlers,
    lanes: { single: 4 },
    leaseSeconds: 30,
    log,
    ...options,
  });
  runners.push(runner);
  return runner;
}

function add(job: Partial<NewJob> = {}): Promise<void> {
  return test.database.transaction((connection) =>
    queueJob(connection, { lane: 'single', kind: 'work', payload: {}, ...job }),
  );
}

/** Ends a job as a workflow does: in a transaction that demands its lease. */
function end(job: LeasedJob): Promise<void> {
  return test.database.transaction((connection) => commitLease(connection, job));
}

interface Row {
  readonly attempts: number;
  readonly due: number;
  readonly isLeased: boolean;
  readonly isDead: boolean;
  readonly lastError: string | null;
}

function rows(): Promise<Row[]> {
  return test.query<Row>(
    `select attempts, extract(epoch from run_after - clock_timestamp())::float as due, lease_token is not null as "isLeased",
       dead_at is not null as "isDead", last_error as "lastError" from job order by created_at`,
  );
}

/** Waits until the queue looks as wished; fails after half a minute. */
async function until(holds: (all: readonly Row[]) => boolean): Promise<readonly Row[]> {
  for (let turn = 0; turn < 6000; turn += 1) {
    const all = await rows();
    if (holds(all)) return all;
    await sleep(5);
  }
  throw new Error(`the queue stays as it is: ${JSON.stringify(await rows())}`);
}

/** Lets every job be due now, and says so. */
async function makeDue(): Promise<void> {
  await test.query('update job set run_after = clock_timestamp()');
  await test.query(`select pg_notify('job', '')`);
}

const isEmpty = (all: readonly Row[]) => all.length === 0;

/** A gate that work waits at until it is opened. */
function gate() {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { pass: () => opened, open: () => open() };
}

describe('startRunner', () => {
  it('runs what is queued, before and after it started, and hands over what the job says', async () => {
    const seen: unknown[] = [];
    await add({ payload: { number: 1 } });
    await start({
      work: async (job) => {
        seen.push(job.payload.number);
        await end(job);
      },
    });
    await add({ payload: { number: 2 } });
    await until(isEmpty);
    assert.deepEqual(seen, [1, 2]);
  });

  it('runs what was put off once it is due, though nobody announces it', async () => {
    await start({ work: end });
    await add({ delaySeconds: 1 });
    await until(isEmpty);
  });

  it('runs the jobs of its own lanes and kinds', async () => {
    await start({ work: end });
    await add({ lane: 'tell' });
    await add();
    assert.equal((await until((all) => all.length === 1)).length, 1);
  });

  it('runs each of many jobs once, with several runners at work', async () => {
    const runs = new Map<unknown, number>();
    const work: JobHandler = async (job) => {
      runs.set(job.payload.number, (runs.get(job.payload.number) ?? 0) + 1);
      await end(job);
    };
    for (let turn = 0; turn < 3; turn += 1) await start({ work });
    await Promise.all(Array.from({ length: 100 }, (_, number) => add({ payload: { number } })));
    await until(isEmpty);
    assert.equal(runs.size, 100);
    assert.deepEqual(new Set(runs.values()), new Set([1]));
  });

  describe('when a job fails', () => {
    /** Starts a runner whose work always fails. */
    function startFailing(error: Error): Promise<Runner> {
      return start({ work: () => Promise.reject(error) });
    }

    /** Lets a job fail again and again, and gives after how many seconds it was to be tried each time. */
    async function delays(times: number): Promise<number[]> {
      const found: number[] = [];
      for (let turn = 0; turn < times; turn += 1) {
        const [row] = await until(
          ([one]) => one !== undefined && !one.isLeased && (one.due > 0.5 || one.isDead),
        );
        if (row?.isDead) break;
        found.push(Math.round(row?.due ?? 0));
        await makeDue();
      }
      return found;
    }

    it('tries again later, each time after longer, with the reason beside the job', async () => {
      await add();
      await startFailing(new Error('cannot be foreseen'));
      assert.deepEqual(await delays(6), [1, 2, 4, 8, 16, 32]);
      assert.equal((await rows())[0]?.lastError, 'cannot be foreseen');
    });

    it('sets aside what nobody foresaw after sixteen tries', async () => {
      await add();
      await startFailing(new Error('cannot be foreseen'));
      const found = await delays(20);
      assert.deepEqual(found, [1, 2, 4, 8, 16, 32, ...Array.from({ length: 9 }, () => 60)]);
      const [row] = await rows();
      assert.deepEqual([row?.isDead, row?.attempts], [true, 16]);
      assert.equal(lines.filter(({ level }) => level === 'error').length, 1);
    });

    for (const code of [
      'archiveUnavailable',
      'databaseUnavailable',
      'mailUnavailable',
      'remoteUnavailable',
    ] as const) {
      it(`goes on trying as long as ${code} lasts`, async () => {
        await add();
        await startFailing(new ServiceError(code, 'away'));
        const found = await delays(40);
        assert.equal(found.length, 40);
        // That it could be put off shows that the database is back.
        const longest = code === 'databaseUnavailable' ? 8 : 60;
        assert.deepEqual(new Set(found.slice(10)), new Set([longest]));
        // Most of its tries are left to it: workers that die afterwards of something else do not have it set aside.
        const [row] = await rows();
        assert.ok((row?.attempts ?? 0) <= 8, `${row?.attempts} tries are counted`);
      });
    }

    for (const code of [
      'sealingFailed',
      'recordMissing',
      'archivedObjectCorrupt',
      'keyUnfit',
      'mailRefused',
    ] as const) {
      it(`sets aside at once what met ${code}`, async () => {
        await add();
        await startFailing(new ServiceError(code satisfies ErrorCode, 'no use'));
        const [row] = await until(([one]) => one?.isDead === true);
        assert.deepEqual([row?.attempts, row?.lastError], [1, 'no use']);
      });
    }

    it('leaves alone what another worker holds by now', async () => {
      await add();
      let isLost = false;
      await start(
        {
          work: async (job) => {
            // Another worker takes the job over, and then the first one comes to its end.
            await test.query('update job set lease_token = gen_random_uuid()');
            await end(job).finally(() => {
              isLost = true;
            });
          },
        },
        { leaseSeconds: 60 },
      );
      await until(() => isLost);
      await until(() => lines.some(({ msg }) => /left/.test(msg)));
      const [row] = await rows();
      assert.deepEqual([row?.isLeased, row?.isDead, row?.lastError], [true, false, null]);
    });

    it('keeps a job whose kind it does not know: a newer worker may', async () => {
      await add({ kind: 'new' });
      await start({ work: end });
      const [row] = await until(([one]) => one?.isLeased === false && one.attempts === 1);
      assert.equal(row?.isDead, false);
    });

    it('sets aside a job that ended its worker again and again, without running it', async () => {
      await add();
      await test.query(
        `update job set attempts = 16, lease_token = gen_random_uuid(), lease_until = clock_timestamp() - interval '1 s'`,
      );
      let runs = 0;
      await start({
        work: async () => {
          runs += 1;
        },
      });
      const [row] = await until(([one]) => one?.isDead === true);
      assert.equal(runs, 0);
      assert.match(row?.lastError ?? '', /16/);
    });

    it('keeps no SSIN beside the job, nor in the log', async () => {
      await add();
      await startFailing(new Error('no person 81.05.00-035.52'));
      const [row] = await until(([one]) => one?.lastError != null);
      assert.equal(row?.lastError, 'no person ***********');
      assert.doesNotMatch(JSON.stringify(lines), /81\.05|035\.52|8105|03552/);
    });

    it('goes on with the others', async () => {
      await add({ kind: 'broken' });
      await add();
      await start({ work: end, broken: () => Promise.reject(new Error('broken')) }, { lanes: { single: 1 } });
      await until((all) => all.length === 1);
    });
  });

  describe('when a job takes long', () => {
    it('holds its lease, so that nobody else takes it', async () => {
      const runs: string[] = [];
      const work =
        (name: string): JobHandler =>
        async (job) => {
          runs.push(name);
          await sleep(4000);
          await end(job);
        };
      await start({ work: work('first') }, { leaseSeconds: 2 });
      await add();
      await until(([one]) => one?.isLeased === true);
      await start({ work: work('second') }, { leaseSeconds: 2 });
      await until(isEmpty);
      assert.deepEqual(runs, ['first']);
    });

    it('lets go of the lease once the job has failed', async () => {
      await add();
      await start({ work: () => Promise.reject(new Error('failed')) }, { leaseSeconds: 10 });
      await until(([one]) => one?.isLeased === false && one.attempts === 1);
      await makeDue();
      await until(([one]) => one?.attempts === 2);
    });
  });

  it('runs as many jobs of each lane at once as it was told, and one lane does not hold up another', async () => {
    const { pass, open } = gate();
    const running = { single: 0, tell: 0 };
    const most = { single: 0, tell: 0 };
    const work: JobHandler = async (job) => {
      const lane = job.lane === 'tell' ? 'tell' : 'single';
      running[lane] += 1;
      most[lane] = Math.max(most[lane], running[lane]);
      if (lane === 'single') await pass();
      running[lane] -= 1;
      await end(job);
    };
    await start({ work }, { lanes: { single: 3, tell: 1 } });
    await Promise.all(Array.from({ length: 8 }, () => add()));
    await until((all) => all.filter(({ isLeased }) => isLeased).length === 3);
    await Promise.all(Array.from({ length: 8 }, () => add({ lane: 'tell' })));
    await until((all) => all.length === 8);
    assert.deepEqual(most, { single: 3, tell: 1 });
    open();
    await until(isEmpty);
    assert.deepEqual(most, { single: 3, tell: 1 });
  });

  it('goes on after the database was away', async () => {
    await start({ work: end });
    for (let turn = 0; turn < 3; turn += 1) {
      await test.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'citizen-ebox'`,
      );
      await add().catch(() => add());
      await until(isEmpty);
    }
  });

  describe('when it cannot listen', () => {
    it('says so, and leaves no lane at work', async () => {
      const url = `postgres://ebox@127.0.0.1:${await freePort()}/ebox`;
      const nowhere = openDatabase({ url, connections: 1, log: createLog('silent') });
      let claims = 0;
      const counting: Queue = {
        ...openQueue(nowhere),
        claim: async () => {
          claims += 1;
          return [];
        },
      };
      await assert.rejects(start({}, { queue: counting }), { code: 'databaseUnavailable' });
      const before = claims;
      await sleep(700);
      assert.equal(claims, before);
      await nowhere.close();
    });
  });

  describe('stop', () => {
    it('waits for what runs, and takes nothing more', async () => {
      const { pass, open } = gate();
      const events: string[] = [];
      const runner = await start({
        work: async (job) => {
          events.push('begun');
          await pass();
          await end(job);
          events.push('ended');
        },
      });
      await add();
      await until(() => events.length === 1);
      const stopped = runner.stop().then(() => events.push('stopped'));
      await add();
      await sleep(50);
      assert.deepEqual(events, ['begun']);
      open();
      await stopped;
      assert.deepEqual(events, ['begun', 'ended', 'stopped']);
      assert.deepEqual(
        (await rows()).map(({ attempts, isLeased }) => [attempts, isLeased]),
        [[0, false]],
      );
    });

    it('holds the leases of what runs meanwhile', async () => {
      const { pass, open } = gate();
      const runner = await start(
        {
          work: async (job) => {
            await pass();
            await end(job);
          },
        },
        { leaseSeconds: 2 },
      );
      await add();
      await until(([one]) => one?.isLeased === true);
      const stopped = runner.stop();
      await sleep(3000);
      const taken = await test.database.transaction((connection) => claimJobs(connection, ['single'], 1, 30));
      assert.deepEqual(taken, []);
      open();
      await stopped;
      assert.deepEqual(await rows(), []);
    });

    it('may be called twice', async () => {
      const runner = await start({ work: end });
      await Promise.all([runner.stop(), runner.stop()]);
    });
  });
});
