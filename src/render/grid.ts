/** The grid of a table: where its columns stand, and its cells broken into lines. */
import type { Flow } from './flow.ts';
import { CELL, COLUMN_HEAD, LINE_WIDTH, PAGE, SECOND_COLUMN, type TextStyle } from './style.ts';
import { drawLines, type Lines, linesOf, type Phrase, widthOf } from './text.ts';

/** What a column shows. */
export interface ColumnSpec {
  readonly head: Phrase;
  /** Numbers stand below each other at their last digit. */
  readonly isNumeric: boolean;
  /** Whether it takes the width that the others leave. */
  readonly isWide: boolean;
}

/** A column with the place of its cells. */
export interface Column extends ColumnSpec {
  readonly x: number;
  readonly width: number;
}

/** Cells broken into lines, ready to be drawn. */
export interface Row {
  readonly cells: readonly Lines[];
  readonly height: number;
}

const COLUMN_GAP = 14;
/** A column that takes what others leave is of no use below this width. */
const LEAST_WIDE = 60;
/** Space above and below the text of a row. */
export const ROW_PADDING = 2.75;

/**
 * With a wide column, every other one is as wide as its longest text and the wide one takes the rest. Without, up to
 * three columns stand on the grid of the page: left edge, second column, right edge. Where that has no room for a text,
 * each column gets what its longest text needs, and the longest of them are broken into lines.
 */
export function placeColumns(
  { sheet }: Flow,
  columns: readonly ColumnSpec[],
  texts: readonly (readonly Phrase[])[],
): Column[] {
  const natural = columns.map(({ head }, at) =>
    // A hair more than measured, so that rounding never breaks a text that fits.
    Math.max(
      widthOf(sheet, COLUMN_HEAD, head.text) + 0.1,
      ...[...new Set(texts.map((row) => row[at]?.text ?? ''))].map(
        (text) => widthOf(sheet, CELL, text) + 0.1,
      ),
    ),
  );
  const starts = startsOf(columns, natural);
  return columns.map((column, at) => {
    const x = starts[at] ?? PAGE.left;
    const next = starts[at + 1];
    const room = (next === undefined ? PAGE.right : next - COLUMN_GAP) - x;
    return { ...column, x, width: column.isNumeric ? Math.min(room, natural[at] ?? room) : room };
  });
}

/** Breaks the cells of a row into lines; the highest gives its height. */
export function prepareRow(
  { sheet }: Flow,
  style: TextStyle,
  texts: readonly Phrase[],
  columns: readonly Column[],
): Row {
  const cells = texts.map((text, at) => linesOf(sheet, style, text, columns[at]?.width ?? 0));
  const lines = Math.max(1, ...cells.map((cell) => cell.texts.length));
  return { cells, height: lines * style.leading + 2 * ROW_PADDING };
}

/** Draws the text of a cell; `y` is the top of its row. */
export function drawCell(
  { sheet, y }: Flow,
  style: TextStyle,
  lines: Lines,
  column: Column | undefined,
): void {
  const { x = PAGE.left, width = 0, isNumeric = false } = column ?? {};
  if (!isNumeric) {
    drawLines(sheet, style, lines, x, y + ROW_PADDING);
    return;
  }
  for (const [at, text] of lines.texts.entries()) {
    const left = x + width - widthOf(sheet, style, text);
    drawLines(sheet, style, { ...lines, texts: [text] }, left, y + ROW_PADDING + at * style.leading);
  }
}

function startsOf(columns: readonly ColumnSpec[], natural: readonly number[]): number[] {
  const gaps = COLUMN_GAP * (natural.length - 1);
  const wide = columns.findIndex(({ isWide }) => isWide);
  const rest = LINE_WIDTH - gaps - sum(natural.filter((_, at) => at !== wide));
  if (wide !== -1 && rest >= LEAST_WIDE)
    return packed(natural.map((width, at) => (at === wide ? rest : width)));
  if (wide === -1 && fitsGrid(natural)) return onGrid(natural);
  const slack = LINE_WIDTH - gaps - sum(natural);
  if (slack < 0) return packed(squeeze(natural, LINE_WIDTH - gaps));
  return packed(natural, COLUMN_GAP + slack / Math.max(1, natural.length - 1));
}

function fitsGrid([first = 0, second = 0, third = 0, ...more]: readonly number[]): boolean {
  const right = third === 0 ? PAGE.right : PAGE.right - third - COLUMN_GAP;
  const isFree = SECOND_COLUMN + second <= right || second === 0;
  return (
    more.length === 0 && PAGE.left + first + COLUMN_GAP <= (second === 0 ? Infinity : SECOND_COLUMN) && isFree
  );
}

function onGrid(widths: readonly number[]): number[] {
  return widths.map((width, at) => {
    if (at === 0) return PAGE.left;
    return at === 1 ? SECOND_COLUMN : PAGE.right - width;
  });
}

function packed(widths: readonly number[], gap = COLUMN_GAP): number[] {
  let x: number = PAGE.left;
  return widths.map((width) => {
    const start = x;
    x += width + gap;
    return start;
  });
}

/** Cuts the widest down to one width, so that all together are as wide as there is room. */
function squeeze(widths: readonly number[], room: number): number[] {
  const ascending = [...widths].sort((one, other) => one - other);
  let left = room;
  for (const [at, width] of ascending.entries()) {
    const share = left / (ascending.length - at);
    if (width > share) return widths.map((one) => Math.min(one, share));
    left -= width;
  }
  return [...widths];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
