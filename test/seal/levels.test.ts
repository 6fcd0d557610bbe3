import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { readGap, readSealGap } from '../../src/pades/byte-range.ts';
import { readFirst } from '../../src/pades/der-reader.ts';
import { signDetached, signedDataBytes } from '../../src/pades/signed-data.ts';
import { parseSignedData, type SignedData } from '../../src/pades/signed-data-reader.ts';
import { checkSealed } from '../../src/seal/check.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { renderer, renderPlainly, sample } from '../render/samples.ts';
import { type Render, type SealLab, startSealLab } from '../support/levels.ts';
import { needsJars, needsTool } from '../support/needs.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import {
  ITEXT_JARS,
  itextVerify,
  mutoolSign,
  opensslCades,
  opensslToken,
  pdfsig,
  qpdfCheck,
} from '../support/tools.ts';
import { appendRevision } from '../verify/attacks.ts';

const render: Render = (signatureRoom, validationData) =>
  renderer.render(sample({ signatureRoom, validationData }));
const LEVELS = ['B-B', 'B-T', 'B-LT'] as const;
const strangerPem = toPem(createAuthority('Stranger').certificate);

function signedDataOf(pdf: Buffer): SignedData {
  const gap = readSealGap(pdf);
  assert.ok(gap);
  return parseSignedData(readFirst(readGap(pdf, gap)).raw);
}

function tokenOf(pdf: Buffer): { token: Buffer; signature: Buffer } {
  const { timeStamp, signature } = signedDataOf(pdf);
  assert.ok(timeStamp);
  return { token: timeStamp, signature };
}

const judge = (lab: SealLab, pdf: Buffer) => verifySeal(pdf, { ...lab.trust, at: new Date() });

/** The revocation lists that a document carries, found by the form in which they are written. */
function listsIn(pdf: Buffer): Buffer[] {
  const text = pdf.toString('latin1');
  const numbers = /\/CRLs \[([^\]]*)\]/.exec(text)?.[1]?.match(/\d+(?= 0 R)/g) ?? [];
  return numbers.map((number) => {
    const [head = '', length = ''] =
      new RegExp(`\n${number} 0 obj\n<<\n/Length (\\d+)\n>>\nstream\n`).exec(text) ?? [];
    const start = text.indexOf(head) + head.length;
    return pdf.subarray(start, start + Number(length));
  });
}

for (const key of ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const) {
  describe(`a document sealed with ${key}`, () => {
    for (const level of LEVELS) {
      it(`at ${level} is right for every tool, and of this level for our own verifier`, async (t) => {
        if (!needsTool(t, 'pdfsig', 'certutil', 'openssl', 'mutool', 'qpdf')) return;
        const lab = await startSealLab(t, key);
        const sealed = await lab.seal(level, render);
        const verdict = judge(lab, sealed);
        assert.deepEqual([verdict.indication, verdict.level], ['TOTAL_PASSED', level], verdict.explanation);
        assert.equal(verdict.timeStamp === undefined, level === 'B-B');
        assert.equal(checkSealed(sealed, lab.signer), level);
        const { isValid, isTrusted, isWhole, output } = await pdfsig(sealed, lab.pki.rootPem);
        assert.deepEqual([isValid, isTrusted, isWhole], [true, true, true], output);
        assert.match((await opensslCades(sealed, lab.pki.rootPem)).output, /CAdES Verification successful/);
        assert.match((await mutoolSign(sealed)).output, /The document is unchanged since signing/);
        assert.equal((await qpdfCheck(sealed)).exitCode, 0);
        if (level === 'B-B') return;
        const { token, signature } = tokenOf(sealed);
        const stamped = await opensslToken(token, signature, lab.pki.rootPem);
        assert.match(stamped.output, /Verification: OK/);
        assert.notEqual((await opensslToken(token, Buffer.from('other'), lab.pki.rootPem)).exitCode, 0);
        assert.notEqual((await opensslToken(token, signature, strangerPem)).exitCode, 0);
      });
    }
  });
}

