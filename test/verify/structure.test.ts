import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BYTE_RANGE_PLACEHOLDER } from '../../src/pades/byte-range.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { editPdf, forgeSeal } from '../support/forge.ts';
import { createPdf, type PdfShape } from '../support/pdf.ts';
import { createAuthority, createSigner, trustIn } from '../support/pki.ts';

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

/** Everything here is under a genuine seal: only the structure can give it away. */
describe('checkStructure', async () => {
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
    'active content inside an array': inCatalog('/Deep [[<</AA <<>>>>]]'),
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
    'a further form field inside another object': inCatalog('/Deep [<</FT /Tx>>]'),
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
    'the sealed signature value in another dictionary': {
      signature: { Contents: new Uint8Array([0x30]) },
      catalog: { Decoy: { Contents: new Uint8Array(room) } },
    },
    'the ByteRange in another dictionary': {
      signature: { ByteRange: undefined },
      catalog: { Decoy: { ByteRange: BYTE_RANGE_PLACEHOLDER } },
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
