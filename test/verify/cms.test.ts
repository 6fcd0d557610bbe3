import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { element, oid, sequence, TAG, tagged, time } from '../../src/pades/der.ts';
import { ID, signingCertificateV2 } from '../../src/pades/signed-data.ts';
import { openSeal } from '../../src/verify/cms.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { attribute, type Forgery, forgePdf } from '../support/forge.ts';
import { createAuthority, createSigner, NOW, trustIn } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const trust = trustIn(root, issuing);
const signer = createSigner({ authority: issuing, key: 'rsa-2048' });
const other = createSigner({ authority: issuing, key: 'rsa-2048' });

const SHA1 = sequence(oid('1.3.14.3.2.26'));
const SHA1_WITH_RSA = sequence(oid('1.2.840.113549.1.1.5'), element(TAG.null));
const RSA_PSS = sequence(oid('1.2.840.113549.1.1.10'), sequence());
const SIGNING_TIME = attribute('1.2.840.113549.1.9.5', time(NOW));

const FORGERIES: Readonly<Record<string, readonly [expected: string, forgery: Forgery]>> = {
  'two signers': ['FORMAT_FAILURE', { signerInfos: (one) => [one, one] }],
  'a content of its own': ['FORMAT_FAILURE', { inside: Buffer.from('x') }],
  'a time-stamp token, which the profile does not have': [
    'FORMAT_FAILURE',
    { afterSignature: [tagged(1, attribute('1.2.840.113549.1.9.16.2.14', sequence()))] },
  ],
  'a signing-time': [
    'FORMAT_FAILURE',
    { attributes: (standard) => [...Object.values(standard), SIGNING_TIME] },
  ],
  'no message-digest': [
    'FORMAT_FAILURE',
    { attributes: ({ contentType, signingCertificate }) => [contentType, signingCertificate] },
  ],
  'no signing-certificate-v2': [
    'FORMAT_FAILURE',
    { attributes: ({ contentType, messageDigest }) => [contentType, messageDigest] },
  ],
  'another content-type': [
    'FORMAT_FAILURE',
    {
      attributes: ({ messageDigest, signingCertificate }) => [
        attribute(ID.contentType, oid(ID.signedData)),
        messageDigest,
        signingCertificate,
      ],
    },
  ],
  'another content type beside its attributes': ['FORMAT_FAILURE', { contentType: ID.signedData }],
  'bytes after it': ['FORMAT_FAILURE', { padding: Buffer.from([0, 1]) }],
  'a second signature value after it': ['FORMAT_FAILURE', { padding: Buffer.from('30800000', 'hex') }],
  'more zeros than a signature varies by': ['FORMAT_FAILURE', { padding: Buffer.alloc(5) }],
  'a digest of another file': ['HASH_FAILURE', { digest: createHash('sha256').update('x').digest() }],
  'a digest by SHA-1': ['CRYPTO_CONSTRAINTS_FAILURE', { digestAlgorithm: SHA1 }],
  'a signature by SHA-1': ['CRYPTO_CONSTRAINTS_FAILURE', { signatureAlgorithm: SHA1_WITH_RSA }],
  'a signature by RSA-PSS': ['CRYPTO_CONSTRAINTS_FAILURE', { signatureAlgorithm: RSA_PSS }],
  'a signature with a bit changed': [
    'SIG_CRYPTO_FAILURE',
    { signature: (value) => Buffer.concat([value.subarray(0, -1), Buffer.from([(value.at(-1) ?? 0) ^ 1])]) },
  ],
  'no certificate of its signer': ['NO_SIGNING_CERTIFICATE_FOUND', { certificates: [issuing.certificate] }],
  'another certificate in signing-certificate-v2': [
    'NO_SIGNING_CERTIFICATE_FOUND',
    {
      attributes: ({ contentType, messageDigest }) => [
        contentType,
        messageDigest,
        attribute(ID.signingCertificateV2, signingCertificateV2(parseCertificate(other.certificate))),
      ],
    },
  ],
  'a certificate that is none': [
    'FORMAT_FAILURE',
    { certificates: [signer.certificate, sequence(oid('2.999.1'))] },
  ],
};

describe('openSeal', () => {
  it("gives the signer's certificate and the others", async () => {
    const pdf = await forgePdf(signer);
    const gap = readSealGap(pdf);
    assert.ok(gap);
    const opened = openSeal(pdf, gap);
    assert.ok('signer' in opened && opened.fault === undefined);
    assert.deepEqual(opened.signer.der, signer.certificate);
    assert.deepEqual(
      opened.others.map(({ der }) => der),
      [issuing.certificate],
    );
  });

  it('allows the few zeros by which ECDSA signatures vary', async () => {
    const pdf = await forgePdf(signer, { padding: Buffer.alloc(4) });
    assert.equal(verifySeal(pdf, trust).indication, 'TOTAL_PASSED');
  });

  for (const [what, [expected, forgery]] of Object.entries(FORGERIES)) {
    describe(`when the seal has ${what}`, () => {
      it(`finds ${expected}`, async () => {
        const { indication, subIndication } = verifySeal(await forgePdf(signer, forgery), trust);
        assert.notEqual(indication, 'TOTAL_PASSED');
        assert.equal(subIndication, expected);
      });
    });
  }

  describe('when the key has only 1024 bits', () => {
    it('finds CRYPTO_CONSTRAINTS_FAILURE', async () => {
      const weak = createSigner({ authority: issuing, key: 'rsa-1024' });
      assert.equal(verifySeal(await forgePdf(weak), trust).subIndication, 'CRYPTO_CONSTRAINTS_FAILURE');
    });
  });

  describe('when the room is immense', () => {
    it('finds FORMAT_FAILURE', async () => {
      const pdf = await forgePdf(signer, { padding: Buffer.alloc(200_000) });
      assert.equal(verifySeal(pdf, trust).subIndication, 'FORMAT_FAILURE');
    });
  });
});
