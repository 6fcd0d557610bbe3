/** Erasing a person over the real database and the real store: nothing decrypts, evidence stands, the rest goes on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brusselsDate } from '../../src/domain/period.ts';
import { parseSsin, type Ssin } from '../../src/domain/ssin.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { submitBatch } from '../../src/workflows/batch-submit.ts';
import { checkLog } from '../../src/workflows/check-log.ts';
import { erasePerson, requestErasure } from '../../src/workflows/erase.ts';
import { keepEvidence } from '../../src/workflows/keep-evidence.ts';
import type { Services } from '../../src/workflows/services.ts';
import { newestOf, type Scene, startScene } from '../http/scene.ts';
import { until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { findPlain, findReadable, keysLeft, type Store } from '../support/left-keys.ts';
import { demoSsin } from '../support/service.ts';

const MEASURE = { actor: { kind: 'service', id: 'operator/test' }, reason: 'asked by letter 12' } as const;
const FARM = '1900012343';
/** Of somebody whose number replaced another one. */
const WORDS = ['94072199708', '94272199751', 'Ionescu', 'erban', 'serban@example.org'];

let scene: Scene;
let services: Services;
let store: Store;
let pdf: Buffer;

function ssinOf(personId: string): Ssin {
  const ssin = parseSsin(demoSsin(personId), brusselsDate(new Date()));
  assert.ok(ssin);
  return ssin;
}

async function readable(words: readonly string[]) {
  const secret = readFileSync(join(scene.service.dataDir, 'vault.secret'));
  const { database } = scene.service;
  return findReadable(database, store, await keysLeft(database, [secret]), words);
}

/** Rows that were sent and never run. */
async function stageRows(): Promise<string> {
  const row = (reference: string, person: string) => [reference, demoSsin(person), '2021-05-03', FARM, '145'];
  const file = writeCsv(
    ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'],
    [row('Serban Ionescu', 'serban'), row('lena', 'lena')],
  );
  const batchId = await submitBatch(
    services,
    { actor: { kind: 'client', id: 'payroll', organization: '1900045601' }, organization: '1900045601' },
    { form: 'csv', fileName: 'days.csv', runsAtOnce: false },
    (async function* () {
      yield Buffer.from(file);
    })(),
  );
  await until(
    () =>
      scene.service.database.query<{ state: string }>('select state from batch where batch_id = $1', [
        batchId,
      ]),
    ([batch]) => batch?.state === 'checked',
  );
  return batchId;
}

before(async () => {
  scene = await startScene();
  services = scene.service.service.composition.services;
  const { parts } = scene.service.service.composition;
  store = { ...parts.archive, bucket: 'attestations' };
  await scene.declareDays('serban', ['2020-09-01', '2020-10-02']);
  await scene.declareDays('lena', ['2020-09-01']);
  pdf = await newestOf(scene, 'serban');
  await stageRows();
});
after(() => scene.stop());

describe('erasing a person', () => {
  let lenas: readonly string[];

  it('finds before that the keys open what is there', async () => {
    const { columns, objects } = await readable(WORDS);
    assert.deepEqual(columns, [
      'attestation.facts',
      'batch_row.body',
      'batch_row.reference',
      'declaration_content.body',
      'person.ssin_ciphertext',
    ]);
    assert.equal(objects.length, 3);
    assert.ok((await findPlain(scene.service.database, WORDS)).includes('person.family_name'));
  });

  it('is refused for a number that the register does not know', async () => {
    assert.deepEqual(await requestErasure(services, '85122499755' as Ssin, MEASURE), { kind: 'unknown' });
  });

  it('leaves no column and no object that any key opens, and the others of the others', async () => {
    const outcome = await requestErasure(services, ssinOf('serban'), MEASURE);
    assert.equal(outcome.kind, 'requested');
    const erasureId = outcome.kind === 'requested' ? outcome.erasureId : '';
    assert.equal(await erasePerson(services, erasureId), 'erased');
    const { columns, objects } = await readable(WORDS);
    assert.deepEqual(columns, []);
    assert.equal(objects.length, 1, 'what is left to open is another person’s');
    lenas = objects;
    assert.deepEqual(await findPlain(scene.service.database, WORDS), []);
    assert.deepEqual((await readable([demoSsin('lena')])).columns.length > 0, true);
    const [row] = await scene.service.database.query(
      `select erased_at is not null as erased, done_at is not null as done, subject_marks as marks from erasure`,
    );
    assert.deepEqual(row, { erased: true, done: true, marks: null });
  });

  it('is harmless a second time', async () => {
    const [{ id } = { id: '' }] = await scene.service.database.query<{ id: string }>(
      'select erasure_id as id from erasure',
    );
    assert.equal(await erasePerson(services, id), 'erased');
    assert.deepEqual(await requestErasure(services, ssinOf('serban'), MEASURE), { kind: 'unknown' });
    assert.deepEqual((await readable([])).objects, lenas);
  });

  it('lets the queue come to rest', async () => {
    await scene.client.settled();
    assert.deepEqual(
      await scene.service.database.query('select kind, last_error from job where dead_at is not null'),
      [],
    );
  });

  it('answers whoever holds the document that it was issued, and names nobody', async () => {
    const response = await fetch(`${scene.service.url}/verifications/v1/verifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: new Uint8Array(pdf),
    });
    const report = await response.text();
    assert.equal(JSON.parse(report).status, 'erased');
    assert.equal(JSON.parse(report).attestation, undefined);
    for (const word of WORDS) assert.ok(!report.includes(word), word);
  });

  it('leaves the evidence log whole, with who asked and what was done', async () => {
    await keepEvidence(services);
    const { findings } = await checkLog({ database: services.database });
    assert.deepEqual(findings, []);
    const entries = await scene.service.database.query<{ action: string }>(
      `select action, count(*)::int as n from audit_entry where action in ('erasure.request', 'person.erase')
       group by action order by action`,
    );
    assert.deepEqual(entries, [
      { action: 'erasure.request', n: 1 },
      { action: 'person.erase', n: 2 },
    ]);
  });

  it('lets the register take the number in again, as of somebody unknown', async () => {
    await scene.client.declare(quaIn({ ssin: demoSsin('serban'), day: '2020-11-04' }));
    const waiting = await scene.service.database.query('select from waiting_declaration');
    assert.equal(waiting.length, 1);
  });
});
