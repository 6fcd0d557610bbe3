/** Rules on what pages draw: operators, colours, transparency, marks. */
import type { PdfFile } from './file.ts';
import type { PageContent } from './page-content.ts';
import { type Rule, unless } from './rule.ts';
import { asName, type Dictionary } from './values.ts';

/** All operators (ISO 32000-1, annex A). */
const OPERATORS = new Set(
  `b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG rg ri s
  S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' "`.split(/\s+/),
);

export const PAGE_RULES: readonly Rule[] = [
  {
    id: 'operator',
    clause: 'A 6.2.2',
    says: 'Pages use operators of the standard only, each with its end.',
    broken: ({ pages }) =>
      onPages(pages, ({ operations, isBalanced }) => [
        ...operations.filter(({ operator }) => !OPERATORS.has(operator)).map(({ operator }) => operator),
        ...unless(isBalanced, 'something left open'),
      ]),
  },
  {
    id: 'resources',
    clause: 'A 6.2.2',
    says: 'Every page has the fonts, states and pictures that it names.',
    broken: ({ file, pages }) =>
      onPages(pages, ({ page, operations }) => {
        const resources = file.dictionary(page.get('/Resources'));
        return operations.flatMap(({ operator, operands }) => {
          const kind = NAMED[operator];
          if (kind === undefined) return [];
          return unless(file.dictionary(resources.get(kind)).has(asName(operands[0])), asName(operands[0]));
        });
      }),
  },
  {
    id: 'intent',
    clause: 'A 6.2.3',
    says: 'One output intent names an ICC profile of version 4 or before, for the colours of a screen or printer.',
    broken: ({ file }) => {
      const intents = file.list(file.catalog.get('/OutputIntents')).map((one) => file.dictionary(one));
      const profiles = intents.map((intent) => intent.get('/DestOutputProfile'));
      const isOne = intents.length === 1 && intents[0]?.get('/S') === '/GTS_PDFA1';
      return unless(isOne && profiles.every((profile) => isProfile(file, profile)), '/OutputIntents');
    },
  },
  {
    id: 'colour',
    clause: 'A 6.2.4.3',
    says: 'Colours are those that the output intent describes: RGB or grey.',
    broken: ({ pages }) =>
      onPages(pages, ({ operations }) =>
        operations.flatMap(({ operator, operands }) => {
          const isSpace = operator === 'cs' || operator === 'CS';
          const isRight = isSpace ? ['/DeviceRGB', '/DeviceGray'].includes(asName(operands[0])) : true;
          return unless(isRight && operator !== 'k' && operator !== 'K', operator);
        }),
      ),
  },
  {
    id: 'state',
    clause: 'A 6.2.5',
    says: 'No graphics state has a transfer function, a halftone of its own or a phase.',
    broken: ({ file }) => found(file, (one) => ['/TR', '/TR2', '/HTP', '/HTO'].some((key) => one.has(key))),
  },
  {
    id: 'picture',
    clause: 'A 6.2.8, 6.2.9',
    says: 'No picture has alternatives, is smoothed, or is PostScript, and no form refers to another file.',
    broken: ({ file }) =>
      found(
        file,
        (one) =>
          ['/Alternates', '/OPI', '/PS', '/Ref'].some((key) => one.has(key)) ||
          one.get('/Interpolate') === true ||
          one.get('/Subtype') === '/PS',
      ),
  },
  {
    id: 'transparency',
    clause: 'A 6.2.10',
    says: 'Nothing is transparent.',
    broken: ({ file }) =>
      found(
        file,
        (one) =>
          (one.has('/SMask') && one.get('/SMask') !== '/None') ||
          ['/CA', '/ca'].some((key) => typeof one.get(key) === 'number' && one.get(key) !== 1) ||
          (one.has('/BM') && one.get('/BM') !== '/Normal') ||
          one.get('/S') === '/Transparency',
      ),
  },
  {
    id: 'unmarked',
    clause: 'UA 7.1',
    says: 'All that is drawn is tagged or an artifact.',
    broken: ({ pages }) => onPages(pages, ({ unmarked }) => unmarked),
  },
  {
    id: 'mixed',
    clause: 'UA 7.1',
    says: 'No artifact lies in tagged content, nor the other way round.',
    broken: ({ pages }) => onPages(pages, ({ mixed }) => mixed),
  },
];

const NAMED: Readonly<Record<string, string>> = {
  Tf: '/Font',
  Do: '/XObject',
  gs: '/ExtGState',
  sh: '/Shading',
};

function onPages(
  pages: readonly PageContent[],
  broken: (page: PageContent) => readonly string[],
): readonly string[] {
  return pages.flatMap((page, at) => broken(page).map((what) => `page ${at + 1}: ${what}`));
}

function found(file: PdfFile, isBroken: (dictionary: Dictionary) => boolean): readonly string[] {
  return [...file.dictionaries()].filter(([one]) => isBroken(one)).map(([, number]) => `object ${number}`);
}

/** Header of a profile (ISO 15076-1, 7.2): length, version, class, colour space, signature. */
function isProfile(file: PdfFile, value: Parameters<PdfFile['content']>[0]): boolean {
  const profile = file.content(value);
  if (profile.length < 132 || profile.readUInt32BE(0) !== profile.length) return false;
  const [version = 9, kind, space, signature] = [
    profile[8],
    profile.toString('latin1', 12, 16),
    profile.toString('latin1', 16, 20),
    profile.toString('latin1', 36, 40),
  ];
  const colours = file.dictionary(value).get('/N');
  return (
    version < 5 &&
    ['mntr', 'prtr'].includes(kind) &&
    space === 'RGB ' &&
    colours === 3 &&
    signature === 'acsp'
  );
}
