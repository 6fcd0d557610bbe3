/** The verdict: one word for what seal and register say together, and what that means for whoever holds the document. */
import type { CodeReport, ExaminedFile, Paper, SealVerdict } from './verification.ts';

/**
 * `checkRecord` and `messageEvidence` are ours and no attestations; `altered` bears our name and has no seal of ours that holds; `foreign` has nothing of ours; `undecided` can be neither
 * confirmed nor refused.
 */
export const VERDICTS = [
  'valid',
  'superseded',
  'revoked',
  'expired',
  'notYetValid',
  'erased',
  'checkRecord',
  'messageEvidence',
  'altered',
  'foreign',
  'undecided',
] as const;
export type VerdictKind = (typeof VERDICTS)[number];

type Judged = Pick<CodeReport, 'status'> &
  Pick<ExaminedFile, 'isInOurName' | 'paper'> & { readonly signature: Omit<SealVerdict, 'explanation'> };

/**
 * Judges a file. The register decides on bytes that were issued here; bytes that it does not know are never valid,
 * whatever their seal says: at most they are
 * another paper of ours.
 */
export function judge({ status, signature, isInOurName, paper }: Judged): VerdictKind {
  switch (status) {
    case 'superseded':
    case 'revoked':
    case 'expired':
    case 'notYetValid':
    case 'erased':
      return status;
    case 'valid':
      // Bytes of ours with a broken seal: only a fault of our own explains it, so nothing is claimed.
      return signature.indication === 'TOTAL_FAILED' ? 'undecided' : 'valid';
    case 'unknown':
      if (paper !== undefined && signature.indication === 'TOTAL_PASSED') return paper;
      if (isVouchedFor(signature)) return 'undecided';
      return isInOurName ? 'altered' : 'foreign';
  }
}

/** A code is neither altered nor foreign, nor another paper: of what it stands on nothing is known. */
export type CodeVerdict = Exclude<VerdictKind, 'altered' | 'foreign' | Paper>;

/** Judges a code: of one that the register does not know nothing is said. */
export function judgeCode({ status }: Pick<CodeReport, 'status'>): CodeVerdict {
  return status === 'unknown' ? 'undecided' : status;
}

/** Tells whether an authority that we rely on stands behind the signer: only then the signer's name means something. */
export function isVouchedFor({ indication, subIndication }: Omit<SealVerdict, 'explanation'>): boolean {
  switch (subIndication ?? 'none') {
    case 'none':
      return indication !== 'TOTAL_FAILED';
    case 'OUT_OF_BOUNDS_NOT_REVOKED':
    case 'REVOKED_NO_POE':
      return true;
    case 'FORMAT_FAILURE':
    case 'HASH_FAILURE':
    case 'SIG_CRYPTO_FAILURE':
    case 'SIG_CONSTRAINTS_FAILURE':
    case 'NO_SIGNING_CERTIFICATE_FOUND':
    case 'NO_CERTIFICATE_CHAIN_FOUND':
    case 'CRYPTO_CONSTRAINTS_FAILURE':
    case 'TIMESTAMP_ORDER_FAILURE':
      return false;
  }
}
