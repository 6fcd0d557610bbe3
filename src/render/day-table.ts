/** The table of days: one row for each, the header repeated on every page, their number at the end. */
import type { DayColumn } from '../domain/attestation-type.ts';
import type { EntitledDay } from '../domain/entitlement.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { formatWeekday } from './calendar.ts';
import type { Flow } from './flow.ts';
import { type Column, placeColumns, prepareRow, ROW_PADDING, type Row } from './grid.ts';
import type { Element } from './sheet.ts';
import { CELL, COLUMN_HEAD, LABEL, PAGE, RULE, type TextStyle, TOTAL } from './style.ts';
import { drawLines, lineOf, type Phrase, widthOf } from './text.ts';
import { formatEnterprise, type Wording } from './wording.ts';

/** Gives the short name of a joint committee. */
export type CommitteeName = (number: string, language: DocumentLanguage) => string | undefined;

const CONTINUED = LABEL;

/** Writes the heading and the table of days. */
export function writeDayTable(
  flow: Flow,
  wording: Wording,
  heading: string,
  columns: readonly DayColumn[],
  days: readonly EntitledDay[],
  committeeName: CommitteeName,
): void {
  const { sheet } = flow;
  const shown = columns.filter(
    (column) => column !== 'usingEmployer' || days.some((day) => day.usingEmployer),
  );
  const texts = days.map((day) => shown.map((column) => cellText(column, day, wording, committeeName)));
  const placed = placeColumns(
    flow,
    shown.map((column) => ({ column, head: loose(wording.word(column)) })),
    texts,
  );
  const rows = texts.map((cells) => prepareRow(flow, CELL, cells, placed));
  const head = prepareRow(
    flow,
    COLUMN_HEAD,
    placed.map((column) => column.head),
    placed,
  );
  const total = prepareTotal(flow, wording, days.length, placed);

  flow.writeHeading(
    wording.word(heading),
    head.height + (rows[0]?.height ?? 0) + total.height + CONTINUED.leading,
  );
  const table = sheet.addElement(sheet.root, 'Table');
  drawHead(flow, sheet.addElement(table, 'THead'), head, placed);
  const body = sheet.addElement(table, 'TBody');
  for (const [index, row] of rows.entries()) {
    const below = index === rows.length - 1 ? total.height : CONTINUED.leading;
    if (row.height + below > flow.room) continueTable(flow, wording, head, placed);
    flow.reserve(row.height + below, 'row');
    drawRow(flow, sheet.addElement(body, 'TR'), CELL, row, placed, 'Row');
  }
  drawRow(flow, sheet.addElement(sheet.addElement(table, 'TFoot'), 'TR'), TOTAL, total, placed, 'Row');
}

function cellText(
  column: DayColumn,
  day: EntitledDay,
  wording: Wording,
  committeeName: CommitteeName,
): Phrase {
  const { print, language } = wording;
  switch (column) {
    case 'date':
      return print(column, formatWeekday(day.date, language));
    case 'jointCommittee': {
      if (day.jointCommittee === undefined) return print(column, '–');
      const name = committeeName(day.jointCommittee, language);
      return print(column, name === undefined ? day.jointCommittee : `${day.jointCommittee} – ${name}`);
    }
    case 'usingEmployer':
      return day.usingEmployer === undefined
        ? print(column, '–')
        : print(column, formatEnterprise(day.usingEmployer));
    case 'reference':
      return print(column, day.reference);
  }
}

/** Label and number in the first two columns; in a table of one column both in the first. */
function prepareTotal(flow: Flow, wording: Wording, days: number, columns: readonly Column[]): Row {
  const label = loose(wording.word('numberOfDays'));
  const number = wording.print('numberOfDays', String(days));
  const texts =
    columns.length > 1 ? [label, number] : [{ text: `${label.text}: ${number.text}`, isFixed: false }];
  return prepareRow(flow, TOTAL, texts, columns);
}

function drawHead(flow: Flow, head: Element, row: Row, columns: readonly Column[]): void {
  drawRow(flow, flow.sheet.addElement(head, 'TR'), COLUMN_HEAD, row, columns, 'Column');
}

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
  const { sheet } = flow;
  for (const [at, lines] of row.cells.entries()) {
    drawLines(sheet, COLUMN_HEAD, lines, columns[at]?.x ?? 0, flow.y + ROW_PADDING);
  }
  flow.y += row.height;
  strokeRule(flow, 0.9, sheet.colour);
}

/** A rule below the row, strong below the header; the first cell of a row heads it. */
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
      drawLines(sheet, style, lines, columns[at]?.x ?? 0, flow.y + ROW_PADDING);
    });
  }
  flow.y += row.height;
  if (style === TOTAL) return;
  sheet.addArtifact('Layout', () => {
    if (scope === 'Column') strokeRule(flow, 0.9, sheet.colour);
    else strokeRule(flow, 0.4, RULE);
  });
}

function strokeRule({ sheet, y }: Flow, thickness: number, colour: string): void {
  sheet.addRule(y, PAGE.left, PAGE.right, thickness, colour);
}

/** Columns stand where their contents let them, so their heads are filled in as their cells are. */
function loose({ text }: Phrase): Phrase {
  return { text, isFixed: false };
}
