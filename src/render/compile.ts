/** Compiles a sheet: pdfkit draws it once, and what differs between documents of its shape becomes slots. */
import type { Hash } from 'node:crypto';
import { PLACEHOLDER } from '../pades/byte-range.ts';
import { hashPrefix } from '../pades/unsealed.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import type { DataFile } from './data-file.ts';
import {
  type Conformance,
  closeDocument,
  fileId,
  nameFace,
  openDocument,
  type Pdf,
  shareFace,
} from './document.ts';
import { addExtras } from './extras.ts';
import { type FileObject, takeApart } from './file.ts';
import { type Hand, paint } from './paint.ts';
import { writeBaseline, writeColour, writePlace, writeRow } from './run.ts';
import { addSecurityStore } from './security-store.ts';
import type { Sheet, Slot } from './sheet.ts';
import { type Stitched, stitch } from './stitch.ts';

/** What a document fills in beside the text and codes of its pages. */
export type Field =
  | 'title'
  | 'titleInXml'
  | 'time'
  | 'timeInXml'
  | 'byteRange'
  | 'contents'
  | 'id'
  | 'data'
  | 'dataSize'
  | 'dataChecksum';

/** Bytes that all documents of the shape have, or what to fill in: a field, or one of the texts of `Measure.spoken`. */
export type Part = Uint8Array | { readonly field: Field } | { readonly spoken: number };

/** An object that differs from document to document: a page's content, another stream, or none. */
export type SlottedObject =
  | {
      readonly kind: 'content';
      readonly number: number;
      /** From the number of the object to before the length of the stream. */
      readonly head: Uint8Array;
      /** Operators, and the numbers of slots. */
      readonly content: Stitched;
    }
  | {
      readonly kind: 'stream';
      readonly number: number;
      /** From the number of the object to before the length of the stream. */
      readonly head: readonly Part[];
      readonly parts: readonly Part[];
    }
  | { readonly kind: 'plain'; readonly number: number; readonly parts: readonly Part[] };

/** All documents of one shape. */
export interface Template {
  /** What its contents leave to each document, by number. */
  readonly slots: readonly Slot[];
  /** The header and all objects that never differ. */
  readonly prefix: Buffer;
  /** SHA-256 of the prefix, still open: the seal of each document goes on with a copy. */
  readonly prefixHash: Hash;
  /** These come after the prefix. */
  readonly objects: readonly SlottedObject[];
  /** The cross-reference table, and where in it the offsets of `objects` go, in their order. */
  readonly table: Uint8Array;
  readonly rows: readonly number[];
  /** From `trailer` to before `startxref`. */
  readonly trailer: readonly Part[];
}

/** What all documents of the shape say of themselves. */
export interface TemplateInput {
  readonly author: string;
  readonly language: string;
  readonly conformance: Conformance;
  readonly validationData?: ValidationData | undefined;
  /** What the attached data are called. */
  readonly description: string;
}

const STAND_IN = { title: '%%title%%', createdAt: new Date(0) };
const DATA_STAND_IN: DataFile = {
  size: 999_999_999,
  checksum: '00'.repeat(16),
  stream: Buffer.from('%%data%%'),
};
const SLOT = /%%slot (\d+)%%\n/;

/** What pdfkit writes for the stand-ins → what takes their place. */
const FIELDS: ReadonlyMap<string, Field> = new Map([
  [`(${STAND_IN.title})`, 'title'],
  [STAND_IN.title, 'titleInXml'],
  ['(D:19700101000000Z)', 'time'],
  ['1970-01-01T00:00:00Z', 'timeInXml'],
  [PLACEHOLDER, 'byteRange'],
  ['/Contents <00>', 'contents'],
  [`<${fileId(STAND_IN)}>`, 'id'],
  ['%%data%%', 'data'],
  ['/Size 999999999', 'dataSize'],
  [`/CheckSum <${'00'.repeat(16)}>`, 'dataChecksum'],
]);
const SPOKEN = /^\(%%spoken (\d+)%%\)$/;
const STAND_INS = new RegExp(
  `(\\(%%spoken \\d+%%\\)|${[...FIELDS.keys()].map((text) => text.replace(/[()[\]\\/]/g, '\\$&')).join('|')})`,
);

/** Compiles a sheet all of whose text the shared faces have. */
export async function compile(sheet: Sheet, input: TemplateInput): Promise<Template> {
  const document = openDocument({ ...input, ...STAND_IN, fonts: sheet.fonts, isOpen: true });
  paint(document, sheet, createHand(document.pdf, sheet), {
    room: 1,
    signedAt: STAND_IN.createdAt,
    name: input.author,
  });
  const data = input.conformance === 'PDF/A-1a' ? undefined : DATA_STAND_IN;
  addExtras(document, { ...input, data, createdAt: STAND_IN.createdAt });
  if (input.validationData !== undefined) addSecurityStore(document, input.validationData);
  return toTemplate(await closeDocument(document.pdf), sheet.slots);
}

