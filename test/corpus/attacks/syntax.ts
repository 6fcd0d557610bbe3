/** One file, two documents: tricks of objects, streams and tables, all of them under a genuine seal. */

import { forgeSeal } from '../../support/forge.ts';
import { type Attack, attacks, NOT_OUR_FORM } from '../attack.ts';
import { change, sealEdited } from '../edit.ts';
import type { Lab } from '../lab.ts';

/** Edited, its table written anew, and sealed. */
const edited = (pattern: string | RegExp, by: string) => (lab: Lab) =>
  sealEdited(lab, (text) => text.replace(pattern, by));
/** Changed as it is, and sealed: the table says what it said. */
const raw = (pattern: string | RegExp, by: string) => async (lab: Lab) =>
  forgeSeal(
    change(await lab.render(), pattern, (found) => found.replace(pattern, by)),
    lab.signers['rsa-2048'],
  );
const inCatalog = (entry: string) => edited('/Type /Catalog', `/Type /Catalog\n${entry}`);

export const SYNTAX: readonly Attack[] = attacks(NOT_OUR_FORM, {
  'object twice': [
    'a number that stands for two objects',
    edited(/(?<=endobj\n)5 0 obj\n/, '5 0 obj\n<<>>\nendobj\n5 0 obj\n'),
  ],
  'object left out': ['a number that stands for none', edited(/(?<=endobj\n)5 0 obj\n/, '999 0 obj\n')],
  'object of another generation': [
    'a number that was given away a second time',
    edited(/(?<=endobj\n)5 0 obj/, '5 1 obj'),
  ],
  'object stream': ['a stream in which objects may lie', edited('/Type /XObject', '/Type /ObjStm')],
  'cross-reference stream': ['a stream that says where objects lie', edited('/Type /XObject', '/Type /XRef')],
  'hybrid table': ['a second table for newer readers', edited('/Size', '/XRefStm 20\n/Size')],
  'earlier revision': ['the trailer names a revision before', edited('/Size', '/Prev 20\n/Size')],
  'revision that is its own predecessor': [
    'a loop of revisions',
    raw(/trailer\n<<\n/, 'trailer\n<<\n/Prev 38000\n'),
  ],
  'encrypted file': ['the trailer says that strings are encrypted', edited('/Size', '/Encrypt 5 0 R\n/Size')],
  'row that points elsewhere': [
    'the table leads to another place than the object',
    raw(/0(\d{9}) 00000 n \ntrailer/, '1$1 00000 n \ntrailer'),
  ],
  'row that frees an object': [
    'the table says that an object is gone',
    raw(/00000 n \ntrailer/, '00001 f \ntrailer'),
  ],
  'table of two sections': [
    'the table begins anew in the middle',
    raw(/xref\n0 (\d+)\n/, 'xref\n0 1\n0000000000 65535 f \n1 $1\n'),
  ],
  'table elsewhere': ['startxref leads to another place', raw(/startxref\n\d+/, 'startxref\n15')],
  'two ends': [
    'two times startxref at the end',
    raw(/startxref\n(\d+)\n%%EOF/, 'startxref\n0\n%%EOF\nstartxref\n$1\n%%EOF'),
  ],
  'bytes between objects': ['something that is no object', edited(/endobj\n(?=\d)/, 'endobj\nhidden\n')],
  'comment between objects': [
    'a comment that readers who repair may take for more',
    edited(/endobj\n(?=\d)/, 'endobj\n%hidden\n'),
  ],
  'comment in an object': ['a comment inside a dictionary', edited('/Type /Catalog', '/Type %x\n/Catalog')],
  'key twice': ['two entries of one name, of which readers choose one', inCatalog('/Lang (nl-BE)')],
  'key twice in two spellings': ['the same, the second with an escape', inCatalog('/L#61ng (nl-BE)')],
  'stream longer than it says': [
    'the length of a stream is too small',
    edited(/\/Length (\d)(\d+)\n/, '/Length $2\n'),
  ],
  'stream whose length stands elsewhere': [
    'the length of a stream is another object',
    edited(/\/Length \d+\n/, '/Length 16 0 R\n'),
  ],
  'stream from outside': [
    'the bytes of a stream are another file',
    edited('/Type /Metadata', '/Type /Metadata\n/F (elsewhere)'),
  ],
  'older header': ['the header is that of an older version', edited('%PDF-1.7', '%PDF-1.3')],
  'opening action': ['something is done when the file is opened', inCatalog('/OpenAction 1 0 R')],
  'opening action in another spelling': ['the same with an escape', inCatalog('/Open#41ction 1 0 R')],
  'script by name': [
    'a script that readers run',
    edited('/EmbeddedFiles <<', '/JavaScript <<>>\n/EmbeddedFiles <<'),
  ],
  'program to launch': [
    'an annotation that starts a program',
    edited('/Subtype /Widget', '/Subtype /Widget\n/A <</S /Launch /F (x)>>'),
  ],
  'form to submit': [
    'an annotation that sends what is typed',
    edited('/Subtype /Widget', '/Subtype /Widget\n/A <</S /SubmitForm>>'),
  ],
  'form of XFA': ['a form in another language', edited('/SigFlags 3', '/SigFlags 3\n/XFA []')],
  'appearance made by the reader': [
    'fields look as the reader likes',
    edited('/SigFlags 3', '/SigFlags 3\n/NeedAppearances true'),
  ],
  'second file attached': [
    'a file beside the data of the attestation',
    inCatalog('/Deep [<</Type /EmbeddedFile>>]'),
  ],
  'usage rights': [
    'permissions beside those of the seal',
    edited(/\/DocMDP (\d+) 0 R/, '/DocMDP $1 0 R\n/UR3 $1 0 R'),
  ],
  'seal of another format': [
    'the seal says it is of another format',
    edited('/SubFilter /ETSI.CAdES.detached', '/SubFilter /adbe.pkcs7.detached'),
  ],
});
