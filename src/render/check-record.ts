/** Renders the record of a check: what was found stands under labels, the data are attached. */
import type { CheckRecord } from '../domain/check-record.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';
import type { Unsealed } from '../pades/unsealed.ts';
import type { Fonts } from './font.ts';
import type { House } from './layout.ts';
import { type PaperFrame, renderPaper } from './paper.ts';

/** A value under its label. */
export interface RecordLine {
  readonly label: string;
  readonly value: string;
  /** It needs the whole line. */
  readonly isLong?: boolean;
}

/** What stands on the page, in words. */
export interface CheckRecordText {
  readonly title: string;
  /** The verdict as one sentence, and what the paper is. */
  readonly verdict: string;
  readonly statement: string;
  readonly groups: readonly { readonly heading: string; readonly lines: readonly RecordLine[] }[];
  /** Days or periods, each with what the document says of it. */
  readonly table?: {
    readonly heading: string;
    readonly columns: readonly [string, string];
    readonly rows: readonly (readonly [string, string])[];
  };
}

/** One record to render. */
export interface CheckRecordInput extends PaperFrame {
  readonly text: CheckRecordText;
  /** What is attached. */
  readonly record: CheckRecord;
}

/** The name of the attached file. */
const FILE = 'check.json';

/** Renders one record, ready to be sealed. Throws `renderingFailed` when a character has no glyph. */
export async function renderCheckRecord(
  house: House,
  fonts: Fonts,
  input: CheckRecordInput,
): Promise<Unsealed> {
  const { text, record } = input;
  const words = new Map([
    ['verdict', text.verdict],
    ['statement', text.statement],
  ]);
  const fields: Record<string, string> = {};
  const layout: LayoutBlock[] = [
    { kind: 'heading', text: 'verdict' },
    { kind: 'paragraph', text: 'statement' },
  ];
  for (const [at, { heading, lines }] of text.groups.entries()) {
    const name = `group${at}`;
    words.set(name, heading);
    const facts = lines.map(({ label, value, isLong }, line) => {
      const fact = `${name}.${line}`;
      words.set(fact, label);
      fields[fact] = value;
      return { fact, isLong: isLong === true };
    });
    const [first, ...rest] = columnsOf(facts);
    if (first !== undefined) layout.push({ ...first, heading: name }, ...rest);
  }
  const rows = addTable(text, words, layout);
  layout.push({ kind: 'seal', text: 'sealNote', field: 'sealName' });
  const word = (key: string) => words.get(key);
  const content = { layout, title: text.title, number: record.reference, word, fields, rows };
  return renderPaper(house, fonts, { ...content, data: record, fileName: FILE }, input);
}

type Fields = Extract<LayoutBlock, { kind: 'fields' }>;

/** What is short stands in two columns, what is long below them. */
function columnsOf(facts: readonly { readonly fact: string; readonly isLong: boolean }[]): Fields[] {
  const block = (some: typeof facts, beside = false): Fields => ({
    kind: 'fields',
    ...(beside && { beside }),
    fields: some.map(({ fact }) => ({ fact })),
  });
  const [short, long] = [facts.filter(({ isLong }) => !isLong), facts.filter(({ isLong }) => isLong)];
  const half = Math.ceil(short.length / 2);
  return [
    ...(short.length > 0 ? [block(short.slice(0, half))] : []),
    ...(short.length > half ? [block(short.slice(half), true)] : []),
    ...(long.length > 0 ? [block(long)] : []),
  ];
}

function addTable(
  { table }: CheckRecordText,
  words: Map<string, string>,
  layout: LayoutBlock[],
): readonly { readonly when: string; readonly details: string }[] {
  if (table === undefined) return [];
  const [when, details] = table.columns;
  words.set('table', table.heading).set('when', when).set('details', details);
  layout.push({
    kind: 'table',
    heading: 'table',
    columns: [{ fact: 'when' }, { fact: 'details', wide: true }],
  });
  return table.rows.map(([one, other]) => ({ when: one, details: other }));
}
