/** Reports of mail servers: what they say of a mail of ours, and everything else that comes to the same mailbox. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LONGEST_REPORT, readBounce } from '../../src/mail/bounce.ts';
import { report } from '../support/bounces.ts';

const HOST = 'ebox.example.be';
const ID = '0198a2b4-7c00-7000-8000-000000000001';
const read = (text: string) => readBounce(Buffer.from(text), HOST);

describe('readBounce', () => {
  it('knows the mail by its envelope id', async () =>
    assert.deepEqual(await read(report({ envelopeId: ID })), {
      mailId: ID,
      isFailed: true,
      status: '5.1.1',
    }));

  for (const type of ['text/rfc822-headers', 'message/rfc822']) {
    it(`knows it by the Message-ID in what is returned as ${type}`, async () =>
      assert.equal((await read(report({ messageId: `<${ID}@${HOST}>`, returnedAs: type })))?.mailId, ID));
  }

  it('says that a delayed one may still arrive', async () =>
    assert.equal(
      (await read(report({ envelopeId: ID, action: 'delayed', status: '4.4.1' })))?.isFailed,
      false,
    ));

  it('reads fields over several lines and in any letters', async () =>
    assert.equal(
      (await read(report({ envelopeId: ID }).replace('Action: failed', 'ACTION:\r\n  Failed')))?.isFailed,
      true,
    ));

  it('keeps no words beside the code, for they may name somebody', async () =>
    assert.equal(
      (await read(report({ envelopeId: ID, status: '5.2.2 (an@example.be is full)' })))?.status,
      '5.2.2',
    ));

  const others: Readonly<Record<string, string>> = {
    'a holiday reply': 'From: an@example.be\r\nSubject: away\r\n\r\nI am away.\r\n',
    'a report on a mail of another host': report({ messageId: `<${ID}@other.example.be>` }),
    'a report that names no mail': report({}),
    'a report without a recipient': report({ envelopeId: ID }).replace(/Final-Recipient[\s\S]*?\r\n\r\n/, ''),
    'an envelope id of somebody else': report({ envelopeId: 'QQ1234' }),
    'one that is cut off': report({ envelopeId: ID }).slice(0, 300),
    'nothing at all': '',
    'bytes of no mail': '\0\u0001\u0002%%%',
    'one that is longer than any': report({ envelopeId: ID }) + 'x'.repeat(LONGEST_REPORT),
  };
  for (const [name, text] of Object.entries(others)) {
    it(`leaves alone ${name}`, async () => assert.equal(await read(text), undefined));
  }
});
