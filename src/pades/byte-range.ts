/** Where the seal lies in a PDF: the placeholder that rendering leaves, sealing fills and verifying reads. */
import { createHash } from 'node:crypto';

/**
 * The ByteRange that rendering writes: wide enough for any file under 10 GB, patched in place by sealing
 * (ISO 32000-1 §12.8.1).
 */
export const BYTE_RANGE_PLACEHOLDER: readonly number[] = [0, 9_999_999_999, 9_999_999_999, 9_999_999_999];

/**
 * How many bytes of zeros may follow the signature inside its room: an ECDSA signature is now and then a few bytes
 * shorter than the longest. More would be slack in which other things can hide.
 */
export const MAX_PADDING_BYTES = 4;

/**
 * The same for a signature with a time-stamp, whose length only the authority knows: the room is that of the longest token
 * seen of any configured authority, with an allowance. Zeros all of them, so that still only one file verifies.
 */
export const MAX_PADDING_WITH_TOKEN_BYTES = 8 * 1024;

/** The hexadecimal string of /Contents: offsets of its `<` and of the byte after its `>`. All else is signed. */
export interface SealGap {
  readonly start: number;
  readonly end: number;
}

/** The same with what its digits stand for: the signature, and zeros behind it. */
interface FilledGap extends SealGap {
  readonly contents: Buffer;
}

export const KEY = '/ByteRange ';
export const PLACEHOLDER = `${KEY}[${BYTE_RANGE_PLACEHOLDER.join(' ')}]`;
const PLACEHOLDER_BYTES = Buffer.from(PLACEHOLDER);
/** Begins a string; a `/Contents` that is not one names the content of a page. */
export const CONTENTS = '/Contents <';
const EMPTY_CONTENTS = Buffer.from(`${CONTENTS}00000000`);
const KEY_BYTES = Buffer.from(KEY);
const NAME_BYTES = Buffer.from('/ByteRange');
const GREATER = 0x3e;
/** Longer than any ByteRange that fits the placeholder. */
const LONGEST = PLACEHOLDER.length + 1;

/** Where a PDF leaves room for its seal: offsets of `/ByteRange` and `/Contents`. */
export interface SealPlace {
  readonly range: number;
  readonly contents: number;
}

/**
 * Writes the ByteRange over the one placeholder of `pdf`, in place, and gives the gap; gives undefined, and changes
 * nothing, when there is not exactly one ByteRange placeholder and one /Contents of zeros.
 * @param place where whoever wrote the PDF put them; they are looked for otherwise
 */
export function fillByteRange(pdf: Buffer, place = findPlace(pdf)): SealGap | undefined {
  if (place === undefined || !stands(pdf, PLACEHOLDER_BYTES, place.range)) return undefined;
  if (!stands(pdf, EMPTY_CONTENTS, place.contents)) return undefined;
  const start = place.contents + CONTENTS.length - 1;
  const end = pdf.indexOf(GREATER, start) + 1;
  if (end === 0 || !isZeros(pdf, start + 1, end - 1)) return undefined;
  const range = `${KEY}[0 ${start} ${end} ${pdf.length - end}]`;
  pdf.write(range.padEnd(PLACEHOLDER.length), place.range, 'latin1');
  return { start, end };
}

function findPlace(pdf: Buffer): SealPlace | undefined {
  const range = onlyIndexOf(pdf, KEY_BYTES);
  const contents = onlyIndexOf(pdf, EMPTY_CONTENTS);
  return range === undefined || contents === undefined ? undefined : { range, contents };
}

function stands(pdf: Buffer, bytes: Buffer, at: number): boolean {
  return at + bytes.length <= pdf.length && pdf.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0;
}

/** Reads where the seal of `pdf` lies, as `readFilledGap` does. */
export function readSealGap(pdf: Buffer): SealGap | undefined {
  const found = readFilledGap(pdf);
  return found && { start: found.start, end: found.end };
}

/**
 * Reads where the seal of `pdf` lies, and what stands there. Gives undefined unless the file has exactly one /ByteRange, of the form that
 * `fillByteRange` writes, whose two parts are the whole file but one lower-case hexadecimal string right after /Contents.
 * @param from the bytes before it are known to hold no /ByteRange and are not looked at
 */
export function readFilledGap(pdf: Buffer, from = 0): FilledGap | undefined {
  const at = onlyIndexOf(pdf, NAME_BYTES, from);
  if (at === undefined) return undefined;
  const text = pdf.toString('latin1', at, at + LONGEST);
  const [, first, second, third] = /^\/ByteRange \[0 ([1-9]\d*) ([1-9]\d*) ([1-9]\d*)\]/.exec(text) ?? [];
  const start = Number(first);
  const end = Number(second);
  // Comparisons with NaN are false: no match means no gap.
  const isWhole = start < end && end + Number(third) === pdf.length;
  if (!isWhole || pdf[start] !== 0x3c || pdf[end - 1] !== 0x3e) return undefined;
  const key = pdf.toString('latin1', Math.max(0, start + 1 - CONTENTS.length), start + 1);
  const contents = key === CONTENTS ? readLowerHex(pdf, start + 1, end - 1) : undefined;
  return contents && { start, end, contents };
}

/** The hash of everything but the gap, SHA-256 unless a seal's suite says otherwise. */
export function digestAround(pdf: Buffer, gap: SealGap, hash: 'sha256' | 'sha384' = 'sha256'): Buffer {
  return createHash(hash).update(pdf.subarray(0, gap.start)).update(pdf.subarray(gap.end)).digest();
}

/** The hash of everything but the gap, and SHA-256 of the whole file; what stands before the gap is read once for both. */
export function digestsOf(
  pdf: Buffer,
  gap: SealGap,
  hash: 'sha256' | 'sha384' = 'sha256',
): { readonly around: Buffer; readonly whole: Buffer } {
  if (hash !== 'sha256')
    return { around: digestAround(pdf, gap, hash), whole: createHash('sha256').update(pdf).digest() };
  const before = createHash('sha256').update(pdf.subarray(0, gap.start));
  const whole = before.copy().update(pdf.subarray(gap.start)).digest();
  return { around: before.update(pdf.subarray(gap.end)).digest(), whole };
}

/** The bytes that the gap's hexadecimal digits stand for. */
export function readGap(pdf: Buffer, gap: SealGap): Buffer {
  return Buffer.from(pdf.toString('latin1', gap.start + 1, gap.end - 1), 'hex');
}

function onlyIndexOf(pdf: Buffer, bytes: Buffer, from = 0): number | undefined {
  const at = pdf.indexOf(bytes, from);
  return at >= 0 && pdf.indexOf(bytes, at + 1) < 0 ? at : undefined;
}

/** Digits are compared in bulk: a signature has thousands of them. */
let zeros = Buffer.alloc(0);

function isZeros(pdf: Buffer, start: number, end: number): boolean {
  if (zeros.length < end - start) zeros = Buffer.alloc(end - start, '0');
  return pdf.compare(zeros, 0, end - start, start, end) === 0;
}

/**
 * Reads digits, or gives undefined where anything else stands. Upper case would be the same signature in other bytes: the
 * file is one sequence of bytes, not several. Decoding stops at the first character that is no digit, so whatever comes
 * back the same was nothing but lower-case digits.
 */
function readLowerHex(pdf: Buffer, start: number, end: number): Buffer | undefined {
  const text = pdf.toString('latin1', start, end);
  const bytes = Buffer.from(text, 'hex');
  return bytes.toString('hex') === text ? bytes : undefined;
}
