/** Asks time-stamping authorities (RFC 3161) for tokens: several addresses in order, each behind a circuit breaker. */
import { randomBytes } from 'node:crypto';
import {
  BrokenCircuitError,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { describeError, ServiceError } from '../errors.ts';
import type { Certificate } from '../pades/certificate.ts';
import { MalformedDer } from '../pades/der-reader.ts';
import type { Path, PathTrust } from '../pades/path.ts';
import { readTimeStampAnswer, writeTimeStampRequest } from '../pades/time-stamp.ts';
import { checkTimeStampToken, type SoundToken } from '../pades/token-check.ts';
import { breakerOf } from './breaker.ts';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.ts';

export interface TimeStampOptions {
  /** Addresses in the order in which they are tried. */
  readonly urls: readonly string[];
  /** Whose tokens are accepted. */
  readonly trust: PathTrust;
  /** Object identifier of the policy that a token must name; undefined accepts any. */
  readonly policy?: string | undefined;
  readonly allowLoopback: boolean;
  readonly clock: () => Date;
  /** For each call; by default 5000. */
  readonly timeoutMs?: number;
  /** How often a call is tried again before the next address has its turn; by default twice. */
  readonly retries?: number;
  /** The first pause between tries, doubled each time; by default 200. */
  readonly pauseMs?: number;
  /** How long an address that failed three times in a row is left alone; by default 10 000. */
  readonly restMs?: number;
}

/** Whoever gives time-stamps; what is stamped never leaves, only its SHA-256. */
export interface TimeStamper {
  /**
   * Gives a token (DER) over a SHA-256, checked in all that RFC 3161 §2.2 asks for. Throws `remoteUnavailable` when none of
   * the authorities gives one; the message says of each why.
   */
  stamp(imprint: Buffer): Promise<Buffer>;
  /**
   * The most bytes that a token will have: those of the longest seen, with an allowance. Where none was seen yet it asks
   * each authority for one, and throws as `stamp` when none answers.
   */
  tokenBytes(): Promise<number>;
  /** The paths of the authorities seen so far, from their certificates to a root; grows when another is seen. */
  paths(): readonly Path[];
}

/**
 * Serial numbers, fractions of a second and ECDSA signatures make the tokens of one authority differ in length by less than
 * this; a token that is longer still, of a new certificate, is known from then on.
 */
export const TOKEN_ALLOWANCE_BYTES = 64;

/** A token with two certificates has some six kilobytes. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** How far the clock of an authority may be from ours. */
const MAX_SKEW_MS = 5 * 60 * 1000;

interface Authority {
  readonly url: string;
  readonly fetch: GuardedFetch;
  readonly policy: IPolicy;
}

/** Makes the client. Throws `configurationInvalid` when an address may not be called. */
export function createTimeStampClient(options: TimeStampOptions): TimeStamper {
  const authorities = options.urls.map((url) => toAuthority(url, options));
  const seen = new Map<string, Path>();
  let longest = 0;
  const ask = async (authority: Authority, imprint: Buffer) => {
    const { der, paths } = await authority.policy.execute(() => request(authority, imprint, options));
    longest = Math.max(longest, der.length);
    for (const path of paths) seen.set(path.map(({ serialNumber }) => serialNumber).join(), path);
    return der;
  };
  const stamp = async (imprint: Buffer) => {
    const reasons: string[] = [];
    for (const authority of authorities) {
      try {
        return await ask(authority, imprint);
      } catch (error) {
        reasons.push(reasonOf(authority, error));
      }
    }
    throw new ServiceError('remoteUnavailable', `no time-stamp: ${reasons.join('; ')}`);
  };
  const measure = async () => {
    const imprint = randomBytes(32);
    const asked = await Promise.allSettled(authorities.map((authority) => ask(authority, imprint)));
    if (asked.every(({ status }) => status === 'rejected')) await stamp(imprint);
  };
  return {
    stamp,
    tokenBytes: async () => {
      if (longest === 0) await measure();
      return longest + TOKEN_ALLOWANCE_BYTES;
    },
    paths: () => [...seen.values()],
  };
}

function toAuthority(url: string, options: TimeStampOptions): Authority {
  const { timeoutMs = 5000, retries = 2, pauseMs = 200, restMs = 10_000, allowLoopback } = options;
  const fetch = createGuardedFetch({
    allowedOrigins: [new URL(url).origin],
    allowLoopback,
    allowPlain: true,
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
  });
  const again = retry(handleWhen(isPassing), {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({ initialDelay: pauseMs }),
  });
  return { url, fetch, policy: wrap(breakerOf(handleAll, restMs), again) };
}

/** An answer that is wrong will be wrong again; silence may pass. */
function isPassing(error: Error): boolean {
  return error instanceof ServiceError && error.code === 'remoteUnavailable';
}

async function request(
  { url, fetch }: Authority,
  imprint: Buffer,
  { policy, trust, clock }: TimeStampOptions,
): Promise<{ der: Buffer; paths: readonly Path[] }> {
  const nonce = randomBytes(16);
  // Always of one length, so that tokens are.
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: new Uint8Array(writeTimeStampRequest({ imprint, nonce, policy })),
  });
  if (answer.status !== 200) throw refused(`answered with status ${answer.status}`);
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/timestamp-reply')
    throw refused('answered in another format');
  const der = readToken(Buffer.from(await answer.arrayBuffer()));
  const found = checkTimeStampToken(der, imprint, trust);
  if ('fault' in found) throw refused(`gave a token that is of no use: it ${found.why}`);
  const fault = factsFault(found, nonce, policy, clock());
  if (fault !== undefined) throw refused(`gave a token that is of no use: it ${fault}`);
  return { der, paths: found.paths.filter((path) => path.slice(0, -1).every((one) => isValid(one, found))) };
}

function readToken(body: Buffer): Buffer {
  try {
    const answer = readTimeStampAnswer(body);
    if (answer.kind === 'granted') return answer.token;
    throw refused(`refused: ${answer.reason}`);
  } catch (error) {
    if (error instanceof MalformedDer) throw refused(`gave an unreadable answer: ${error.message}`);
    throw error;
  }
}

function factsFault(
  found: SoundToken,
  nonce: Buffer,
  policy: string | undefined,
  now: Date,
): string | undefined {
  const { token, paths } = found;
  if (token.nonce?.equals(nonce) !== true) return 'answers another request';
  if (policy !== undefined && token.policy !== policy) return `is of the policy ${token.policy}`;
  if (Math.abs(token.time.getTime() - now.getTime()) > MAX_SKEW_MS) {
    return `states ${token.time.toISOString()}, more than five minutes from our clock`;
  }
  return paths.some((path) => path.slice(0, -1).every((one) => isValid(one, found)))
    ? undefined
    : 'is signed with a certificate that is not valid at that time';
}

function isValid({ notBefore, notAfter }: Certificate, { token: { time } }: SoundToken): boolean {
  return notBefore <= time && time <= notAfter;
}

function refused(why: string): ServiceError {
  return new ServiceError('remoteRefused', why);
}

function reasonOf({ url }: Authority, error: unknown): string {
  const { origin } = new URL(url);
  if (error instanceof BrokenCircuitError) return `${origin} is left alone after repeated failures`;
  const reason = describeError(error);
  return reason.startsWith(origin) ? reason : `${origin} ${reason}`;
}
