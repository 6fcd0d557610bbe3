/** Fetches one OCSP answer (RFC 6960 App. A) or revocation list (RFC 5280 §4.2.1.13) and checks it before anybody uses it. */
import { ServiceError } from '../errors.ts';
import type { Certificate } from '../pades/certificate.ts';
import { octetString } from '../pades/der.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import { findOcspEntry, parseOcspAnswer, writeOcspRequest } from '../pades/ocsp.ts';
import { isListOf, parseRevocationList } from '../pades/revocation-list.ts';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.ts';

/** What was fetched, DER, and until when it may be used. */
export interface Fetched {
  readonly der: Buffer;
  readonly fetchedAt: Date;
  readonly nextUpdate: Date;
}

/** Calls the address that a certificate names. */
export type FetchRevocation = GuardedFetch;

/** Every document carries it along: a list beyond this is of no use to us. */
const MAX_BYTES = 256 * 1024;
/** Clocks of responders may be a little ahead. */
const MAX_SKEW_MS = 5 * 60 * 1000;

/**
 * Makes the way out to the addresses in certificates. Their issuers are trusted, so the addresses are; they are called
 * plainly where they say so, for the answers are signed.
 */
export function createRevocationFetch(options: {
  readonly allowLoopback: boolean;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}): FetchRevocation {
  return (url, request) => {
    const { allowLoopback, timeoutMs = 5000, maxBytes = MAX_BYTES } = options;
    const { origin } = new URL(url);
    const fetch = createGuardedFetch({
      allowedOrigins: [origin],
      allowLoopback,
      allowPlain: true,
      timeoutMs,
      maxBytes,
    });
    return fetch(url, request);
  };
}

/** Asks for one certificate. Throws `remoteUnavailable` and `remoteRefused`. */
export async function fetchAnswer(
  fetch: FetchRevocation,
  url: string,
  certificate: Certificate,
  issuer: Certificate,
  nonce: Buffer,
  now: Date,
): Promise<Fetched> {
  const der = await call(fetch, url, {
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
    body: new Uint8Array(writeOcspRequest(certificate, issuer, nonce)),
  });
  return checked(url, () => {
    const answer = parseOcspAnswer(der);
    // Most responders answer everybody the same and leave the nonce out; one of another request is another's answer.
    if (answer.nonce !== undefined && !answer.nonce.equals(octetString(nonce)))
      return 'answered another request';
    const entry = findOcspEntry(answer, certificate, issuer);
    if (entry === undefined) return 'gave an answer that nobody signed who may say so';
    if (entry.status === 'unknown') return 'does not know the certificate';
    return datesFault(entry.thisUpdate, entry.nextUpdate, now) ?? toFetched(der, entry.nextUpdate, now);
  });
}

/** Fetches the list of an authority, of any of those given. Throws `remoteUnavailable` and `remoteRefused`. */
export async function fetchList(
  fetch: FetchRevocation,
  url: string,
  issuers: readonly Certificate[],
  now: Date,
): Promise<Fetched> {
  const der = await call(fetch, url, {});
  return checked(url, () => {
    const list = parseRevocationList(der);
    if (!issuers.some((issuer) => isListOf(list, issuer)))
      return 'gave a list that its authority did not sign';
    if (!list.isComplete) return 'gave a list that covers only some certificates';
    return datesFault(list.thisUpdate, list.nextUpdate, now) ?? toFetched(der, list.nextUpdate, now);
  });
}

async function call(
  fetch: FetchRevocation,
  url: string,
  request: Parameters<FetchRevocation>[1],
): Promise<Buffer> {
  const answer = await fetch(url, request);
  if (answer.status !== 200)
    throw new ServiceError('remoteRefused', `${new URL(url).origin} answered with status ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function checked(url: string, read: () => Fetched | string): Fetched {
  try {
    const found = read();
    if (typeof found !== 'string') return found;
    throw new ServiceError('remoteRefused', `${new URL(url).origin} ${found}`);
  } catch (cause) {
    if (!(cause instanceof MalformedDer)) throw cause;
    throw new ServiceError(
      'remoteRefused',
      `${new URL(url).origin} gave something unreadable: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

function datesFault(thisUpdate: Date, nextUpdate: Date | undefined, now: Date): string | undefined {
  if (thisUpdate.getTime() > now.getTime() + MAX_SKEW_MS)
    return `gave something of ${thisUpdate.toISOString()}`;
  if (nextUpdate === undefined) return 'gave an answer that may not be kept: it names no next update';
  return nextUpdate <= now ? `gave something that ended on ${nextUpdate.toISOString()}` : undefined;
}

function toFetched(der: Buffer, nextUpdate: Date | undefined, now: Date): Fetched {
  return { der, fetchedAt: now, nextUpdate: nextUpdate ?? now };
}
