import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { extension } from '../../src/embedded/pki/certificate.ts';
import {
  caExtensions,
  ocspExtensions,
  SEAL_POLICY,
  sealExtensions,
  timeStampExtensions,
} from '../../src/embedded/pki/profiles.ts';
import { SEAL_ALGORITHM } from '../../src/pades/algorithm.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { element, integer, sequence, TAG } from '../../src/pades/der.ts';
import { MalformedDer, readOnly, readSequence } from '../../src/pades/der-reader.ts';
import { ADDRESSES, createAuthority, createSigner } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root, caExtensions(0, ADDRESSES));

describe('parseCertificate', () => {
  for (const key of ['p-256', 'rsa-2048'] as const) {
    describe(`when the key is ${key}`, () => {
      const { certificate } = createSigner({ authority: issuing, key });
      const parsed = parseCertificate(certificate);
      const oracle = new X509Certificate(certificate);

      it('reads what OpenSSL reads', () => {
        assert.equal(parsed.serialNumber, oracle.serialNumber);
        assert.deepEqual(parsed.notBefore, new Date(oracle.validFrom));
        assert.deepEqual(parsed.notAfter, new Date(oracle.validTo));
        assert.deepEqual(parsed.publicKeyInfo, oracle.publicKey.export({ format: 'der', type: 'spki' }));
        assert.deepEqual(parsed.issuer, issuing.name);
        assert.equal(parsed.isCa, oracle.ca);
      });

      it('reads the extensions of a seal certificate', () => {
        assert.deepEqual(parsed.keyUsage, ['digitalSignature', 'nonRepudiation']);
        assert.equal(parsed.extendedKeyUsage, undefined);
        assert.deepEqual(parsed.policies, [SEAL_POLICY]);
        assert.deepEqual(parsed.ocspUrls, [ADDRESSES.ocsp]);
        assert.deepEqual(parsed.issuerUrls, [ADDRESSES.issuerCertificate]);
        assert.deepEqual(parsed.crlUrls, [ADDRESSES.crl]);
        assert.deepEqual(parsed.unknownCritical, []);
      });
    });
  }

  describe('when it is that of an authority', () => {
    it('reads its basic constraints and key usage', () => {
      const parsed = parseCertificate(issuing.certificate);
      assert.deepEqual([parsed.isCa, parsed.pathLength], [true, 0]);
      assert.deepEqual(parsed.keyUsage, ['keyCertSign', 'cRLSign']);
      assert.equal(parseCertificate(root.certificate).pathLength, undefined);
    });
  });

  describe('when its purpose is restricted', () => {
    it('reads the extended key usage', () => {
      const purposesOf = (extensions: Buffer[]) =>
        parseCertificate(createSigner({ authority: issuing, extensions }).certificate).extendedKeyUsage;
      assert.deepEqual(purposesOf(timeStampExtensions(ADDRESSES)), ['1.3.6.1.5.5.7.3.8']);
      assert.deepEqual(purposesOf(ocspExtensions()), ['1.3.6.1.5.5.7.3.9']);
    });
  });

  describe('when it has an extension we do not know', () => {
    const withUnknown = (isCritical: boolean) =>
      createSigner({
        authority: issuing,
        extensions: [...sealExtensions(ADDRESSES), extension('2.999.7', isCritical, integer(1))],
      }).certificate;

    it('names it when it is critical', () => {
      assert.deepEqual(parseCertificate(withUnknown(true)).unknownCritical, ['2.999.7']);
    });

    it('passes it over when it is not', () => {
      assert.deepEqual(parseCertificate(withUnknown(false)).unknownCritical, []);
    });
  });

  describe('when an extension stands twice', () => {
    it('refuses', () => {
      const [keyUsage = Buffer.alloc(0)] = sealExtensions(ADDRESSES);
      const { certificate } = createSigner({ authority: issuing, extensions: [keyUsage, keyUsage] });
      assert.throws(() => parseCertificate(certificate), MalformedDer);
    });
  });

  describe('when it names one signature algorithm inside and another outside', () => {
    it('refuses', () => {
      const { certificate } = createSigner({ authority: issuing });
      const [tbs, , signature] = readSequence(readOnly(certificate)).map(({ raw }) => raw);
      assert.ok(tbs && signature);
      const confused = sequence(tbs, SEAL_ALGORITHM.rsa, signature);
      assert.throws(() => parseCertificate(confused), MalformedDer);
    });
  });

  describe('when the bytes are no certificate', () => {
    it('throws nothing but MalformedDer', () => {
      const { certificate } = createSigner({ authority: issuing });
      fc.assert(
        fc.property(fc.nat(certificate.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const altered = Buffer.from(certificate);
          altered[at] = (altered[at] ?? 0) ^ change;
          try {
            parseCertificate(altered);
          } catch (error) {
            assert.ok(error instanceof MalformedDer, String(error));
          }
        }),
        { numRuns: 3000 },
      );
      for (const bytes of [Buffer.alloc(0), element(TAG.null), certificate.subarray(0, -1)]) {
        assert.throws(() => parseCertificate(bytes), MalformedDer);
      }
    });
  });
});
