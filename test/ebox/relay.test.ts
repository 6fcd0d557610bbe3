/** A publication on the wire: the names and parts of the v3 contract, and answers that are none of a registry's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import type { EnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import {
  type Publication,
  readPublicationAnswer,
  readStatusAnswer,
  toMessageToPublish,
  writePublication,
} from '../../src/ebox/relay.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';

const EXAMPLES = 'ebox/message-registry-3-publication-examples.json';
const NOW = new Date('2026-11-22T10:00:00Z');

const publication: Publication = {
  idempotencyKey: '01935b1e-7c00-7000-8000-000000000001',
  sender: '0206731645' as EnterpriseNumber,
  recipient: '81050003552' as Ssin,
  subject: 'Attest',
  language: 'nl',
  messageTypeId: 'quarantine-attestation',
  senderApplicationId: 'attestations',
  fileName: 'QUA-1.pdf',
  isSigned: true,
  pdf: Buffer.from('%PDF-1.7'),
  sha256: Buffer.alloc(32),
};

describe('toMessageToPublish', () => {
  it('has the names of the contract’s examples, and no null', (t) => {
    if (!needsSpec(t, EXAMPLES)) return;
    const examples = JSON.parse(readFileSync(join(specsFolder, EXAMPLES), 'utf8')) as {
      name: string;
      messageToPublish: Record<string, Record<string, unknown>>;
    }[];
    const find = (name: string) => examples.find((one) => one.name === name)?.messageToPublish ?? {};
    const ours = toMessageToPublish(publication, 'OFFICE');
    const citizen = find('publication to citizen');
    for (const name of Object.keys(citizen)) assert.ok(name in ours, name);
    assert.deepEqual(Object.keys(ours.recipient), Object.keys(citizen.recipient ?? {}));
    const fromPartition = find('publication from another partition');
    assert.deepEqual(Object.keys(ours.sender).sort(), Object.keys(fromPartition.sender ?? {}).sort());
    assert.doesNotMatch(JSON.stringify(ours), /null/);
  });
});

describe('writePublication', () => {
  it('says beforehand how long it is', async () => {
    const body = writePublication(publication, undefined);
    assert.equal((await buffer(body.pieces())).length, body.length);
  });

  for (const [name, written] of [
    ['été.pdf', 'été.pdf'],
    ['Łódź.pdf', '%C5%81%C3%B3d%C5%BA.pdf'],
    ['a"\r\nX: b.pdf', 'a%22%0D%0AX%3A%20b.pdf'],
    ['a"; name="b.pdf', 'a_; name=_b.pdf'],
  ] as const) {
    it(`writes the file name ${JSON.stringify(name)} so that it stays in its place`, async () => {
      const body = await buffer(writePublication({ ...publication, fileName: name }, undefined).pieces());
      const [, line = ''] = body.toString('latin1').split('\r\n');
      assert.equal(line, `Content-Disposition: form-data; name="upfile1"; filename="${written}"`);
    });
  }
});

describe('readPublicationAnswer', () => {
  const read = (answer: Partial<Parameters<typeof readPublicationAnswer>[0]>) =>
    readPublicationAnswer(
      { status: 201, location: undefined, retryAfter: undefined, body: '', ...answer },
      NOW,
    );

  it('takes the id of a conflict from where the first message lies', () =>
    assert.deepEqual(read({ status: 409, location: 'https://r.example.be/v3/ebox/messages/a-1/?x=1' }), {
      kind: 'published',
      registryMessageId: 'a-1',
      isDigitalUser: undefined,
    }));

  it('believes a conflict that says again that nobody looks there', () =>
    assert.deepEqual(read({ status: 409, location: '/m/1', body: '{"code":"NO_DIGITAL_USER"}' }), {
      kind: 'published',
      registryMessageId: '1',
      isDigitalUser: false,
    }));

  for (const [retryAfter, afterSeconds] of [
    ['Sun, 22 Nov 2026 10:01:30 GMT', 90],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
  ] as const) {
    it(`reads Retry-After: ${retryAfter}`, () => {
      const outcome = read({ status: 503, retryAfter });
      assert.deepEqual(outcome, { kind: 'later', afterSeconds, reason: '503' });
    });
  }

  for (const body of ['', '<html>', '[]', 'null', '{"messageId":5}', `{"messageId":"${'x'.repeat(300)}"}`])
    it(`takes 201 with ${body.slice(0, 20) || 'nothing'} for no answer of a registry`, () =>
      assert.equal(read({ body }).kind, 'refused'));
});

describe('readStatusAnswer', () => {
  it('gives those that were read', () =>
    assert.deepEqual(
      readStatusAnswer('[{"messageId":"a","readStatus":true},{"messageId":"b","readStatus":false}]'),
      ['a'],
    ));

  for (const text of ['', '{}', '[{"messageId":"a"}]', '[1]'])
    it(`takes ${text || 'nothing'} for no answer`, () => assert.equal(readStatusAnswer(text), undefined));
});
