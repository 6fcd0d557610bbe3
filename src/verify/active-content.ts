/**
 * Looks for what makes a PDF act of its own accord, in files of any maker (ISO 32000-1 §12.6.4, §12.7.8). Nothing is
 * interpreted, as readers differ: every name counts wherever it stands, every stream is decoded whatever it is said to
 * be, and what cannot be looked into is refused.
 */
import { inflateRawSync } from 'node:zlib';

/** Actions that run code, open or fetch something else, or send something; and forms that hold scripts. */
const ACTIVE: ReadonlySet<string> = new Set([
  'JavaScript',
  'Launch',
  'GoToE',
  'GoToR',
  'ImportData',
  'SubmitForm',
  'Rendition',
  'RichMedia',
  'RichMediaExecute',
  'Movie',
  'Sound',
  'GoTo3DView',
  'XFA',
]);
/** Names could hide behind these. */
const OPAQUE: ReadonlySet<string> = new Set(['LZWDecode', 'RunLengthDecode']);

/** Pictures of many pages stay below these; whatever has more, or unfolds further, is no letter. */
const MOST_DECODED_BYTES = 128 * 1024 * 1024;
const MOST_STREAMS = 20_000;

/** Gives what is wrong with a PDF as the rest of "the PDF …"; undefined when nothing in it acts. Never throws. */
export function findActiveContent(pdf: Buffer): string | undefined {
  if (!pdf.subarray(0, 1024).includes('%PDF-')) return 'is not a PDF';
  return findFault(pdf) ?? findInStreams(pdf);
}

function findFault(bytes: Buffer): string | undefined {
  for (const name of namesOf(bytes)) {
    if (ACTIVE.has(name)) return `has active content: ${name}`;
    if (OPAQUE.has(name)) return `has content that cannot be looked into: ${name}`;
    if (name === 'Encrypt') return 'is encrypted';
  }
  return undefined;
}

/** White space and delimiters (§7.2.2). */
const ENDS_NAME: ReadonlySet<number> = new Set(Buffer.from('\0\t\n\f\r ()<>[]{}/%', 'latin1'));
const SLASH = 0x2f;
/** The longest name above, with each of its letters escaped. */
const LONGEST_NAME = 60;

/** Gives every name that might be one of those looked for; search for the next slash is what makes it fast. */
function* namesOf(bytes: Buffer): Generator<string> {
  for (let at = bytes.indexOf(SLASH); at !== -1; at = bytes.indexOf(SLASH, at + 1)) {
    let end = at + 1;
    while (end < bytes.length && end - at <= LONGEST_NAME && !ENDS_NAME.has(bytes[end] ?? 0)) end += 1;
    if (end - at <= LONGEST_NAME) yield readName(bytes.toString('latin1', at + 1, end));
  }
}

