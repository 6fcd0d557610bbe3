/** Shadow attacks: something is prepared before sealing, and a small change afterwards brings it out. */
import { appendRevision } from '../../verify/attacks.ts';
import { attacks, NOT_OUR_FORM } from '../attack.ts';
import { objectOf, placesOf, sealEdited, writing } from '../edit.ts';
import type { Lab } from '../lab.ts';

/** Entries put into the page, and objects put before the first one. */
const prepared = (lab: Lab, inPage: string, objects: string): Promise<Buffer> =>
  sealEdited(lab, (text) => {
    const first = /(?<=\n%\S{4}\n)/;
    const size = Number(/\/Size (\d+)\n\/Root/.exec(text)?.[1]);
    const numbered = objects.replaceAll('#A', String(size)).replaceAll('#B', String(size + 1));
    return text
      .replace('/Type /Page\n', `/Type /Page\n${inPage.replaceAll('#A', String(size))}`)
      .replace(first, () => numbered);
  });

const overlay = '#A 0 obj\n<</Type/Annot/Subtype/Stamp/Rect[0 0 595 842]/F 4>>\nendobj\n';
const spare = `#A 0 obj\n${writing('another person')}\nendobj\n`;

/** The number that `#A` stands for, once the document is sealed. */
const firstPrepared = (pdf: Buffer) => Number(/\n%\S{4}\n(\d+) 0 obj/.exec(pdf.toString('latin1'))?.[1]);

export const SHADOW = attacks(NOT_OUR_FORM, {
  'shadow hide': [
    'a stamp prepared over the page is taken away by a revision, and what lay under it shows',
    async (lab) => {
      const sealed = await prepared(lab, '/AnnotsX [#A 0 R]\n', overlay);
      return appendRevision(sealed, { [firstPrepared(sealed)]: 'null' });
    },
  ],
  'shadow hide by a form': [
    'a picture prepared over the text becomes empty by a revision',
    async (lab) => {
      const sealed = await prepared(lab, '', spare);
      return appendRevision(sealed, { [firstPrepared(sealed)]: '<</Length 0>>\nstream\n\nendstream' });
    },
  ],
  'shadow replace': [
    'a typeface prepared so that a revision, which changes it alone, changes what is read',
    async (lab) => {
      const sealed = await prepared(lab, '', spare);
      const { font } = placesOf(sealed);
      return appendRevision(sealed, { [font]: objectOf(sealed, font).replace('Identity-H', 'Identity-V') });
    },
  ],
  'shadow hide and replace': [
    'a page prepared that nothing leads to; a revision without objects leads there',
    async (lab) => {
      const sealed = await prepared(lab, '', spare);
      const { page } = placesOf(sealed);
      const other = objectOf(sealed, page).replace(/\/Contents \d+/, `/Contents ${firstPrepared(sealed)}`);
      return appendRevision(sealed, { [page]: other });
    },
  ],
  'shadow by two objects of one number': [
    'two contents prepared under one number; the sealed table leads to the first, readers that repair to the second',
    (lab) =>
      sealEdited(lab, (text) => {
        const number = /\/Contents (\d+) 0 R/.exec(text)?.[1];
        return text.replace(
          /(?<=\n%\S{4}\n)/,
          () => `${number} 0 obj\n${writing('another person')}\nendobj\n`,
        );
      }),
  ],
  'shadow field': [
    'a text field prepared over the name, to be filled in later',
    (lab) =>
      sealEdited(lab, (text) => text.replace('/Type /Page\n', '/Type /Page\n/Extra <</FT /Tx /V (a)>>\n')),
  ],
  'shadow layers': [
    'contents in layers of which a viewer shows another than the sealer saw',
    (lab) => sealEdited(lab, (text) => text.replace('/Type /Catalog', '/Type /Catalog\n/OCProperties <<>>')),
  ],
});
