/** Reads PDF values and content operators (ISO 32000-1, 7.2, 7.3), without the zero as white space; shares nothing with the code that writes or verifies. */

/** A name with its slash, `/Type`; a text string as its bytes; a reference as the number of its object. */
export type Value =
  | null
  | boolean
  | number
  | `/${string}`
  | Buffer
  | Reference
  | readonly Value[]
  | Dictionary;
export type Dictionary = ReadonlyMap<string, Value>;
export interface Reference {
  readonly ref: number;
}

/** An operator of a content stream with what stands before it. */
export interface Operation {
  readonly operator: string;
  readonly operands: readonly Value[];
}

/** A text of one character a byte, and how far it is read. */
export interface Source {
  readonly text: string;
  at: number;
  /** Hexadecimal strings of an odd number of digits (ISO 19005-3, 6.1.6). */
  oddStrings: number;
}

export function isDictionary(value: Value | undefined): value is Dictionary {
  return value instanceof Map;
}

export function isReference(value: Value | undefined): value is Reference {
  return typeof value === 'object' && value !== null && 'ref' in value;
}

/** Arrays, which type guards of the language take for any array. */
export function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

/** Gives a name with its slash; nothing for another value. */
export function asName(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Gives a text string as text (ISO 32000-1, 7.9.2.2). */
export function textOf(value: Value | undefined): string | undefined {
  if (!Buffer.isBuffer(value)) return undefined;
  if (value[0] !== 0xfe || value[1] !== 0xff) return value.toString('latin1');
  return Buffer.from(value.subarray(2)).swap16().toString('utf16le');
}

/** Reads one value; throws at anything else. */
export function readValue(source: Source): Value {
  const found = readNext(source);
  if (found === undefined) throw new SyntaxError(`the file ends at ${source.at}`);
  if (typeof found === 'object' && found !== null && 'operator' in found)
    throw new SyntaxError(`${found.operator} at ${source.at}`);
  return found;
}

/** Reads a content stream whole. */
export function readOperations(content: Buffer): Operation[] {
  const source: Source = { text: content.toString('latin1'), at: 0, oddStrings: 0 };
  const operations: Operation[] = [];
  let operands: Value[] = [];
  for (let next = readNext(source, true); next !== undefined; next = readNext(source, true)) {
    if (typeof next !== 'object' || next === null || !('operator' in next)) {
      operands.push(next);
      continue;
    }
    if (next.operator === 'ID') skipImage(source);
    operations.push({ operator: next.operator, operands });
    operands = [];
  }
  return operations;
}

const BLANK = /(?:[\t\n\f\r ]|%[^\r\n]*)*/y;
const REFERENCE = /(\d+) (\d+) R(?![^\t\n\f\r ()<>[\]{}/%])/y;
const WORD = /[^\t\n\f\r ()<>[\]{}/%]+/y;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

function readNext(source: Source, isContent = false): Value | { readonly operator: string } | undefined {
  match(source, BLANK);
  const { text, at } = source;
  if (at >= text.length) return undefined;
  if (text.startsWith('<<', at)) return readDictionary(source);
  switch (text.charAt(at)) {
    case '/':
      source.at += 1;
      return nameOf(match(source, WORD)?.[0] ?? '');
    case '(':
      return readLiteral(source);
    case '<':
      return readHexadecimal(source);
    case '[':
      return readArray(source);
  }
  const reference = isContent ? null : match(source, REFERENCE);
  if (reference) return { ref: Number(reference[1]) };
  const word = match(source, WORD)?.[0];
  if (word === undefined) throw new SyntaxError(`no value at ${at}`);
  if (NUMBER.test(word)) return Number(word);
  if (word === 'true' || word === 'false') return word === 'true';
  return word === 'null' ? null : { operator: word };
}

function nameOf(written: string): `/${string}` {
  return `/${written.replace(/#([\dA-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))}`;
}

function readDictionary(source: Source): Dictionary {
  const entries = new Map<string, Value>();
  source.at += 2;
  while (!isAt(source, '>>')) {
    const key = readValue(source);
    if (typeof key !== 'string') throw new SyntaxError(`a key that is no name at ${source.at}`);
    if (entries.has(key)) throw new SyntaxError(`${key} twice at ${source.at}`);
    entries.set(key, readValue(source));
  }
  source.at += 2;
  return entries;
}

function readArray(source: Source): Value[] {
  const values: Value[] = [];
  source.at += 1;
  while (!isAt(source, ']')) values.push(readValue(source));
  source.at += 1;
  return values;
}

function isAt(source: Source, end: string): boolean {
  match(source, BLANK);
  return source.text.startsWith(end, source.at);
}

function readHexadecimal(source: Source): Buffer {
  const end = source.text.indexOf('>', source.at);
  const digits = source.text.slice(source.at + 1, end).replace(/\s/g, '');
  source.at = end + 1;
  if (digits.length % 2 !== 0) source.oddStrings += 1;
  return Buffer.from(digits.padEnd(digits.length + (digits.length % 2), '0'), 'hex');
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '\n': '' };

function readLiteral(source: Source): Buffer {
  let depth = 0;
  let read = '';
  do {
    const [one = ''] = match(source, /\\(?:[0-7]{1,3}|\r\n|[^])|[^]/y) ?? [];
    if (one === '') throw new SyntaxError('a string without end');
    if (one === '(') depth += 1;
    if (one === ')') depth -= 1;
    const isBracket = (one === '(' && depth === 1) || (one === ')' && depth === 0);
    if (!isBracket) read += one.startsWith('\\') ? unescape(one.slice(1)) : one;
  } while (depth > 0);
  return Buffer.from(read, 'latin1');
}

function unescape(code: string): string {
  if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
  return ESCAPED[code] ?? code;
}

/** The data of an inline image end at an EI that stands alone (ISO 32000-1, 8.9.7). */
function skipImage(source: Source): void {
  const end = /[\t\n\f\r ]EI(?=[\t\n\f\r ]|$)/g;
  end.lastIndex = source.at;
  source.at = (end.exec(source.text)?.index ?? source.text.length) + 1;
}

function match(source: Source, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = source.at;
  const found = pattern.exec(source.text);
  if (found) source.at += found[0].length;
  return found;
}