describe('a document sealed with RSA before iText', () => {
  for (const level of LEVELS) {
    it(`is whole, with a time-stamp over its signature, at ${level}`, async (t) => {
      const classPath = needsJars(t, ITEXT_JARS);
      if (classPath === undefined) return;
      const lab = await startSealLab(t, 'rsa-3072');
      const found = await itextVerify(await lab.seal(level, render), classPath);
      const stamp = level === 'B-B' ? { stamped: 'false' } : { stamped: 'true', imprint: 'true' };
      const store = String(level === 'B-LT');
      assert.deepEqual(found, {
        signatures: '1',
        whole: 'true',
        revisions: '1',
        integrity: 'true',
        ...stamp,
        store,
      });
    });
  }

  it('is refused when altered, extended, or stamped for another signature', async (t) => {
    const classPath = needsJars(t, ITEXT_JARS);
    if (classPath === undefined) return;
    const lab = await startSealLab(t, 'rsa-2048');
    const sealed = await lab.seal('B-T', render);
    const altered = Buffer.from(sealed.toString('latin1').replace('(nl-BE)', '(fr-BE)'), 'latin1');
    assert.equal((await itextVerify(altered, classPath)).integrity, 'false');
    assert.equal((await itextVerify(appendRevision(sealed, { 90: '<<>>' }), classPath)).whole, 'false');
    const room = signedDataBytes(lab.signer, await lab.timeStamper.tokenBytes());
    const wrong = await sealPdf(await render(room, undefined), lab.signer, () =>
      lab.timeStamper.stamp(createHash('sha256').update('other').digest()),
    );
    assert.equal((await itextVerify(wrong, classPath)).imprint, 'false');
    assert.throws(() => checkSealed(wrong, lab.signer), { code: 'sealBroken' });
    assert.equal(judge(lab, wrong).subIndication, 'HASH_FAILURE');
  });
});

describe('a document sealed at B-LT', () => {
  it('is judged without anybody to ask: by us, and by openssl from the lists it carries', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const lab = await startSealLab(t, 'p-256');
    const [compiled, plain] = [
      await lab.seal('B-LT', render),
      await lab.seal('B-LT', (signatureRoom, validationData) =>
        renderPlainly(sample({ signatureRoom, validationData, familyName: 'Ὀδυσσεύς' })),
      ),
    ];
    const stamped = await lab.seal('B-T', render);
    await lab.pki.stop();
    for (const sealed of [compiled, plain]) {
      const verdict = judge(lab, sealed);
      assert.deepEqual([verdict.indication, verdict.level], ['TOTAL_PASSED', 'B-LT'], verdict.explanation);
      // With lists demanded, what the document carries is enough; of the other nothing is known.
      const { indication } = verifySeal(sealed, { ...lab.trust, crls: [], at: new Date() });
      assert.equal(indication, 'TOTAL_PASSED');
      const lists = listsIn(sealed);
      assert.equal(lists.length, 2);
      assert.match(
        (await opensslCades(sealed, lab.pki.rootPem, lists)).output,
        /CAdES Verification successful/,
      );
      assert.notEqual((await opensslCades(sealed, lab.pki.rootPem, lists.slice(1))).exitCode, 0);
    }
    assert.equal(verifySeal(stamped, { ...lab.trust, crls: [], at: new Date() }).indication, 'INDETERMINATE');
  });

  it('has one revision, and the validation data in it', async (t) => {
    const lab = await startSealLab(t, 'p-256');
    const sealed = (await lab.seal('B-LT', render)).toString('latin1');
    assert.equal(sealed.match(/%%EOF/g)?.length, 1);
    assert.match(sealed, /\/Type \/DSS\n\/Certs \[.+\]\n\/OCSPs \[.+\]\n\/CRLs \[.+\]\n/);
    assert.match(sealed, /\/ESIC <<\n\/BaseVersion \/1\.7\n\/ExtensionLevel 2\n>>/);
  });
});

describe('signedDataBytes with a token', () => {
  it('is the length of a seal with the longest signature and this token', async (t) => {
    const { signer } = await startSealLab(t, 'rsa-2048');
    const token = Buffer.concat([Buffer.from('3082ffff', 'hex'), Buffer.alloc(3000)]);
    const signed = await signDetached(signer, Buffer.alloc(32), async () => token);
    assert.equal(signedDataBytes(signer, token.length), signed.length);
  });
});

describe('sealPdf with a time-stamp', () => {
  it('refuses a token that does not fit, and one that leaves too much room', async (t) => {
    const { signer } = await startSealLab(t, 'rsa-2048');
    const stamp = (bytes: number) => async () => Buffer.alloc(bytes);
    const refusal = { code: 'sealingFailed' };
    const unsigned = await render(signedDataBytes(signer, 3000), undefined);
    await assert.rejects(sealPdf(unsigned, signer, stamp(3001)), refusal);
    await sealPdf(unsigned, signer, stamp(3000));
    const wide = await render(signedDataBytes(signer, 20_000), undefined);
    await assert.rejects(sealPdf(wide, signer, stamp(3000)), refusal);
  });
});
