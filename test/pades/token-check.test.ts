import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { MalformedDer } from '../../src/pades/der-reader.ts';
import { parseTimeStampToken } from '../../src/pades/token.ts';
import { checkTimeStampToken } from '../../src/pades/token-check.ts';
import { createAuthority, createSigner, NOW } from '../support/pki.ts';
import { createTsaSigner, forgeToken } from '../support/tsa.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const trust = { anchors: [parseCertificate(root.certificate)], intermediates: [] };
const imprint = Buffer.alloc(32, 1);

describe('checkTimeStampToken', () => {
  for (const key of ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const) {
    it(`gives the path of an authority with a ${key} key`, async () => {
      const found = checkTimeStampToken(
        await forgeToken(createTsaSigner(issuing, { key }), { imprint }),
        imprint,
        trust,
      );
      assert.ok('paths' in found, JSON.stringify(found));
      assert.equal(found.paths[0]?.length, 3);
      assert.deepEqual(found.token.time, NOW);
    });
  }

  it('takes an issuing authority from the pinned ones where the token leaves it out', async () => {
    const tsa = createTsaSigner(issuing);
    const token = await forgeToken(tsa, { imprint, certificates: [tsa.certificate] });
    assert.ok('fault' in checkTimeStampToken(token, imprint, trust));
    const pinned = { ...trust, intermediates: [parseCertificate(issuing.certificate)] };
    assert.ok('paths' in checkTimeStampToken(token, imprint, pinned));
  });

  it('accepts no token in which any one byte is another', async () => {
    const token = await forgeToken(createTsaSigner(issuing, { key: 'rsa-2048' }), { imprint });
    for (let at = 0; at < token.length; at += 1) {
      for (const mask of [0x01, 0x80]) {
        const altered = Buffer.from(token);
        altered[at] = (altered[at] ?? 0) ^ mask;
        assert.ok('fault' in checkTimeStampToken(altered, imprint, trust), `byte ${at} of ${token.length}`);
      }
    }
  });
});

describe('parseTimeStampToken', () => {
  it('throws MalformedDer for whatever is no token', async () => {
    const token = await forgeToken(createSigner({ authority: root }), { imprint });
    for (const bytes of [Buffer.alloc(0), Buffer.from('token'), token.subarray(1), token.subarray(0, -1)]) {
      assert.throws(() => parseTimeStampToken(bytes), MalformedDer);
    }
  });
});
