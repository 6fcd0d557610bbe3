/** What an agency orders while its batch goes on: each row keeps one outcome, whenever the order comes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { lockName } from '../../src/database/locks.ts';
import type { BatchOrder } from '../../src/domain/batch.ts';
import { armFailpoints, disarmFailpoints } from '../../src/failpoint.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { type BatchRow, consultBatch, listRows } from '../../src/workflows/batch-consult.ts';
import { controlBatch } from '../../src/workflows/batch-control.ts';
import { type BatchStep, createPace, followBatch } from '../../src/workflows/batch-progress.ts';
import { type AgencyAccess, submitBatch } from '../../src/workflows/batch-submit.ts';
import type { Services } from '../../src/workflows/services.ts';
import { createClient, until } from '../support/client.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const AGENCY: AgencyAccess = {
  actor: { kind: 'client', id: 'payroll', organization: '1900045601' },
  organization: '1900045601',
};
const OTHER: AgencyAccess = { ...AGENCY, organization: '1912345694' };

describe('controlBatch', () => {
  let service: TestService;
  let services: Services;

  before(async () => {
    service = await startTestService();
    services = service.service.composition.services;
    await createClient(service).load(registerFile());
  });
  after(() => service.stop());

  function submit(month: string, runsAtOnce: boolean): Promise<string> {
    return submitAll([month], runsAtOnce);
  }

  function submitAll(months: readonly string[], runsAtOnce: boolean): Promise<string> {
    const header = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
    const people = ['lena', 'lukasz', 'amelie'];
    const rows = months.flatMap((month) =>
      people.map((one) => [`${one} ${month}`, demoSsin(one), `${month}-01`, '1900012343', '145']),
    );
    const file = { form: 'csv', fileName: 'days.csv', runsAtOnce } as const;
    return submitBatch(
      services,
      AGENCY,
      file,
      (async function* () {
        yield Buffer.from(writeCsv(header, rows));
      })(),
    );
  }

  async function reach(batchId: string, state: BatchRow['state']): Promise<BatchRow> {
    const batch = await until(
      () => consultBatch(services, AGENCY, batchId),
      (found) => found?.state === state,
    );
    assert.ok(batch);
    return batch;
  }

  const order = (batchId: string, what: BatchOrder, access = AGENCY) =>
    controlBatch(services, access, batchId, what);

  async function outcomesOf(batch: BatchRow): Promise<(string | null)[]> {
    const rows = await listRows(services, AGENCY, batch, { after: 0, limit: 500 });
    return rows.map(({ outcome }) => outcome);
  }

  async function countIssued(month: string): Promise<number> {
    const [found] = await service.database.query<{ count: number }>(
      `select count(*)::int as count from attestation where issued_at is not null and case_id like '%' || $1`,
      [month],
    );
    return found?.count ?? 0;
  }

  /** Runs a batch whose one chunk waits for a worker's lock until `work` is done. */
  async function whileRunning(month: string, work: (batchId: string) => Promise<void>): Promise<string> {
    const [lena] = await service.database.query<{ id: string }>(
      `select person_id as id from person where given_name = 'Lena' or given_name = 'Łena' limit 1`,
    );
    return services.database.transaction(async (connection) => {
      await lockName(connection, `worker/${lena?.id}`);
      const batchId = await submit(month, true);
      await until(
        () =>
          service.database.query(
            `select from pg_locks where locktype = 'advisory' and not granted
               and database = (select oid from pg_database where datname = current_database())`,
          ),
        (found) => found.length > 0,
      );
      await work(batchId);
      return batchId;
    });
  }

  async function auditOf(batchId: string): Promise<string[]> {
    const rows = await service.database.query<{ action: string }>(
      'select action from audit_entry where object = $1 order by audit_entry_id',
      [batchId],
    );
    return rows.map(({ action }) => action).filter((action) => action !== 'batch.consult');
  }

  it('keeps what came about of a chunk that was tried before', async (t) => {
    t.after(disarmFailpoints);
    armFailpoints('batch.archived=throw@1,batch.published=throw@1');
    const months = Array.from({ length: 7 }, (_, month) => `2022-${String(month + 1).padStart(2, '0')}`);
    await reach(await submitAll(months, true), 'done');
    const published = await service.database.query<{ count: number }>(
      `select count(*)::int as count from message join attestation using (attestation_id)
       where case_id like '%2022-0_' group by message.xmin::text order by 1`,
    );
    assert.deepEqual(
      published.map(({ count }) => count),
      [1, 20],
      'each transaction published so many',
    );
  });

  it('pauses a chunk under way, which goes on where it was', async () => {
    const batchId = await whileRunning('2021-05', async (running) => {
      assert.equal(await order(running, 'pause', OTHER), 'impossible', 'it is not theirs');
      assert.equal(await order(running, 'resume'), 'before', 'it runs');
      assert.equal(await order(running, 'pause'), 'done');
      assert.equal(await order(running, 'pause'), 'before');
    });
    await until(
      () =>
        service.database.query(
          `select from job where kind = 'runRows' and lease_token is null and run_after > now() + interval '1 year'`,
        ),
      (found) => found.length === 1,
    );
    const paused = await reach(batchId, 'paused');
    assert.equal(paused.progress.ended, 0);
    assert.equal(await countIssued('2021-05'), 0);
    assert.equal(await order(batchId, 'resume'), 'done');
    const done = await reach(batchId, 'done');
    assert.deepEqual(await outcomesOf(done), ['issued', 'issued', 'issued']);
    assert.deepEqual(await auditOf(batchId), ['batch.submit', 'batch.pause', 'batch.resume']);
    assert.equal(await order(batchId, 'cancel'), 'impossible', 'it is too late');
  });

  it('cancels during the last chunk: what was declared by then keeps its outcome', async () => {
    const batchId = await whileRunning('2021-06', async (running) => {
      assert.equal(await order(running, 'cancel'), 'done');
      assert.equal(await order(running, 'cancel'), 'before');
      assert.equal(await order(running, 'resume'), 'impossible');
    });
    const cancelled = await reach(batchId, 'cancelled');
    assert.deepEqual(await outcomesOf(cancelled), ['issued', 'issued', 'issued']);
    assert.equal(await order(batchId, 'cancel'), 'before');
    assert.equal(await countIssued('2021-06'), 3);
  });

  it('cancels a paused batch, whose prepared documents are still issued', async () => {
    const batchId = await whileRunning('2021-07', async (running) => {
      assert.equal(await order(running, 'pause'), 'done');
    });
    await until(
      () => service.database.query(`select from attestation where state = 'prepared'`),
      (found) => found.length === 3,
    );
    assert.equal(await order(batchId, 'cancel'), 'done');
    assert.deepEqual(await outcomesOf(await reach(batchId, 'cancelled')), ['issued', 'issued', 'issued']);
  });

  it('cancels what never ran: nothing of it was declared, and the same file can be sent again', async () => {
    const checked = await reach(await submit('2021-08', false), 'checked');
    assert.equal(await order(checked.batchId, 'pause'), 'impossible');
    assert.equal(await order(checked.batchId, 'cancel'), 'done');
    const cancelled = await reach(checked.batchId, 'cancelled');
    assert.deepEqual(await outcomesOf(cancelled), ['cancelled', 'cancelled', 'cancelled']);
    assert.equal(cancelled.progress.outcomes.cancelled, 3);
    assert.equal(await countIssued('2021-08'), 0);
    const again = await reach(await submit('2021-08', true), 'done');
    assert.deepEqual(await outcomesOf(again), ['issued', 'issued', 'issued']);
  });

  it('is followed until it is at rest', async () => {
    const batchId = await submit('2021-09', true);
    const first = await consultBatch(services, AGENCY, batchId);
    assert.ok(first);
    const steps: BatchStep[] = [];
    for await (const step of followBatch(services, AGENCY, first, new AbortController().signal))
      steps.push(step);
    const ended = steps.map(({ batch }) => batch.progress.ended);
    assert.deepEqual(
      ended,
      [...ended].sort((one, other) => one - other),
    );
    assert.equal(steps.at(-1)?.batch.state, 'done');
  });

  it('is not followed any longer when the service stops', async () => {
    const batchId = await whileRunning('2021-10', async (running) => {
      const first = await consultBatch(services, AGENCY, running);
      assert.ok(first);
      const stopping = new AbortController();
      const steps = followBatch(services, AGENCY, first, stopping.signal);
      await steps.next();
      stopping.abort();
      const seen: BatchStep[] = [];
      for await (const step of steps) seen.push(step);
      assert.deepEqual(seen, []);
    });
    await reach(batchId, 'done');
  });
});

