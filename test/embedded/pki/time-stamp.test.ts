import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { timeStampExtensions } from '../../../src/embedded/pki/profiles.ts';
import { answerTimeStamp } from '../../../src/embedded/pki/time-stamp.ts';
import {
  boolean,
  element,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
  tagged,
} from '../../../src/pades/der.ts';
import { readNumber, readOnly, readSequence } from '../../../src/pades/der-reader.ts';
import { needsTool } from '../../support/needs.ts';
import { ADDRESSES, createAuthority, createSigner, toPem } from '../../support/pki.ts';
import { opensslTimeStampQuery, opensslTimeStampVerify } from '../../support/tools.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const content = Buffer.from('what is stamped');
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'), element(TAG.null));
const imprint = sequence(SHA256, octetString(createHash('sha256').update(content).digest()));

for (const key of ['p-256', 'rsa-2048'] as const) {
  const signer = createSigner({ authority: issuing, key, extensions: timeStampExtensions(ADDRESSES) });
  const trust = { rootPem: toPem(root.certificate), issuerPem: toPem(issuing.certificate) };
  const answer = async (request: Buffer) => answerTimeStamp(request, signer, new Date());

  describe(`answerTimeStamp with ${key}`, () => {
    it('gives a token that openssl accepts, for the content and for the request', async (t) => {
      if (!needsTool(t, 'openssl')) return;
      const request = await opensslTimeStampQuery(content);
      const results = await opensslTimeStampVerify({
        content,
        request,
        response: await answer(request),
        ...trust,
      });
      for (const { exitCode, output } of results) {
        assert.match(output, /Verification: OK/);
        assert.equal(exitCode, 0);
      }
    });

    it('gives a token that openssl refuses for other content, another request and another root', async (t) => {
      if (!needsTool(t, 'openssl')) return;
      const request = await opensslTimeStampQuery(content);
      const response = await answer(request);
      const other = Buffer.from('something else');
      const foreign = await opensslTimeStampVerify({
        content: other,
        request: await opensslTimeStampQuery(other),
        response,
        ...trust,
      });
      for (const { exitCode } of foreign) assert.notEqual(exitCode, 0);
      // The same content asked for again: only the nonce differs.
      const again = await opensslTimeStampQuery(content);
      const [forContent, forRequest] = await opensslTimeStampVerify({
        content,
        request: again,
        response,
        ...trust,
      });
      assert.equal(forContent?.exitCode, 0);
      assert.notEqual(forRequest?.exitCode, 0);
      const strangers = { ...trust, rootPem: toPem(createAuthority('Stranger').certificate) };
      for (const { exitCode } of await opensslTimeStampVerify({ content, request, response, ...strangers })) {
        assert.notEqual(exitCode, 0);
      }
    });

    it('leaves its certificates out unless they are wanted', async () => {
      const bare = await answer(sequence(integer(1), imprint));
      const full = await answer(sequence(integer(1), imprint, boolean(true)));
      assert.ok(!bare.includes(signer.certificate));
      assert.ok(full.includes(signer.certificate));
    });
  });
}

describe('answerTimeStamp of a request it cannot grant', () => {
  const signer = createSigner({ authority: issuing, extensions: timeStampExtensions(ADDRESSES) });
  const statusOf = async (request: Buffer) => {
    const [status, ...token] = readSequence(readOnly(await answerTimeStamp(request, signer, new Date())));
    const [code, failure] = readSequence(status);
    return [readNumber(code), failure?.content.toString('hex'), token.length];
  };
  const SHA1 = sequence(sequence(oid('1.3.14.3.2.26')), octetString(Buffer.alloc(20)));

  for (const [what, request, failure] of [
    ['bytes that are none', Buffer.from('hello'), '0204'],
    ['another version', sequence(integer(2), imprint), '0520'],
    ['SHA-1', sequence(integer(1), SHA1), '0780'],
    [
      'a digest of another length',
      sequence(integer(1), sequence(SHA256, octetString(Buffer.alloc(31)))),
      '0204',
    ],
    ['another policy', sequence(integer(1), imprint, oid('1.2.3')), '000001'],
    ['extensions', sequence(integer(1), imprint, tagged(0, sequence())), '07000080'],
  ] as const) {
    it(`refuses ${what} with its reason and no token`, async () => {
      assert.deepEqual(await statusOf(request), [2, failure, 0]);
    });
  }
});
