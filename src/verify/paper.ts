/** Tells what a document of ours is by the data attached to it, which stand under the seal of all of it. */
import { CHECK_RECORD_KIND } from '../domain/check-record.ts';
import type { Paper } from '../domain/verification.ts';
import { readAttachedFile } from './attached-file.ts';

/** What it says of itself: which paper it is, or the number of an attestation. */
export interface OwnWords {
  readonly paper?: Paper;
  readonly number?: string;
}

/** Reads a file whose seal passed; nothing where it says no such thing. */
export function ownWordsOf(pdf: Buffer): OwnWords {
  const data = readData(pdf);
  if (data?.['kind'] === CHECK_RECORD_KIND) return { paper: 'checkRecord' };
  const isEvidence = data !== undefined && ['statement', 'seal', 'proofs'].every((key) => key in data);
  if (isEvidence) return { paper: 'messageEvidence' };
  const number = data?.['number'];
  return typeof number === 'string' ? { number } : {};
}

function readData(pdf: Buffer): Record<string, unknown> | undefined {
  try {
    const data: unknown = JSON.parse(readAttachedFile(pdf) ?? '');
    // Whatever else an object has, its keys are texts.
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
