/** A table: a row for each day or period, the header repeated on every page, a total at the end. */
import type { Fact } from '../domain/fact.ts';
import { labelOf, type TableBlock } from '../domain/page-layout.ts';
import type { Flow } from './flow.ts';
import { type Column, drawCell, placeColumns, prepareRow, type Row } from './grid.ts';
import type { Element } from './sheet.ts';
import { CELL, COLUMN_HEAD, LABEL, PAGE, RULE, type TextStyle, TOTAL } from './style.ts';
import { drawLines, lineOf, type Phrase, widthOf } from './text.ts';
import type { Wording } from './wording.ts';

const CONTINUED = LABEL;

/** Writes a table under its heading. A column whose fact is optional is left out when no row has a value. */
export function writeTable(
  flow: Flow,
  wording: Wording,
  block: TableBlock,
  facts: ReadonlyMap<string, Fact>,
  heading: Phrase | undefined,
): void {
  const { sheet } = flow;
  const { rows: values } = wording;
  const shown = block.columns.filter(
    ({ fact, optional }) => optional !== true || values.some((row) => (row[fact] ?? '') !== ''),
  );
  const texts = values.map((row) => shown.map((use) => wording.cell(use, row)));
  const specs = shown.map((use) => ({
    head: loose(wording.word(labelOf(use))),
    isNumeric: NUMERIC.has(facts.get(use.fact)?.format ?? ''),
    isWide: use.wide === true,
  }));
  const placed = placeColumns(flow, specs, texts);
  const rows = texts.map((cells) => prepareRow(flow, CELL, cells, placed));
  const head = prepareRow(
    flow,
    COLUMN_HEAD,
    placed.map((column) => column.head),
    placed,
  );
  const total = block.total === undefined ? undefined : prepareTotal(flow, wording, block.total, placed);
  const totalHeight = total?.height ?? 0;

  const first = head.height + (rows[0]?.height ?? 0) + totalHeight + CONTINUED.leading;
  const all = rows.reduce((height, row) => height + row.height, head.height + totalHeight);
  flow.startSection(heading, block.keepTogether === true && all <= flow.wholePage ? all : first);
  const table = sheet.addElement(sheet.root, 'Table');
  drawRow(
    flow,
    sheet.addElement(sheet.addElement(table, 'THead'), 'TR'),
    COLUMN_HEAD,
    head,
    placed,
    'Column',
  );
  const body = sheet.addElement(table, 'TBody');
  let lower = [flow.y];
  for (const [index, row] of rows.entries()) {
    const below = index === rows.length - 1 ? totalHeight : CONTINUED.leading;
    if (row.height + below > flow.room) {
      strokeRules(flow, lower);
      continueTable(flow, wording, head, placed);
      lower = [flow.y];
    }
    flow.reserve(row.height + below, 'row');
    drawRow(flow, sheet.addElement(body, 'TR'), CELL, row, placed, 'Row');
    lower.push(flow.y);
  }
  strokeRules(flow, lower);
  if (total === undefined) return;
  drawRow(flow, sheet.addElement(sheet.addElement(table, 'TFoot'), 'TR'), TOTAL, total, placed, 'Row');
}

const NUMERIC: ReadonlySet<string> = new Set<Fact['format']>(['number', 'amount']);

/** Label and value in the first two columns; in a table of one column both in the first. */
function prepareTotal(flow: Flow, wording: Wording, fact: string, columns: readonly Column[]): Row {
  const { label, value } = wording.field({ fact }) ?? NO_TOTAL;
  const texts =
    columns.length > 1 ? [loose(label), value] : [{ text: `${label.text}: ${value.text}`, isFixed: false }];
  return prepareRow(flow, TOTAL, texts, columns);
}

const NO_TOTAL = { label: { text: '', isFixed: false }, value: { text: '', isFixed: false } };

/** Says where the table goes on, and repeats its header there. */
function continueTable(flow: Flow, wording: Wording, head: Row, columns: readonly Column[]): void {
  const { sheet } = flow;
  const next = String(sheet.pages + 1);
  const note = wording.word('continued', { page: next });
  sheet.addArtifact('Pagination', () => {
    const x = PAGE.right - widthOf(sheet, CONTINUED, note.text);
    drawLines(sheet, CONTINUED, lineOf(sheet, CONTINUED, note), x, flow.y);
  });
  flow.startPage();
  sheet.addArtifact('Pagination', () => {
    repeatHead(flow, head, columns);
  });
}

function repeatHead(flow: Flow, row: Row, columns: readonly Column[]): void {
  for (const [at, lines] of row.cells.entries()) {
    drawCell(flow, COLUMN_HEAD, lines, columns[at]);
  }
  flow.y += row.height;
}

/** The first cell of a row heads it. */
function drawRow(
  flow: Flow,
  element: Element,
  style: TextStyle,
  row: Row,
  columns: readonly Column[],
  scope: 'Row' | 'Column',
): void {
  const { sheet } = flow;
  for (const [at, lines] of row.cells.entries()) {
    const isHead = scope === 'Column' || at === 0;
    const rest = columns.length - at;
    const isShort = at === row.cells.length - 1 && rest > 1;
    const cell = sheet.addElement(element, isHead ? 'TH' : 'TD', {
      ...(isHead && { scope }),
      // All rows must have as many columns (ISO 14289-1, 7.5).
      ...(isShort && { columnSpan: rest }),
    });
    sheet.addContent(cell, () => {
      drawCell(flow, style, lines, columns[at]);
    });
  }
  flow.y += row.height;
}

/** The rules of a table on one page: strong below the header, fine below the rows. */
function strokeRules({ sheet }: Flow, [header = 0, ...rows]: readonly number[]): void {
  sheet.addArtifact('Layout', () => {
    sheet.addRule(header, PAGE.left, PAGE.right, 0.9, sheet.colour);
    for (const y of rows) sheet.addRule(y, PAGE.left, PAGE.right, 0.4, RULE);
  });
}

/** Columns stand where their contents let them, so their heads are filled in as their cells are. */
function loose({ text }: Phrase): Phrase {
  return { text, isFixed: false };
}