describe('createPace', () => {
  const batch = (state: BatchRow['state'], checked: number, ended: number) =>
    ({ state, checked, progress: { rows: 1000, ended } }) as BatchRow;

  it('tells rows a second and the seconds left, of checking and of running apart', () => {
    const pace = createPace();
    assert.deepEqual(pick(pace.next(batch('checking', 0, 0), 0)), [null, null]);
    assert.deepEqual(pick(pace.next(batch('checking', 500, 0), 1000)), [500, 1]);
    assert.deepEqual(pick(pace.next(batch('running', 1000, 0), 2000)), [null, null], 'a new phase');
    assert.deepEqual(pick(pace.next(batch('running', 1000, 100), 3000)), [100, 9]);
    assert.deepEqual(pick(pace.next(batch('running', 1000, 300), 4000)), [150, 700 / 150]);
    assert.deepEqual(pick(pace.next(batch('paused', 1000, 300), 5000)), [null, null]);
  });

  it('forgets what is long ago', () => {
    const pace = createPace();
    for (let second = 0; second <= 10; second += 1) pace.next(batch('running', 1000, 0), second * 1000);
    let last: BatchStep | undefined;
    for (let second = 11; second <= 20; second += 1)
      last = pace.next(batch('running', 1000, (second - 10) * 10), second * 1000);
    assert.equal(last?.rowsPerSecond, 10);
  });

  function pick({ rowsPerSecond, secondsLeft }: BatchStep) {
    return [rowsPerSecond, secondsLeft];
  }
});
