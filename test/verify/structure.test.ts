import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSealGap } from '../../src/pades/byte-range.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { checkStructure } from '../../src/verify/structure.ts';
import { editPdf, forgeRange, forgeSeal } from '../support/forge.ts';
import { createPdf, type PdfShape } from '../support/pdf.ts';
import { createAuthority, createSigner, trustIn } from '../support/pki.ts';
import { appendRevision, moveSignedTail, replaceText } from './attacks.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const trust = trustIn(root, issuing);
// RSA, whose signatures all have one length: the attacks count bytes.
const signer = createSigner({ authority: issuing, key: 'rsa-2048' });
const room = signedDataBytes(signer);
const judge = (pdf: Buffer) => {
  const { indication, subIndication } = verifySeal(pdf, trust);
  return `${indication}/${subIndication ?? ''}`;
};
const FORMAT_FAILURE = 'TOTAL_FAILED/FORMAT_FAILURE';

describe('checkStructure', async () => {
  const unsigned = await createPdf(room);
  const sealed = await sealPdf(unsigned, signer);

  it('gives the place of the seal', () => {
    assert.deepEqual(checkStructure(sealed), readSealGap(sealed));
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

/** Everything here is under a genuine seal: only the structure can give it away. */
describe('checkStructure of a document that a trusted sealer sealed', async () => {
  const unsigned = await createPdf(room);
  const sealEdited = (edit: (text: string) => string) => {
    const edited = editPdf(unsigned, edit);
    assert.notDeepEqual(edited, unsigned);
    return forgeSeal(edited, signer);
  };
  const sealShaped = async (shape: PdfShape) => forgeSeal(await createPdf(room, shape), signer);

  it('passes when the edit changes nothing that matters', async () => {
    const harmless = await sealEdited((text) => text.replace('(en-GB)', '(nl-BE)'));
    assert.equal(judge(harmless), 'TOTAL_PASSED/');
    assert.deepEqual(
      editPdf(unsigned, (text) => text),
      unsigned,
    );
  });

  const first = (pattern: string | RegExp, by: string) => (text: string) => text.replace(pattern, by);
  const inCatalog = (entry: string) => first('/Type /Catalog', `/Type /Catalog\n${entry}`);
  const edits: Readonly<Record<string, (text: string) => string>> = {
    'bytes between objects': first(/endobj\n(?=\d)/, 'endobj\n \n'),
    'a comment between objects': first(/endobj\n(?=\d)/, 'endobj\n%hidden\n'),
    'an object number twice': first(/(?<=endobj\n)1 0 obj\n/, '1 0 obj\n<<>>\nendobj\n1 0 obj\n'),
    'an object number left out': first(/(?<=endobj\n)1 0 obj\n/, '99 0 obj\n'),
    'an object of another generation': first(/(?<=endobj\n)5 0 obj/, '5 1 obj'),
    'an object stream': first('/Type /XObject', '/Type /ObjStm'),
    'a cross-reference stream': first('/Type /XObject', '/Type /XRef'),
    'a stream of another length': first(/\/Length (\d+)\n/, '/Length 1$1\n'),
    'a stream without length': first(/\/Length \d+\n/, ''),
    'a stream whose length stands elsewhere': first(/\/Length \d+\n/, '/Length 16 0 R\n'),
    'a comment in a dictionary': first('/Type /Catalog', '/Type %x\n/Catalog'),
    'a key twice': inCatalog('/Lang (nl-BE)'),
    'a key twice, spelled in two ways': inCatalog('/L#61ng (nl-BE)'),
    'a name with a broken escape': inCatalog('/L#6 1'),
    'an opening action': inCatalog('/OpenAction 1 0 R'),
    'an opening action, spelled otherwise': inCatalog('/Open#41ction 1 0 R'),
    'additional actions': inCatalog('/AA <<>>'),
    'optional content': inCatalog('/OCProperties <<>>'),
    'a script by name': first('/Dests <<', '/JavaScript <<>>\n/Dests <<'),
    'a script': first('/Subtype /Widget', '/Subtype /Widget\n/A <</S /JavaScript>>'),
    'a program to launch': first('/Subtype /Widget', '/Subtype /Widget\n/A <</S /Launch /F (x)>>'),
    'a form to submit': first('/Subtype /Widget', '/Subtype /Widget\n/A <</S /SubmitForm>>'),
    'an older header': first('%PDF-1.7', '%PDF-1.3'),
    'a header without its comment': first(/%\S{4}\n/, '%\n'),
    'an unbalanced dictionary': first('/Marked true\n>>', '/Marked true\n'),
    'an unbalanced string': first('(PDFKit)', '(PDFKit'),
    'a value that is none': first('/Marked true', '/Marked maybe'),
    'nesting without end': inCatalog(`/Deep ${'['.repeat(100)}${']'.repeat(100)}`),
    'values without end': inCatalog(`/Wide [${'0 '.repeat(500_000)}]`),
    'a trailer with an earlier revision': first('/Size', '/Prev 20\n/Size'),
    'a trailer with a hybrid table': first('/Size', '/XRefStm 20\n/Size'),
    'a trailer of an encrypted file': first('/Size', '/Encrypt 5 0 R\n/Size'),
    'a trailer without catalogue': first('/Root 3 0 R', '/Root 5 0 R'),
    'a second field of form': first('/FT /Sig', '/FT /Sig\n/Kids []'),
    'a further form field': first('/Marked true', '/Marked true\n/FT /Tx'),
    'a field with another value': first('/V 17 0 R', '/V 5 0 R'),
    'no field in the form': first('/Fields [19 0 R]', '/Fields []'),
    'the field twice in the form': first('/Fields [19 0 R]', '/Fields [19 0 R 19 0 R]'),
    'no permissions': first('/Perms', '/Porms'),
    'usage rights beside the permissions': first('/DocMDP 17 0 R', '/DocMDP 17 0 R\n/UR3 17 0 R'),
    'permissions that name another object': first('/DocMDP 17 0 R', '/DocMDP 5 0 R'),
  };
  for (const [what, edit] of Object.entries(edits)) {
    it(`refuses ${what}`, async () => {
      assert.equal(judge(await sealEdited(edit)), FORMAT_FAILURE);
    });
  }

  const shapes: Readonly<Record<string, PdfShape>> = {
    'permission to fill in forms': { docMdpPermission: 2 },
    'permission to annotate': { docMdpPermission: 3 },
    'no reference to its permission': { signature: { Reference: undefined } },
    'a reference with another method': {
      signature: { Reference: [{ Type: 'SigRef', TransformMethod: 'FieldMDP', TransformParams: { P: 1 } }] },
    },
    'a reference with a digest': {
      signature: {
        Reference: [{ TransformMethod: 'DocMDP', TransformParams: { P: 1 }, DigestMethod: 'MD5' }],
      },
    },
    'another subfilter': { signature: { SubFilter: 'adbe.pkcs7.detached' } },
    'another filter': { signature: { Filter: 'Entrust.PPKEF' } },
    'another type of signature': { signature: { Type: 'DocTimeStamp' } },
    'appearances to be made by the reader': { form: { NeedAppearances: true } },
    'a form of XFA': { form: { XFA: [] } },
  };
  for (const [what, shape] of Object.entries(shapes)) {
    it(`refuses ${what}`, async () => {
      assert.equal(judge(await sealShaped(shape)), FORMAT_FAILURE);
    });
  }

  describe('when the cross-reference table is wrong', () => {
    const sealRaw = (pattern: RegExp, by: string) => {
      const text = unsigned.toString('latin1');
      const edited = text.replace(pattern, by);
      assert.notEqual(edited, text);
      return forgeSeal(Buffer.from(edited, 'latin1'), signer);
    };

    it('refuses a row that points elsewhere', async () => {
      assert.equal(
        judge(await sealRaw(/0(\d{9}) 00000 n \ntrailer/, '1$1 00000 n \ntrailer')),
        FORMAT_FAILURE,
      );
    });

    it('refuses a row that frees an object', async () => {
      assert.equal(judge(await sealRaw(/00000 n \ntrailer/, '00001 f \ntrailer')), FORMAT_FAILURE);
    });

    it('refuses a table that begins elsewhere', async () => {
      assert.equal(judge(await sealRaw(/startxref\n\d+/, 'startxref\n15')), FORMAT_FAILURE);
    });

    it('refuses another number of objects', async () => {
      assert.equal(judge(await sealRaw(/\/Size \d+/, '/Size 99')), FORMAT_FAILURE);
    });
  });
});

describe('checkStructure of hostile bytes of 20 MB', () => {
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
