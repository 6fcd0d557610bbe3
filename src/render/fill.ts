/** Fills a template with one document: no layout, and every byte is written once. */
import { PLACEHOLDER } from '../pades/byte-range.ts';
import type { Unsealed } from '../pades/unsealed.ts';
import type { Sum } from './adler.ts';
import { Bytes } from './bytes.ts';
import type { Field, Part, SlottedObject, Template } from './compile.ts';
import type { DataFile } from './data-file.ts';
import { fileId } from './document.ts';
import { leftOf } from './lines.ts';
import type { Measure } from './measure.ts';
import { deflateCode, writeCode } from './qr.ts';
import { writePlace } from './run.ts';
import type { Slot } from './sheet.ts';
import { type Filler, type Piece, sew } from './stitch.ts';
import { escapeXml } from './xmp.ts';

/** What one document says beside its pages. */
export interface FillInput {
  readonly title: string;
  readonly createdAt: Date;
  /** Bytes to leave for the signature in `/Contents`. */
  readonly room: number;
  /** What is attached, if the template has a place for it. */
  readonly data: DataFile | undefined;
}

interface Values {
  readonly fields: Readonly<Record<Field, string | Uint8Array>>;
  readonly spoken: readonly string[];
  /** Where in `rest` the room for the seal begins; noted when it is written. */
  readonly place: { byteRange: number; contents: number };
}

/** What follows the prefix, and the stream being written; used by one document after the other. */
const rest = new Bytes();
const stream = new Bytes();

/** Fills a template with the texts of a document of its key. */
export function fill(template: Template, measure: Measure, input: FillInput): Unsealed {
  const { slots, prefix, prefixHash, objects, table, rows, trailer } = template;
  const place = { byteRange: 0, contents: 0 };
  const values = { fields: fieldsOf(input), spoken: measure.spoken, place };
  const filler = new MeasureFiller(slots, measure);
  offsets.length = 0;
  rest.cutTo(0);
  for (const object of objects) {
    offsets.push(prefix.length + rest.length);
    writeObject(object, filler, values);
  }
  const start = rest.length;
  rest.add(table);
  for (let at = 0; at < rows.length; at += 1)
    rest.setDigits(start + (rows[at] ?? 0), OFFSET_DIGITS, offsets[at] ?? 0);
  writeParts(trailer, values, rest);
  rest.addText(`startxref\n${prefix.length + start}\n%%EOF\n`);
  // Memory of its own, and not part of a pool: the bytes change hands between threads.
  const bytes = Buffer.allocUnsafeSlow(prefix.length + rest.length);
  bytes.set(prefix);
  bytes.set(rest.view(), prefix.length);
  return {
    bytes,
    prefixBytes: prefix.length,
    prefixHash,
    place: { range: prefix.length + place.byteRange, contents: prefix.length + place.contents },
  };
}

/** Where the objects of the document being filled begin. */
const offsets: number[] = [];
/** Of a row of the cross-reference table (ISO 32000-1, 7.5.4). */
const OFFSET_DIGITS = 10;

function writeObject(object: SlottedObject, filler: Filler, values: Values): void {
  if (object.kind === 'plain') {
    writeParts(object.parts, values, rest);
    return;
  }
  stream.cutTo(0);
  if (object.kind === 'stream') {
    writeParts(object.parts, values, stream);
    writeParts(object.head, values, rest);
  } else {
    sew(object.content, filler, stream);
    rest.add(object.head);
  }
  rest.addText(`${stream.length}\n>>\nstream\n`);
  rest.add(stream.view());
  rest.addText('\nendstream\nendobj\n');
}

/** Fills slots with what was measured. */
class MeasureFiller implements Filler {
  readonly #slots: readonly Slot[];
  readonly #measure: Measure;

  constructor(slots: readonly Slot[], measure: Measure) {
    this.#slots = slots;
    this.#measure = measure;
  }

  write(number: number, to: Bytes, sum?: Sum): void {
    const slot = this.#slots[number] ?? noSlot(number);
    const { fonts, texts } = this.#measure;
    if (slot.kind === 'code') {
      to.addText(writeCode({ ...slot, text: this.#codeOf(slot.code) }), sum);
      return;
    }
    const lines = texts[slot.text];
    const setting = lines?.settings[slot.line];
    if (lines === undefined || setting === undefined) return noSlot(number);
    to.addText(writePlace(leftOf(fonts, lines, setting)), sum);
    to.addText(setting.shown, sum);
    to.addText('\n', sum);
  }

  piece(number: number): Piece | undefined {
    const slot = this.#slots[number] ?? noSlot(number);
    return slot.kind === 'code' ? deflateCode({ ...slot, text: this.#codeOf(slot.code) }) : undefined;
  }

  #codeOf(number: number): string {
    return this.#measure.codes[number] ?? noSlot(number);
  }
}

function noSlot(number: number): never {
  throw new RangeError(`the document has nothing for slot ${number}`);
}

function writeParts(parts: readonly Part[], values: Values, to: Bytes): void {
  for (const part of parts) {
    if (part instanceof Uint8Array) to.add(part);
    else if ('spoken' in part) to.addText(writeTextString(values.spoken[part.spoken] ?? ''));
    else writeField(part.field, values, to);
  }
}

function writeField(field: Field, { fields, place }: Values, to: Bytes): void {
  if (field === 'byteRange' || field === 'contents') place[field] = to.length;
  const value = fields[field];
  if (typeof value === 'string') to.addText(value);
  else to.add(value);
}

function fieldsOf({ title, createdAt, room, data }: FillInput): Values['fields'] {
  const { time, timeInXml } = writeTime(createdAt);
  return {
    title: writeTextString(title),
    titleInXml: writeInXml(title),
    time,
    timeInXml,
    byteRange: PLACEHOLDER,
    contents: writeContents(room),
    id: `<${fileId({ title, createdAt })}>`,
    data: data?.stream ?? '',
    dataSize: `/Size ${data?.size ?? 0}`,
    dataChecksum: `/CheckSum <${data?.checksum ?? ''}>`,
  };
}

/** Documents come many a second. */
let last = { second: Number.NaN, time: '', timeInXml: '' };

function writeTime(at: Date): Pick<Values['fields'], 'time' | 'timeInXml'> {
  const second = Math.floor(at.getTime() / 1000);
  if (second !== last.second) {
    const iso = at.toISOString().slice(0, 19);
    last = { second, time: `(D:${iso.replace(/[-:T]/g, '')}Z)`, timeInXml: `${iso}Z` };
  }
  return last;
}

function writeInXml(text: string): string {
  return /^[\w .-]*$/.test(text) ? text : Buffer.from(escapeXml(text)).toString('latin1');
}

/** Documents sealed with the same key leave the same room. */
let emptyContents = Buffer.alloc(0);

function writeContents(room: number): Buffer {
  const length = '/Contents <>'.length + 2 * room;
  if (emptyContents.length !== length) emptyContents = Buffer.from(`/Contents <${'00'.repeat(room)}>`);
  return emptyContents;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '(': '\\(',
  ')': '\\)',
  '\\': '\\\\',
};

/** Without anything to escape. */
const PLAIN = /^[\x20-\x27\x2a-\x5b\x5d-\x7e]*$/;

/** Writes a text string, in UTF-16 only when it must be (ISO 32000-1, 7.9.2.2). */
function writeTextString(text: string): string {
  if (PLAIN.test(text)) return `(${text})`;
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  const bytes = isAscii ? text : Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('latin1');
  return `(${bytes.replace(/[\n\r()\\]/g, (character) => ESCAPES[character] ?? '')})`;
}
