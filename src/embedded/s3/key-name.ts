/** The file name of a key: safe on every file system, one to one, and readable back for nearly all keys. */
import { createHash } from 'node:crypto';

/** The longest file name everywhere is 255 bytes. */
const NAME_BYTES = 250;

/**
 * `k.` and the key with every byte but `a-z 0-9 . _ -` as `%xx`: no separator, no upper case that some file systems
 * fold, no Unicode they normalise. Keys too long for that become `h.` and their SHA-256; such a file has to be opened
 * to learn its key.
 */
export function nameOfKey(key: string): string {
  let encoded = '';
  for (const byte of Buffer.from(key)) encoded += ENCODED[byte];
  return encoded.length <= NAME_BYTES
    ? `k.${encoded}`
    : `h.${createHash('sha256').update(key).digest('hex')}`;
}

/** The key of a file name, or nothing where only the file itself tells. */
export function keyOfName(name: string): string | undefined {
  return name.startsWith('k.') ? decodeURIComponent(name.slice(2)) : undefined;
}

const ENCODED = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[a-z0-9._-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
});
