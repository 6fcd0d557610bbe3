import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { type Pki, type PkiOptions, startPki } from '../../../src/embedded/pki/pki.ts';
import { SEAL_POLICY } from '../../../src/embedded/pki/profiles.ts';
import { loadPemSigner, readCertificates } from '../../../src/keys/signer.ts';
import { parseCertificate } from '../../../src/pades/certificate.ts';
import { signedDataBytes } from '../../../src/pades/signed-data.ts';
import { checkSealed } from '../../../src/seal/check.ts';
import { checkSealCertificate } from '../../../src/seal/fitness.ts';
import { sealPdf } from '../../../src/seal/seal.ts';
import { verifySeal } from '../../../src/verify/seal.ts';
import { needsTool } from '../../support/needs.ts';
import { createPdf } from '../../support/pdf.ts';
import { opensslCrl } from '../../support/tools.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-pki-'));
  folders.push(folder);
  return folder;
}

const issuerName = { organisation: 'Office for Quarantine', country: 'BE', enterpriseNumber: '0206731645' };

async function start(t: TestContext, options: Partial<PkiOptions> = {}): Promise<Pki> {
  const pki = await startPki({ folder: newFolder(), port: 0, issuerName, ...options });
  t.after(() => pki.stop());
  return pki;
}

function certificatesOf(pki: Pki) {
  const [seal, issuing] = readCertificates('seal', pki.sealCertificatesPem);
  assert.ok(seal && issuing);
  return {
    seal: parseCertificate(seal.raw),
    issuing: parseCertificate(issuing.raw),
    issuingPem: issuing.toString(),
  };
}

async function fetchDer(url: string): Promise<Buffer> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

describe('startPki', () => {
  for (const sealKey of ['p-256', 'rsa-2048', 'rsa-3072'] as const) {
    it(`gives a ${sealKey} key that is fit to seal, and seals that verify`, async (t) => {
      const pki = await start(t, { sealKey });
      const signer = loadPemSigner('seal', pki.sealKeyPem, pki.sealCertificatesPem);
      assert.equal(signer.algorithm, sealKey);
      assert.equal(checkSealCertificate(signer, new Date()).length, sealKey === 'rsa-2048' ? 1 : 0);
      const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
      checkSealed(sealed, signer);
      const verdict = verifySeal(sealed, {
        anchors: [new X509Certificate(pki.rootPem).raw],
        intermediates: signer.chain,
        crls: [await fetchDer(`${pki.url}/issuing.crl`), await fetchDer(`${pki.url}/root.crl`)],
        at: new Date(),
      });
      assert.equal(verdict.indication, 'TOTAL_PASSED', verdict.explanation);
    });
  }

  it('names the institution with its enterprise number, and where to ask about the certificate', async (t) => {
    const pki = await start(t);
    const { seal } = certificatesOf(pki);
    assert.equal(
      seal.subjectName,
      'C=BE, O=Office for Quarantine, organizationIdentifier=NTRBE-0206731645, CN=Office for Quarantine',
    );
    assert.deepEqual(seal.ocspUrls, [`${pki.url}/ocsp`]);
    assert.deepEqual(seal.crlUrls, [`${pki.url}/issuing.crl`]);
    assert.deepEqual(seal.issuerUrls, [`${pki.url}/issuing.crt`]);
    assert.deepEqual(seal.policies, [SEAL_POLICY]);
  });

  it('serves the certificates of its authorities', async (t) => {
    const pki = await start(t);
    assert.deepEqual(await fetchDer(`${pki.url}/root.crt`), new X509Certificate(pki.rootPem).raw);
    assert.deepEqual(await fetchDer(`${pki.url}/issuing.crt`), certificatesOf(pki).issuing.der);
  });

  it('keeps private keys to its own user', async (t) => {
    const folder = newFolder();
    await start(t, { folder });
    const keys = readdirSync(folder).filter((name) => name.endsWith('.key'));
    assert.equal(keys.length, 5);
    for (const name of keys) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  });

  it('answers 404 elsewhere', async (t) => {
    const pki = await start(t);
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/root.key'],
      ['GET', '/../root.key'],
      ['PUT', '/tsa'],
      ['GET', '/tsa'],
    ]) {
      assert.equal((await fetch(`${pki.url}${path}`, { method: method ?? 'GET' })).status, 404);
    }
  });

  describe('when it starts again', () => {
    it('keeps port, keys, certificates and revocations', async (t) => {
      const folder = newFolder();
      const first = await start(t, { folder });
      await first.revoke(certificatesOf(first).seal.serialNumber);
      await first.stop();
      const second = await start(t, { folder });
      assert.equal(second.port, first.port);
      assert.equal(second.sealKeyPem, first.sealKeyPem);
      assert.equal(second.sealCertificatesPem, first.sealCertificatesPem);
      assert.equal(second.rootPem, first.rootPem);
      const list = await fetchDer(`${second.url}/issuing.crl`);
      assert.ok(list.includes(certificatesOf(first).seal.serial));
    });

    it('refuses another port than that in its certificates', async (t) => {
      const folder = newFolder();
      const { port } = await start(t, { folder });
      await assert.rejects(start(t, { folder, port: port === 1024 ? 1025 : 1024 }), {
        code: 'embeddedPartFailed',
      });
    });

    it('refuses a port that is taken', async (t) => {
      const folder = newFolder();
      await start(t, { folder });
      await assert.rejects(start(t, { folder }), { code: 'embeddedPartFailed' });
    });

    it('makes a new seal certificate for another kind of key or another institution', async (t) => {
      const folder = newFolder();
      const first = await start(t, { folder });
      await first.stop();
      const second = await start(t, { folder, sealKey: 'rsa-2048' });
      await second.stop();
      assert.equal(second.rootPem, first.rootPem);
      assert.equal(
        loadPemSigner('seal', second.sealKeyPem, second.sealCertificatesPem).algorithm,
        'rsa-2048',
      );
      const renamed = { ...issuerName, organisation: 'Office for Vaccination' };
      const third = await start(t, { folder, issuerName: renamed });
      assert.match(certificatesOf(third).seal.subjectName, /Vaccination/);
    });

    it('makes what an interrupted start left without its certificate', async (t) => {
      const folder = newFolder();
      const first = await start(t, { folder });
      await first.stop();
      rmSync(join(folder, 'issuing.crt'));
      const second = await start(t, { folder });
      const { seal, issuing } = certificatesOf(second);
      assert.notEqual(issuing.serialNumber, certificatesOf(first).issuing.serialNumber);
      assert.notEqual(seal.serialNumber, certificatesOf(first).seal.serialNumber);
      loadPemSigner('seal', second.sealKeyPem, second.sealCertificatesPem);
    });
  });

  describe('when the seal certificate is about to expire', () => {
    it('is issued again with the same root', async (t) => {
      const folder = newFolder();
      const first = await start(t, { folder });
      await first.stop();
      const { notAfter } = certificatesOf(first).seal;
      const at = (days: number) => () => new Date(notAfter.getTime() + days * 24 * 3600 * 1000);
      const kept = await start(t, { folder, now: at(-31) });
      await kept.stop();
      assert.equal(kept.sealCertificatesPem, first.sealCertificatesPem);
      const renewed = await start(t, { folder, now: at(-29) });
      assert.notEqual(renewed.sealCertificatesPem, first.sealCertificatesPem);
      assert.equal(renewed.rootPem, first.rootPem);
      assert.ok(certificatesOf(renewed).seal.notAfter > notAfter);
    });
  });
});

