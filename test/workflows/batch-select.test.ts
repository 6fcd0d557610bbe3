/** A batch that is chosen on the register: who is meant has a row, and gets what they are entitled to now, once. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { type BatchRow, consultBatch, listRows } from '../../src/workflows/batch-consult.ts';
import { controlBatch } from '../../src/workflows/batch-control.ts';
import type { Services } from '../../src/workflows/services.ts';
import { type Client, createClient, until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

describe('a batch chosen on the register', () => {
  let service: TestService;
  let services: Services;
  let client: Client;

  before(async () => {
    service = await startTestService();
    services = service.service.composition.services;
    client = createClient(service);
    await client.load(registerFile());
    for (const [person, day] of [
      ['lena', '2021-03-01'],
      ['lena', '2021-04-01'],
      ['amelie', '2021-03-01'],
    ] as const)
      await client.declare(quaIn({ ssin: demoSsin(person), day }));
    await client.settled();
  });
  after(() => service.stop());

  async function select(order: object, clientId = 'issuer'): Promise<Response> {
    return fetch(`${service.url}/batches/v1/selections`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await service.clientToken(clientId, 'batches:submit')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        attestationType: 'quarantine',
        period: { from: '2021-03-01', until: '2021-03-31' },
        ...order,
      }),
    });
  }

  const access = () => {
    const organization = services.catalogue.issuer.enterpriseNumber;
    return { actor: { kind: 'client', id: 'issuer', organization }, organization } as const;
  };

  async function reach(answer: Response, state: BatchRow['state']): Promise<BatchRow> {
    assert.equal(answer.status, 202, await answer.text());
    const batchId = answer.headers.get('location')?.split('/').at(-1) ?? '';
    const batch = await until(
      () => consultBatch(services, access(), batchId),
      (found) => found?.state === state,
    );
    assert.ok(batch);
    return batch;
  }

  it('says how many are meant, and issues what they lack', async () => {
    const tried = await reach(await select({ dryRun: true }), 'checked');
    assert.equal(tried.progress.rows, 2, 'both persons in March, nobody in April');
    // As if what was issued had been another document: it is made anew.
    await service.database.query(
      `update attestation set fingerprint = 'another' where person_id in
         (select person_id from person where given_name = 'Lena') and case_id like '%month=2021-03'`,
    );
    const done = await reach(await select({ name: 'March' }), 'done');
    assert.deepEqual(
      [done.fileName, done.progress.outcomes.issued, done.progress.outcomes.unchanged],
      ['March', 1, 1],
    );
    const rows = await listRows(services, access(), done, { after: 0, limit: 10 });
    assert.ok(rows.every(({ attestationNumber }) => attestationNumber?.startsWith('QUA-')));
    assert.equal(await controlBatch(services, access(), done.batchId, 'recall'), 'impossible');
  });

  it('is narrowed by places, ages and statuses', async () => {
    const rows = async (order: object) =>
      (await reach(await select({ ...order, dryRun: true }), 'checked')).progress;
    assert.equal((await rows({ age: { from: 140 } })).rows, 0);
    assert.equal(
      (await rows({ statuses: ['quarantine'], period: { from: '2021-01-01', until: '2021-12-31' } })).rows,
      3,
    );
    const all = await rows({ places: { regions: ['VLG', 'WAL', 'BRU'] } });
    assert.equal(all.rows, 2);
  });

  it('is for the institution, of types and statuses that there are', async () => {
    assert.equal((await select({ attestationType: 'none' })).status, 400);
    assert.equal((await select({ statuses: ['unknown'] })).status, 400);
    assert.equal((await select({ period: 'whenever' })).status, 400);
    const { catalogue } = services;
    const { enterpriseNumber } = catalogue.issuer;
    Object.assign(catalogue.issuer, { enterpriseNumber: '1900012343' });
    try {
      assert.equal((await select({})).status, 403);
    } finally {
      Object.assign(catalogue.issuer, { enterpriseNumber });
    }
  });
});
