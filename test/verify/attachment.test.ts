/** What may be attached to a sealed document; everything here is under a genuine seal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { renderer, sample } from '../render/samples.ts';
import { editPdf, forgeSeal } from '../support/forge.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner, trustIn } from '../support/pki.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const trust = trustIn(root, issuing);
const signer = createSigner({ authority: issuing, key: 'rsa-2048' });
const signatureRoom = signedDataBytes(signer);

const judge = (pdf: Buffer) => {
  const { indication, subIndication } = verifySeal(pdf, trust);
  return `${indication}/${subIndication ?? ''}`;
};
const first = (pattern: string | RegExp, by: string) => (text: string) => text.replace(pattern, by);
const inCatalog = (entry: string) => first('/Type /Catalog', `/Type /Catalog\n${entry}`);

describe('checkAttachments', async () => {
  const unsigned = await renderer.render(sample({ signatureRoom }));
  const [, specification = ''] = /\/AF \[(\d+ 0 R)\]/.exec(unsigned.toString('latin1')) ?? [];
  const sealEdited = (edit: (text: string) => string, pdf = unsigned) => {
    const edited = editPdf(pdf, edit);
    assert.notDeepEqual(edited, pdf);
    return forgeSeal(edited, signer);
  };

  it('passes a document of ours, and one of before anything was attached', async () => {
    assert.equal(judge(await forgeSeal(unsigned, signer)), 'TOTAL_PASSED/');
    assert.equal(judge(await forgeSeal(await createPdf(signatureRoom), signer)), 'TOTAL_PASSED/');
  });

  it('refuses a document without data that names some', async () => {
    const old = await createPdf(signatureRoom);
    for (const entry of ['/AF [5 0 R]', '/AF []', '/Deep <</EF <<>>>>', '/Deep <</Type /EmbeddedFile>>'])
      assert.equal(judge(await sealEdited(inCatalog(entry), old)), 'TOTAL_FAILED/FORMAT_FAILURE', entry);
  });

  const edits: Readonly<Record<string, (text: string) => string>> = {
    'data that the catalogue does not name': first(/\/AF \[\d+ 0 R\]/, ''),
    'data that the name tree does not name': first(/\/Names \[\(attestation\.json\) \d+ 0 R\]/, ''),
    'an empty list of data': first(/\/AF \[\d+ 0 R\]/, '/AF []'),
    'the data twice': first(/\/AF \[(\d+ 0 R)\]/, '/AF [$1 $1]'),
    'a second name': first(/(\/Names \[\(attestation\.json\) (\d+ 0 R))\]/, '$1 (other) $2]'),
    'a name tree that goes on elsewhere': first('/EmbeddedFiles <<', '/EmbeddedFiles <<\n/Kids []'),
    'a name of another object': first(/(\/Names \[\(attestation\.json\)) \d+/, '$1 5'),
    'data that are the source of the page': first('/AFRelationship /Data', '/AFRelationship /Source'),
    'data without a relationship': first('/AFRelationship /Data\n', ''),
    'data of another type': first('/Subtype /application#2Fjson', '/Subtype /application#2Fpdf'),
    'data that are packed otherwise': first(
      /(?<=\/CheckSum .*\n>>\n)\/Filter \/FlateDecode/,
      '/Filter [/FlateDecode]',
    ),
    'a file system': first('/AFRelationship /Data', '/AFRelationship /Data\n/FS /URL'),
    'a second embedded file': first(/(\/EF <<\n\/F \d+ 0 R\n\/UF) \d+/, '$1 5'),
    'a file for another system': first(/\/EF <</, '/EF <<\n/Unix 5 0 R'),
    'a file of a page': first('/Type /Page\n', `/Type /Page\n/AF [${specification}]\n`),
    'another specification of a file': inCatalog('/Deep <</Type /Filespec /F (x)>>'),
    'another embedded file': inCatalog('/Deep [<</Type /EmbeddedFile>>]'),
    'a stream that lies outside': first(/\/Type \/Metadata/, '/Type /Metadata\n/F (elsewhere)'),
    'a collection of files': inCatalog('/Collection <<>>'),
    'related files': first('/AFRelationship', '/RF <<>>\n/AFRelationship'),
    'an annotation with a file': inCatalog(`/Deep <</Subtype /FileAttachment /FS ${specification}>>`),
    'an annotation with a film': inCatalog('/Deep <</Subtype /RichMedia>>'),
  };
  for (const [what, edit] of Object.entries(edits)) {
    it(`refuses ${what}`, async () => {
      assert.equal(judge(await sealEdited(edit)), 'TOTAL_FAILED/FORMAT_FAILURE');
    });
  }
});
