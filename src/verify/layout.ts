/**
 * Reads a PDF of one revision byte by byte: header, objects one after the other, one cross-reference table, trailer, end.
 * Nothing may lie between them, so that no reader, however lenient, can see another document than we do.
 */
import {
  asDictionary,
  type Cursor,
  expectText,
  MalformedPdf,
  openCursor,
  type PdfDictionary,
  type PdfValue,
  readValue,
  take,
} from './syntax.ts';

export interface PdfLayout {
  /** The objects by number; of a stream, its dictionary. */
  readonly objects: ReadonlyMap<number, PdfValue>;
  /** Where the bytes of each stream begin and end. */
  readonly streams: ReadonlyMap<number, PdfStream>;
  readonly trailer: PdfDictionary;
}

/** The bytes of a stream as offsets in the file, as they are written. */
export interface PdfStream {
  readonly start: number;
  readonly end: number;
}

/** The comment of high bytes after the header is what PDF/A asks for (ISO 19005-2 §6.1.2). */
const HEADER = /%PDF-1\.[4-7]\n%[\x80-\xff]{4}\n/y;
const OBJECT = /([1-9]\d{0,6}) 0 obj\n/y;
const END_OF_OBJECT = /\s{0,4}endobj\n/y;
const START_OF_STREAM = /\s{0,4}stream\n/y;
const TABLE = /xref\n0 (\d{1,7})\n/y;
const LAST = /\s{0,4}startxref\n(\d{1,10})\n%%EOF\n/y;
const FIRST_ROW = '0000000000 65535 f \n';
const TRAILER_KEYS: ReadonlySet<string> = new Set(['Size', 'Root', 'Info', 'ID']);

/** Reads the layout. Throws `MalformedPdf` with what is wrong. */
export function readLayout(pdf: Buffer): PdfLayout {
  const cursor = openCursor(pdf);
  if (take(cursor, HEADER) === undefined) throw new MalformedPdf('does not begin as a PDF of ours');
  const objects = new Map<number, PdfValue>();
  const streams = new Map<number, PdfStream>();
  const offsets = new Map<number, number>();
  while (!cursor.text.startsWith('xref', cursor.at)) {
    const start = cursor.at;
    const number = Number(take(cursor, OBJECT)?.[1]);
    if (Number.isNaN(number)) throw new MalformedPdf(`has something that is no object at byte ${start}`);
    if (objects.has(number)) throw new MalformedPdf(`has two objects ${number}`);
    const { value, stream } = readObject(cursor);
    objects.set(number, value);
    if (stream !== undefined) streams.set(number, stream);
    offsets.set(number, start);
  }
  const table = cursor.at;
  const size = readTable(cursor, offsets);
  const trailer = readTrailer(cursor, size);
  const last = take(cursor, LAST);
  if (last === undefined || cursor.at !== pdf.length)
    throw new MalformedPdf('does not end after its one revision');
  if (Number(last[1]) !== table) throw new MalformedPdf('names another place for its cross-reference table');
  return { objects, streams, trailer };
}

function readObject(cursor: Cursor): { value: PdfValue; stream?: PdfStream } {
  const value = readValue(cursor);
  if (take(cursor, START_OF_STREAM) !== undefined) return { value, stream: readStream(cursor, value) };
  if (take(cursor, END_OF_OBJECT) === undefined) {
    throw new MalformedPdf(`has an object that does not end at byte ${cursor.at}`);
  }
  return { value };
}

function readStream(cursor: Cursor, value: PdfValue): PdfStream {
  const length = asDictionary(value)?.get('Length');
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) {
    throw new MalformedPdf(`has a stream without its length before byte ${cursor.at}`);
  }
  const start = cursor.at;
  cursor.at += length;
  expectText(cursor, '\nendstream\nendobj\n', 'end of a stream');
  return { start, end: start + length };
}

/** The table must name every object at its place and nothing else; its rows are 20 bytes (ISO 32000-1 §7.5.4). */
function readTable(cursor: Cursor, offsets: ReadonlyMap<number, number>): number {
  const size = Number(take(cursor, TABLE)?.[1]);
  if (size !== offsets.size + 1)
    throw new MalformedPdf('has a cross-reference table of another size than its objects');
  expectText(cursor, FIRST_ROW, 'head of the cross-reference table');
  for (let number = 1; number < size; number += 1) {
    const offset = offsets.get(number);
    if (offset === undefined) throw new MalformedPdf(`has no object ${number}`);
    expectText(cursor, `${String(offset).padStart(10, '0')} 00000 n \n`, `exact place of object ${number}`);
  }
  return size;
}

function readTrailer(cursor: Cursor, size: number): PdfDictionary {
  expectText(cursor, 'trailer\n', 'trailer');
  const trailer = asDictionary(readValue(cursor));
  if (trailer === undefined) throw new MalformedPdf('has no trailer dictionary');
  const foreign = [...trailer.keys()].find((key) => !TRAILER_KEYS.has(key));
  if (foreign !== undefined) throw new MalformedPdf(`has the trailer entry ${foreign}`);
  if (trailer.get('Size') !== size) throw new MalformedPdf('states another number of objects');
  return trailer;
}
