/**
 * Looks for what makes a PDF act of its own accord, in files of any maker (ISO 32000-1 §12.6.4, §12.7.8). Nothing is
 * interpreted: every name in the file counts wherever it stands, and what cannot be looked into is refused.
 */
import { inflateSync } from 'node:zlib';

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

/** Objects in streams may be large, but no honest one of a letter is. */
const MOST_OBJECT_BYTES = 50 * 1024 * 1024;

/** Gives what is wrong with a PDF as the rest of "the PDF …"; undefined when nothing in it acts. Never throws. */
export function findActiveContent(pdf: Buffer): string | undefined {
  if (!pdf.subarray(0, 1024).includes('%PDF-')) return 'is not a PDF';
  const text = pdf.toString('latin1');
  return findFault(text) ?? findInObjectStreams(pdf, text);
}

/** A name may be spelled with escapes (§7.3.5). */
const NAME = /\/([^\s()<>[\]{}/%]{1,40})/g;

function findFault(text: string): string | undefined {
  for (const name of namesOf(text)) {
    if (ACTIVE.has(name)) return `has active content: ${name}`;
    // Nobody can look into it.
    if (name === 'Encrypt') return 'is encrypted';
  }
  return undefined;
}

/** A zero byte is white space (§7.2.2), as it is not to JavaScript. */
function* namesOf(text: string): Generator<string> {
  for (const [, written = ''] of text.replaceAll('\0', ' ').matchAll(NAME)) yield readName(written);
}

function readName(written: string): string {
  if (!written.includes('#')) return written;
  return written.replace(/#([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** The longest dictionary that a stream may have before it: what is longer is no object stream. */
const LONGEST_DICTIONARY = 4096;

/** Objects compressed in streams (§7.5.7) are where names hide from the bytes of the file. */
function findInObjectStreams(pdf: Buffer, text: string): string | undefined {
  let budget = MOST_OBJECT_BYTES;
  for (const { index, 0: keyword } of text.matchAll(/stream[ \t]*(?:\r\n|\n|\r)/g)) {
    if (text.startsWith('end', index - 3)) continue;
    const before = text.slice(Math.max(0, index - LONGEST_DICTIONARY), index);
    const names = [...namesOf(before.slice(before.lastIndexOf(' obj') + 1))];
    if (!names.includes('ObjStm') && !(names.includes('First') && names.includes('N'))) continue;
    const objects = openStream(pdf, index + keyword.length, names, budget);
    if (objects === undefined) return 'has objects in a stream that cannot be read';
    budget -= objects.length;
    const fault = findFault(objects.toString('latin1'));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Reads what no filter hides, or the one that everybody uses; undefined for any other. */
function openStream(pdf: Buffer, start: number, names: readonly string[], most: number): Buffer | undefined {
  const end = pdf.indexOf('endstream', start);
  if (end === -1) return undefined;
  if (!names.includes('Filter') && !names.includes('F')) return pdf.subarray(start, end);
  const others = [
    'ASCIIHexDecode',
    'ASCII85Decode',
    'LZWDecode',
    'RunLengthDecode',
    'Crypt',
    'DecodeParms',
    'DP',
  ];
  if (names.filter((name) => name === 'FlateDecode' || name === 'Fl').length !== 1) return undefined;
  if (others.some((name) => names.includes(name))) return undefined;
  try {
    // What is compressed says itself where it ends, whatever stands in it.
    return inflateSync(pdf.subarray(start), { maxOutputLength: Math.max(1, most) });
  } catch {
    return undefined;
  }
}
