import assert from 'node:assert/strict';
import { createHash, type X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { keyIdentifier } from '../../../src/embedded/pki/certificate.ts';
import { type Pki, startPki } from '../../../src/embedded/pki/pki.ts';
import { readCertificates } from '../../../src/keys/signer.ts';
import { parseCertificate } from '../../../src/pades/certificate.ts';
import { element, integer, octetString, oid, sequence, TAG, tagged } from '../../../src/pades/der.ts';
import { needsTool } from '../../support/needs.ts';
import { createAuthority, createSigner, toPem } from '../../support/pki.ts';
import { opensslOcsp } from '../../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'ebox-ocsp-'));
let pki: Pki;
let seal: X509Certificate;
let issuing: X509Certificate;

before(async () => {
  const issuerName = { organisation: 'Office', country: 'BE', enterpriseNumber: '0206731645' };
  pki = await startPki({ folder, port: 0, issuerName });
  const [first, second] = readCertificates('seal', pki.sealCertificatesPem);
  assert.ok(first && second);
  [seal, issuing] = [first, second];
});
after(async () => {
  await pki.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (certificatePem: string, issuerPem = issuing.toString(), rootPem = pki.rootPem) =>
  opensslOcsp({ url: `${pki.url}/ocsp`, certificatePem, issuerPem, rootPem });
const post = async (body: Buffer) => {
  const response = await fetch(`${pki.url}/ocsp`, { method: 'POST', body: new Uint8Array(body) });
  return Buffer.from(await response.arrayBuffer());
};

describe('answerOcsp', () => {
  it('says good of a certificate it issued, signed as openssl wants it', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const { output } = await ask(seal.toString());
    assert.match(output, /Response verify OK/);
    assert.match(output, /asked\.pem: good/);
    assert.doesNotMatch(output, /nonce/i);
  });

  it('says unknown of a certificate it did not issue', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const stranger = createAuthority('Stranger');
    const certificate = toPem(createSigner({ authority: stranger }).certificate);
    assert.match((await ask(certificate)).output, /asked\.pem: unknown/);
    assert.match((await ask(certificate, toPem(stranger.certificate))).output, /asked\.pem: unknown/);
  });

  it('says unknown of a serial number of its own under the key of another issuer', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const stranger = toPem(createAuthority('Stranger').certificate);
    assert.match((await ask(seal.toString(), stranger)).output, /asked\.pem: unknown/);
  });

  it('is not believed under another root', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const stranger = toPem(createAuthority('Stranger').certificate);
    const { output } = await ask(seal.toString(), issuing.toString(), stranger);
    assert.doesNotMatch(output, /Response verify OK/);
  });

  it('repeats the nonce, and answers by GET what it answers by POST', async () => {
    const nonce = sequence(
      oid('1.3.6.1.5.5.7.48.1.2'),
      octetString(octetString(Buffer.from('0123456789abcdef'))),
    );
    const certificate = parseCertificate(seal.raw);
    const id = sequence(
      sequence(oid('1.3.14.3.2.26'), element(TAG.null)),
      octetString(createHash('sha1').update(certificate.issuer).digest()),
      octetString(keyIdentifier(issuing.publicKey)),
      certificate.serial,
    );
    const request = sequence(sequence(sequence(sequence(id)), tagged(2, sequence(nonce))));
    const byPost = await post(request);
    assert.ok(byPost.includes(nonce));
    // Good is the empty element [0] right after the certificate's identifier.
    assert.ok(byPost.includes(Buffer.concat([id, Buffer.from('8000', 'hex')])));
    for (const path of [request.toString('base64'), encodeURIComponent(request.toString('base64'))]) {
      const response = await fetch(`${pki.url}/ocsp/${path}`);
      assert.equal(response.headers.get('content-type'), 'application/ocsp-response');
      assert.ok(Buffer.from(await response.arrayBuffer()).includes(nonce));
    }
  });

  it('answers malformedRequest to bytes that are no request', async () => {
    for (const body of [Buffer.alloc(0), Buffer.from('hello'), sequence(integer(1))]) {
      assert.equal((await post(body)).toString('hex'), '30030a0101');
    }
    const response = await fetch(`${pki.url}/ocsp/%E0%A4%A`);
    assert.equal(Buffer.from(await response.arrayBuffer()).toString('hex'), '30030a0101');
  });

  it('says revoked since when, once it was', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    await pki.revoke(seal.serialNumber);
    const { output } = await ask(seal.toString());
    assert.match(output, /Response verify OK/);
    assert.match(output, /asked\.pem: revoked/);
    assert.match(output, /Revocation Time: /);
  });
});
