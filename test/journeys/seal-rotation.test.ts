/** Seal keys change while the service runs: no restart, no document without a seal, and old documents keep verifying. */
import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { registerFile } from '../../src/cli/demo-input.ts';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { createSealFolder, inDays } from '../support/seal-folder.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

describe('a change of seal keys', () => {
  const keys = createSealFolder();
  let service: TestService;

  before(async () => {
    keys.addKey('seal-one');
    keys.addKey('seal-two', {}, { from: inDays(30).toISOString() });
    service = await startTestService({
      SEAL_KEYS_DIR: keys.folder,
      SEAL_TRUST_FILE: keys.trustFile,
      SEAL_LEVEL: 'B-B',
      // The first document is stored, and the job dies before it is issued.
      FAILPOINTS: 'issue.archived=throw@1',
    });
    const population = await service.clientToken('population', 'register:report');
    await api()
      .post('/register/v1/files')
      .auth(population, { type: 'bearer' })
      .type('application/x-ndjson')
      .send(registerFile())
      .expect(202);
  });
  after(async () => {
    await service.stop();
    keys.remove();
  });

  const api = () => request(service.url);
  const composition = () => service.service.composition;
  const keyIdOf = (name: string) =>
    composition().services.sealKeys.all.find((key) => key.name === name)?.keyId;

  async function declare(person: string, day: string): Promise<void> {
    const token = await service.clientToken('payroll', 'dimona:declare');
    await api()
      .post('/dimona/v2/declarations')
      .auth(token, { type: 'bearer' })
      .send(quaIn({ ssin: demoSsin(person), day }))
      .expect(201);
  }

  async function documentOf(person: string): Promise<Buffer> {
    const token = await service.personToken(person);
    const list = async () =>
      (await api().get('/ebox/citizen/v2/ebox/messages').auth(token, { type: 'bearer' }).expect(200)).body
        .items;
    const [message] = await until(list, (items) => items.length === 1);
    const { pathname } = new URL(message.attachments.items[0].contentHref);
    const { body } = await api()
      .get(pathname)
      .auth(token, { type: 'bearer' })
      .responseType('blob')
      .expect(200);
    return body;
  }

  async function recordedKeyOf(pdf: Buffer): Promise<string> {
    const [row] = await service.database.query<{ readonly key_id: string }>(
      'select key_id from attestation where pdf_sha256 = sha256($1::bytea)',
      [pdf],
    );
    return row?.key_id ?? 'none';
  }

  async function indicationOf(pdf: Buffer): Promise<string> {
    const { body } = await api()
      .post('/verifications/v1/verifications')
      .type('application/pdf')
      .send(pdf)
      .expect(200);
    assert.ok(readSealGap(pdf));
    return body.signature.indication;
  }

  let first: Buffer;

  it('leaves a document that an earlier try stored to the key that sealed it', async () => {
    const failed = () =>
      service.database.query("select from job where kind = 'issue' and attempts > 0 and lease_token is null");
    await declare('lena', '2020-09-01');
    await until(failed, (jobs) => jobs.length === 1);
    const one = keyIdOf('seal-one');
    // The next key takes over now.
    keys.file('seal-two.json', JSON.stringify({ key: { file: 'seal-two.key' } }));
    keys.file('seal-one.json', '{}');
    unlinkSync(join(keys.folder, 'seal-one.key'));
    await composition().reload();
    first = await documentOf('lena');
    assert.equal(await recordedKeyOf(first), one);
    assert.notEqual(composition().services.sealKeys.current(new Date()).keyId, one);
  });

  it('seals the next document with the next key', async () => {
    await declare('lukasz', '2020-09-02');
    const second = await documentOf('lukasz');
    assert.equal(await recordedKeyOf(second), keyIdOf('seal-two'));
    assert.equal(await indicationOf(second), 'TOTAL_PASSED');
  });

  it('keeps what the former key sealed valid', async () =>
    assert.equal(await indicationOf(first), 'TOTAL_PASSED'));

  it('stays as it was when the folder cannot be read, and says so', async () => {
    keys.file('seal-three.json', '{');
    await composition().reload();
    assert.ok(service.logLines.some((line) => line.includes('seal keys stay as they were')));
    assert.equal(composition().services.sealKeys.current(new Date()).keyId, keyIdOf('seal-two'));
  });
});
