/** The table of days: one row for each, the header repeated on every page, their number at the end. */
import type { DayColumn } from '../domain/attestation-type.ts';
import type { EntitledDay } from '../domain/entitlement.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { formatWeekday } from './calendar.ts';
import { addElement, drawArtifact, type Element } from './document.ts';
import type { Flow } from './flow.ts';
import { type Column, placeColumns, prepareRow, ROW_PADDING, type Row } from './grid.ts';
import { CELL, COLUMN_HEAD, LABEL, PAGE, RULE, type TextStyle, TOTAL } from './style.ts';
import { drawLines, widthOf } from './text.ts';
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
  const { pdf, root } = flow.document;
  const shown = columns.filter(
    (column) => column !== 'usingEmployer' || days.some((day) => day.usingEmployer),
  );
  const texts = days.map((day) => shown.map((column) => cellText(column, day, wording, committeeName)));
  const placed = placeColumns(
    flow,
    shown.map((column) => ({ column, head: wording.word(column) })),
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
  const table = addElement(root, pdf, 'Table');
  drawHead(flow, addElement(table, pdf, 'THead'), head, placed);
  const body = addElement(table, pdf, 'TBody');
  for (const [index, row] of rows.entries()) {
    const below = index === rows.length - 1 ? total.height : CONTINUED.leading;
    if (row.height + below > flow.room) continueTable(flow, wording, head, placed);
    flow.reserve(row.height + below, 'row');
    drawRow(flow, addElement(body, pdf, 'TR'), CELL, row, placed, 'Row');
  }
  drawRow(flow, addElement(addElement(table, pdf, 'TFoot'), pdf, 'TR'), TOTAL, total, placed, 'Row');
  table.end();
}

function cellText(
  column: DayColumn,
  day: EntitledDay,
  wording: Wording,
  committeeName: CommitteeName,
): string {
  const { print, language } = wording;
  switch (column) {
    case 'date':
      return formatWeekday(day.date, language);
    case 'jointCommittee': {
      if (day.jointCommittee === undefined) return '–';
      const name = committeeName(day.jointCommittee, language);
      return print(column, name === undefined ? day.jointCommittee : `${day.jointCommittee} – ${name}`);
    }
    case 'usingEmployer':
      return day.usingEmployer === undefined ? '–' : print(column, formatEnterprise(day.usingEmployer));
    case 'reference':
      return print(column, day.reference);
  }
}

/** Label and number in the first two columns; in a table of one column both in the first. */
function prepareTotal(flow: Flow, wording: Wording, days: number, columns: readonly Column[]): Row {
  const label = wording.word('numberOfDays');
  const texts = columns.length > 1 ? [label, String(days)] : [`${label}: ${days}`];
  return prepareRow(flow, TOTAL, texts, columns);
}

function drawHead(flow: Flow, head: Element, row: Row, columns: readonly Column[]): void {
  drawRow(flow, addElement(head, flow.document.pdf, 'TR'), COLUMN_HEAD, row, columns, 'Column');
}

/** Says where the table goes on, and repeats its header there. */
function continueTable(flow: Flow, wording: Wording, head: Row, columns: readonly Column[]): void {
  const { pdf } = flow.document;
  const next = String(pdf.bufferedPageRange().count + 1);
  const note = wording.word('continued', { page: next });
  drawArtifact(pdf, 'Pagination', () => {
    const x = PAGE.right - widthOf(pdf, CONTINUED, note);
    drawLines(pdf, CONTINUED, [note], x, flow.y, flow.colour);
  });
  flow.startPage();
  drawArtifact(pdf, 'Pagination', () => {
    repeatHead(flow, head, columns);
  });
}

function repeatHead(flow: Flow, row: Row, columns: readonly Column[]): void {
  const { pdf } = flow.document;
  for (const [at, lines] of row.cells.entries()) {
    drawLines(pdf, COLUMN_HEAD, lines, columns[at]?.x ?? 0, flow.y + ROW_PADDING, flow.colour);
  }
  flow.y += row.height;
  strokeRule(flow, 0.9, flow.colour);
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
  const { pdf } = flow.document;
  for (const [at, lines] of row.cells.entries()) {
    const isHead = scope === 'Column' || at === 0;
    const cell = addElement(element, pdf, isHead ? 'TH' : 'TD', isHead ? { scope } : {});
    cell.add(() => {
      drawLines(pdf, style, lines, columns[at]?.x ?? 0, flow.y + ROW_PADDING, flow.colour);
    });
  }
  element.end();
  flow.y += row.height;
  if (style === TOTAL) return;
  drawArtifact(pdf, 'Layout', () => {
    if (scope === 'Column') strokeRule(flow, 0.9, flow.colour);
    else strokeRule(flow, 0.4, RULE);
  });
}

function strokeRule({ document: { pdf }, y }: Flow, thickness: number, colour: string): void {
  pdf.lineWidth(thickness).moveTo(PAGE.left, y).lineTo(PAGE.right, y).stroke(colour);
}
