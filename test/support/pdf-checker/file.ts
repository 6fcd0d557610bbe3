/** Opens a PDF by its cross-reference table and gives its objects, streams and structure to the rules. */
import { inflateSync } from 'node:zlib';
import { type Dictionary, isDictionary, isReference, readValue, type Source, type Value } from './values.ts';

export interface PdfObject {
  readonly number: number;
  readonly value: Value;
  /** Of a stream: what it holds, unpacked when it is packed as ours are. */
  readonly content?: Buffer;
  /** Whether a stream has the length that it states. */
  readonly isWhole: boolean;
}

export class PdfFile {
  readonly bytes: Buffer;
  /** One character a byte. */
  readonly text: string;
  readonly objects = new Map<number, PdfObject>();
  readonly trailer: Dictionary;
  readonly oddStrings: number;

  /** Throws where it cannot be read at all. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.text = bytes.toString('latin1');
    const start = Number(/startxref\s+(\d+)\s+%%EOF(?![^]*startxref)/.exec(this.text.slice(-2000))?.[1]);
    const source: Source = { text: this.text, at: start, oddStrings: 0 };
    const [head, count] = /^xref\r?\n0 (\d+)\r?\n/.exec(this.text.slice(start, start + 30)) ?? [];
    if (head === undefined) throw new SyntaxError('no cross-reference table');
    for (let number = 1; number < Number(count); number += 1) {
      const row = start + head.length + number * 20;
      if (this.text[row + 17] !== 'n') continue;
      source.at = Number(this.text.slice(row, row + 10));
      this.objects.set(number, readObject(source, number));
    }
    source.at = this.text.indexOf('trailer', start) + 'trailer'.length;
    const trailer = readValue(source);
    if (!isDictionary(trailer)) throw new SyntaxError('no trailer');
    this.trailer = trailer;
    this.oddStrings = source.oddStrings;
  }

  get catalog(): Dictionary {
    return this.dictionary(this.trailer.get('/Root'));
  }

  /** The pages in order; ours all hang under one node. */
  get pages(): readonly Dictionary[] {
    const kids = this.resolve(this.dictionary(this.catalog.get('/Pages')).get('/Kids'));
    return Array.isArray(kids) ? (kids as readonly Value[]).map((kid) => this.dictionary(kid)) : [];
  }

  /** What a reference stands for, or the value itself. */
  resolve(value: Value | undefined): Value | undefined {
    return isReference(value) ? this.objects.get(value.ref)?.value : value;
  }

  /** A dictionary, the one referred to, or an empty one. */
  dictionary(value: Value | undefined): Dictionary {
    const found = this.resolve(value);
    return isDictionary(found) ? found : new Map<string, Value>();
  }

  list(value: Value | undefined): readonly Value[] {
    const found = this.resolve(value);
    return Array.isArray(found) ? (found as readonly Value[]) : [];
  }

  /** The content of a stream; empty when there is none. */
  content(value: Value | undefined): Buffer {
    return (isReference(value) ? this.objects.get(value.ref)?.content : undefined) ?? Buffer.alloc(0);
  }

  /** Every dictionary of the file, those within others too, with the number of its object. */
  *dictionaries(): Generator<readonly [Dictionary, number]> {
    for (const { number, value } of this.objects.values())
      for (const dictionary of within(value)) yield [dictionary, number];
  }
}

function* within(value: Value): Generator<Dictionary> {
  if (Array.isArray(value)) for (const one of value as readonly Value[]) yield* within(one);
  if (!isDictionary(value)) return;
  yield value;
  for (const one of value.values()) yield* within(one);
}

function readObject(source: Source, number: number): PdfObject {
  const head = `${number} 0 obj`;
  if (!source.text.startsWith(head, source.at)) throw new SyntaxError(`no object ${number} at ${source.at}`);
  source.at += head.length;
  const value = readValue(source);
  const start = /\s*stream\r?\n/y;
  start.lastIndex = source.at;
  if (!isDictionary(value) || !start.test(source.text)) return { number, value, isWhole: true };
  const stated = value.get('/Length');
  const from = start.lastIndex;
  const length = typeof stated === 'number' ? stated : 0;
  const isWhole = /^\r?\nendstream\s/.test(source.text.slice(from + length, from + length + 12));
  const raw = Buffer.from(source.text.slice(from, from + length), 'latin1');
  return { number, value, isWhole, content: unpack(value, raw) };
}

function unpack(dictionary: Dictionary, raw: Buffer): Buffer {
  try {
    return dictionary.get('/Filter') === '/FlateDecode' ? inflateSync(raw) : raw;
  } catch {
    return raw;
  }
}
