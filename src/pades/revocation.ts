/** Looks certificates up in revocation lists and OCSP answers that the caller holds; nothing is ever fetched. */
import type { Certificate } from './certificate.ts';
import { findOcspEntry, type OcspAnswer } from './ocsp.ts';
import { isListOf, type RevocationList } from './revocation-list.ts';

/** What is said of certificates, by whom has yet to be checked. */
export interface Evidence {
  readonly lists: readonly RevocationList[];
  readonly answers: readonly OcspAnswer[];
}

/** What the evidence says of a certificate: `unknown` when none of its issuer is complete and still current. */
export type Revocation = 'good' | 'revoked' | 'unknown';

/**
 * Tells whether a certificate was revoked at a moment. Only a list that its issuer signed counts, or an answer of a
 * responder that its issuer named. A revocation counts for good, its absence only until the next update.
 */
export function findRevocation(
  certificate: Certificate,
  issuer: Certificate,
  { lists, answers }: Evidence,
  at: Date,
): Revocation {
  const own = lists.filter((list) => isListOf(list, issuer));
  const entries = answers
    .map((answer) => findOcspEntry(answer, certificate, issuer))
    .filter((entry) => entry !== undefined);
  const since = [
    ...own.map((list) => list.revoked.get(certificate.serialNumber)),
    ...entries.map(({ status }) => (status instanceof Date ? status : undefined)),
  ];
  if (since.some((date) => date !== undefined && date <= at)) return 'revoked';
  const isCurrent =
    own.some((list) => list.isComplete && at <= list.nextUpdate) ||
    entries.some(
      ({ status, nextUpdate }) => status !== 'unknown' && nextUpdate !== undefined && at <= nextUpdate,
    );
  return isCurrent ? 'good' : 'unknown';
}
