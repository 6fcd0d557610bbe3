/** Rules on the attached data. */
import { createHash } from 'node:crypto';
import type { PdfFile } from './file.ts';
import { type Rule, unless } from './rule.ts';
import { type Dictionary, textOf } from './values.ts';

export const ATTACHMENT_RULES: readonly Rule[] = [
  {
    id: 'specification',
    clause: 'A 6.8, UA 7.11',
    says: 'The specification of an embedded file has a name in both spellings, and says what the file is to the document.',
    broken: ({ file }) =>
      specifications(file).flatMap((one) => {
        const [name, unicode] = [textOf(one.get('/F')), textOf(one.get('/UF'))];
        const isNamed = one.get('/Type') === '/Filespec' && name !== undefined && name === unicode;
        return unless(isNamed && one.get('/AFRelationship') === '/Data', name ?? 'a file without name');
      }),
  },
  {
    id: 'media',
    clause: 'A 6.8',
    says: 'An embedded file says its media type and when it was changed.',
    broken: ({ file }) =>
      specifications(file).flatMap((one) => {
        const stream = file.dictionary(file.dictionary(one.get('/EF')).get('/F'));
        const isTyped =
          stream.get('/Type') === '/EmbeddedFile' && stream.get('/Subtype') === '/application/json';
        return unless(
          isTyped && textOf(file.dictionary(stream.get('/Params')).get('/ModDate')) !== undefined,
          '/EF',
        );
      }),
  },
  {
    id: 'checksum',
    clause: 'PDF 7.11.4.1',
    says: 'Size and checksum of an embedded file are right, the checksum in 16 bytes.',
    broken: ({ file }) =>
      specifications(file).flatMap((one) => {
        const reference = file.dictionary(one.get('/EF')).get('/F');
        const content = file.content(reference);
        const parameters = file.dictionary(file.dictionary(reference).get('/Params'));
        const checksum = parameters.get('/CheckSum');
        const isRight =
          Buffer.isBuffer(checksum) && checksum.equals(createHash('md5').update(content).digest());
        return unless(isRight && parameters.get('/Size') === content.length, '/Params');
      }),
  },
  {
    id: 'associated',
    clause: 'A 6.8',
    says: 'There is one embedded file; the catalogue is associated with it, and its names list it.',
    broken: ({ file }) => {
      const [one, ...others] = specifications(file);
      const associated = file.list(file.catalog.get('/AF')).map((value) => file.dictionary(value));
      const tree = file.dictionary(file.dictionary(file.catalog.get('/Names')).get('/EmbeddedFiles'));
      const names = file.list(tree.get('/Names'));
      const isAssociated = associated.length === 1 && associated[0] === one;
      const isListed = names.length === 2 && file.dictionary(names[1]) === one;
      return unless(others.length === 0 && isAssociated && isListed, '/AF');
    },
  },
];

function specifications(file: PdfFile): Dictionary[] {
  return [...file.dictionaries()]
    .map(([one]) => one)
    .filter((one) => one.has('/EF') || one.get('/Type') === '/Filespec');
}
