/** A batch that was a mistake is recalled in one action: every row says what that came to, and every person is told once. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { lockName } from '../../src/database/locks.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { type BatchRow, consultBatch, listRows, writeReport } from '../../src/workflows/batch-consult.ts';
import { controlBatch } from '../../src/workflows/batch-control.ts';
import { type AgencyAccess, submitBatch } from '../../src/workflows/batch-submit.ts';
import type { Services } from '../../src/workflows/services.ts';
import { type Client, createClient, until } from '../support/client.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const AGENCY: AgencyAccess = {
  actor: { kind: 'client', id: 'payroll', organization: '1900045601' },
  organization: '1900045601',
};
const STRANGER = '85122499755';

describe('recalling a batch', () => {
  let service: TestService;
  let services: Services;
  let client: Client;

  before(async () => {
    service = await startTestService();
    services = service.service.composition.services;
    client = createClient(service);
    await client.load(registerFile());
  });
  after(() => service.stop());

  function submit(rows: readonly (readonly [ssin: string, date: string])[]): Promise<string> {
    const header = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
    const cells = rows.map(([ssin, date]) => [date, ssin, date, '1900012343', '145']);
    return submitBatch(
      services,
      AGENCY,
      { form: 'csv', fileName: 'days.csv', runsAtOnce: true },
      (async function* () {
        yield Buffer.from(writeCsv(header, cells));
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

  async function recalled(batchId: string): Promise<[BatchRow, (string | null)[]]> {
    const batch = await reach(batchId, 'recalled');
    const rows = await listRows(services, AGENCY, batch, { after: 0, limit: 500 });
    return [batch, rows.map(({ recall }) => recall)];
  }

  const statesIn = async (month: string) =>
    (
      await service.database.query<{ state: string }>(
        `select state from attestation where case_id like '%' || $1 order by case_id, version`,
        [`month=${month}`],
      )
    ).map(({ state }) => state);

  const told = () =>
    service.database.query<{ subject: string; original: string; receipts: string[] }>(
      `select m.subject, o.subject as original,
         (select array_agg(kind) from receipt r where r.message_id = m.message_id) as receipts
       from message m join message o on o.message_id = m.original_message_id
       where m.idempotency_key like 'recall/%' order by m.received_at, m.subject`,
    );

  it('revokes what was issued, replaces what others declared too, and tells whom it concerns once', async () => {
    await reach(await submit([[demoSsin('amelie'), '2021-03-09']]), 'done');
    const batchId = await submit([
      [demoSsin('lena'), '2021-03-01'],
      [demoSsin('lena'), '2021-03-02'],
      [demoSsin('amelie'), '2021-03-01'],
      ['81022903534', '2021-03-01'],
      [STRANGER, '2021-03-01'],
      [demoSsin('amelie'), '2021-03-09'],
    ]);
    await reach(batchId, 'done');
    assert.equal(await controlBatch(services, AGENCY, batchId, 'recall'), 'done');
    const [batch, results] = await recalled(batchId);
    assert.deepEqual(results, ['revoked', 'revoked', 'replaced', null, 'removed', null]);
    assert.equal(batch.progress.recalled, 4);
    assert.equal(batch.progress.outcomes.issued, 4, 'outcomes stay what they were');
    assert.equal(await controlBatch(services, AGENCY, batchId, 'recall'), 'before');
    const states = await statesIn('2021-03');
    assert.deepEqual(
      ['issued', 'revoked', 'prepared'].map((state) => states.filter((one) => one === state).length),
      [1, 1, 0],
    );
    const [message, ...more] = await told();
    assert.deepEqual(more, []);
    assert.match(message?.subject ?? '', /QUA-\d{4}-\d{8}-\d{2}/);
    assert.deepEqual(message?.receipts, ['published']);
    let report = '';
    for await (const piece of writeReport(services, AGENCY, batch)) report += piece;
    assert.match(report, /;recall\r\n1;.*;revoked\r\n/);
    const audit = await service.database.query(`select from audit_entry where action = 'batch.recall'`);
    assert.equal(audit.length, 1);
    await client.load(
      `${JSON.stringify({ ssin: STRANGER, familyName: 'Peeters', givenName: 'Nele', language: 'nl' })}\n`,
    );
    const waiting = await service.database.query('select from waiting_declaration');
    assert.deepEqual(waiting, [], 'nothing is left that could still be issued');
  });

  it('holds back what was not issued yet, and tells nobody of it', async () => {
    const before = (await told()).length;
    const [lena] = await service.database.query<{ id: string }>(
      `select person_id as id from person where given_name in ('Lena', 'Łena') limit 1`,
    );
    const batchId = await services.database.transaction(async (connection) => {
      await lockName(connection, `worker/${lena?.id}`);
      const id = await submit([
        [demoSsin('lena'), '2021-05-01'],
        [demoSsin('lukasz'), '2021-05-01'],
      ]);
      await until(
        () =>
          service.database.query(
            `select from pg_locks where locktype = 'advisory' and not granted
               and database = (select oid from pg_database where datname = current_database())`,
          ),
        (found) => found.length > 0,
      );
      assert.equal(await controlBatch(services, AGENCY, id, 'recall'), 'done');
      return id;
    });
    const [batch, results] = await recalled(batchId);
    assert.equal(batch.progress.ended, 2);
    assert.deepEqual(results, ['withdrawn', 'withdrawn']);
    assert.deepEqual(await statesIn('2021-05'), ['withdrawn', 'withdrawn']);
    assert.equal((await told()).length, before);
  });
});
