/** Asks OCSP responders (RFC 6960) about the certificates of callers: at configured addresses only, and not twice within a while. */
import { createHash, randomBytes } from 'node:crypto';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import { findOcspEntry, parseOcspAnswer } from '../pades/ocsp.ts';
import { isIssuedBy } from '../pades/path.ts';
import { type FetchRevocation, fetchAnswer } from './revocation-fetch.ts';

export interface ClientAnswerOptions {
  /** Asked in this order until one says something; what a certificate says of its own responder is never followed. */
  readonly urls: readonly string[];
  /** The authorities that issue the certificates of callers; may change. */
  readonly issuers: () => readonly Certificate[];
  readonly fetch: FetchRevocation;
  readonly clock: () => Date;
  readonly log: Log;
  /** For how long an answer counts at the most; by default ten minutes, within which a revocation is known. */
  readonly longestAgeMs?: number;
  /** For how long nobody is asked again about a certificate of which nothing could be learnt; by default 10 s. */
  readonly pauseMs?: number;
  /** How many questions may be under way; further ones count as not answered. By default 64. */
  readonly mostAtOnce?: number;
}

/** `absent`: no responder said anything. */
export type ClientStanding = 'good' | 'revoked' | 'absent';

export interface ClientAnswers {
  /** Judges certificates of one caller, its own first, DER: `revoked` when one of them is. Never rejects. */
  judge(path: readonly Buffer[]): Promise<ClientStanding>;
}

interface Held {
  readonly standing: ClientStanding;
  readonly until: number;
}

const LONGEST_AGE_MS = 10 * 60 * 1000;
const PAUSE_MS = 10_000;
const MOST_AT_ONCE = 64;
/** Programs that call are thousands at the most. */
const MOST_HELD = 10_000;

/** Makes the judge. Nothing is asked before somebody calls. */
export function createClientAnswers(options: ClientAnswerOptions): ClientAnswers {
  const { clock, pauseMs = PAUSE_MS, mostAtOnce = MOST_AT_ONCE } = options;
  const held = new Map<string, Held>();
  const running = new Map<string, Promise<ClientStanding>>();
  const keep = (key: string, found: Held): ClientStanding => {
    held.delete(key);
    held.set(key, found);
    const [oldest] = held.keys();
    if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
    return found.standing;
  };
  const standingOf = (certificate: Certificate, issuer: Certificate | undefined): Promise<ClientStanding> => {
    const key = createHash('sha256').update(certificate.der).digest('base64');
    const known = held.get(key);
    if (known !== undefined && known.until > clock().getTime()) return Promise.resolve(known.standing);
    const asked = running.get(key);
    if (asked !== undefined) return asked;
    if (issuer === undefined || running.size >= mostAtOnce) return Promise.resolve('absent');
    const absent: Held = { standing: 'absent', until: clock().getTime() + pauseMs };
    const asking = ask(options, certificate, issuer)
      .then((found) => keep(key, found ?? absent))
      .finally(() => running.delete(key));
    running.set(key, asking);
    return asking;
  };
  return {
    async judge(path) {
      const trusted = options.issuers();
      const certificates = readAll(path);
      if (certificates === undefined) return 'absent';
      // An authority that the settings name is trusted as it stands.
      const judged = certificates.filter((one) => !trusted.some(({ der }) => der.equals(one.der)));
      const candidates = [...certificates, ...trusted];
      const standings = await Promise.all(
        judged.map((one) =>
          standingOf(
            one,
            candidates.find((issuer) => isIssuedBy(one, issuer, 0)),
          ),
        ),
      );
      return (
        standings.find((one) => one === 'revoked') ?? standings.find((one) => one === 'absent') ?? 'good'
      );
    },
  };
}

/** Undefined where one is nothing that we can read: then nobody can be asked about it. */
function readAll(path: readonly Buffer[]): readonly Certificate[] | undefined {
  try {
    return path.map((der) => parseCertificate(der));
  } catch (error) {
    if (error instanceof MalformedDer) return undefined;
    throw error;
  }
}

/** Gives what a responder said and until when it counts; undefined when none said anything. */
async function ask(
  { urls, fetch, clock, log, longestAgeMs = LONGEST_AGE_MS }: ClientAnswerOptions,
  certificate: Certificate,
  issuer: Certificate,
): Promise<Held | undefined> {
  for (const url of urls) {
    try {
      const now = clock();
      const { der, nextUpdate } = await fetchAnswer(fetch, url, certificate, issuer, randomBytes(16), now);
      const entry = findOcspEntry(parseOcspAnswer(der), certificate, issuer);
      if (entry === undefined) continue;
      const until = Math.min(nextUpdate.getTime(), now.getTime() + longestAgeMs);
      return { standing: entry.status === 'good' ? 'good' : 'revoked', until };
    } catch (error) {
      log.warn({ url, reason: describeError(error) }, 'a responder says nothing of a caller’s certificate');
    }
  }
  return undefined;
}
