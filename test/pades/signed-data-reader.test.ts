import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { SHA256 } from '../../src/pades/algorithm.ts';
import { element, oid, sequence, TAG, tagged, time } from '../../src/pades/der.ts';
import { MalformedDer } from '../../src/pades/der-reader.ts';
import { ID } from '../../src/pades/signed-data.ts';
import { parseSignedData } from '../../src/pades/signed-data-reader.ts';
import { attribute, type Forgery, forgeSignedData } from '../support/forge.ts';
import { createAuthority, createSigner, NOW } from '../support/pki.ts';

const signer = createSigner({ authority: createAuthority('Root') });
const digest = createHash('sha256').update('content').digest();
const SHA1 = sequence(oid('1.3.14.3.2.26'));
const SIGNING_TIME = '1.2.840.113549.1.9.5';

const TIME_STAMP = attribute(ID.timeStampToken, sequence());

const FORGERIES: Readonly<Record<string, Forgery>> = {
  'another version': { version: 3 },
  'content inside': { inside: Buffer.from('content') },
  'no signer': { signerInfos: () => [] },
  'two signers': { signerInfos: (one) => [one, one] },
  'an unsigned attribute that is no time-stamp': {
    afterSignature: [tagged(1, attribute('1.2.840.113549.1.9.6', sequence()))],
  },
  'no unsigned attribute where some are announced': { afterSignature: [tagged(1)] },
  'another unsigned attribute beside a time-stamp': {
    afterSignature: [tagged(1, attribute('1.2.840.113549.1.9.6', sequence()), TIME_STAMP)],
  },
  'two time-stamps': { afterSignature: [tagged(1, TIME_STAMP, TIME_STAMP)] },
  'a time-stamp with two values': {
    afterSignature: [tagged(1, attribute(ID.timeStampToken, sequence(), sequence()))],
  },
  'something after the unsigned attributes': { afterSignature: [tagged(1, TIME_STAMP), sequence()] },
  'digest algorithms that differ': { digestAlgorithms: [SHA1] },
  'a second digest algorithm': { digestAlgorithms: [SHA256, SHA1] },
  'attributes out of order': {
    attributes: ({ contentType, messageDigest, signingCertificate }) => [
      signingCertificate,
      messageDigest,
      contentType,
    ],
    isUnsorted: true,
  },
  'an attribute twice': {
    attributes: ({ contentType, messageDigest, signingCertificate }) => [
      contentType,
      contentType,
      messageDigest,
      signingCertificate,
    ],
  },
  'an attribute with two values': {
    attributes: ({ messageDigest, signingCertificate }) => [
      attribute(ID.contentType, oid(ID.data), oid(ID.signedData)),
      messageDigest,
      signingCertificate,
    ],
  },
  'fields after the signers': { afterSigners: [sequence()] },
  'bytes after it': { padding: Buffer.alloc(1) },
};

describe('parseSignedData', () => {
  it('gives the one time-stamp that may be an unsigned attribute', async () => {
    const stamped = await forgeSignedData(signer, digest, { afterSignature: [tagged(1, TIME_STAMP)] });
    assert.deepEqual(parseSignedData(stamped).timeStamp, sequence());
    assert.equal(parseSignedData(await forgeSignedData(signer, digest, {})).timeStamp, undefined);
  });

  it('reads a SignedData of the profile', async () => {
    const found = parseSignedData(await forgeSignedData(signer, digest, {}));
    assert.equal(found.contentType, ID.data);
    assert.deepEqual(found.digestAlgorithm, SHA256);
    assert.equal(found.attributes.size, 3);
  });

  it('reads attributes it does not know, which the verifier must judge', async () => {
    const der = await forgeSignedData(signer, digest, {
      attributes: (standard) => [...Object.values(standard), attribute(SIGNING_TIME, time(NOW))],
    });
    assert.equal(parseSignedData(der).attributes.size, 4);
  });

  it('reads no attributes as none', async () => {
    const der = await forgeSignedData(signer, digest, { attributes: () => [] });
    assert.equal(parseSignedData(der).attributes.size, 0);
  });

  for (const [what, forgery] of Object.entries(FORGERIES)) {
    describe(`when there are ${what}`, () => {
      it('refuses', async () => {
        const der = await forgeSignedData(signer, digest, forgery);
        assert.throws(() => parseSignedData(der), MalformedDer);
      });
    });
  }

  it('throws nothing but MalformedDer for altered bytes', async () => {
    const der = await forgeSignedData(signer, digest, {});
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(der);
        altered[at] = (altered[at] ?? 0) ^ change;
        try {
          parseSignedData(altered);
        } catch (error) {
          assert.ok(error instanceof MalformedDer, String(error));
        }
      }),
      { numRuns: 3000 },
    );
    assert.throws(() => parseSignedData(element(TAG.null)), MalformedDer);
  });
});
