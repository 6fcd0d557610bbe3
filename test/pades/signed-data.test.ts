import assert from 'node:assert/strict';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { octetString, oid } from '../../src/pades/der.ts';
import { readOnly, readSequence } from '../../src/pades/der-reader.ts';
import {
  ID,
  signDetached,
  signedDataBytes,
  signingCertificateV2,
  suiteOf,
} from '../../src/pades/signed-data.ts';
import { parseSignedData } from '../../src/pades/signed-data-reader.ts';
import { createAuthority, createSigner } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);

for (const key of ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const) {
  const signer = createSigner({ authority: issuing, key });
  const { hash, digestAlgorithm, signatureAlgorithm } = suiteOf(signer);
  const digest = createHash(hash).update('content').digest();

  describe(`signDetached with ${key}`, () => {
    it('makes a signature over the attributes that the certificate opens', async () => {
      const signedData = parseSignedData(await signDetached(signer, digest));
      const { publicKey } = new X509Certificate(signer.certificate);
      assert.ok(verify(hash, signedData.signedAttributes, publicKey, signedData.signature));
      assert.deepEqual(signedData.signatureAlgorithm, signatureAlgorithm);
      assert.deepEqual(signedData.digestAlgorithm, digestAlgorithm);
      assert.equal(hash, key === 'p-384' ? 'sha384' : 'sha256');
    });

    it('has content-type, message-digest, signing-certificate-v2 and no signing-time', async () => {
      const { attributes } = parseSignedData(await signDetached(signer, digest));
      assert.deepEqual(
        new Map(attributes),
        new Map([
          [ID.contentType, oid(ID.data)],
          [ID.messageDigest, octetString(digest)],
          [ID.signingCertificateV2, signingCertificateV2(parseCertificate(signer.certificate))],
        ]),
      );
    });

    it('carries the certificate and the intermediate one', async () => {
      const { certificates } = parseSignedData(await signDetached(signer, digest));
      assert.equal(certificates.length, 2);
      for (const one of [signer.certificate, issuing.certificate]) {
        assert.ok(certificates.some((carried) => carried.equals(one)));
      }
    });
  });

  describe(`signedDataBytes with ${key}`, () => {
    it('is never less than a signature takes, and hardly more', async () => {
      const room = signedDataBytes(signer);
      for (let round = 0; round < 10; round += 1) {
        const { length } = await signDetached(signer, digest);
        assert.ok(length <= room && (key.startsWith('rsa') ? length === room : room - length <= 4));
      }
    });
  });
}

describe('signingCertificateV2', () => {
  it('holds the SHA-256 of the certificate, its issuer and its serial number', () => {
    const certificate = parseCertificate(createSigner({ authority: issuing }).certificate);
    const [certificates] = readSequence(readOnly(signingCertificateV2(certificate)));
    const [first] = readSequence(certificates);
    const [hash, issuerSerial] = readSequence(first);
    const hashOfCertificate = createHash('sha256').update(certificate.der).digest();
    assert.deepEqual(hash?.content, hashOfCertificate);
    assert.deepEqual(readSequence(issuerSerial)[1]?.raw, certificate.serial);
  });
});
