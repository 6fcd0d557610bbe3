/**
 * How many requests one client, one person or one address may send in a minute, all processes together.
 *
 * Each process takes a share of the limit beforehand and hands out what it took without asking again, so that a busy
 * caller costs one round trip in many requests. What is handed out is never more than the limit; a caller may be refused
 * early by what other processes took and did not hand out, at most one share each.
 */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Ssin } from '../domain/ssin.ts';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Whose requests are counted together. A person is the same at the pages and at the API. */
export type LimitedSubject =
  | { readonly kind: 'client'; readonly clientId: string; readonly organization: EnterpriseNumber }
  | { readonly kind: 'person'; readonly ssin: Ssin }
  | { readonly kind: 'person'; readonly ssinHmac: string }
  | { readonly kind: 'address'; readonly address: string };

/** One request too many. */
export interface Excess {
  /** Requests a minute. */
  readonly limit: number;
  readonly retryAfterSeconds: number;
}

export interface RequestLimits {
  /** Takes one request of the limit; gives what to tell the caller when there is none left. */
  take(subject: LimitedSubject): Promise<Excess | undefined>;
}

export interface RequestLimitOptions {
  /** Requests a minute; 0 is no limit. */
  readonly perMinute: Readonly<Record<LimitedSubject['kind'], number>>;
  /** The hash by which logins name people, in hexadecimal. */
  readonly hashSsin: (ssin: Ssin) => string;
  /** The keyed hash by which a subject is counted. */
  readonly nameOf: (subject: string) => Buffer;
  /** Counts uses that all processes share; the seconds are those until the count begins again. */
  readonly count: (
    subject: Buffer,
    uses: number,
    windowSeconds: number,
  ) => Promise<{ readonly uses: number; readonly secondsLeft: number }>;
  /** Clears away counts that ended. */
  readonly clear: () => Promise<void>;
  readonly log: Log;
  /** How long a request waits for the count. */
  readonly patienceMs: number;
}

const WINDOW_SECONDS = 60;
/** A share is this part of a limit. */
const SHARES = 50;
/** How long a process counts alone when the others cannot be asked. */
const ALONE_SECONDS = 5;
/** More than these are forgotten, and asked for again: their counts are kept elsewhere. */
const MOST_KNOWN = 20_000;

/** What a process may hand out until `endsAt`, in milliseconds as `performance.now` counts. */
interface Share {
  left: number;
  /** There is no more to be had in this window. */
  readonly isLast: boolean;
  readonly endsAt: number;
}

/** Makes the limits of this process. */
export function createRequestLimits(options: RequestLimitOptions): RequestLimits {
  const shares = new Map<string, Share>();
  const asking = new Map<string, Promise<void>>();
  let clearedAt = performance.now();
  const ask = async (key: string, name: Buffer, limit: number): Promise<void> => {
    forgetEnded(shares);
    shares.set(key, await askForShare(options, name, limit));
    if (performance.now() - clearedAt < WINDOW_SECONDS * 1000) return;
    clearedAt = performance.now();
    options.clear().catch((error: unknown) => warn(options.log, error));
  };
  return {
    take: async (subject) => {
      const limit = options.perMinute[subject.kind];
      if (limit === 0) return undefined;
      const name = options.nameOf(textOf(subject, options));
      const key = name.toString('base64');
      for (;;) {
        const share = shares.get(key);
        const msLeft = (share?.endsAt ?? 0) - performance.now();
        if (share !== undefined && msLeft > 0) {
          if (share.left > 0) {
            share.left -= 1;
            return undefined;
          }
          if (share.isLast) return { limit, retryAfterSeconds: Math.ceil(msLeft / 1000) };
        }
        // Many at once wait for one answer.
        const answer = asking.get(key) ?? ask(key, name, limit).finally(() => asking.delete(key));
        asking.set(key, answer);
        await answer;
      }
    },
  };
}

function textOf(subject: LimitedSubject, { hashSsin }: RequestLimitOptions): string {
  switch (subject.kind) {
    case 'client':
      return `requests/client/${subject.organization}/${subject.clientId}`;
    case 'person':
      return `requests/person/${'ssin' in subject ? hashSsin(subject.ssin) : subject.ssinHmac}`;
    case 'address':
      return `requests/address/${subject.address}`;
  }
}

/**
 * Where the count does not come in time the process counts alone for a moment, at the same rate: the limits are there to
 * keep the service answering, so that they cannot be what stops it, and whoever reads data needs the database anyway.
 */
async function askForShare(
  { count, patienceMs, log }: RequestLimitOptions,
  name: Buffer,
  limit: number,
): Promise<Share> {
  const size = Math.max(1, Math.floor(limit / SHARES));
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the count took more than ${patienceMs} ms`)), patienceMs);
  });
  try {
    const { uses, secondsLeft } = await Promise.race([count(name, size, WINDOW_SECONDS), tooLate]);
    const left = Math.min(size, Math.max(0, limit - (uses - size)));
    return { left, isLast: uses >= limit, endsAt: performance.now() + secondsLeft * 1000 };
  } catch (error) {
    warn(log, error);
    const left = Math.ceil((limit * ALONE_SECONDS) / WINDOW_SECONDS);
    return { left, isLast: true, endsAt: performance.now() + ALONE_SECONDS * 1000 };
  } finally {
    clearTimeout(timer);
  }
}

function forgetEnded(shares: Map<string, Share>): void {
  if (shares.size < MOST_KNOWN) return;
  const now = performance.now();
  for (const [key, { endsAt }] of shares) if (endsAt <= now) shares.delete(key);
  if (shares.size >= MOST_KNOWN) shares.clear();
}

function warn(log: Log, error: unknown): void {
  log.warn({ reason: describeError(error) }, 'requests are not counted together');
}
