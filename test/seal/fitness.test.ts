import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { caExtensions, sealExtensions, timeStampExtensions } from '../../src/embedded/pki/profiles.ts';
import { checkSealCertificate } from '../../src/seal/fitness.ts';
import { ADDRESSES, createAuthority, createSigner, NOW, type SignerWish } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const check = (wish: Partial<SignerWish>, at = NOW) =>
  checkSealCertificate(createSigner({ authority: issuing, ...wish }), at);
const refusal = { name: 'ServiceError', code: 'keyUnfit' };

describe('checkSealCertificate', () => {
  it('has nothing to say of a fit certificate', () => {
    assert.deepEqual(check({}), []);
    assert.deepEqual(check({ key: 'rsa-3072' }), []);
  });

  it('warns of RSA-2048', () => {
    assert.equal(check({ key: 'rsa-2048' }).length, 1);
  });

  it('warns when the certificate expires soon', () => {
    assert.equal(check({ notAfter: new Date('2026-04-01T00:00:00Z') }).length, 1);
  });

  it('warns when nobody can ask whether it was revoked', () => {
    const [keyUsage = Buffer.alloc(0)] = sealExtensions(ADDRESSES);
    assert.equal(check({ extensions: [keyUsage] }).length, 1);
  });

  for (const [what, wish] of [
    ['has expired', { notAfter: new Date(NOW.getTime() - 1000) }],
    ['is not valid yet', { notBefore: new Date(NOW.getTime() + 1000) }],
    ['is that of an authority', { extensions: caExtensions() }],
    ['is that of a time-stamping authority', { extensions: timeStampExtensions(ADDRESSES) }],
    ['has no key usage', { extensions: [] }],
    ['has a key that is too weak', { key: 'rsa-1024' }],
  ] as const) {
    describe(`when the certificate ${what}`, () => {
      it('refuses with keyUnfit', () => {
        assert.throws(() => check(wish), refusal);
      });
    });
  }

  describe('when the certificate that follows is not that of the issuer', () => {
    it('refuses with keyUnfit', () => {
      const signer = createSigner({ authority: issuing });
      const other = createAuthority('Other', root);
      assert.throws(() => checkSealCertificate({ ...signer, chain: [other.certificate] }, NOW), refusal);
    });
  });

  describe('when the certificate cannot be read', () => {
    it('refuses with keyUnfit', () => {
      const signer = createSigner({ authority: issuing });
      assert.throws(() => checkSealCertificate({ ...signer, certificate: Buffer.from('30') }, NOW), refusal);
    });
  });
});
