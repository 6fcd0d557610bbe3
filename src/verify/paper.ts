/** Tells what a document of ours is that is no attestation: its attached data say so, under the seal of all of it. */
import { CHECK_RECORD_KIND } from '../domain/check-record.ts';
import type { Paper } from '../domain/verification.ts';
import { readAttachedFile } from './attached-file.ts';

/** Gives what a file whose seal passed is; nothing for an attestation, and for what says of itself no such thing. */
export function paperOf(pdf: Buffer): { readonly paper?: Paper } {
  const data = readData(pdf);
  if (data?.['kind'] === CHECK_RECORD_KIND) return { paper: 'checkRecord' };
  const isEvidence = data !== undefined && ['statement', 'seal', 'proofs'].every((key) => key in data);
  return isEvidence ? { paper: 'messageEvidence' } : {};
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
