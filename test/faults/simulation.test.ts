/** Interleavings under fast-check's hand: none breaks a rule, each bug does, and the model's queue does what PostgreSQL does. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rescheduleChunks, shelveChunk } from '../../src/database/batch-control.ts';
import type { Connection } from '../../src/database/database.ts';
import {
  advanceJob,
  buryJob,
  claimJobs,
  completeJob,
  extendLease,
  holdJob,
  type LeasedJob,
  queueJob,
  retryJob,
} from '../../src/database/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createDice, type Dice } from './campaign/dice.ts';
import { SIMULATED_BUGS, type SimulatedBug } from './simulation/bugs.ts';
import { QueueTable } from './simulation/queue-table.ts';
import { simulate } from './simulation/simulate.ts';

/** Any number will do: what is found is told with it. */
const SEED = 7;

describe('a simulation', () => {
  it('of two hundred interleavings breaks no rule', async (t) => {
    const { counterexample, ...report } = await simulate({ interleavings: 200, seed: SEED });
    t.diagnostic(JSON.stringify(report));
    assert.equal(counterexample, undefined);
    assert.ok(report.distinct > 150, 'orders differ');
    for (const strike of ['crashBefore', 'crashAfter', 'refuse', 'lose', 'late', 'paused'])
      assert.ok((report.strikes[strike] ?? 0) > 50, strike);
  });
});

/** A rule that each bug breaks; more may be. */
const FOUND_BY: Readonly<Record<SimulatedBug, string>> = {
  'no fencing on the lease token': 'a job has an effect once',
  'the job ends before its work': 'a row has an outcome, once',
  'a lease that is not waited for': 'a job that is leased is nobody else’s',
  'a lease that never ends': 'the work comes to its end',
  'a lease judged by the clock of its worker': 'a job that is leased is nobody else’s',
  'a key of the moment on each try of a relay': 'a message is published once',
  'what was never tried counts as published': 'what was published is there',
  'an existing object is taken for our own': 'what was issued is what is archived',
  'what was withdrawn meanwhile is issued': 'a case has the attestation that its facts entitle to',
  'a chunk that was stopped on the way counts as done': 'a row has an outcome, once',
  'the rows of a chunk are begun anew on each try': 'a row is declared once',
};

describe('a simulation with a bug', () => {
  for (const bug of SIMULATED_BUGS)
    it(`finds ${bug}`, async () => {
      const { broken } = await simulate({ interleavings: 2000, seed: SEED, bug });
      assert.ok(broken.includes(FOUND_BY[bug]), broken.join('; '));
    });
});

const BATCH = '00000000-0000-4000-8000-000000000001';
const KINDS = ['settle', 'runRows'];
/** At once, or so late that the test is over; a lease that ran out, or one that does not. */
const DELAYS = [0, 1000];
const LEASES = [-1, 1000];
const CENTURY = 1e9;

/** A job that both were given. */
interface Pair {
  readonly here: LeasedJob;
  readonly there: LeasedJob;
}

type Command = (table: QueueTable, connection: Connection, now: number) => Promise<void>;

