import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { extension, signatureAlgorithmOf } from '../../src/embedded/pki/certificate.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { bitString, integer, sequence, tagged, time } from '../../src/pades/der.ts';
import { MalformedDer, readOnly, readSequence } from '../../src/pades/der-reader.ts';
import { findRevocation } from '../../src/pades/revocation.ts';
import { parseRevocationList } from '../../src/pades/revocation-list.ts';
import { createAuthority, createCrl, createSigner, NOW } from '../support/pki.ts';

const authority = createAuthority('Root');
const issuer = parseCertificate(authority.certificate);
const { certificate: der } = createSigner({ authority });
const certificate = parseCertificate(der);
const CERT_SIGN_ONLY = extension('2.5.29.15', true, bitString(Buffer.from([0x04]), 2));
const evidenceOf = (crls: readonly Buffer[]) => ({ lists: crls.map(parseRevocationList), answers: [] });
const ask = (crls: readonly Buffer[], at = NOW) => findRevocation(certificate, issuer, evidenceOf(crls), at);
const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('findRevocation', () => {
  it('finds a certificate that is not on a current list good', () => {
    assert.equal(ask([createCrl(authority)]), 'good');
    assert.equal(ask([createCrl(authority, [createSigner({ authority }).certificate])]), 'good');
  });

  it('finds a certificate on the list revoked', () => {
    assert.equal(ask([createCrl(authority, [der])]), 'revoked');
  });

  it('knows nothing without a list', () => {
    assert.equal(ask([]), 'unknown');
  });

  describe('when the moment was before the revocation', () => {
    it('finds the certificate good', () => {
      assert.equal(ask([createCrl(authority, [der], { since: later(1000) })]), 'good');
    });
  });

  describe('when the list is no longer current', () => {
    it('knows nothing of what is not on it', () => {
      assert.equal(ask([createCrl(authority, [], { nextUpdate: later(-1000) })]), 'unknown');
    });

    it('still finds revoked what is on it', () => {
      assert.equal(ask([createCrl(authority, [der], { nextUpdate: later(-1000) })]), 'revoked');
    });
  });

  describe('when one list is old and another current', () => {
    it('takes both into account', () => {
      const old = createCrl(authority, [der], { nextUpdate: later(-1000) });
      assert.equal(ask([old, createCrl(authority)]), 'revoked');
    });
  });

  describe('when the list is of another issuer', () => {
    it('knows nothing, also when the names are the same', () => {
      assert.equal(ask([createCrl(createAuthority('Other'), [der])]), 'unknown');
      assert.equal(ask([createCrl(createAuthority('Root'), [der])]), 'unknown');
    });
  });

  describe('when the issuer may not sign lists', () => {
    it('knows nothing', () => {
      const silent = createAuthority('Silent', undefined, [CERT_SIGN_ONLY]);
      const own = parseCertificate(createSigner({ authority: silent }).certificate);
      const list = createCrl(silent, [own.der]);
      assert.equal(
        findRevocation(own, parseCertificate(silent.certificate), evidenceOf([list]), NOW),
        'unknown',
      );
    });
  });

  describe('when the list was altered', () => {
    it('knows nothing', () => {
      const list = createCrl(authority, [der]);
      const [tbs, algorithm, signature] = readSequence(readOnly(list)).map(({ raw }) => raw);
      const [, ...without] = readSequence(readOnly(tbs ?? Buffer.alloc(0)));
      assert.ok(algorithm && signature);
      const emptied = sequence(integer(1), ...without.filter((_, at) => at !== 4).map(({ raw }) => raw));
      assert.equal(ask([sequence(emptied, algorithm, signature)]), 'unknown');
    });
  });

  describe('when the list covers only some certificates', () => {
    it('knows nothing of what is not on it', () => {
      const algorithm = signatureAlgorithmOf(authority.key);
      const distribution = extension('2.5.29.28', true, sequence());
      const tbs = sequence(
        integer(1),
        algorithm,
        authority.name,
        time(later(-1000)),
        time(later(1000)),
        tagged(0, sequence(distribution)),
      );
      const partial = sequence(tbs, algorithm, bitString(sign('sha256', tbs, authority.key)));
      assert.equal(ask([partial]), 'unknown');
    });
  });

  describe('when a list cannot be read', () => {
    it('throws MalformedDer', () => {
      assert.throws(() => ask([Buffer.from('no list')]), MalformedDer);
    });
  });
});
