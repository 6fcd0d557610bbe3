/** What the bytes of a file tell that the register does not know: its seal, in whose name it is, and what was done to it. */
import type { Alteration, SealVerdict } from '../domain/verification.ts';
import { findAlteration, type PossibleOriginal } from './alteration.ts';
import { isInNameOf } from './claim.ts';
import { type OwnWords, ownWordsOf } from './paper.ts';
import { type SealTrust, verifySeal } from './seal.ts';

/** What it says of itself is told where its seal passes. */
export interface Examination extends OwnWords {
  readonly signature: SealVerdict;
  /** Whether it carries a seal in the name of a holder of `certificates`, even one that does not hold. */
  readonly isInOurName: boolean;
  /** What was done to it after it was sealed; missing when its seal passes, or is nobody's of ours. */
  readonly alteration?: Alteration;
  /** Parts of the file that may be a document as it was issued. */
  readonly originals: readonly PossibleOriginal[];
}

/**
 * Examines any bytes; never throws because of them. `certificates` (DER) are those of our seals: a seal passes in the name
 * of one of their holders only.
 */
export function examine(pdf: Buffer, trust: SealTrust, certificates: readonly Buffer[]): Examination {
  const signature = verifySeal(pdf, { ...trust, holders: certificates });
  const isInOurName = certificates.some((certificate) => isInNameOf(pdf, certificate));
  if (isInOurName && signature.indication === 'TOTAL_PASSED')
    return { signature, isInOurName, ...ownWordsOf(pdf), originals: [] };
  if (!isInOurName) return { signature, isInOurName, originals: [] };
  return { signature, isInOurName, ...findAlteration(pdf, signature) };
}
