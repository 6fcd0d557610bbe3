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
  return `q ${place} cm 0 0 0 rg\n${writeBars(side, dark)}f Q\n`;
}

/** One rectangle a line. Bytes, because hundreds of short texts put together cost more than everything else here. */
function writeBars(side: number, dark: Uint8Array): string {
  // At most every second module begins a rectangle; each of its three numbers has three digits or fewer.
  const bytes = Buffer.allocUnsafe(side * (side + 1) * 9);
  let at = 0;
  for (let row = 0; row < side; row += 1) {
    const first = row * side;
    for (let start = 0; start < side; start += 1) {
      if (dark[first + start] !== 1) continue;
      let after = start + 1;
      while (after < side && dark[first + after] === 1) after += 1;
      at = writeNumber(bytes, at, start);
      at = writeNumber(bytes, at, row);
      at = writeNumber(bytes, at, after - start);
      for (const byte of ONE_RECTANGLE) {
        bytes[at] = byte;
        at += 1;
      }
      start = after;
    }
  }
  return bytes.toString('latin1', 0, at);
}

const ONE_RECTANGLE = Buffer.from('1 re\n');

/** Writes a number below a thousand and a space; gives the place behind it. */
function writeNumber(bytes: Buffer, start: number, value: number): number {
  let at = start;
  if (value >= 100) bytes[at++] = ZERO + Math.floor(value / 100);
  if (value >= 10) bytes[at++] = ZERO + (Math.floor(value / 10) % 10);
  bytes[at] = ZERO + (value % 10);
  bytes[at + 1] = 0x20;
  return at + 2;
}

const ZERO = 0x30;

function toFixed(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
