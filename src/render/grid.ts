/** The grid of a table: where its columns stand, and its cells broken into lines. */
import type { Lines } from './lines.ts';
import type { Measure } from './measure.ts';
import { type Phrase, widthOf } from './phrase.ts';
import { CELL, COLUMN_HEAD, LINE_WIDTH, PAGE, SECOND_COLUMN, type TextStyle } from './style.ts';

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

/** Cells broken into lines. */
export interface Row {
  readonly style: TextStyle;
  readonly cells: readonly Lines[];
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
export function measureGrid(
  { fonts }: Measure,
  columns: readonly ColumnSpec[],
  rows: readonly (readonly Phrase[])[],
): Column[] {
  const natural = columns.map(({ head }, at) => {
    let widest = widthOf(fonts, COLUMN_HEAD, head);
    for (const row of rows) {
      const cell = row[at];
      if (cell !== undefined) widest = Math.max(widest, widthOf(fonts, CELL, cell));
    }
    // A hair more than measured, so that rounding never breaks a text that fits.
    return widest + 0.1;
  });
  const starts = startsOf(columns, natural);
  return columns.map(({ head, isNumeric, isWide }, at) => {
    const x = starts[at] ?? PAGE.left;
    const next = starts[at + 1];
    const room = (next === undefined ? PAGE.right : next - COLUMN_GAP) - x;
    return { head, isNumeric, isWide, x, width: isNumeric ? Math.min(room, natural[at] ?? room) : room };
  });
}

/** Breaks the cells of a row into lines. */
export function measureRow(
  measure: Measure,
  style: TextStyle,
  phrases: readonly Phrase[],
  columns: readonly Column[],
): Row {
  const cells = phrases.map((phrase, at) => {
    const { x = PAGE.left, width = 0, isNumeric = false } = columns[at] ?? {};
    return isNumeric
      ? measure.linesUpTo(style, phrase, x + width, width)
      : measure.looseLines(style, phrase, x, width);
  });
  return { style, cells };
}

/** The highest cell gives a row its height. */
export function heightOfRow({ style, cells }: Row): number {
  const lines = Math.max(1, ...cells.map((cell) => cell.settings.length));
  return lines * style.leading + 2 * ROW_PADDING;
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
