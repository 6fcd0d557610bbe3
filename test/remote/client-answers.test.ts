/** Certificates of callers by what responders say: paths that come whole, in part, or lead nowhere. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { ATTRIBUTE, issueCertificate, writeName } from '../../src/embedded/pki/certificate.ts';
import { caExtensions } from '../../src/embedded/pki/profiles.ts';
import { createLog } from '../../src/log.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { createClientAnswers } from '../../src/remote/client-answers.ts';
import { createRevocationFetch } from '../../src/remote/revocation-fetch.ts';
import { createAuthority } from '../support/pki.ts';
import { answerRevoked } from '../support/responder.ts';
import { createTlsEnd } from '../support/tls.ts';

const above = createAuthority('Callers above');
const callers = createAuthority('Callers', above);
const { der: own } = createTlsEnd(callers, 'below');

let revoked: Buffer[] = [];
const server = createServer((request, response) => {
  // Each certificate by the authority that issued it.
  void buffer(request).then((body) => response.end(answerRevoked(body, [callers, above], revoked)));
});
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => server.close());

/** Makes a judge that keeps no answer. */
function open(authority = above, authorities = [parseCertificate(authority.certificate)]) {
  return createClientAnswers({
    urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`],
    issuers: () => authorities,
    fetch: createRevocationFetch({ allowLoopback: true, timeoutMs: 3000, maxBytes: 65_536 }),
    clock: () => new Date(),
    log: createLog('silent'),
    longestAgeMs: 0,
    pauseMs: 0,
  });
}

describe('a judge of callers', () => {
  it('asks about each certificate below an authority of the settings', async () => {
    const answers = open();
    const path = [own, callers.certificate];
    revoked = [];
    assert.equal(await answers.judge(path), 'good');
    for (const one of path) {
      revoked = [one];
      assert.equal(await answers.judge(path), 'revoked');
    }
  });

  it('takes the settings’ own authority as it stands', async () => {
    revoked = [callers.certificate];
    assert.equal(await open(callers).judge([own, callers.certificate, above.certificate]), 'good');
    assert.equal(await open(callers).judge([own]), 'good');
  });

  it('says where no path leads to an authority', async () => {
    revoked = [];
    assert.equal(await open().judge([own]), 'unanchored');
    assert.equal(await open().judge([own, createAuthority('Callers').certificate]), 'unanchored');
    assert.equal(
      await open().judge([Buffer.from('nothing that can be read'), above.certificate]),
      'unanchored',
    );
  });

  it('is not kept from asking by what a caller sends along', async () => {
    // The same name, and a key that is none: its point lies on no curve.
    const spoiled = Buffer.from(callers.certificate);
    const key = callers.publicKey.export({ format: 'der', type: 'spki' });
    const point = spoiled.indexOf(key) + key.length - 64;
    spoiled.fill(1, point, point + 64);
    revoked = [own];
    for (const stray of [
      Buffer.from('nothing that can be read'),
      createAuthority('Callers').certificate,
      spoiled,
    ])
      assert.equal(await open().judge([own, stray, callers.certificate]), 'revoked');
  });

  it('follows no path through a certificate that is no authority’s', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const name = writeName([[ATTRIBUTE.commonName, 'nobody’s authority']]);
    const times = { notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 86_400_000) };
    const nobody = issueCertificate(above, { subject: name, publicKey, extensions: [], ...times });
    // The key of the revoked authority, under another certificate.
    const forged = issueCertificate(
      { name, key: privateKey, publicKey },
      { subject: callers.name, publicKey: callers.publicKey, extensions: caExtensions(), ...times },
    );
    revoked = [callers.certificate];
    assert.equal(await open().judge([own, forged, nobody, callers.certificate]), 'unanchored');
  });

  it('remembers the path of a certificate that comes alone, for as long as it leads to an authority', async () => {
    const authorities = [parseCertificate(above.certificate)];
    const answers = open(above, authorities);
    revoked = [];
    assert.equal(await answers.judge([own, callers.certificate]), 'good');
    assert.equal(await answers.judge([own]), 'good');
    revoked = [callers.certificate];
    assert.equal(await answers.judge([own]), 'revoked');
    authorities.pop();
    assert.equal(await answers.judge([own]), 'unanchored');
  });
});