/** A name may be spelled with escapes (§7.3.5). */
function readName(written: string): string {
  if (!written.includes('#')) return written;
  return written.replace(/#([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** So far before a stream its dictionary is looked at. */
const DICTIONARY_BYTES = 2048;

/** Objects may be compressed in streams (§7.5.7), which hides their names from the bytes of the file. */
function findInStreams(pdf: Buffer): string | undefined {
  let budget = MOST_DECODED_BYTES;
  let streams = 0;
  for (const start of streamsOf(pdf)) {
    streams += 1;
    const decoded = decode(pdf.subarray(start), budget);
    if (typeof decoded === 'string') return decoded;
    if (streams > MOST_STREAMS) return TOO_MUCH;
    budget -= decoded.cost;
    const fault = findFault(decoded.bytes);
    if (fault !== undefined) return fault;
    if (isPredicted(pdf.subarray(Math.max(0, start - DICTIONARY_BYTES), start)))
      return 'has content that cannot be looked into: Predictor';
  }
  return undefined;
}

/** Gives where streams begin, or what might be taken for one. */
function* streamsOf(pdf: Buffer): Generator<number> {
  for (let at = pdf.indexOf('stream'); at !== -1; at = pdf.indexOf('stream', at + 1)) {
    if (pdf.toString('latin1', at - 3, at) === 'end') continue;
    const [, ends = ''] = /^stream([ \t]*(?:\r\n|\n|\r))/.exec(pdf.toString('latin1', at, at + 64)) ?? [];
    if (ends !== '') yield at + 'stream'.length + ends.length;
  }
}

/** Objects under a predictor (§7.4.4.4) are no plain text when they are inflated; nobody but a hider writes such. */
function isPredicted(before: Buffer): boolean {
  const names = new Set(namesOf(before.subarray(before.lastIndexOf('endobj') + 1)));
  return names.has('Predictor') && (names.has('ObjStm') || (names.has('First') && names.has('N')));
}

/** What a stream unfolds to, and how much was looked at for it. */
interface Decoded {
  readonly bytes: Buffer;
  readonly cost: number;
}

/** How much slower text is decoded than what is deflated. */
const ASCII_COST = 8;
const NOTHING = Buffer.alloc(0);

/** Decodes a stream by whatever its bytes look like, or says why that is not done. What is plain was seen already. */
function decode(stream: Buffer, most: number): Decoded | string {
  if (isDeflated(stream)) return inflate(stream, most);
  if (!/^[\t\n\f\r -~]*$/.test(stream.toString('latin1', 0, 32))) return { bytes: NOTHING, cost: 0 };
  const [written, looked] = asciiOf(stream);
  const cost = looked * ASCII_COST;
  if (cost > most) return TOO_MUCH;
  const bytes = fromAscii(written);
  const unfolded = isDeflated(bytes) ? inflate(bytes, most) : { bytes, cost: 0 };
  return typeof unfolded === 'string' ? unfolded : { bytes: unfolded.bytes, cost: unfolded.cost + cost };
}

const TOO_MUCH = 'has more content than can be looked into';

/** The head of zlib (RFC 1950 §2.2). */
function isDeflated(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x8f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** What is compressed says itself where it ends; its checksum, which readers do not look at, does not count here either. */
function inflate(stream: Buffer, most: number): Decoded | string {
  try {
    const bytes = inflateRawSync(stream.subarray(2), { maxOutputLength: Math.max(1, most) });
    return { bytes, cost: bytes.length };
  } catch (error) {
    const isTooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooMuch ? TOO_MUCH : 'has content that cannot be looked into: a broken stream';
  }
}

/** Cuts text off at the mark in which it ends (§7.4.2, §7.4.3); gives how far was looked for it, too. */
function asciiOf(stream: Buffer): readonly [string, number] {
  // In base 85 the mark of hexadecimal is a digit.
  const isHex = /^[0-9A-Fa-f\s]*(?:>|$)/.test(stream.toString('latin1', 0, 64));
  const end = stream.indexOf(isHex ? '>' : '~>');
  return [stream.toString('latin1', 0, end === -1 ? 0 : end), end === -1 ? stream.length : end];
}

/** Reads hexadecimal or base 85; nothing for anything else. */
function fromAscii(written: string): Buffer {
  const text = written.replace(/\s/g, '');
  if (/^[0-9A-Fa-f]+$/.test(text)) return Buffer.from(text.length % 2 === 0 ? text : `${text}0`, 'hex');
  if (/^(?:<~)?[!-uz]+$/.test(text)) return fromBase85(text.replace(/^<~/, ''));
  return NOTHING;
}

function fromBase85(text: string): Buffer {
  const digits = text.replaceAll('z', '!!!!!');
  const bytes = Buffer.alloc(Math.ceil(digits.length / 5) * 4);
  for (let at = 0; at < digits.length; at += 5) {
    const group = digits.slice(at, at + 5).padEnd(5, 'u');
    let value = 0;
    for (const digit of group) value = value * 85 + (digit.charCodeAt(0) - 33);
    bytes.writeUInt32BE(value % 2 ** 32, (at / 5) * 4);
  }
  const missing = (5 - (digits.length % 5)) % 5;
  return bytes.subarray(0, bytes.length - missing);
}
