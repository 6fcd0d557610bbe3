import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { issueCertificate } from '../../src/embedded/pki/certificate.ts';
import { caExtensions } from '../../src/embedded/pki/profiles.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { findPaths, type PathTrust } from '../../src/pades/path.ts';
import { type Authority, createAuthority, createSigner, NOW } from '../support/pki.ts';

/** Further certificates of an authority under itself: each may have issued every other. */
function circle(authority: Authority, count: number) {
  return Array.from({ length: count }, () =>
    parseCertificate(
      issueCertificate(authority, {
        subject: authority.name,
        publicKey: authority.publicKey,
        notBefore: NOW,
        notAfter: NOW,
        extensions: caExtensions(),
      }),
    ),
  );
}

describe('findPaths', () => {
  const root = createAuthority('Root');
  const issuing = createAuthority('Issuing', root);
  const signer = parseCertificate(createSigner({ authority: issuing }).certificate);
  const trust: PathTrust = {
    anchors: [parseCertificate(root.certificate)],
    intermediates: [parseCertificate(issuing.certificate)],
  };

  it('gives the certificate, those above it and the anchor', () => {
    const [path, ...others] = findPaths(signer, trust);
    assert.deepEqual(
      path?.map(({ subjectName }) => subjectName.split('CN=')[1]),
      ['Office for Quarantine', 'Issuing', 'Root'],
    );
    assert.deepEqual(others, []);
  });

  it('gives each path where an authority has two certificates', () => {
    const [again = parseCertificate(issuing.certificate)] = [
      issueCertificate(root, {
        subject: issuing.name,
        publicKey: issuing.publicKey,
        notBefore: NOW,
        notAfter: NOW,
        extensions: caExtensions(),
      }),
    ].map(parseCertificate);
    assert.equal(findPaths(signer, { ...trust, intermediates: [...trust.intermediates, again] }).length, 2);
  });

  describe('when authorities issued each other without end', () => {
    const stranger = createAuthority('Circle');
    const below = parseCertificate(createSigner({ authority: stranger }).certificate);

    it('gives up: there would be a hundred million paths', () => {
      assert.deepEqual(findPaths(below, { ...trust, intermediates: circle(stranger, 30) }), []);
    });

    it('still finds what is trusted, where that comes first', () => {
      const intermediates = [...trust.intermediates, ...circle(issuing, 30)];
      assert.equal(findPaths(signer, { ...trust, intermediates })[0]?.length, 3);
    });
  });
});
