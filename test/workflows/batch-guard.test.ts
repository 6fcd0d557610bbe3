/** A batch that may be a mistake does not run by itself, and not by the hand that sent it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { approveBatch, type BatchRow, consultBatch } from '../../src/workflows/batch-consult.ts';
import { awaitsSecond } from '../../src/workflows/batch-guard.ts';
import { type AgencyAccess, submitBatch } from '../../src/workflows/batch-submit.ts';
import type { Services } from '../../src/workflows/services.ts';
import { createClient, until } from '../support/client.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const AGENCY: AgencyAccess = {
  actor: { kind: 'client', id: 'payroll', organization: '1900045601' },
  organization: '1900045601',
};
const COLLEAGUE: AgencyAccess = { ...AGENCY, actor: { ...AGENCY.actor, kind: 'official', id: 'hanne' } };

describe('a batch with guards', () => {
  let service: TestService;
  let services: Services;

  before(async () => {
    service = await startTestService({ BATCH_SECOND_ROWS: '100,1900045601=3', BATCH_JUMP: '1900045601=50' });
    services = service.service.composition.services;
    await createClient(service).load(registerFile());
  });
  after(() => service.stop());

  async function submit(state: BatchRow['state'], ...days: readonly string[]): Promise<BatchRow> {
    const header = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
    const rows = days.map((day) => [day, demoSsin('lena'), day, '1900012343', '145']);
    const batchId = await submitBatch(
      services,
      AGENCY,
      { form: 'csv', fileName: 'days.csv', runsAtOnce: true },
      (async function* () {
        yield Buffer.from(writeCsv(header, rows));
      })(),
    );
    return reach(batchId, state);
  }

  async function reach(batchId: string, state: BatchRow['state']): Promise<BatchRow> {
    const batch = await until(
      () => consultBatch(services, AGENCY, batchId),
      (found) => found?.state === state,
    );
    assert.ok(batch);
    return batch;
  }

  it('is started by somebody else from so many rows on', async () => {
    await submit('done', '2021-03-01', '2021-03-02');
    const held = await submit('checked', '2021-04-01', '2021-04-02', '2021-04-03');
    assert.equal(awaitsSecond(services, held), true);
    assert.equal(await approveBatch(services, AGENCY, held.batchId), false);
    assert.equal(await approveBatch(services, COLLEAGUE, held.batchId), true);
    const done = await reach(held.batchId, 'done');
    assert.equal(done.progress.outcomes.issued, 3);
    assert.equal(awaitsSecond(services, done), false);
  });

  it('waits where it is far smaller than the last one, and whoever sent it may start it', async () => {
    const held = await submit('checked', '2021-05-01');
    assert.equal(awaitsSecond(services, held), false);
    assert.equal(await approveBatch(services, AGENCY, held.batchId), true);
    await reach(held.batchId, 'done');
  });
});
