/** The code that somebody types who cannot scan: ten characters that stand beside the attestation number. */
import { isAttestationNumber } from './attestation.ts';

/** Digits and capitals without I, L, O and U, which are misread or make words (as Crockford's Base32 leaves them out). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/** Writes the first 50 bits of a keyed hash as ten characters. */
export function typedCodeOf(hash: Uint8Array): string {
  let code = '';
  for (let at = 0; at < LENGTH; at += 1) {
    const [byte, shift] = [Math.floor((5 * at) / 8), (5 * at) % 8];
    const pair = ((hash[byte] ?? 0) << 8) | (hash[byte + 1] ?? 0);
    code += ALPHABET[(pair >> (11 - shift)) & 31] ?? '';
  }
  return code;
}

/** Writes a code in two groups of five, as it is printed. */
export function formatTypedCode(code: string): string {
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}

/** Reads a code as people type it: in any case, grouped in any way, O for 0, I and L for 1. Undefined when it is none. */
export function readTypedCode(text: string): string | undefined {
  const code = unformatted(text).replace(/O/g, '0').replace(/[IL]/g, '1');
  const isCode = code.length === LENGTH && Array.from(code).every((one) => ALPHABET.includes(one));
  return isCode ? code : undefined;
}

/** Reads an attestation number as people type it; undefined when its check digits, or anything else, are wrong. */
export function readTypedNumber(text: string): string | undefined {
  const [, prefix, year, sequence, check] =
    /^([A-Z]{2,6})(\d{4})(\d{8,})(\d{2})$/.exec(unformatted(text)) ?? [];
  const number = `${prefix}-${year}-${sequence}-${check}`;
  return isAttestationNumber(number) ? number : undefined;
}

/** Without blanks, dots, slashes and dashes of any kind. */
function unformatted(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s.,/\p{Dash}_]/gu, '')
    .toUpperCase();
}
