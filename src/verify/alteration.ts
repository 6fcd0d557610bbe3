/**
 * Tells what was done to a document after it was sealed, from how the file is put together. It explains a refusal and
 * never takes part in a verdict.
 */
import { createHash } from 'node:crypto';
import type { Alteration, SealVerdict } from '../domain/verification.ts';

/** A part of a file that may be a document as it was issued, and what stands around it. */
export interface PossibleOriginal {
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  /** What was done to it, should it be one. */
  readonly alteration: Alteration;
}

/** Each costs a hash of the file. */
const MOST_ENDS = 4;
const HEADER = Buffer.from('%PDF-');
const END = Buffer.from('%%EOF\n');

/** Gives what seems to have been done, and the parts that the register may know. */
export function findAlteration(
  pdf: Buffer,
  { subIndication }: Pick<SealVerdict, 'subIndication'>,
): { readonly alteration?: Alteration; readonly originals: readonly PossibleOriginal[] } {
  const start = Math.max(pdf.indexOf(HEADER), 0);
  const ends = endsOf(pdf, start);
  const originals = ends.flatMap((end) => {
    const alteration = alterationAround(pdf, start, end);
    if (alteration === undefined) return [];
    const sha256 = createHash('sha256').update(pdf.subarray(start, end)).digest('hex');
    return [{ sha256, alteration }];
  });
  const alteration = seemingAlteration(pdf, start, ends, subIndication);
  return { ...(alteration && { alteration }), originals };
}

function seemingAlteration(
  pdf: Buffer,
  start: number,
  [first, ...others]: readonly number[],
  subIndication: SealVerdict['subIndication'],
): Alteration | undefined {
  if (start > 0) return 'bytesBefore';
  if (first === undefined) return 'cutOff';
  if (others.length > 0 || first < pdf.length) return alterationAfter(pdf.subarray(first));
  if (subIndication === 'HASH_FAILURE' || subIndication === 'FORMAT_FAILURE') return 'contentChanged';
  if (subIndication === 'SIG_CRYPTO_FAILURE') return 'sealChanged';
  return undefined;
}

function endsOf(pdf: Buffer, start: number): number[] {
  const ends: number[] = [];
  for (let at = pdf.indexOf(END, start); at !== -1 && ends.length < MOST_ENDS; at = pdf.indexOf(END, at + 1))
    ends.push(at + END.length);
  return ends;
}

function alterationAround(pdf: Buffer, start: number, end: number): Alteration | undefined {
  if (end < pdf.length) return alterationAfter(pdf.subarray(end));
  return start > 0 ? 'bytesBefore' : undefined;
}

/** The last kind that fits is told: a second seal brings annotations and pages along, a page its annotations. */
function alterationAfter(rest: Buffer): Alteration {
  // Names may be written with escapes (ISO 32000-1 §7.3.5), and objects packed: then it is a revision, and no more is said.
  if (!rest.includes(' obj') && !rest.includes('startxref')) return 'bytesAfter';
  if (/\/ByteRange\b/.test(rest.toString('latin1'))) return 'signatureAdded';
  const text = rest.toString('latin1');
  if (/\/Type\s*\/Annot\b|\/Subtype\s*\/(?:FreeText|Stamp|Square|Widget|Text)\b/.test(text))
    return 'annotationAdded';
  if (/\/Type\s*\/Page\b|\/Type\s*\/Pages\b|\bstream\b/.test(text)) return 'pageReplaced';
  return 'revisionAdded';
}
