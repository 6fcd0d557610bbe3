/** What was done to a sealed document: told from the file alone, with the parts that may be the original. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Alteration } from '../../src/domain/verification.ts';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { examine } from '../../src/verify/examine.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner, trustIn } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const signer = createSigner({ authority: issuing });
const judge = (pdf: Buffer) => examine(pdf, trustIn(root, issuing), [signer.certificate]);

describe('an altered document', async () => {
  const seal = async (text: string) => sealPdf(await createPdf(signedDataBytes(signer), { text }), signer);
  const [sealed, other] = [await seal('one'), await seal('two')];
  const sha256 = createHash('sha256').update(sealed).digest('hex');
  const plus = (text: string) => Buffer.concat([sealed, Buffer.from(text)]);
  const revision = (object: string) => plus(`9 0 obj\n${object}\nendobj\nstartxref\n0\n%%EOF\n`);
  const changed = (at: number) => {
    const copy = Buffer.from(sealed);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };
  const { start, end } = readSealGap(sealed) ?? { start: 0, end: 0 };
  const transplanted = () => {
    const copy = Buffer.from(sealed);
    const from = readSealGap(other) ?? { start: 0, end: 0 };
    other.copy(copy, start, from.start, Math.min(from.end, from.start + end - start));
    return copy;
  };
  const around: Readonly<Record<string, readonly [Buffer, Alteration]>> = {
    'with bytes after its end': [plus('more'), 'bytesAfter'],
    'with bytes before its beginning': [Buffer.concat([Buffer.from('junk\n'), sealed]), 'bytesBefore'],
    'with an annotation': [revision('<</Type/Annot/Subtype/Stamp>>'), 'annotationAdded'],
    'with a second signature': [revision('<</Type/Sig/ByteRange[0 1 2 3]>>'), 'signatureAdded'],
    'with another page': [revision('<</Type/Page/Contents 10 0 R>>'), 'pageReplaced'],
    'saved again with something else': [revision('<</Title(x)>>'), 'revisionAdded'],
  };
  for (const [what, [pdf, alteration]] of Object.entries(around)) {
    it(`${what} is told, and the original in it found`, () => {
      const found = judge(pdf);
      assert.equal(found.alteration, alteration);
      assert.ok(found.originals.some((one) => one.sha256 === sha256 && one.alteration === alteration));
      assert.notEqual(found.signature.indication, 'TOTAL_PASSED');
    });
  }

  const within: Readonly<Record<string, readonly [Buffer, Alteration]>> = {
    'cut off': [sealed.subarray(0, sealed.length - 20), 'cutOff'],
    'with other content': [changed(sealed.indexOf('stream\n') + 30), 'contentChanged'],
    'with the seal of another one': [transplanted(), 'contentChanged'],
  };
  for (const [what, [pdf, alteration]] of Object.entries(within)) {
    it(`${what} is told`, () => {
      const found = judge(pdf);
      assert.equal(found.alteration, alteration, found.signature.explanation);
      assert.ok(found.originals.every((one) => one.sha256 !== sha256));
    });
  }

  it('is nothing of the kind while it is whole, or somebody else’s', async () => {
    assert.deepEqual([judge(sealed).alteration, judge(sealed).originals], [undefined, []]);
    const foreign = judge(Buffer.concat([await createPdf(100), Buffer.from('more')]));
    assert.deepEqual([foreign.isInOurName, foreign.alteration], [false, undefined]);
  });
});
