/** How a check that failed becomes a verdict (ETSI EN 319 102-1 §5.1.3). */
import type { SealVerdict, SubIndication } from '../domain/verification.ts';

/** A verdict other than `TOTAL_PASSED`, before the signer is named. */
export type Fault = Pick<SealVerdict, 'subIndication' | 'explanation'> & {
  readonly indication: 'TOTAL_FAILED' | 'INDETERMINATE';
};

/** The seal is broken, whoever made it. */
export function failed(
  subIndication: 'FORMAT_FAILURE' | 'HASH_FAILURE' | 'SIG_CRYPTO_FAILURE',
  explanation: string,
): Fault {
  return { indication: 'TOTAL_FAILED', subIndication, explanation };
}

/** The seal is whole, but does not prove what it should. */
export function undecided(subIndication: SubIndication | undefined, explanation: string): Fault {
  return { indication: 'INDETERMINATE', ...(subIndication && { subIndication }), explanation };
}

/** Tells a fault from what a check gives when all is well. */
export function isFault(found: object): found is Fault {
  return 'indication' in found;
}
