/** Judges one file as the service judges a file that its register does not know. */

import { judge, type VerdictKind } from '../../src/domain/verdict.ts';
import { isInNameOf } from '../../src/verify/claim.ts';
import { type SealTrust, verifySeal } from '../../src/verify/seal.ts';
import type { SealWord } from './attack.ts';

export interface Judged {
  readonly seal: SealWord;
  readonly told: VerdictKind;
  readonly explanation: string;
  readonly ms: number;
}

/** Gives the verdict on the seal and what an employer is told. */
export function judgeFile(pdf: Buffer, trust: SealTrust): Judged {
  const started = performance.now();
  const signature = verifySeal(pdf, trust);
  const isInOurName = (trust.holders ?? []).some((certificate) => isInNameOf(pdf, certificate));
  const ms = performance.now() - started;
  const { indication, subIndication, explanation } = signature;
  return {
    seal: subIndication === undefined ? indication : `${indication}/${subIndication}`,
    told: judge({ status: 'unknown', signature, isInOurName }),
    explanation,
    ms,
  };
}
