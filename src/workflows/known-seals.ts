/**
 * What was found of the seals of documents that were issued here. The verdict follows from the bytes and from what is relied
 * on, and costs more than everything else about a document that is verified again: it is kept while both stay the same.
 */
import type { SealVerdict } from '../domain/verification.ts';
import { type SealTrust, verifySeal } from '../verify/seal.ts';

/** Documents whose verdict is kept, a kilobyte each. */
const MOST_KEPT = 2000;

interface Kept {
  readonly on: readonly unknown[];
  readonly verdict: SealVerdict;
}

/** By what is relied on, which lives as long as the service. */
const known = new WeakMap<object, Map<string, Kept>>();

/** As `verifySeal`. `owner` is what `trust` was read from, `sha256` that of the bytes. */
export function verifyKnownSeal(owner: object, sha256: string, pdf: Buffer, trust: SealTrust): SealVerdict {
  const kept = known.get(owner) ?? new Map<string, Kept>();
  known.set(owner, kept);
  const on = partsOf(trust);
  const found = kept.get(sha256);
  const isSame = found?.on.length === on.length && found.on.every((part, at) => part === on[at]);
  const verdict = isSame ? found.verdict : verifySeal(pdf, trust);
  // What was asked for last stays longest.
  kept.delete(sha256);
  kept.set(sha256, { on, verdict });
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return verdict;
}

/** Certificates and lists are compared as they were loaded: a new one is another. */
function partsOf({ anchors, intermediates, holders, crls, timeStamps, at }: SealTrust): readonly unknown[] {
  const lists = [anchors, intermediates, holders, crls, timeStamps?.anchors, timeStamps?.intermediates];
  return [...lists.flatMap((list) => [list?.length, ...(list ?? [])]), at.getTime()];
}
