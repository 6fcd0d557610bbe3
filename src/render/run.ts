/** Writes lines of text, colours and offsets as a PDF holds them; all in Latin-1. */
import type { Fonts } from './font.ts';
import type { Rule, TextRun } from './sheet.ts';

/**
 * Writes the operator that sets the height of a line. The page's vertical axis points down, so the letters are turned
 * upright again.
 */
export function writeBaseline(fonts: Fonts, { face, size, y }: TextRun): string {
  const { ascent, unitsPerEm } = fonts[face];
  return `1 0 0 -1 0 ${toMillionths(y + (ascent * size) / unitsPerEm)} Tm`;
}

/** Writes the operator that sets the colour of a hexadecimal `#rrggbb`. */
export function writeColour(colour: string): string {
  return `${writeParts(colour)} rg`;
}

/** Writes the operators that draw a line across the page. */
export function writeRule({ y, left, right, thickness, colour }: Omit<Rule, 'kind'>): string {
  const [height, from, to] = [y, left, right].map(toMillionths);
  return `${thickness} w ${writeParts(colour)} RG ${from} ${height} m ${to} ${height} l S`;
}

function writeParts(colour: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return parts.map((part) => Math.round(part * 1e4) / 1e4).join(' ');
}

/** Writes the row of an object in the cross-reference table (ISO 32000-1, 7.5.4). */
export function writeRow(offset: number): string {
  return `${String(offset).padStart(10, '0')} 00000 n \n`;
}

/** Most texts begin at one of few places, and writing out a fraction costs more than finding it written. */
const places = new Map<number, string>();
const MOST_PLACES = 1000;

/** Writes the operator that sets the left of a line, its height being set. */
export function writePlace(x: number): string {
  let written = places.get(x);
  if (written === undefined) {
    written = `${toMillionths(x)} 0 Td`;
    if (places.size >= MOST_PLACES) places.clear();
    places.set(x, written);
  }
  return written;
}

/** Rounds as pdfkit does, so that both draw the same to the last pixel. */
function toMillionths(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
