/** Base45 (RFC 9285): bytes as text of the 45 characters that a QR code packs densest. */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Writes two bytes as three characters, and a last single one as two (RFC 9285 §4.2). */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const [high = 0, low] = bytes.subarray(at, at + 2);
    let value = low === undefined ? high : high * 256 + low;
    for (let digits = low === undefined ? 2 : 3; digits > 0; digits -= 1) {
      text += ALPHABET[value % 45] ?? '';
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Reads Base45; undefined for any text that no bytes are written as (RFC 9285 §6: such text is refused). */
export function decodeBase45(text: string): Uint8Array | undefined {
  if (text.length % 3 === 1) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = text.slice(at, at + 3);
    let value = 0;
    for (let digit = part.length - 1; digit >= 0; digit -= 1) {
      const found = ALPHABET.indexOf(part.charAt(digit));
      if (found < 0) return undefined;
      value = value * 45 + found;
    }
    if (value >= (part.length === 3 ? 65_536 : 256)) return undefined;
    if (part.length === 3) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return Uint8Array.from(bytes);
}
