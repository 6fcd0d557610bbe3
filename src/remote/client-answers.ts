/** Asks OCSP responders (RFC 6960) about the certificates of callers: at configured addresses only, and not twice within a while. */
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import { findOcspEntry, parseOcspAnswer } from '../pades/ocsp.ts';
import type { Path } from '../pades/path.ts';
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

/** `absent`: no responder said anything. `unanchored`: nobody can be asked, as no path to an authority of ours is known. */
export type ClientStanding = 'good' | 'revoked' | 'absent' | 'unanchored';

export interface ClientAnswers {
  /**
   * Judges a caller by the certificates that TLS took, its own first, DER: `revoked` when one on the path to an authority of
   * ours is. Those above may be missing when they came before, as with a TLS session that is taken up again. Never rejects.
   */
  judge(path: readonly Buffer[]): Promise<ClientStanding>;
}

interface Held {
  readonly standing: Exclude<ClientStanding, 'unanchored'>;
  readonly until: number;
}

const LONGEST_AGE_MS = 10 * 60 * 1000;
const PAUSE_MS = 10_000;
const MOST_AT_ONCE = 64;
/** Programs that call are thousands at the most. */
const MOST_HELD = 10_000;
/** No public hierarchy is deeper. */
const LONGEST_PATH = 6;

/** Makes the judge. Nothing is asked before somebody calls. */
export function createClientAnswers(options: ClientAnswerOptions): ClientAnswers {
  const { clock, pauseMs = PAUSE_MS, mostAtOnce = MOST_AT_ONCE } = options;
  const held = new Map<string, Held>();
  const running = new Map<string, Promise<Held['standing']>>();
  const follow = createFollower();
  const keep = (key: string, found: Held): Held['standing'] => {
    held.delete(key);
    held.set(key, found);
    const [oldest] = held.keys();
    if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
    return found.standing;
  };
  const standingOf = (certificate: Certificate, issuer: Certificate): Promise<Held['standing']> => {
    const key = keyOf(certificate);
    const known = held.get(key);
    if (known !== undefined && known.until > clock().getTime()) return Promise.resolve(known.standing);
    const asked = running.get(key);
    if (asked !== undefined) return asked;
    if (running.size >= mostAtOnce) return Promise.resolve('absent');
    const absent: Held = { standing: 'absent', until: clock().getTime() + pauseMs };
    const asking = ask(options, certificate, issuer)
      .then((found) => keep(key, found ?? absent))
      .finally(() => running.delete(key));
    running.set(key, asking);
    return asking;
  };
  return {
    async judge(path) {
      const whole = follow(path, options.issuers());
      if (whole === undefined) return 'unanchored';
      // An authority that the settings name is trusted as it stands.
      const judged = whole.flatMap((one, at) => {
        const issuer = whole[at + 1];
        return issuer === undefined ? [] : [standingOf(one, issuer)];
      });
      const standings = await Promise.all(judged);
      return (
        standings.find((one) => one === 'revoked') ?? standings.find((one) => one === 'absent') ?? 'good'
      );
    },
  };
}

/** Finds the path from a caller's certificate to an authority of the settings, and remembers it for when it comes alone. */
function createFollower() {
  const paths = new Map<string, Path>();
  return ([der, ...brought]: readonly Buffer[], anchors: readonly Certificate[]): Path | undefined => {
    const own = der && read(der);
    if (own === undefined) return undefined;
    const above = brought.flatMap((one) => read(one) ?? []);
    const key = keyOf(own);
    const path = findPath([own], above, anchors) ?? paths.get(key);
    paths.delete(key);
    // An authority may have left the settings since.
    if (path === undefined || !anchors.some((one) => isSame(one, path.at(-1)))) return undefined;
    paths.set(key, path);
    const [oldest] = paths.keys();
    if (paths.size > MOST_HELD && oldest !== undefined) paths.delete(oldest);
    return path;
  };
}

/** Gives the path on from where it has come. */
function findPath(
  path: Path,
  above: readonly Certificate[],
  anchors: readonly Certificate[],
): Path | undefined {
  const last = path.at(-1);
  if (last === undefined || anchors.some((one) => isSame(one, last))) return path;
  if (path.length === LONGEST_PATH) return undefined;
  const next = [...anchors, ...above].find((one) => !path.includes(one) && isIssuedBy(last, one));
  return next && findPath([...path, next], above, anchors);
}

/**
 * As OpenSSL sees it, which took the certificates: it knows more forms of names, and more algorithms, than we read. It takes
 * no look at whether the issuer is an authority.
 */
function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    const [one, other] = [new X509Certificate(certificate.der), new X509Certificate(issuer.der)];
    return issuer.isCa && one.checkIssued(other) && one.verify(other.publicKey);
  } catch {
    // OpenSSL cannot read it: whoever calls may send anything along.
    return false;
  }
}

function isSame(one: Certificate, other: Certificate | undefined): boolean {
  return other !== undefined && one.der.equals(other.der);
}

function keyOf({ der }: Certificate): string {
  return createHash('sha256').update(der).digest('base64');
}

/** Undefined where it is nothing that we can read: then nobody can be asked about it. */
function read(der: Buffer): Certificate | undefined {
  try {
    return parseCertificate(der);
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
