/** The grid of the table of days: where its columns stand, and its cells broken into lines. */
import type { DayColumn } from '../domain/attestation-type.ts';
import type { Flow } from './flow.ts';
import { CELL, COLUMN_HEAD, LINE_WIDTH, PAGE, SECOND_COLUMN, type TextStyle } from './style.ts';
import { type Lines, linesOf, type Phrase, widthOf } from './text.ts';

/** A column with the place of its cells. */
export interface Column {
  readonly head: Phrase;
  readonly x: number;
  readonly width: number;
}

/** Cells broken into lines, ready to be drawn. */
export interface Row {
  readonly cells: readonly Lines[];
  readonly height: number;
}

const COLUMN_GAP = 14;
/** Space above and below the text of a row. */
export const ROW_PADDING = 2.75;

/**
 * With a using employer, every other column is as wide as its longest text and the using employer takes the rest.
 * Without, the columns stand on the grid of the page: left edge, second column, right edge.
 */
export function placeColumns(
  { sheet }: Flow,
  columns: readonly { readonly column: DayColumn; readonly head: Phrase }[],
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
  const stretched = columns.findIndex(({ column }) => column === 'usingEmployer');
  const starts = stretched === -1 ? gridStarts(natural) : packedStarts(natural, stretched);
  return columns.map(({ head }, at) => {
    const x = starts[at] ?? PAGE.left;
    const next = starts[at + 1];
    return { head, x, width: (next === undefined ? PAGE.right : next - COLUMN_GAP) - x };
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

function gridStarts(widths: readonly number[]): number[] {
  return widths.map((width, at) => {
    if (at === 0) return PAGE.left;
    return at === 1 ? SECOND_COLUMN : PAGE.right - width;
  });
}

function packedStarts(widths: readonly number[], stretched: number): number[] {
  const others = widths.reduce((sum, width, at) => sum + (at === stretched ? 0 : width), 0);
  const rest = LINE_WIDTH - COLUMN_GAP * (widths.length - 1) - others;
  let x: number = PAGE.left;
  return widths.map((width, at) => {
    const start = x;
    x += (at === stretched ? rest : width) + COLUMN_GAP;
    return start;
  });
}
