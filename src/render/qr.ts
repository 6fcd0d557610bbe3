/** Writes a QR code as one path of the page's content. */
import { encodeQr } from '../code/qr.ts';
import type { CodeMark } from './sheet.ts';

/** Modules of white that must surround the code (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/**
 * Writes the operators that draw a text as QR code with error correction M, its quiet zone included in `size`; they end
 * with a line feed. One module is one unit; neighbouring dark modules of a row become one rectangle, and all rectangles
 * are filled at once.
 */
export function writeCode({ text, x, y, size }: Pick<CodeMark, 'text' | 'x' | 'y' | 'size'>): string {
  const { side, dark } = encodeQr(text);
  const unit = size / (side + 2 * QUIET_ZONE);
  const place = [unit, 0, 0, unit, x + QUIET_ZONE * unit, y + QUIET_ZONE * unit].map(toFixed).join(' ');
  let path = '';
  for (let row = 0; row < side; row += 1) {
    const end = (row + 1) * side;
    for (let start = row * side; start < end; start += 1) {
      if (dark[start] !== 1) continue;
      let after = start + 1;
      while (after < end && dark[after] === 1) after += 1;
      path += `${start - row * side} ${row} ${after - start} 1 re\n`;
      start = after;
    }
  }
  return `q ${place} cm 0 0 0 rg\n${path}f Q\n`;
}

function toFixed(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
