/** Writes a QR code as one path of the page's content. */
import { encodeQr } from '../code/qr.ts';
import { barsOf, deflateBars, writeBars } from './bars.ts';
import type { CodeMark } from './sheet.ts';
import type { Piece } from './stitch.ts';

/** Modules of white that must surround the code (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/** A text, and where its code stands. */
export type PlacedCode = Pick<CodeMark, 'text' | 'x' | 'y' | 'size'>;

/**
 * Writes the operators that draw a text as QR code with error correction M, its quiet zone included in `size`; they end
 * with a line feed. One module is one unit; neighbouring dark modules of a row become one rectangle, and all rectangles
 * are filled at once.
 */
export function writeCode({ text, ...place }: PlacedCode): string {
  const { side, dark } = encodeQr(text);
  return writeBars(writePlace(side, place), barsOf(side, dark));
}

/** The same for a page that is deflated by pieces; good until the next one. */
export function deflateCode({ text, ...place }: PlacedCode): Piece {
  const { side, dark } = encodeQr(text);
  return deflateBars(writePlace(side, place), barsOf(side, dark));
}

/** Codes stand at one of few places, and writing out a fraction costs more than finding it written. */
let last = { side: 0, x: 0, y: 0, size: 0, written: '' };

function writePlace(side: number, { x, y, size }: Omit<PlacedCode, 'text'>): string {
  if (side === last.side && x === last.x && y === last.y && size === last.size) return last.written;
  const unit = size / (side + 2 * QUIET_ZONE);
  const place = [unit, 0, 0, unit, x + QUIET_ZONE * unit, y + QUIET_ZONE * unit];
  last = { side, x, y, size, written: `q ${place.map(toFixed).join(' ')} cm 0 0 0 rg\n` };
  return last.written;
}

function toFixed(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
