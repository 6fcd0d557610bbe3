import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Pki, startPki } from '../../src/embedded/pki/pki.ts';
import { loadPemSigner, type Signer } from '../../src/keys/signer.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { ID, signedDataBytes, signingCertificateV2 } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { attribute, forgePdf } from '../support/forge.ts';
import { needsTool } from '../support/needs.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner, toPem } from '../support/pki.ts';
import { mutoolSign, opensslCades, pdfsig, qpdfCheck } from '../support/tools.ts';
import { appendRevision, moveSignedTail } from '../verify/attacks.ts';

interface Sealing {
  readonly pki: Pki;
  readonly signer: Signer;
  readonly sealed: Buffer;
}

async function seal(t: TestContext, sealKey: 'p-256' | 'p-384' | 'rsa-2048' | 'rsa-3072'): Promise<Sealing> {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-seal-'));
  const issuerName = { organisation: 'Office for Quarantine', country: 'BE', enterpriseNumber: '0206731645' };
  const pki = await startPki({ folder, port: 0, sealKey, issuerName });
  t.after(async () => {
    await pki.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const signer = loadPemSigner('seal', pki.sealKeyPem, pki.sealCertificatesPem);
  return { pki, signer, sealed: await sealPdf(await createPdf(signedDataBytes(signer)), signer) };
}

const strangerPem = toPem(createAuthority('Stranger').certificate);

describe('a sealed PDF before independent tools', () => {
  for (const key of ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const) {
    describe(`when the key is ${key}`, () => {
      it('is valid, trusted and whole for pdfsig', async (t) => {
        if (!needsTool(t, 'pdfsig', 'certutil')) return;
        const { pki, sealed } = await seal(t, key);
        const { isValid, isTrusted, isWhole, isRevoked, output } = await pdfsig(sealed, pki.rootPem);
        assert.deepEqual([isValid, isTrusted, isWhole, isRevoked], [true, true, true, false], output);
        assert.match(output, /Signature Type: ETSI\.CAdES\.detached/);
      });

      it('is a CAdES signature for openssl', async (t) => {
        if (!needsTool(t, 'openssl')) return;
        const { pki, sealed } = await seal(t, key);
        const { exitCode, output } = await opensslCades(sealed, pki.rootPem);
        assert.match(output, /CAdES Verification successful/);
        assert.equal(exitCode, 0);
      });

      it('has no fault of syntax for qpdf, and is unchanged for mutool', async (t) => {
        if (!needsTool(t, 'qpdf', 'mutool')) return;
        const { sealed } = await seal(t, key);
        assert.equal((await qpdfCheck(sealed)).exitCode, 0);
        assert.match((await mutoolSign(sealed)).output, /The document is unchanged since signing/);
      });
    });
  }
});

/** Each tool must be seen to refuse, or its approval says nothing. */
describe('a PDF that is not rightly sealed before independent tools', () => {
  it('is revoked for pdfsig when the certificate is', async (t) => {
    if (!needsTool(t, 'pdfsig', 'certutil')) return;
    const { pki, signer, sealed } = await seal(t, 'p-256');
    await pki.revoke(parseCertificate(signer.certificate).serialNumber);
    const { isTrusted, isRevoked, output } = await pdfsig(sealed, pki.rootPem);
    assert.deepEqual([isTrusted, isRevoked], [false, true], output);
  });

  it('is not trusted by pdfsig under another root', async (t) => {
    if (!needsTool(t, 'pdfsig', 'certutil')) return;
    const { sealed } = await seal(t, 'p-256');
    const { isValid, isTrusted } = await pdfsig(sealed, strangerPem);
    assert.deepEqual([isValid, isTrusted], [true, false]);
  });

  it('is not valid for pdfsig, openssl and mutool when a byte was altered', async (t) => {
    if (!needsTool(t, 'pdfsig', 'certutil', 'openssl', 'mutool')) return;
    const { pki, sealed } = await seal(t, 'p-256');
    const altered = Buffer.from(sealed.toString('latin1').replace('(en-GB)', '(en-US)'), 'latin1');
    assert.equal((await pdfsig(altered, pki.rootPem)).isValid, false);
    assert.notEqual((await opensslCades(altered, pki.rootPem)).exitCode, 0);
    assert.doesNotMatch((await mutoolSign(altered)).output, /unchanged since signing/);
  });

  it('is valid but not whole for pdfsig when a revision follows', async (t) => {
    if (!needsTool(t, 'pdfsig', 'certutil', 'mutool')) return;
    const { pki, sealed } = await seal(t, 'p-256');
    const longer = appendRevision(sealed, { 90: '<<>>' });
    const { isValid, isWhole } = await pdfsig(longer, pki.rootPem);
    assert.deepEqual([isValid, isWhole], [true, false]);
    assert.doesNotMatch((await mutoolSign(longer)).output, /unchanged since signing/);
  });

  it('still has a valid signature for pdfsig when the page was replaced by wrapping: the attack is real', async (t) => {
    if (!needsTool(t, 'pdfsig', 'certutil')) return;
    const { pki, sealed } = await seal(t, 'rsa-2048');
    const { isValid, isTrusted, isWhole } = await pdfsig(moveSignedTail(sealed), pki.rootPem);
    assert.deepEqual([isValid, isTrusted, isWhole], [true, true, false]);
  });

  it('is no CAdES signature for openssl when signing-certificate-v2 names another certificate', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const { pki, signer } = await seal(t, 'rsa-2048');
    const other = createSigner({ authority: createAuthority('Other'), key: 'rsa-2048' });
    const confused = await forgePdf(signer, {
      attributes: ({ contentType, messageDigest }) => [
        contentType,
        messageDigest,
        attribute(ID.signingCertificateV2, signingCertificateV2(parseCertificate(other.certificate))),
      ],
    });
    assert.notEqual((await opensslCades(confused, pki.rootPem)).exitCode, 0);
    assert.equal((await opensslCades(await forgePdf(signer), pki.rootPem)).exitCode, 0);
  });

  it('has a fault of syntax for qpdf when its cross-references are wrong', async (t) => {
    if (!needsTool(t, 'qpdf')) return;
    const { sealed } = await seal(t, 'p-256');
    const moved = Buffer.from(sealed.toString('latin1').replace(/startxref\n\d+/, 'startxref\n15'), 'latin1');
    assert.notEqual((await qpdfCheck(moved)).exitCode, 0);
  });
});
