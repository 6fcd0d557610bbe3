/** Issues certificate revocation lists (RFC 5280 §5). */
import { sign } from 'node:crypto';
import { bitString, integer, sequence, tagged, time } from '../../pades/der.ts';
import { authorityKeyIdentifier, extension, type Issuer, signatureAlgorithmOf } from './certificate.ts';
import type { Ledger, Revocation } from './ledger.ts';

export interface CrlRequest {
  /** Higher than that of every list before (§5.2.3). */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revocations: readonly Revocation[];
}

/** Issues one complete list, DER. */
export function issueCrl(issuer: Issuer, request: CrlRequest): Buffer {
  const revoked = request.revocations.map(({ serial, since }) => sequence(integer(serial), time(since)));
  const algorithm = signatureAlgorithmOf(issuer.key);
  const tbs = sequence(
    integer(1),
    algorithm,
    issuer.name,
    time(request.thisUpdate),
    time(request.nextUpdate),
    // An empty list is left out altogether (§5.1.2.6).
    ...(revoked.length === 0 ? [] : [sequence(...revoked)]),
    tagged(
      0,
      sequence(
        authorityKeyIdentifier(issuer.publicKey),
        extension(CRL_NUMBER, false, integer(request.number)),
      ),
    ),
  );
  return sequence(tbs, algorithm, bitString(sign('sha256', tbs, issuer.key)));
}

const CRL_NUMBER = '2.5.29.20';

const HOUR = 60 * 60 * 1000;
const CRL_VALIDITY = 24 * HOUR;
/** A list is issued anew at half its time, so that whoever fetched it last never holds an expired one. */
const CRL_RENEWAL = 12 * HOUR;

/** Gives the current list of an authority, issued anew when it ages or when there is a new revocation. */
export function keepCrl(authority: Issuer, ledger: Ledger, now: () => Date): () => Buffer {
  let kept: { crl: Buffer; thisUpdate: Date; count: number } | undefined;
  return () => {
    const revocations = ledger.revocations();
    const thisUpdate = now();
    const isCurrent =
      kept?.count === revocations.length && thisUpdate.getTime() - kept.thisUpdate.getTime() < CRL_RENEWAL;
    if (kept === undefined || !isCurrent) {
      const nextUpdate = new Date(thisUpdate.getTime() + CRL_VALIDITY);
      const crl = issueCrl(authority, {
        number: ledger.nextCrlNumber(),
        thisUpdate,
        nextUpdate,
        revocations,
      });
      kept = { crl, thisUpdate, count: revocations.length };
    }
    return kept.crl;
  };
}
