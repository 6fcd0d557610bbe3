/** Attacks on what a certification lets be done: annotations and further signatures, under each permission (DocMDP P). */
import { readGap } from '../../../src/pades/byte-range.ts';
import { appendRevision } from '../../verify/attacks.ts';
import { attacks, NOT_OUR_FORM } from '../attack.ts';
import { gapOf, objectOf, placesOf, sealEdited } from '../edit.ts';
import type { Lab } from '../lab.ts';

const PERMISSIONS = [1, 2, 3] as const;
const NEW = 900;

/** A document of ours as it is, or one that somebody with our key sealed with a wider permission. */
const certified = (lab: Lab, permission: number): Promise<Buffer> =>
  permission === 1 ? lab.seal() : sealEdited(lab, (text) => text.replace(/\/P 1\n/, `/P ${permission}\n`));

/** A revision with this annotation on the page. */
const annotate = (pdf: Buffer, annotation: string): Buffer => {
  const { page } = placesOf(pdf);
  const annotated = objectOf(pdf, page).replace('/Annots [', `/Annots [${NEW} 0 R `);
  return appendRevision(pdf, { [page]: annotated, [NEW]: annotation });
};

/** A revision with a second signature whose field covers the page; its value is the genuine one. */
const signAgain = (pdf: Buffer): Buffer => {
  const value = readGap(pdf, gapOf(pdf)).toString('hex');
  const look = 'q 1 1 1 rg 0 0 595 842 re f Q';
  const { catalog } = placesOf(pdf);
  const form = Number(/\/AcroForm (\d+) 0 R/.exec(objectOf(pdf, catalog))?.[1]);
  const updated = annotate(
    pdf,
    `<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/F 4/Rect[0 0 595 842]/V ${NEW + 1} 0 R/AP<</N ${NEW + 2} 0 R>>>>`,
  );
  const fields = objectOf(pdf, form).replace('/Fields [', `/Fields [${NEW} 0 R `);
  return appendRevision(updated, {
    [form]: fields,
    [NEW + 1]:
      `<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 10 20 30]/Contents<${value}>>>`,
    [NEW + 2]:
      `<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length ${look.length}>>\nstream\n${look}\nendstream`,
  });
};

const ANNOTATIONS: Readonly<Record<string, string>> = {
  'free text':
    '<</Type/Annot/Subtype/FreeText/Rect[60 300 500 500]/F 4/DA(/F1 20 Tf)/Contents(another person)>>',
  stamp: '<</Type/Annot/Subtype/Stamp/Rect[0 0 595 842]/F 4/Name/Approved>>',
  redaction: '<</Type/Annot/Subtype/Redact/Rect[60 300 500 500]/F 4/IC[1 1 1]/OverlayText(another person)>>',
};

export const CERTIFICATION = attacks(NOT_OUR_FORM, {
  ...Object.fromEntries(
    PERMISSIONS.flatMap((permission) => [
      ...Object.entries(ANNOTATIONS)
        .filter(([kind]) => permission === 1 || kind === 'free text')
        .map(([kind, annotation]) => [
          `evil ${kind} at P=${permission}`,
          [
            `a revision with an annotation over the text, where the seal allows ${permission}`,
            async (lab: Lab) => annotate(await certified(lab, permission), annotation),
          ] as const,
        ]),
      [
        `sneaky signature at P=${permission}`,
        [
          `a revision with a second signature whose look covers the page, where the seal allows ${permission}`,
          async (lab: Lab) => signAgain(await certified(lab, permission)),
        ] as const,
      ],
    ]),
  ),
  'permission to fill in': ['nothing was added yet, but the seal would allow it', (lab) => certified(lab, 2)],
  'permission to annotate': [
    'nothing was added yet, but the seal would allow it',
    (lab) => certified(lab, 3),
  ],
  'permission left out': [
    'the seal refers to no permission',
    (lab) =>
      sealEdited(lab, (text) => text.replace('/TransformMethod /DocMDP', '/TransformMethod /FieldMDP')),
  ],
});
