/** A batch that may be a mistake does not run by itself, and not by the hand that sent it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { canaryState } from '../../src/domain/batch.ts';
import { type BatchGuards, usualCanary } from '../../src/domain/batch-guard.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { approveBatch, type BatchRow, consultBatch } from '../../src/workflows/batch-consult.ts';
import { controlBatch } from '../../src/workflows/batch-control.ts';
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
    service = await startTestService({
      BATCH_SECOND_ROWS: '100,1900045601=3',
      BATCH_JUMP: '1900045601=50',
      BATCH_UNSEEN: '1900045601=0',
    });
    services = service.service.composition.services;
    await createClient(service).load(registerFile());
  });
  after(() => service.stop());

  async function submit(
    state: BatchRow['state'],
    canaryRows: number | undefined,
    ...days: readonly string[]
  ): Promise<BatchRow> {
    const header = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
    const rows = days.map((text) => {
      const [day = '', name = 'lena'] = text.split(' ');
      return [text, demoSsin(name), day, '1900012343', '145'];
    });
    const batchId = await submitBatch(
      services,
      AGENCY,
      { form: 'csv', fileName: 'days.csv', runsAtOnce: canaryRows === undefined, canaryRows },
      (async function* () {
        yield Buffer.from(writeCsv(header, rows));
      })(),
    );
    if (canaryRows !== undefined) {
      await reach(batchId, 'checked');
      assert.equal(await approveBatch(services, AGENCY, batchId), true);
    }
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
    await submit('done', undefined, '2021-03-01', '2021-03-02');
    const held = await submit('checked', undefined, '2021-04-01', '2021-04-02', '2021-04-03');
    assert.equal(awaitsSecond(services, held), true);
    assert.equal(await approveBatch(services, AGENCY, held.batchId), false);
    assert.equal(await approveBatch(services, COLLEAGUE, held.batchId), true);
    const done = await reach(held.batchId, 'done');
    assert.equal(done.progress.outcomes.issued, 3);
    assert.equal(awaitsSecond(services, done), false);
  });

  it('waits where it is far smaller than the last one, and whoever sent it may start it', async () => {
    const held = await submit('checked', undefined, '2021-05-01');
    assert.equal(awaitsSecond(services, held), false);
    assert.equal(await approveBatch(services, AGENCY, held.batchId), true);
    await reach(held.batchId, 'done');
  });

  it('waits where it reaches somebody whom the last one did not, and not when it is sent again with them', async () => {
    const days = ['2021-05-11', '2021-05-12 amelie'];
    const held = await submit('checked', undefined, ...days);
    assert.equal(await approveBatch(services, AGENCY, held.batchId), true);
    await reach(held.batchId, 'done');
    await submit('done', undefined, '2021-05-13', '2021-05-14 amelie');
    await submit('done', undefined, '2021-05-15', '2021-05-16');
  });

  it('waits once its first rows have ended, and goes on when it is let', async () => {
    const tried = await submit('paused', 1, '2021-06-01', '2021-07-01');
    assert.deepEqual([canaryState(tried), tried.progress.ended], ['waiting', 1]);
    assert.equal(await controlBatch(services, COLLEAGUE, tried.batchId, 'resume'), 'done');
    const done = await reach(tried.batchId, 'done');
    assert.deepEqual([canaryState(done), done.progress.outcomes.issued], ['over', 2]);
  });

  it('declares no other row when it is cancelled or recalled after the first', async () => {
    for (const [order, end, month] of [
      ['cancel', 'cancelled', '08'],
      ['recall', 'recalled', '09'],
    ] as const) {
      const { batchId } = await submit('paused', 1, `2021-${month}-01`, `2021-${month}-02`);
      assert.equal(await controlBatch(services, AGENCY, batchId, order), 'done');
      const { progress } = await reach(batchId, end);
      assert.deepEqual([progress.outcomes.issued, progress.outcomes.cancelled], [1, 1]);
    }
  });

  it('tries no first rows where it has no more, and as many as is usual where it does not say', async () => {
    assert.equal(canaryState(await submit('done', 5, '2021-10-01', '2021-10-02')), undefined);
    const usual = { canary: { usual: 7, own: new Map([['1900045601', 3]]) } } as unknown as BatchGuards;
    assert.deepEqual([usualCanary(usual, '1900045601'), usualCanary(usual, '1900012343')], [3, 7]);
  });
});
