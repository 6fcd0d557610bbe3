/** Fills a template with one document: no layout, one buffer. */
import type { Unsealed } from '../pades/unsealed.ts';
import type { Field, Part, SlottedObject, Template } from './compile.ts';
import type { DataFile } from './data-file.ts';
import { fileId } from './document.ts';
import { deflateCode, writeCode } from './qr.ts';
import { writeRow, writeRun } from './run.ts';
import type { Sheet } from './sheet.ts';
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

/** Fills a template with a sheet of its shape. */
export function fill(template: Template, sheet: Sheet, input: FillInput): Unsealed {
  const { prefix, prefixHash, objects, table, trailer } = template;
  const values = { fields: fieldsOf(input), spoken: sheet.spoken };
  const offsets: number[] = [];
  let rest = '';
  for (const object of objects) {
    offsets[object.number] = prefix.length + rest.length;
    rest += writeObject(object, sheet, values);
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

function writeObject(object: SlottedObject, sheet: Sheet, values: Values): string {
  switch (object.kind) {
    case 'plain':
      return writeParts(object.parts, values);
    case 'stream': {
      const stream = writeParts(object.parts, values);
      return `${writeParts(object.head, values)}${stream.length}${writeStream(stream)}`;
    }
    case 'content': {
      const stream = sew(object.content, fillerOf(sheet));
      const head = `${object.number} 0 obj\n<<\n/Filter /FlateDecode\n/Length `;
      return `${head}${stream.length}${writeStream(stream)}`;
    }
  }
}

function writeStream(bytes: string): string {
  return `\n>>\nstream\n${bytes}\nendstream\nendobj\n`;
}

function fillerOf({ slots, fonts }: Sheet): Filler {
  const slotAt = (number: number) => slots[number] ?? noSlot(number);
  return {
    text: (number) => {
      const slot = slotAt(number);
      return slot.kind === 'text' ? writeRun(fonts, slot) : writeCode(slot);
    },
    piece: (number) => {
      const slot = slotAt(number);
      return slot.kind === 'text' ? writeRun(fonts, slot) : deflateCode(slot);
    },
  };
}

function noSlot(number: number): never {
  throw new RangeError(`the sheet has no slot ${number}`);
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
  const iso = createdAt.toISOString().slice(0, 19);
  return {
    title: writeTextString(title),
    titleInXml: Buffer.from(escapeXml(title)).toString('latin1'),
    time: `(D:${iso.replace(/[-:T]/g, '')}Z)`,
    timeInXml: `${iso}Z`,
    contents: writeContents(room),
    id: `<${fileId({ title, createdAt }).toString('hex')}>`,
    data: data?.stream ?? '',
    dataSize: `/Size ${data?.size ?? 0}`,
    dataChecksum: `/CheckSum <${Buffer.from(data?.checksum ?? []).toString('hex')}>`,
  };
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
