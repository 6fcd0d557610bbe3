/** Reads PDF objects (ISO 32000-1 §7.3) in the plain notation of our own documents; whatever else is no document of ours. */

/** A file that departs from the profile of our documents, with the reason as the rest of "the file …". */
export class MalformedPdf extends Error {}

export interface PdfName {
  readonly name: string;
}

/** A string, by its offsets in the file: `start` at its opening and `end` after its closing bracket. */
export interface PdfString {
  readonly start: number;
  readonly end: number;
}

export interface PdfReference {
  readonly object: number;
}

export type PdfDictionary = ReadonlyMap<string, PdfValue>;
export type PdfValue =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfReference
  | readonly PdfValue[]
  | PdfDictionary;

/** A place in the file, which reading moves on. The file is held as one byte per character. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** How many more values may be read: a hostile file must not fill the memory. */
  budget: number;
}

/** Some fifty times what a document of a month has. */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 30;

/** Starts reading a file at its first byte. */
export function openCursor(pdf: Buffer): Cursor {
  return { text: pdf.toString('latin1'), at: 0, budget: MAX_VALUES };
}

/**
 * Moves over what a sticky pattern matches and gives the match; undefined, and stays, when it does not match here.
 * Patterns must not backtrack: files are hostile and large.
 */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text) ?? undefined;
  if (match !== undefined) cursor.at += match[0].length;
  return match;
}

/** Moves over exactly this text, or throws `MalformedPdf`. */
export function expectText(cursor: Cursor, text: string, what: string): void {
  if (!cursor.text.startsWith(text, cursor.at)) {
    throw new MalformedPdf(`has no ${what} where it belongs, at byte ${cursor.at}`);
  }
  cursor.at += text.length;
}

/** The value as a dictionary, if it is one. */
export function asDictionary(value: PdfValue | undefined): PdfDictionary | undefined {
  // Of all values only dictionaries are Maps.
  return value instanceof Map ? (value as PdfDictionary) : undefined;
}

/** The value as the text of a name, if it is one. */
export function asName(value: PdfValue | undefined): string | undefined {
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
}

/** The value as the number of the object it refers to, if it refers to one. */
export function asReference(value: PdfValue | undefined): number | undefined {
  return typeof value === 'object' && value !== null && 'object' in value ? value.object : undefined;
}

const REFERENCE = /\d{1,7} 0 R(?![^\s/<>[\]()])/y;
const NUMBER = /[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?![^\s/<>[\]()])/y;
const KEYWORD = /(?:true|false|null)(?![^\s/<>[\]()])/y;
/** The regular characters (§7.2.2) of ASCII. */
const NAME = /\/[!-$&'*-.0-;=?-Z\\^-z|~]*/y;
const HEX_STRING = /<[0-9A-Fa-f]*>/y;
const KEYWORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** Reads one value. Throws `MalformedPdf`. */
export function readValue(cursor: Cursor, depth = 0): PdfValue {
  cursor.budget -= 1;
  if (cursor.budget < 0 || depth > MAX_DEPTH)
    throw new MalformedPdf('has more or deeper content than documents of ours');
  skipSpace(cursor);
  switch (cursor.text.charAt(cursor.at)) {
    case '/':
      return { name: readName(cursor) };
    case '[':
      return readArray(cursor, depth);
    case '(':
      return readLiteral(cursor);
    case '<':
      return cursor.text[cursor.at + 1] === '<' ? readDictionary(cursor, depth) : readHex(cursor);
    default:
      return readScalar(cursor);
  }
}

function readScalar(cursor: Cursor): PdfValue {
  const start = cursor.at;
  // Up to the blank that ends the number.
  if (isPast(cursor, REFERENCE)) return { object: Number.parseInt(cursor.text.slice(start, start + 7), 10) };
  if (isPast(cursor, NUMBER)) return Number(cursor.text.slice(start, cursor.at));
  if (!isPast(cursor, KEYWORD)) throw new MalformedPdf(`has no readable value at byte ${start}`);
  return KEYWORDS[cursor.text.slice(start, cursor.at)] ?? null;
}

function readName(cursor: Cursor): string {
  const start = cursor.at + 1;
  const written = isPast(cursor, NAME) ? cursor.text.slice(start, cursor.at) : '';
  if (!written.includes('#')) return written;
  // Two spellings of one name would let a key hide from the rules (§7.3.5).
  if (/#(?![0-9A-Fa-f]{2})/.test(written)) throw new MalformedPdf('has a name with a broken escape');
  return written.replace(/#(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function readArray(cursor: Cursor, depth: number): PdfValue[] {
  const values: PdfValue[] = [];
  cursor.at += 1;
  while (!isAt(cursor, ']')) values.push(readValue(cursor, depth + 1));
  cursor.at += 1;
  return values;
}

function readDictionary(cursor: Cursor, depth: number): PdfDictionary {
  const entries = new Map<string, PdfValue>();
  cursor.at += 2;
  while (!isAt(cursor, '>>')) {
    if (cursor.text[cursor.at] !== '/')
      throw new MalformedPdf(`has a broken dictionary at byte ${cursor.at}`);
    const key = readName(cursor);
    if (entries.has(key)) throw new MalformedPdf(`has a dictionary with two entries ${key}`);
    entries.set(key, readValue(cursor, depth + 1));
  }
  cursor.at += 2;
  return entries;
}

/** As `take`, where the match itself is of no use: thousands of values are read of each document. */
function isPast(cursor: Cursor, pattern: RegExp): boolean {
  pattern.lastIndex = cursor.at;
  if (!pattern.test(cursor.text)) return false;
  cursor.at = pattern.lastIndex;
  return true;
}

function skipSpace(cursor: Cursor): void {
  while (isSpace(cursor.text.charCodeAt(cursor.at))) cursor.at += 1;
}

/** Blank, tab and line ends; other white space of PDF is not in documents of ours. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isAt(cursor: Cursor, closing: string): boolean {
  skipSpace(cursor);
  if (cursor.at >= cursor.text.length) throw new MalformedPdf('ends inside an object');
  return cursor.text.startsWith(closing, cursor.at);
}

function readHex(cursor: Cursor): PdfString {
  const start = cursor.at;
  if (!isPast(cursor, HEX_STRING)) throw new MalformedPdf(`has a broken string at byte ${start}`);
  return { start, end: cursor.at };
}

/** Parentheses in a string are escaped or balanced (§7.3.4.2). */
function readLiteral(cursor: Cursor): PdfString {
  const start = cursor.at;
  for (let open = 0; cursor.at < cursor.text.length; cursor.at += 1) {
    const character = cursor.text[cursor.at];
    if (character === '\\') cursor.at += 1;
    else if (character === '(') open += 1;
    else if (character === ')') open -= 1;
    if (open === 0) {
      cursor.at += 1;
      return { start, end: cursor.at };
    }
  }
  throw new MalformedPdf('ends inside a string');
}
