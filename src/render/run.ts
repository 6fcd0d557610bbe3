/** Writes lines of text, colours and offsets as a PDF holds them; all in Latin-1. */
import type { Fonts } from './font.ts';
import type { TextRun } from './sheet.ts';

/**
 * Writes the operators that place and show a line whose face, size and colour are set; they end with a line feed. The
 * page's vertical axis points down, so the letters are turned upright again.
 */
export function writeRun(fonts: Fonts, { face, size, x, y, text }: TextRun): string {
  const { font, shared } = fonts[face];
  const baseline = y + (font.ascent * size) / font.unitsPerEm;
  return `1 0 0 -1 ${toThousandths(x)} ${toThousandths(baseline)} Tm${shared.show(text)}\n`;
}

/** Writes the operator that sets the colour of a hexadecimal `#rrggbb`. */
export function writeColour(colour: string): string {
  const parts = [1, 3, 5].map(
    (at) => Math.round((Number.parseInt(colour.slice(at, at + 2), 16) / 255) * 1e4) / 1e4,
  );
  return `${parts.join(' ')} rg`;
}

/** Writes the row of an object in the cross-reference table (ISO 32000-1, 7.5.4). */
export function writeRow(offset: number): string {
  return `${String(offset).padStart(10, '0')} 00000 n \n`;
}

/** A thousandth of a point is finer than any printer. */
function toThousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
