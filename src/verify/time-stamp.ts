/** Judges the time-stamp of a seal: when the seal existed, and whether the one who says so may be relied on. */
import { createHash } from 'node:crypto';
import type { SealTimeStamp } from '../domain/verification.ts';
import type { PathTrust } from '../pades/path.ts';
import { checkTimeStampToken, type TokenFault } from '../pades/token-check.ts';
import { checkPaths, type Trusted } from './chain.ts';
import { type Fault, failed, undecided } from './verdict.ts';

/** What a time-stamp found right states. */
export type JudgedTimeStamp = SealTimeStamp;

/** The clocks of the authority and of the register may differ by this much. */
const MAX_SKEW_MS = 5 * 60 * 1000;

/**
 * Judges a token (DER) over a signature. Its authority must be a pinned one, and valid and not revoked both at the time it
 * states and at `at`: a token proves nothing any more once its own certificate has ended.
 */
export function checkTimeStamp(
  der: Buffer,
  signature: Buffer,
  trusted: Trusted & { readonly timeStamps: PathTrust | undefined },
): JudgedTimeStamp | Fault {
  const imprint = createHash('sha256').update(signature).digest();
  const pinned = trusted.timeStamps ?? { anchors: [], intermediates: [] };
  const found = checkTimeStampToken(der, imprint, pinned);
  if ('fault' in found) return faultOf(found);
  const { token, signer, paths } = found;
  const { time, serialNumber, policy } = token;
  if (time.getTime() > trusted.at.getTime() + MAX_SKEW_MS) {
    return undecided('TIMESTAMP_ORDER_FAILURE', `the time-stamp is of the future: ${time.toISOString()}`);
  }
  const { evidence, at } = trusted;
  const now = at < time ? time : at;
  const fault =
    checkPaths(paths, { ...pinned, evidence, at: time, revokedBy: now }) ??
    checkPaths(paths, { ...pinned, evidence: undefined, at: now });
  if (fault !== undefined) return { ...fault, explanation: `of the time-stamp, ${fault.explanation}` };
  return { time, authority: signer.subjectName, serialNumber, policy };
}

function faultOf({ fault, why }: TokenFault): Fault {
  const explanation = `the time-stamp ${why}`;
  switch (fault) {
    case 'form':
      return failed('FORMAT_FAILURE', explanation);
    case 'imprint':
      return failed('HASH_FAILURE', explanation);
    case 'signature':
      return failed('SIG_CRYPTO_FAILURE', explanation);
    case 'algorithm':
      return undecided('CRYPTO_CONSTRAINTS_FAILURE', explanation);
    case 'path':
      return undecided('NO_CERTIFICATE_CHAIN_FOUND', explanation);
    case 'purpose':
      return undecided('SIG_CONSTRAINTS_FAILURE', explanation);
  }
}
