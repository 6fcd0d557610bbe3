/** Rules on the structure tree: its elements, and how they and the pages find each other. */
import { type Rule, unless } from './rule.ts';
import { attributeOf, type StructureElement } from './structure-tree.ts';
import { asName, isReference, type Value } from './values.ts';

/** Which elements may stand in which (ISO 32000-1, 14.8.4), those that ours are made of. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  '/Document': ['/Figure', '/Form', '/H1', '/H2', '/H3', '/L', '/P', '/Sect', '/Table'],
  '/Sect': ['/Figure', '/Form', '/H1', '/H2', '/H3', '/L', '/P', '/Sect', '/Table'],
  '/L': ['/Caption', '/L', '/LI'],
  '/LI': ['/Lbl', '/LBody'],
  '/LBody': ['/Figure', '/L', '/P', '/Span'],
  '/Table': ['/Caption', '/TBody', '/TFoot', '/THead', '/TR'],
  '/THead': ['/TR'],
  '/TBody': ['/TR'],
  '/TFoot': ['/TR'],
  '/TR': ['/TD', '/TH'],
  '/TD': ['/Figure', '/L', '/P', '/Span'],
  '/TH': ['/P', '/Span'],
  '/P': ['/Span'],
  '/Caption': ['/P', '/Span'],
  '/Figure': [],
  '/Form': [],
  '/H1': ['/Span'],
  '/H2': ['/Span'],
  '/H3': ['/Span'],
  '/Lbl': ['/Span'],
  '/Span': [],
};

/** Elements that mean nothing where they are not inside those. */
const PARENTS: Readonly<Record<string, readonly string[]>> = {
  '/LI': ['/L'],
  '/Lbl': ['/LI'],
  '/LBody': ['/LI'],
  '/TR': ['/Table', '/THead', '/TBody', '/TFoot'],
  '/TH': ['/TR'],
  '/TD': ['/TR'],
};