/** Writes fixed text as it will stay, and leaves a slot for all other. */
function createHand(pdf: Pdf, { fonts, alphabets }: Sheet): Hand {
  for (const face of ['bold', 'regular'] as const) {
    const embedding = fonts[face].shared.embeddings[alphabets[face]];
    if (embedding !== undefined) shareFace(pdf, face, embedding);
  }
  let slots = 0;
  const nextSlot = () => {
    slots += 1;
    return `%%slot ${slots - 1}%%`;
  };
  return {
    text: (run, isSame) => {
      const style = `/${nameFace(pdf, run.face)} ${run.size} Tf ${writeColour(run.colour)} `;
      pdf.addContent(`BT ${isSame ? '' : style}${writeBaseline(fonts, run)}`);
      pdf.addContent(run.isFixed ? writePlace(run.x) + run.setting.shown : nextSlot());
      pdf.addContent('ET');
    },
    code: () => {
      pdf.addContent(nextSlot());
    },
    say: ({ text, slot }) => (slot === undefined ? text : `%%spoken ${slot}%%`),
  };
}

function toTemplate(file: Buffer, slots: readonly Slot[]): Template {
  const { header, objects, trailer } = takeApart(file);
  const slotted = objects.flatMap(toSlotted);
  const isSlotted = new Set(slotted.map(({ number }) => number));
  const offsets = new Map<number, number>();
  let prefix = header;
  for (const { number, bytes } of objects.filter((object) => !isSlotted.has(object.number))) {
    offsets.set(number, prefix.length);
    prefix += bytes;
  }
  const prefixBytes = Buffer.from(prefix, 'latin1');
  return {
    slots,
    prefix: prefixBytes,
    prefixHash: hashPrefix(prefixBytes),
    objects: slotted,
    ...writeTable(slotted, objects.length, offsets),
    trailer: toParts(trailer),
  };
}

const STREAM = /^(\d+ 0 obj\n<<\n[^]*?\/Length )\d+\n>>\nstream\n([^]*)\nendstream\nendobj\n$/;

/** Gives nothing for an object that all documents have as it is. */
function toSlotted({ number, bytes }: FileObject): SlottedObject[] {
  const [, head = '', stream] = STREAM.exec(bytes) ?? [];
  if (stream !== undefined && SLOT.test(stream))
    return [{ kind: 'content', number, head: headOf(number), content: stitch(toContent(stream)) }];
  const parts = toParts(stream ?? bytes);
  const heads = toParts(head);
  if (parts.length === 1 && heads.length === 1) return [];
  return [
    stream === undefined ? { kind: 'plain', number, parts } : { kind: 'stream', number, head: heads, parts },
  ];
}

function headOf(number: number): Uint8Array {
  return Buffer.from(`${number} 0 obj\n<<\n/Filter /FlateDecode\n/Length `);
}

/** Splitting by a pattern with one group gives what lies between and the group by turns. */
function toContent(stream: string): (string | number)[] {
  return compact(stream)
    .split(SLOT)
    .map((piece, at) => (at % 2 === 0 ? piece : Number(piece)));
}

/** Says in fewer bytes what pdfkit writes at length; short pieces are not deflated. No text of a page looks like it. */
function compact(content: string): string {
  return content
    .replace(/\/(\w+) <<\n\/MCID (\d+)\n>> BDC\n/g, '/$1<</MCID $2>>BDC\n')
    .replace(/\/Artifact <<\n\/Type (\/\w+)\n>> BDC\n/g, '/Artifact<</Type$1>>BDC\n');
}

function toParts(bytes: string): Part[] {
  return bytes.split(STAND_INS).map((piece) => {
    const [, spoken] = SPOKEN.exec(piece) ?? [];
    if (spoken !== undefined) return { spoken: Number(spoken) };
    const field = FIELDS.get(piece);
    return field === undefined ? Buffer.from(piece, 'latin1') : { field };
  });
}

/** Writes the table with a row of zeros for each object whose offset is not known yet. */
function writeTable(
  slotted: readonly SlottedObject[],
  objects: number,
  offsets: ReadonlyMap<number, number>,
): Pick<Template, 'table' | 'rows'> {
  let table = `xref\n0 ${objects + 1}\n0000000000 65535 f \n`;
  const starts = new Map<number, number>();
  for (let number = 1; number <= objects; number += 1) {
    starts.set(number, table.length);
    table += writeRow(offsets.get(number) ?? 0);
  }
  return { table: Buffer.from(table), rows: slotted.map(({ number }) => starts.get(number) ?? 0) };
}
