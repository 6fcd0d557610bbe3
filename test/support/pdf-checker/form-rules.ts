/** Rules on what a reader can do: annotations, the form, actions, and the permissions of the seal. */
import type { PdfFile } from './file.ts';
import { type Rule, type Subject, unless } from './rule.ts';
import { asName, type Dictionary } from './values.ts';

/** Flags of an annotation (ISO 32000-1, table 165). */
const PRINT = 4;
const INVISIBLE_HIDDEN_NO_VIEW_TOGGLE = 1 | 2 | 32 | 256;

const ACTIONS = new Set(
  `GoTo GoToE GoToR Hide ImportData JavaScript Launch Movie Named Rendition ResetForm RichMediaExecute SetOCGState Sound
  SubmitForm Thread Trans URI`
    .split(/\s+/)
    .map((name) => `/${name}`),
);

export const FORM_RULES: readonly Rule[] = [
  {
    id: 'annotation',
    clause: 'A 6.3.1',
    says: 'The only annotation is the field of the seal.',
    broken: (subject) => {
      const all = annotations(subject);
      return unless(all.length === 1 && all[0]?.get('/Subtype') === '/Widget', `${all.length} annotations`);
    },
  },
  {
    id: 'flags',
    clause: 'A 6.3.2',
    says: 'Annotations are printed and never hidden.',
    broken: (subject) =>
      annotations(subject).flatMap((one) => {
        const flags = one.get('/F');
        const isRight =
          typeof flags === 'number' &&
          (flags & PRINT) !== 0 &&
          (flags & INVISIBLE_HIDDEN_NO_VIEW_TOGGLE) === 0;
        return unless(isRight, `/F ${Number(flags)}`);
      }),
  },
  {
    id: 'appearance',
    clause: 'A 6.3.3',
    says: 'Every annotation has one appearance, its normal one.',
    broken: ({ file, ...subject }) =>
      annotations({ file, ...subject }).flatMap((one) => {
        const appearance = file.dictionary(one.get('/AP'));
        const form = file.dictionary(appearance.get('/N'));
        return unless(appearance.size === 1 && form.get('/Subtype') === '/Form', '/AP');
      }),
  },
  {
    id: 'form',
    clause: 'A 6.4.1, 6.4.2',
    says: 'The form has the field of the seal, leaves nothing to be drawn by readers, and is not of XFA.',
    broken: ({ file, ...subject }) => {
      const form = file.dictionary(file.catalog.get('/AcroForm'));
      const fields = file.list(form.get('/Fields')).map((one) => file.dictionary(one));
      const isSeal = fields.length === 1 && fields[0] === annotations({ file, ...subject })[0];
      const isPlain = !form.has('/NeedAppearances') && !form.has('/XFA') && !form.has('/CO');
      return unless(isSeal && isPlain && form.get('/SigFlags') === 3, '/AcroForm');
    },
  },
  {
    id: 'seal',
    clause: 'A 6.4.3',
    says: 'The seal covers the whole file but its own value.',
    broken: ({ file }) => {
      const [range, ...others] = [...file.text.matchAll(/\/ByteRange\s*\[([\d ]+)\]/g)];
      const [zero, before = 0, after = 0, rest = 0] = (range?.[1] ?? '').split(' ').map(Number);
      const gap = file.text.slice(before, after);
      const isWhole = zero === 0 && after + rest === file.bytes.length && /^<[\da-f]+>$/.test(gap);
      return unless(
        others.length === 0 && isWhole && file.text.slice(before - 10, before) === '/Contents ',
        '/ByteRange',
      );
    },
  },
  {
    id: 'action',
    clause: 'A 6.5.1, 6.5.2',
    says: 'Nothing does anything by itself.',
    broken: ({ file }) =>
      found(
        file,
        (one) =>
          ['/AA', '/OpenAction', '/JS', '/JavaScript', '/A1'].some((key) => one.has(key)) ||
          one.get('/Type') === '/Action' ||
          ACTIONS.has(asName(one.get('/S'))),
      ),
  },
  {
    id: 'permissions',
    clause: 'A 6.1.12',
    says: 'The only permission is the seal’s: no change, without digests of objects.',
    broken: ({ file }) => {
      const permissions = file.dictionary(file.catalog.get('/Perms'));
      const signature = file.dictionary(permissions.get('/DocMDP'));
      const references = file.list(signature.get('/Reference')).map((one) => file.dictionary(one));
      const isRight = references.every(
        (one) =>
          ![...one.keys()].some((key) => key.startsWith('/Digest')) &&
          file.dictionary(one.get('/TransformParams')).get('/P') === 1,
      );
      return unless(permissions.size === 1 && references.length === 1 && isRight, '/Perms');
    },
  },
  {
    id: 'optional',
    clause: 'A 6.9, 6.10, 6.11',
    says: 'There is no optional content, no other presentation and no requirement.',
    broken: ({ file }) => [
      ...unless(!file.catalog.has('/OCProperties'), '/OCProperties'),
      ...unless(!file.catalog.has('/Requirements'), '/Requirements'),
      ...unless(
        !file.dictionary(file.catalog.get('/Names')).has('/AlternatePresentations'),
        '/AlternatePresentations',
      ),
      ...found(file, (one) => one.has('/PresSteps')),
    ],
  },
  {
    id: 'order',
    clause: 'UA 7.18.3',
    says: 'On pages with annotations one goes from one to the next as the structure has them.',
    broken: ({ file, pages }) =>
      pages.flatMap(({ page }, at) =>
        unless(file.list(page.get('/Annots')).length === 0 || page.get('/Tabs') === '/S', `page ${at + 1}`),
      ),
  },
  {
    id: 'tooltip',
    clause: 'UA 7.18.1',
    says: 'Every field says what it is.',
    broken: (subject) =>
      annotations(subject).flatMap((one) => {
        const tooltip = one.get('/TU');
        return unless(Buffer.isBuffer(tooltip) && tooltip.length > 0, '/TU');
      }),
  },
  {
    id: 'widget',
    clause: 'UA 7.18.4',
    says: 'Every field lies in an element Form that holds nothing else.',
    broken: ({ file, elements, ...subject }) =>
      annotations({ file, elements, ...subject }).flatMap((annotation) => {
        const holders = elements.filter(({ objects }) =>
          objects.some((one) => file.dictionary(one) === annotation),
        );
        const [holder] = holders;
        const isRight = holders.length === 1 && holder?.type === '/Form' && holder.objects.length === 1;
        return unless(isRight && holder.children.length === 0, 'a field');
      }),
  },
];

function annotations({ file, pages }: Subject): Dictionary[] {
  return pages.flatMap(({ page }) => file.list(page.get('/Annots')).map((one) => file.dictionary(one)));
}

function found(file: PdfFile, isBroken: (dictionary: Dictionary) => boolean): readonly string[] {
  return [...file.dictionaries()].filter(([one]) => isBroken(one)).map(([, number]) => `object ${number}`);
}
