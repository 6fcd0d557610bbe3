import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { isSignedBy } from '../../src/pades/signed.ts';
import { createAuthority, createSigner } from '../support/pki.ts';

describe('isSignedBy', () => {
  const issuing = createAuthority('Issuing');
  const other = createAuthority('Issuing');
  const certificate = parseCertificate(createSigner({ authority: issuing }).certificate);
  const keyOf = ({ certificate: der }: { certificate: Buffer }) => parseCertificate(der).publicKeyInfo;

  it('tells the key that signed from another, each time it is asked', () => {
    for (const _ of [1, 2]) {
      assert.equal(isSignedBy(certificate, keyOf(issuing)), true);
      assert.equal(isSignedBy(certificate, keyOf(other)), false);
    }
  });

  it('says of what was altered what is true of that', () => {
    assert.equal(isSignedBy(certificate, keyOf(issuing)), true);
    const altered = { ...certificate, tbs: Buffer.concat([certificate.tbs, Buffer.from([0])]) };
    assert.equal(isSignedBy(altered, keyOf(issuing)), false);
  });
});
