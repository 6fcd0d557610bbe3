/** Fills a template with one document: no layout, one buffer. */
import type { Unsealed } from '../pades/unsealed.ts';
import type { Field, Part, SlottedObject, Template } from './compile.ts';
import type { DataFile } from './data-file.ts';
import { fileId } from './document.ts';
import { leftOf } from './lines.ts';
import type { Measure } from './measure.ts';
import { deflateCode, type PlacedCode, writeCode } from './qr.ts';
import { writeRow, writeRun } from './run.ts';
import type { Slot } from './sheet.ts';
import { type Filler, sew } from './stitch.ts';
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
  readonly fields: Readonly<Record<Field, string>>;
  readonly spoken: readonly string[];
}

/** Fills a template with the texts of a document of its key. */
export function fill(template: Template, measure: Measure, input: FillInput): Unsealed {
  const { slots, prefix, prefixHash, objects, table, trailer } = template;
  const values = { fields: fieldsOf(input), spoken: measure.spoken };
  const filler = fillerOf(slots, measure);
  const offsets: number[] = [];
  let rest = '';
  for (const object of objects) {
    offsets[object.number] = prefix.length + rest.length;
    rest += writeObject(object, filler, values);
  }
  const start = prefix.length + rest.length;
  for (const part of table) rest += typeof part === 'string' ? part : writeRow(offsets[part] ?? 0);
  rest += `${writeParts(trailer, values)}startxref\n${start}\n%%EOF\n`;
  // Memory of its own, and not part of a pool: the bytes change hands between threads.
  const bytes = Buffer.allocUnsafeSlow(prefix.length + rest.length);
  bytes.set(prefix);
  bytes.write(rest, prefix.length, 'latin1');
  return { bytes, prefixBytes: prefix.length, prefixHash };
}

function writeObject(object: SlottedObject, filler: Filler, values: Values): string {
  switch (object.kind) {
    case 'plain':
      return writeParts(object.parts, values);
    case 'stream': {
      const stream = writeParts(object.parts, values);
      return `${writeParts(object.head, values)}${stream.length}${writeStream(stream)}`;
    }
    case 'content': {
      const stream = sew(object.content, filler);
      const head = `${object.number} 0 obj\n<<\n/Filter /FlateDecode\n/Length `;
      return `${head}${stream.length}${writeStream(stream)}`;
    }
  }
}

function writeStream(bytes: string): string {
  return `\n>>\nstream\n${bytes}\nendstream\nendobj\n`;
}

function fillerOf(slots: readonly Slot[], { fonts, texts, codes }: Measure): Filler {
  const write = <T>(number: number, code: (placed: PlacedCode) => T): string | T => {
    const slot = slots[number] ?? noSlot(number);
    if (slot.kind === 'code') return code({ ...slot, text: codes[slot.code] ?? noSlot(number) });
    const lines = texts[slot.text];
    const setting = lines?.settings[slot.line];
    if (lines === undefined || setting === undefined) return noSlot(number);
    return writeRun(leftOf(fonts, lines, setting), fonts[lines.style.face].shared.show(setting));
  };
  return {
    text: (number) => write(number, writeCode),
    piece: (number) => write(number, deflateCode),
  };
}

function noSlot(number: number): never {
  throw new RangeError(`the document has nothing for slot ${number}`);
}

function writeParts(parts: readonly Part[], values: Values): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : writeValue(part, values);
  return text;
}

function writeValue(part: Exclude<Part, string>, { fields, spoken }: Values): string {
  return 'field' in part ? fields[part.field] : writeTextString(spoken[part.spoken] ?? '');
}

function fieldsOf({ title, createdAt, room, data }: FillInput): Values['fields'] {
  const { time, timeInXml } = writeTime(createdAt);
  return {
    title: writeTextString(title),
    titleInXml: writeInXml(title),
    time,
    timeInXml,
    contents: writeContents(room),
    id: `<${fileId({ title, createdAt }).toString('hex')}>`,
    data: data?.stream ?? '',
    dataSize: `/Size ${data?.size ?? 0}`,
    dataChecksum: `/CheckSum <${Buffer.from(data?.checksum ?? []).toString('hex')}>`,
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
let emptyContents = '';

function writeContents(room: number): string {
  const length = '/Contents <>'.length + 2 * room;
  if (emptyContents.length !== length) emptyContents = `/Contents <${'00'.repeat(room)}>`;
  return emptyContents;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '(': '\\(',
  ')': '\\)',
  '\\': '\\\\',
};

/** Writes a text string, in UTF-16 only when it must be (ISO 32000-1, 7.9.2.2). */
function writeTextString(text: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  const bytes = isAscii ? text : Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('latin1');
  return `(${bytes.replace(/[\n\r()\\]/g, (character) => ESCAPES[character] ?? '')})`;
}
