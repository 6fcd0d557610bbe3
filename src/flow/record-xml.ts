/**
 * Records of a register file in XML: `<records>` holds a `<record>` each, whose elements are the properties by name. A property
 * with parts holds an element for each (`<municipality><nisCode>…`), one with several values stands several times
 * (`<replaces>`). There are no attributes, no namespace and no document type.
 */
import { SaxesParser } from 'saxes';
import { isList, isTruth } from './record-cells.ts';
import { RecordFileRefusal, type RowIssue } from './record-refusal.ts';

/** A record as it came. */
export interface XmlRecord {
  /** Its place among the records, from 1. */
  readonly number: number;
  /** Where it begins. */
  readonly line: number;
  readonly column: number;
  /** Its own text, from `<record>` to `</record>`. */
  readonly raw: string;
  readonly content:
    | { readonly kind: 'value'; readonly value: unknown }
    | { readonly kind: 'refused'; readonly issues: readonly RowIssue[] };
}

/** So many characters are parsed before limits are looked at. */
const SLICE = 16_384;
const LONGEST_RECORD = 64 * 1024;
/** `attributes` holds texts, and nothing holds more. */
const DEEPEST = 4;

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** Reads the records of a file as they arrive. Throws `RecordFileRefusal`, which names line and column. */
export async function* readXml(chunks: AsyncIterable<Buffer>): AsyncGenerator<XmlRecord> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = new RecordReader();
  for await (const chunk of chunks) yield* reader.read(decode(() => decoder.decode(chunk, { stream: true })));
  yield* reader.read(decode(() => decoder.decode()));
  reader.end();
}

function decode(read: () => string): string {
  try {
    return read();
  } catch {
    throw new RecordFileRefusal('the file is not UTF-8');
  }
}

class RecordReader {
  readonly #parser = new SaxesParser({ position: true });
  readonly #open: Element[] = [];
  #found: XmlRecord[] = [];
  #number = 0;
  #issues: RowIssue[] = [];
  #begin = { line: 1, column: 1, at: 0 };
  /** What was read since the record began, or since nothing was open. */
  #text = '';
  #from = 0;

  constructor() {
    const parser = this.#parser;
    parser.on('error', (error) => this.#fail(error.message.replace(/^\d+:\d+: /, '')));
    parser.on('doctype', () => this.#fail('a document type is not taken'));
    parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
        this.#fail('the file is not in UTF-8');
    });
    parser.on('opentagstart', ({ name }) => this.#begins(name));
    parser.on('opentag', ({ attributes }) => {
      if (Object.keys(attributes).length > 0) this.#note('has attributes');
    });
    parser.on('text', (text) => this.#holds(text));
    parser.on('cdata', (text) => this.#holds(text));
    parser.on('closetag', () => this.#ends());
  }

  *read(text: string): Generator<XmlRecord> {
    for (let at = 0; at < text.length; at += SLICE) {
      const slice = text.slice(at, at + SLICE);
      this.#text += slice;
      this.#parser.write(slice);
      yield* this.#found;
      this.#found = [];
      if (this.#open.length < 2) this.#drop(this.#parser.position);
      else this.#drop(this.#begin.at);
      if (this.#text.length > LONGEST_RECORD) this.#fail('longer than 64 KiB');
    }
  }

  end(): void {
    this.#parser.close();
  }

  /** Forgets the text before a place of the file. */
  #drop(before: number): void {
    // A tag that is not closed yet is not past, whatever the parser has taken in of it.
    const keep = this.#text.lastIndexOf('<');
    const until = Math.min(before, keep < 0 ? before : this.#from + keep);
    if (until <= this.#from) return;
    this.#text = this.#text.slice(until - this.#from);
    this.#from = until;
  }

  #fail(reason: string): never {
    throw new RecordFileRefusal(`line ${this.#parser.line}, column ${this.#parser.column + 1}: ${reason}`);
  }

  #note(detail: string): void {
    if (this.#open.length < 2) this.#fail(detail);
    const name = this.#open
      .slice(2)
      .map((element) => element.name)
      .join('.');
    this.#issues.push({ name, detail });
  }

  #begins(name: string): void {
    const depth = this.#open.length;
    if (depth === 0 && name !== 'records') this.#fail('expected the element records');
    if (depth === 1) {
      if (name !== 'record') this.#fail('expected the element record');
      const { line, column, position } = this.#parser;
      const at = position - name.length - 2;
      this.#begin = { line, column: Math.max(1, column - name.length - 1), at };
      this.#issues = [];
    }
    if (depth > DEEPEST) this.#fail('nested too deep');
    const element = { name, children: [], text: '' };
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  #holds(text: string): void {
    const inner = this.#open.at(-1);
    if (inner === undefined) return;
    if (this.#open.length > 2) inner.text += text;
    else if (text.trim() !== '') this.#note('has text beside its elements');
  }

  #ends(): void {
    const element = this.#open.pop();
    if (this.#open.length === 0) return;
    if (this.#open.length > 1 || element === undefined) return;
    // The root holds no more of what was read.
    this.#open[0]?.children.pop();
    this.#number += 1;
    const { line, column, at } = this.#begin;
    const value = valueOf(element, '', this.#issues);
    const raw = this.#text.slice(at - this.#from, this.#parser.position - this.#from);
    const content =
      this.#issues.length > 0
        ? { kind: 'refused' as const, issues: this.#issues }
        : { kind: 'value' as const, value };
    this.#found.push({ number: this.#number, line, column, raw, content });
  }
}

/** Makes the value that NDJSON would say; notes what has no such value. */
function valueOf({ children, text }: Element, path: string, issues: RowIssue[]): unknown {
  if (children.length > 0 && text.trim() !== '')
    issues.push({ name: path, detail: 'has text beside its elements' });
  const value: Record<string, unknown> = {};
  for (const child of children) {
    const { name } = child;
    const place = path === '' ? name : `${path}.${name}`;
    if (name === '__proto__') issues.push({ name: place, detail: 'is not known' });
    else if (isList(name))
      value[name] = [...((value[name] as unknown[] | undefined) ?? []), child.text.trim()];
    else if (Object.hasOwn(value, name)) issues.push({ name: place, detail: 'is given twice' });
    else if (child.children.length > 0) value[name] = valueOf(child, place, issues);
    else if (child.text.trim() !== '')
      value[name] = isTruth(name) ? truthOf(child.text.trim()) : child.text.trim();
  }
  return value;
}

function truthOf(text: string): unknown {
  return text === 'true' || (text === 'false' ? false : text);
}