describe('the revocation lists', () => {
  it('are accepted by openssl for their own authority and for no other', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const pki = await start(t);
    const { issuingPem } = certificatesOf(pki);
    const issuingCrl = await fetchDer(`${pki.url}/issuing.crl`);
    const rootCrl = await fetchDer(`${pki.url}/root.crl`);
    assert.match((await opensslCrl(issuingCrl, issuingPem)).output, /verify OK/);
    assert.match((await opensslCrl(rootCrl, pki.rootPem)).output, /verify OK/);
    const confused = await opensslCrl(rootCrl, issuingPem);
    assert.doesNotMatch(confused.output, /verify OK/);
    const broken = Buffer.from(issuingCrl);
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    assert.doesNotMatch((await opensslCrl(broken, issuingPem)).output, /verify OK/);
  });

  it('name what was revoked, with a higher number', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const pki = await start(t);
    const { seal, issuing, issuingPem } = certificatesOf(pki);
    const read = async (path: string, pem: string) =>
      (await opensslCrl(await fetchDer(pki.url + path), pem)).output;
    const numberOf = (output: string) => Number(/CRL Number: *\n *(\d+)/.exec(output)?.[1]);
    const before = await read('/issuing.crl', issuingPem);
    assert.match(before, /No Revoked Certificates/);
    await pki.revoke(seal.serialNumber.toLowerCase());
    const after = await read('/issuing.crl', issuingPem);
    assert.ok(after.includes(`Serial Number: ${seal.serialNumber}`));
    assert.ok(numberOf(after) > numberOf(before));
    await pki.revoke(issuing.serialNumber);
    assert.ok((await read('/root.crl', pki.rootPem)).includes(issuing.serialNumber));
  });

  it('are issued anew long before they expire', async (t) => {
    let now = new Date('2026-03-01T09:00:00Z');
    const pki = await start(t, { now: () => now });
    const first = await fetchDer(`${pki.url}/issuing.crl`);
    now = new Date('2026-03-01T20:59:00Z');
    assert.deepEqual(await fetchDer(`${pki.url}/issuing.crl`), first);
    now = new Date('2026-03-01T21:01:00Z');
    assert.notDeepEqual(await fetchDer(`${pki.url}/issuing.crl`), first);
  });
});
