/**
 * Checks an offline code with public keys and, where one is at hand, a status list: no register, no network. Without any
 * API of Node, so that a page in a browser can do the same.
 */

import { toBase64Url } from '../code/base64url.ts';
import { toBeSigned } from '../code/cose.ts';
import { type OfflineClaims, readOfflineCode } from '../code/offline-code.ts';
import { isEs256, type PublicCodeKey } from '../code/public-key.ts';
import type { ListedStatus } from '../code/status-list.ts';

/** What a status list is asked; `StatusList` of `code/` answers so. */
export interface StatusSource {
  statusAt(index: number): ListedStatus | undefined;
}

/**
 * What was found: `malformed` is no offline code of ours, `unknownKey` names a key that is not among those given,
 * `forged` has a signature that does not hold, `outOfTime` is past its end or was signed when its key did not count.
 */
export type OfflineVerdict =
  | { readonly kind: 'malformed' | 'unknownKey' | 'forged' }
  | { readonly kind: 'outOfTime'; readonly claims: OfflineClaims }
  | {
      readonly kind: 'genuine';
      readonly claims: OfflineClaims;
      /** `unchecked` without a status list: then a later revocation cannot show. */
      readonly status: ListedStatus | 'unchecked';
    };

/** What a code is checked with. */
export interface OfflineTrust {
  readonly keys: readonly PublicCodeKey[];
  /** Gives the list of this number where it is at hand; its signature was checked. */
  readonly listOf?: (list: number) => Promise<StatusSource | undefined>;
  readonly at: Date;
}

/** Clocks of issuer and verifier may differ by as much. */
const SKEW_MS = 5 * 60 * 1000;

/** Checks an offline code. */
export async function verifyOfflineCode(
  text: string,
  { keys, listOf, at }: OfflineTrust,
): Promise<OfflineVerdict> {
  const code = readOfflineCode(text);
  if (code === undefined) return { kind: 'malformed' };
  const keyId = toBase64Url(code.keyId);
  const key = keys.find((one) => one.keyId === keyId);
  if (key === undefined) return { kind: 'unknownKey' };
  if (!(await isEs256(key, toBeSigned(code), code.signature))) return { kind: 'forged' };
  const { claims } = code;
  if (!isInTime(claims, key, at)) return { kind: 'outOfTime', claims };
  const { list, index } = claims.status;
  const status = (await listOf?.(list))?.statusAt(index);
  return { kind: 'genuine', claims, status: status ?? 'unchecked' };
}

function isInTime({ issuedAt, expiresAt }: OfflineClaims, key: PublicCodeKey, at: Date): boolean {
  const [issued, now] = [issuedAt.getTime(), at.getTime()];
  const isKeyValid =
    issued >= (key.validFrom?.getTime() ?? 0) - SKEW_MS &&
    issued <= (key.validUntil?.getTime() ?? Number.POSITIVE_INFINITY) + SKEW_MS;
  return isKeyValid && issued <= now + SKEW_MS && now < expiresAt.getTime();
}