export const STRUCTURE_RULES: readonly Rule[] = [
  {
    id: 'marked',
    clause: 'A 6.7.2, UA 7.1',
    says: 'The file says that it is tagged, and not that its tags are in doubt.',
    broken: ({ file }) => {
      const mark = file.dictionary(file.catalog.get('/MarkInfo'));
      return unless(mark.get('/Marked') === true && mark.get('/Suspects') !== true, '/MarkInfo');
    },
  },
  {
    id: 'tree',
    clause: 'A 6.7.3',
    says: 'The structure is a tree of one document, in which every element names its parent.',
    broken: ({ file, elements }) => {
      const root = file.catalog.get('/StructTreeRoot');
      const tops = elements.filter(({ parent }) => parent === undefined);
      const isTree = file.dictionary(root).get('/Type') === '/StructTreeRoot';
      return [
        ...unless(isTree && tops.length === 1 && tops[0]?.type === '/Document', '/StructTreeRoot'),
        ...elements.flatMap(({ number, dictionary, parent }) => {
          const named = dictionary.get('/P');
          const expected = parent?.number ?? (isReference(root) ? root.ref : 0);
          return unless(isReference(named) && named.ref === expected, `object ${number}`);
        }),
      ];
    },
  },
  {
    id: 'type',
    clause: 'A 6.7.3.4, UA 7.1',
    says: 'Every element has a type of the standard, which no role map changes.',
    broken: ({ file, elements }) => [
      ...unless(!file.dictionary(file.catalog.get('/StructTreeRoot')).has('/RoleMap'), '/RoleMap'),
      ...elements.filter(({ type }) => CHILDREN[type] === undefined).map(({ type }) => type),
    ],
  },
  {
    id: 'nesting',
    clause: 'UA 7.2',
    says: 'Elements lie in those that may hold them.',
    broken: ({ elements }) =>
      elements.flatMap(({ type, parent, children }) => [
        ...unless(
          PARENTS[type]?.includes(parent?.type ?? '') ?? true,
          `${type} in ${parent?.type ?? 'nothing'}`,
        ),
        ...children
          .filter((child) => CHILDREN[type]?.includes(child.type) === false)
          .map((child) => `${child.type} in ${type}`),
      ]),
  },
  {
    id: 'empty',
    clause: 'UA 7.1',
    says: 'Every element holds something.',
    broken: ({ elements }) =>
      elements.flatMap(({ type, number, children, content, objects }) =>
        unless(children.length + content.length + objects.length > 0, `${type}, object ${number}`),
      ),
  },
  {
    id: 'parents',
    clause: 'PDF 14.7.4.4',
    says: 'All tagged content finds its element, and the element its content, each once.',
    broken: ({ file, pages, elements }) => {
      const tree = parentTree(file.list(file.dictionary(parentTreeOf(file)).get('/Nums')));
      const inPages = pages.flatMap(({ page, marked, repeated }, at) => {
        const listed = file.list(tree.get(Number(page.get('/StructParents'))));
        const found = [...marked].flatMap(([mcid, tag]) => {
          const owner = elements.find(({ number }) => isAt(listed[mcid], number));
          const isHeld = owner?.content.some(
            (one) => one.mcid === mcid && file.dictionary(one.page) === page,
          );
          return unless(isHeld === true && owner?.type === tag, `page ${at + 1}: ${tag} ${mcid}`);
        });
        return [
          ...found,
          ...unless(listed.length === marked.size, `page ${at + 1}: ${listed.length} parents`),
          ...repeated.map((mcid) => `page ${at + 1}: ${mcid} twice`),
        ];
      });
      const held = elements.reduce((sum, { content }) => sum + content.length, 0);
      const tagged = pages.reduce((sum, { marked }) => sum + marked.size, 0);
      return [...inPages, ...unless(held === tagged, `${held} held, ${tagged} tagged`)];
    },
  },
  {
    id: 'reference',
    clause: 'PDF 14.7.4.4, UA 7.18.1',
    says: 'Every annotation finds its element, and the element its annotation.',
    broken: ({ file, pages, elements }) => {
      const tree = parentTree(file.list(file.dictionary(parentTreeOf(file)).get('/Nums')));
      const next = file.dictionary(file.catalog.get('/StructTreeRoot')).get('/ParentTreeNextKey');
      const annotations = pages.flatMap(({ page }) => file.list(page.get('/Annots')));
      return [
        ...unless(typeof next === 'number' && next > Math.max(...tree.keys()), '/ParentTreeNextKey'),
        ...annotations.flatMap((annotation) => {
          const parent = tree.get(Number(file.dictionary(annotation).get('/StructParent')));
          const owner = elements.find(({ number }) => isAt(parent, number));
          const isHeld = owner?.objects.some((one) => file.dictionary(one) === file.dictionary(annotation));
          return unless(isHeld === true, 'an annotation');
        }),
      ];
    },
  },
  {
    id: 'figure',
    clause: 'UA 7.3',
    says: 'Every figure is said in words and has its box.',
    broken: ({ file, elements }) =>
      ofType(elements, '/Figure').flatMap((element) => {
        const alternative = element.dictionary.get('/Alt');
        const isSaid = Buffer.isBuffer(alternative) && alternative.length > 0;
        return unless(
          isSaid && file.list(attributeOf(file, element, '/BBox')).length === 4,
          `object ${element.number}`,
        );
      }),
  },
  {
    id: 'heading',
    clause: 'UA 7.4.2',
    says: 'Headings begin with the first level, of which there is one, and skip none.',
    broken: ({ elements }) => {
      const levels = elements
        .filter(({ type }) => /^\/H\d$/.test(type))
        .map(({ type }) => Number(type.slice(2)));
      const skips = levels.flatMap((level, at) =>
        unless(level <= (levels[at - 1] ?? 0) + 1, `heading ${at + 1}`),
      );
      return [...skips, ...unless(levels.filter((level) => level === 1).length === 1, 'H1')];
    },
  },
  {
    id: 'list',
    clause: 'UA 7.6',
    says: 'Every item of a list has a label and a body, or a body.',
    broken: ({ elements }) =>
      ofType(elements, '/LI').flatMap(({ number, children }) =>
        unless(/^(\/Lbl)?\/LBody$/.test(children.map(({ type }) => type).join('')), `object ${number}`),
      ),
  },
  {
    id: 'rows',
    clause: 'UA 7.5',
    says: 'All rows of a table have the same number of columns.',
    broken: ({ file, elements }) =>
      ofType(elements, '/Table').flatMap((table) => {
        const widths = rowsOf(table).map(({ children }) =>
          children.reduce((sum, cell) => sum + Number(attributeOf(file, cell, '/ColSpan') ?? 1), 0),
        );
        return unless(new Set(widths).size === 1, `rows of ${[...new Set(widths)].join(', ')} columns`);
      }),
  },
  {
    id: 'scope',
    clause: 'UA 7.5',
    says: 'Every header cell says what it heads; the first row heads the columns, the first cell of any other its row.',
    broken: ({ file, elements }) => {
      const scopeOf = (cell: StructureElement) => attributeOf(file, cell, '/Scope');
      const odd = ofType(elements, '/TH').filter(
        (cell) => !['/Row', '/Column'].includes(asName(scopeOf(cell))),
      );
      const headless = ofType(elements, '/Table').flatMap((table) => {
        const [first, ...others] = rowsOf(table);
        const isHeaded =
          first?.children.every((cell) => cell.type === '/TH' && scopeOf(cell) === '/Column') === true &&
          others.every(({ children: [cell] }) => cell?.type === '/TH' && scopeOf(cell) === '/Row');
        return unless(isHeaded, 'a table');
      });
      return [...odd.map(({ number }) => `object ${number}`), ...headless];
    },
  },
];

function ofType(elements: readonly StructureElement[], type: string): readonly StructureElement[] {
  return elements.filter((element) => element.type === type);
}

function rowsOf(table: StructureElement): readonly StructureElement[] {
  return table.children.flatMap((child) => (child.type === '/TR' ? [child] : rowsOf(child)));
}

function parentTreeOf(file: Parameters<Rule['broken']>[0]['file']): Value | undefined {
  return file.dictionary(file.catalog.get('/StructTreeRoot')).get('/ParentTree');
}

/** The pairs of a number tree of one node. */
function parentTree(pairs: readonly Value[]): ReadonlyMap<number, Value> {
  const tree = new Map<number, Value>();
  for (let at = 0; at + 1 < pairs.length; at += 2) tree.set(Number(pairs[at]), pairs[at + 1] ?? null);
  return tree;
}

function isAt(value: Value | undefined, number: number): boolean {
  return isReference(value) && value.ref === number;
}
