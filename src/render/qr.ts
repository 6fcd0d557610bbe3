/** Draws a QR code as one path. */
import { encode } from 'uqr';
import type { Pdf } from './document.ts';

/** Modules of white that must surround the code (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/**
 * Draws a text as QR code with error correction M, its quiet zone included in `size`.
 * Neighbouring dark modules of a row become one rectangle, and all rectangles are filled at once.
 */
export function drawQr(pdf: Pdf, text: string, x: number, y: number, size: number): void {
  const { data } = encode(text, { ecc: 'M', border: 0 });
  const module = size / (data.length + 2 * QUIET_ZONE);
  for (const [row, modules] of data.entries()) {
    for (let start = modules.indexOf(true); start !== -1; ) {
      const found = modules.indexOf(false, start);
      const end = found === -1 ? modules.length : found;
      pdf.rect(
        x + (QUIET_ZONE + start) * module,
        y + (QUIET_ZONE + row) * module,
        (end - start) * module,
        module,
      );
      start = modules.indexOf(true, end);
    }
  }
  pdf.fill('#000000');
}
