/** A table: a row for each day or period, the header repeated on every page, a total at the end. */
import type { Fact } from '../domain/fact.ts';
import { labelOf, type TableBlock } from '../domain/page-layout.ts';
import type { Flow, Place } from './flow.ts';
import { type Column, heightOfRow, measureGrid, measureRow, ROW_PADDING, type Row } from './grid.ts';
import type { Lines } from './lines.ts';
import type { Measure } from './measure.ts';
import { type Phrase, phraseOf, widthOf } from './phrase.ts';
import type { Element } from './sheet.ts';
import { CELL, COLUMN_HEAD, LABEL, PAGE, RULE, TOTAL } from './style.ts';
import type { Wording } from './wording.ts';

const CONTINUED = LABEL;

/** A table, measured. */
interface Table {
  readonly head: Row;
  readonly rows: readonly Row[];
  readonly total: Row | undefined;
  readonly isWhole: boolean;
}

/** Measures a table under its heading. A column whose fact is optional is left out when no row has a value. */
export function measureTable(
  measure: Measure,
  wording: Wording,
  block: TableBlock,
  facts: ReadonlyMap<string, Fact>,
  heading: Lines | undefined,
): Place {
  const { rows: values } = wording;
  const shown = block.columns.filter(
    ({ fact, optional }) => optional !== true || values.some((row) => (row[fact] ?? '') !== ''),
  );
  const texts = values.map((row) => shown.map((use) => wording.cell(use, row)));
  const specs = shown.map((use) => ({
    head: wording.word(labelOf(use)),
    isNumeric: NUMERIC.has(facts.get(use.fact)?.format ?? ''),
    isWide: use.wide === true,
  }));
  const columns = measureGrid(measure, specs, texts);
  measure.note(columns.length);
  measure.note(texts.length);
  const heads = columns.map((column) => column.head);
  const table: Table = {
    head: measureRow(measure, COLUMN_HEAD, heads, columns),
    rows: texts.map((cells) => measureRow(measure, CELL, cells, columns)),
    total: block.total === undefined ? undefined : measureTotal(measure, wording, block.total, columns),
    isWhole: block.keepTogether === true,
  };
  return (flow) => {
    placeTable(flow, wording, table, heading);
  };
}

function placeTable(
  flow: Flow,
  wording: Wording,
  { head, rows, total, isWhole }: Table,
  heading: Lines | undefined,
): void {
  const { sheet } = flow;
  const columns = head.cells.length;
  const heights = rows.map(heightOfRow);
  const totalHeight = total === undefined ? 0 : heightOfRow(total);
  const headHeight = heightOfRow(head);
  const first = headHeight + (heights[0] ?? 0) + totalHeight + CONTINUED.leading;
  const all = heights.reduce((sum, height) => sum + height, headHeight + totalHeight);
  flow.startSection(heading, isWhole && all <= flow.wholePage ? all : first);
  const table = sheet.addElement(sheet.root, 'Table');
  placeRow(flow, sheet.addElement(sheet.addElement(table, 'THead'), 'TR'), head, columns, 'Column');
  const body = sheet.addElement(table, 'TBody');
  let lower = [flow.y];
  for (const [index, row] of rows.entries()) {
    const below = index === rows.length - 1 ? totalHeight : CONTINUED.leading;
    const height = heights[index] ?? 0;
    if (height + below > flow.room) {
      strokeRules(flow, lower);
      continueTable(flow, wording, head);
      lower = [flow.y];
    }
    flow.reserve(height + below, 'row');
    placeRow(flow, sheet.addElement(body, 'TR'), row, columns, 'Row');
    lower.push(flow.y);
  }
  strokeRules(flow, lower);
  if (total === undefined) return;
  placeRow(flow, sheet.addElement(sheet.addElement(table, 'TFoot'), 'TR'), total, columns, 'Row');
}

const NUMERIC: ReadonlySet<string> = new Set<Fact['format']>(['number', 'amount']);

/** Label and value in the first two columns; in a table of one column both in the first. */
function measureTotal(measure: Measure, wording: Wording, fact: string, columns: readonly Column[]): Row {
  const { label, value } = wording.field({ fact }) ?? NO_TOTAL;
  const phrases = columns.length > 1 ? [label, value] : [phraseOf(`${label.text}: ${value.text}`)];
  return measureRow(measure, TOTAL, phrases, columns);
}

const NO_TOTAL: Readonly<Record<'label' | 'value', Phrase>> = { label: phraseOf(''), value: phraseOf('') };

/** Says where the table goes on, and repeats its header there. */
function continueTable(flow: Flow, wording: Wording, head: Row): void {
  const { sheet } = flow;
  const note = wording.word('continued', { page: String(sheet.pages + 1) });
  sheet.addArtifact('Pagination', () => {
    sheet.addPhrase(CONTINUED, note, PAGE.right - widthOf(sheet.fonts, CONTINUED, note), flow.y);
  });
  flow.startPage();
  sheet.addArtifact('Pagination', () => {
    for (const lines of head.cells) sheet.addLines(lines, flow.y + ROW_PADDING);
    flow.y += heightOfRow(head);
  });
}

/** The first cell of a row heads it. */
function placeRow(flow: Flow, element: Element, row: Row, columns: number, scope: 'Row' | 'Column'): void {
  const { sheet } = flow;
  for (const [at, lines] of row.cells.entries()) {
    const isHead = scope === 'Column' || at === 0;
    const rest = columns - at;
    const isShort = at === row.cells.length - 1 && rest > 1;
    const cell = sheet.addElement(element, isHead ? 'TH' : 'TD', {
      ...(isHead && { scope }),
      // All rows must have as many columns (ISO 14289-1, 7.5).
      ...(isShort && { columnSpan: rest }),
    });
    sheet.addContent(cell, () => {
      sheet.addLines(lines, flow.y + ROW_PADDING);
    });
  }
  flow.y += heightOfRow(row);
}

/** The rules of a table on one page: strong below the header, fine below the rows. */
function strokeRules({ sheet }: Flow, [header = 0, ...rows]: readonly number[]): void {
  sheet.addArtifact('Layout', () => {
    sheet.addRule(header, PAGE.left, PAGE.right, 0.9, sheet.colour);
    for (const y of rows) sheet.addRule(y, PAGE.left, PAGE.right, 0.4, RULE);
  });
}