/** Commands with leases that hold, ran out or are another's by now; both have to answer alike. */
function drawCommand(dice: Dice, pairs: Pair[], number: number): Command {
  const pair = dice.pick(pairs.slice(-8));
  const seconds = dice.pick(DELAYS) ?? 0;
  const leaseSeconds = dice.pick(LEASES) ?? 0;
  const kind = dice.pick(KINDS) ?? '';
  const dedupeKey = kind === 'settle' ? `case-${dice.below(3)}` : undefined;
  const isPaused = dice.percent(50);
  const queue: Command = async (table, connection, now) => {
    const lane = dice.percent(50) ? 'single' : 'bulk';
    const payload = { number, batchId: BATCH };
    const job = { lane, kind, payload, delaySeconds: seconds, ...(dedupeKey && { dedupeKey }) } as const;
    table.queue(now, job);
    await queueJob(connection, job);
  };
  const claim: Command = async (table, connection, now) => {
    const here = table.claim(now, 100, leaseSeconds);
    const there = await claimJobs(connection, ['single', 'bulk'], 100, leaseSeconds);
    assert.deepEqual(numbersOf(there), numbersOf(here));
    for (const job of here) {
      const same = there.find(({ payload }) => payload.number === job.payload.number);
      if (same) pairs.push({ here: job, there: same });
    }
  };
  if (pair === undefined) return dice.percent(50) ? queue : claim;
  const { here, there } = pair;
  const compared =
    (
      inTable: (table: QueueTable, now: number) => unknown,
      inSql: (c: Connection) => Promise<unknown>,
    ): Command =>
    async (table, connection, now) => {
      const expected = inTable(table, now);
      assert.deepEqual(await inSql(connection), expected);
    };
  const others = [
    compared(
      (table) => table.advance(here),
      (sql) => advanceJob(sql, there),
    ),
    compared(
      (table) => table.complete(here),
      (sql) => completeJob(sql, there),
    ),
    compared(
      (table) => table.holds(here),
      (sql) => holdJob(sql, there),
    ),
    compared(
      (table, now) => table.extend(now, here, leaseSeconds),
      (sql) => extendLease(sql, there, leaseSeconds),
    ),
    compared(
      (table, now) => table.retry(now, here, seconds),
      (sql) => retryJob(sql, there, seconds, 'r'),
    ),
    compared(
      (table) => table.bury(here),
      (sql) => buryJob(sql, there, 'r'),
    ),
    compared(
      (table, now) => table.shelve(now, here, false),
      (sql) => shelveChunk(sql, BATCH, there),
    ),
    compared(
      (table, now) => table.reschedule(now, 'runRows', isPaused),
      (sql) => rescheduleChunks(sql, BATCH, isPaused ? 'paused' : 'running'),
    ),
  ];
  return dice.pick([queue, queue, queue, claim, claim, ...others]) ?? queue;
}

function numbersOf(jobs: readonly LeasedJob[]): unknown[] {
  return jobs.map(({ payload, lane, attempts }) => [payload.number, lane, attempts].join(' ')).sort();
}

describe('the queue of the model', () => {
  let test: TestDatabase;
  before(async () => {
    test = await createTestDatabase();
  });
  after(() => test.drop());

  it('does what the statements of the queue do', async () => {
    const dice = createDice(SEED, 'queue');
    const table = new QueueTable();
    const pairs: Pair[] = [];
    for (let number = 1; number <= 400; number += 1) {
      const now = number / 1000;
      const command = drawCommand(dice, pairs, number);
      await test.database.transaction((connection) => command(table, connection, now));
      assert.deepEqual(await rowsOf(test), rowsIn(table, now), `after command ${number}`);
    }
    assert.ok(pairs.length > 100, 'many jobs were leased');
  });
});

function rowsIn(table: QueueTable, now: number): string[] {
  return [...table.jobs.values()]
    .map(({ payload, lane, attempts, isDead, leaseToken, leaseUntil, runAfter }) => {
      const due = runAfter <= now ? 'now' : runAfter < CENTURY ? 'later' : 'never';
      const lease = leaseUntil === undefined ? 'none' : leaseUntil < now ? 'over' : 'held';
      return [payload.number, lane, attempts, isDead, leaseToken !== undefined, due, lease].join(' ');
    })
    .sort();
}

async function rowsOf(test: TestDatabase): Promise<string[]> {
  const rows = await test.query<{ row: string }>(
    `select concat_ws(' ', payload ->> 'number', lane, attempts,
       case when dead_at is null then 'false' else 'true' end,
       case when lease_token is null then 'false' else 'true' end,
       case when run_after <= clock_timestamp() then 'now'
         when run_after < clock_timestamp() + interval '1 year' then 'later' else 'never' end,
       case when lease_until is null then 'none' when lease_until < clock_timestamp() then 'over' else 'held' end) as row
     from job`,
  );
  return rows.map(({ row }) => row).sort();
}
