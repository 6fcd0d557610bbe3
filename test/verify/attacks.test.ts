import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { checkStructure } from '../../src/verify/structure.ts';
import { forgeRange, forgeSeal } from '../support/forge.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner, trustIn } from '../support/pki.ts';
import { appendRevision, moveSignedTail, replaceText } from './attacks.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const trust = trustIn(root, issuing);
// RSA, whose signatures all have one length: the room always fits.
const signer = createSigner({ authority: issuing, key: 'rsa-2048' });
const room = signedDataBytes(signer);
const judge = (pdf: Buffer) => {
  const { indication, subIndication } = verifySeal(pdf, trust);
  return `${indication}/${subIndication ?? ''}`;
};
const FORMAT_FAILURE = 'TOTAL_FAILED/FORMAT_FAILURE';

describe('verifySeal of an attacked file', async () => {
  const unsigned = await createPdf(room);
  const sealed = await sealPdf(unsigned, signer);

  it('gives the place of the seal', () => {
    assert.deepEqual(checkStructure(sealed), { gap: readSealGap(sealed), store: undefined });
  });

  describe('when a sealed file was attacked', () => {
    const evilPage = {
      10: '<</Type/Page/Parent 1 0 R/MediaBox[0 0 595 842]/Contents 90 0 R>>',
      90: stream('evil'),
    };
    const note = { 90: '<</Type/Annot/Subtype/FreeText/Rect[0 0 500 800]/Contents(evil)>>' };
    const attacks: Readonly<Record<string, Buffer>> = {
      'a revision that replaces the page': appendRevision(sealed, evilPage),
      'a revision with an annotation over the text': appendRevision(sealed, note),
      'a revision without cross-references': Buffer.concat([sealed, Buffer.from('90 0 obj\n<<>>\nendobj\n')]),
      'bytes after the end': Buffer.concat([sealed, Buffer.from('\n')]),
      'a second end': Buffer.concat([sealed, Buffer.from('startxref\n0\n%%EOF\n')]),
      'bytes before the header': Buffer.concat([Buffer.from('\n'), sealed]),
      'a second document before': Buffer.concat([sealed, sealed]),
      'no ByteRange': replaceText(sealed, /ByteRange/, 'ByteRonge'),
      'a null ByteRange': replaceText(sealed, /\/ByteRange \[[^\]]*\]/, '/ByteRange null'),
      'a ByteRange of zeros': replaceText(sealed, /\/ByteRange \[[^\]]*\]/, '/ByteRange [0 0 0 0]'),
      'a negative ByteRange': replaceText(sealed, /\/ByteRange \[0 /, '/ByteRange [0 -'),
      'a null signature': replaceText(sealed, /\/Contents <[0-9a-f]*>/, '/Contents null'),
      'an empty signature': replaceText(sealed, /\/Contents <[0-9a-f]*>/, '/Contents <>'),
      'a signature of zeros': replaceText(sealed, /(?<=\/Contents <)[0-9a-f]*/, (value) =>
        '0'.repeat(value.length),
      ),
      'a signature in upper case': replaceText(sealed, /(?<=\/Contents <)[0-9a-f]*/, (value) =>
        value.toUpperCase(),
      ),
      'the signed tail moved behind another document': moveSignedTail(sealed),
    };
    for (const [what, attacked] of Object.entries(attacks)) {
      it(`refuses ${what}`, () => {
        assert.notDeepEqual(attacked, sealed);
        assert.equal(judge(attacked), FORMAT_FAILURE);
      });
    }
  });

  describe('when the room has slack', () => {
    const slack = 400;

    it('refuses objects hidden in it', async () => {
      const loose = await forgeSeal(await createPdf(room + slack), signer);
      const hidden = '>90 0 obj<</Type/Page>>endobj<'.padEnd(60, '0');
      const attacked = replaceText(loose, /0{60}>/, `${hidden}>`);
      assert.notDeepEqual(attacked, loose);
      assert.equal(judge(attacked), FORMAT_FAILURE);
    });

    it('refuses even zeros', async () => {
      assert.equal(judge(await forgeSeal(await createPdf(room + slack), signer)), FORMAT_FAILURE);
    });
  });

  describe('when the ByteRange was sealed with a hole', () => {
    it('refuses a gap that begins before the signature', async () => {
      const forged = await forgeRange(unsigned, signer, ({ start, end }, length) => [
        0,
        start - 20,
        end,
        length - end,
      ]);
      assert.equal(judge(forged), FORMAT_FAILURE);
    });

    it('refuses a gap that ends after the signature', async () => {
      const forged = await forgeRange(unsigned, signer, ({ start, end }, length) => [
        0,
        start,
        end + 20,
        length - end - 20,
      ]);
      assert.equal(judge(forged), FORMAT_FAILURE);
    });

    it('refuses an end before that of the file', async () => {
      const forged = await forgeRange(unsigned, signer, ({ start, end }, length) => [
        0,
        start,
        end,
        length - end - 6,
      ]);
      assert.equal(judge(forged), FORMAT_FAILURE);
    });

    it('refuses parts that overlap', async () => {
      const forged = await forgeRange(unsigned, signer, ({ start, end }, length) => [
        0,
        start,
        start - 9,
        length - end,
      ]);
      assert.equal(judge(forged), FORMAT_FAILURE);
    });
  });
});

describe('verifySeal of hostile bytes of 20 MB', () => {
  const size = 19_000_000;
  const head = '%PDF-1.7\n%\xff\xff\xff\xff\n1 0 obj\n';
  /** With a ByteRange that covers the file, so that reading goes on to the objects. */
  const hostile = (filling: string) => {
    const body = head + filling.repeat(Math.ceil(size / filling.length)).slice(0, size);
    const start = body.length + 60;
    const range = `/ByteRange [0 ${start} ${start + 4} 10]`.padEnd(50);
    return Buffer.from(`${body}${range}/Contents <00>${'x'.repeat(10)}`, 'latin1');
  };
  it('has a ByteRange that is not at fault itself', () => {
    assert.ok(readSealGap(hostile(' ')));
  });

  it('gives a verdict on objects without end', () => {
    const objects = Array.from({ length: 500_000 }, (_, at) => `${at + 2} 0 obj\n<</A[]>>\nendobj\n`);
    assert.equal(judge(hostile(`<<>>\nendobj\n${objects.join('')}`)), FORMAT_FAILURE);
  });

  for (const filling of [
    '(',
    '[',
    '<<',
    '<',
    '/a',
    '0 ',
    '1 0 R ',
    ' ',
    '\\(',
    '1 0 obj\n<<>>\nendobj\n',
    '#',
    'a',
    '<</a',
    '9',
  ]) {
    it(`gives a verdict on ${JSON.stringify(filling)} without end`, () => {
      assert.equal(judge(hostile(filling)), FORMAT_FAILURE);
    });
  }
});

function stream(text: string): string {
  const content = `BT /F2 12 Tf (${text}) Tj ET`;
  return `<</Length ${content.length}>>\nstream\n${content}\nendstream`;
}
