/** Keeps OCSP answers and revocation lists of some certificates fresh, for the documents that carry them along. */
import { createHash, randomBytes } from 'node:crypto';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { describeError, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Certificate } from '../pades/certificate.ts';
import { parseOcspAnswer } from '../pades/ocsp.ts';
import type { Path } from '../pades/path.ts';
import { findRevocation } from '../pades/revocation.ts';
import { parseRevocationList } from '../pades/revocation-list.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import { type Fetched, type FetchRevocation, fetchAnswer, fetchList } from './revocation-fetch.ts';

export interface RevocationOptions {
  /** By what they are for, such as `seal`: the paths of which at least one must be covered whole. May grow. */
  readonly paths: () => Readonly<Record<string, readonly Path[]>>;
  readonly fetch: FetchRevocation;
  readonly clock: () => Date;
  readonly log: Log;
  /** How often it is looked whether something is due; by default each minute. */
  readonly tickMs?: number;
  /** The first pause between tries, doubled each time; by default 200. */
  readonly pauseMs?: number;
}

export interface RevocationKeeper {
  /**
   * Gives what is current for all paths; where something is missing it is asked for first. Throws `remoteUnavailable` when
   * no path of some purpose is covered, and `sealLevelUnreachable` when one of its certificates was revoked.
   */
  current(): Promise<ValidationData>;
  /** Fetches what is due. Never throws: what cannot be had is said in the log, once, and the old serves until it ends. */
  refresh(): Promise<void>;
  /** Stops refreshing in the background. */
  stop(): void;
}

/** However long an answer may be kept, a revocation is to be known within this. */
const LONGEST_AGE_MS = 60 * 60 * 1000;
/** An address that does not answer is not asked again at once by every job that waits for it. */
const REST_MS = 5000;

/** Starts to keep revocation data fresh in the background; nothing is fetched before it is asked for or due. */
export function keepRevocation(options: RevocationOptions): RevocationKeeper {
  const keeper = new Keeper(options);
  const timer = setInterval(() => void keeper.refresh(), options.tickMs ?? 60_000);
  timer.unref();
  return {
    current: () => keeper.current(),
    refresh: () => keeper.refresh(),
    stop: () => clearInterval(timer),
  };
}

/** Something that can be fetched, and what was last had of it. */
interface Source {
  readonly url: string;
  readonly kind: 'answer' | 'list';
  readonly get: () => Promise<Fetched>;
}

class Keeper {
  readonly #options: RevocationOptions;
  readonly #held = new Map<string, Fetched>();
  readonly #failing = new Map<string, string>();
  readonly #again;
  #running: Promise<void> | undefined;
  #lastTry = Number.NEGATIVE_INFINITY;

  constructor(options: RevocationOptions) {
    this.#options = options;
    this.#again = retry(handleAll, {
      maxAttempts: 2,
      backoff: new ExponentialBackoff({ initialDelay: options.pauseMs ?? 200 }),
    });
  }

  async current(): Promise<ValidationData> {
    const missing = this.#uncovered();
    const now = this.#options.clock().getTime();
    if (missing.length > 0 && (this.#running !== undefined || now - this.#lastTry > REST_MS))
      await this.refresh();
    const left = missing.length > 0 ? this.#uncovered() : missing;
    if (left.length > 0) throw this.#unreachable(left);
    return this.#data();
  }

  /** One at a time: whoever comes meanwhile waits for it. */
  refresh(): Promise<void> {
    this.#running ??= this.#fetchDue().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #fetchDue(): Promise<void> {
    const now = this.#options.clock();
    this.#lastTry = now.getTime();
    const due = [...this.#sources()].filter(([key]) => isDue(this.#held.get(key), now));
    await Promise.all(due.map(([key, source]) => this.#fetch(key, source)));
  }

  async #fetch(key: string, source: Source): Promise<void> {
    const { log } = this.#options;
    try {
      this.#held.set(key, await this.#again.execute(source.get));
      if (this.#failing.delete(key)) log.info({ url: source.url }, 'revocation data can be refreshed again');
    } catch (error) {
      const reason = describeError(error);
      if (!this.#failing.has(key)) {
        const usableUntil = this.#held.get(key)?.nextUpdate ?? 'nothing held';
        log.warn({ url: source.url, reason, usableUntil }, 'revocation data cannot be refreshed');
      }
      this.#failing.set(key, reason);
    }
  }

  /** Each certificate but the anchors, with its issuer. */
  #pairs(): [certificate: Certificate, issuer: Certificate][] {
    const paths = Object.values(this.#options.paths()).flat();
    return paths.flatMap((path) =>
      path.slice(0, -1).flatMap((one, at): [Certificate, Certificate][] => {
        const issuer = path[at + 1];
        return issuer === undefined ? [] : [[one, issuer]];
      }),
    );
  }

  #sources(): Map<string, Source> {
    const { fetch } = this.#options;
    const sources = new Map<string, Source>();
    for (const [certificate, issuer] of this.#pairs()) {
      const [ocsp] = certificate.ocspUrls;
      const [crl] = certificate.crlUrls.filter((url) => /^https?:/.test(url));
      const now = this.#options.clock;
      if (ocsp !== undefined) {
        sources.set(`ocsp ${certificate.serialNumber} ${ocsp}`, {
          url: ocsp,
          kind: 'answer',
          get: () => fetchAnswer(fetch, ocsp, certificate, issuer, randomBytes(16), now()),
        });
      }
      if (crl !== undefined)
        sources.set(`crl ${crl}`, {
          url: crl,
          kind: 'list',
          get: () => fetchList(fetch, crl, [issuer], now()),
        });
    }
    return sources;
  }

  #current(kind: Source['kind']): Buffer[] {
    const now = this.#options.clock();
    const sources = this.#sources();
    return [...this.#held].flatMap(([key, { der, nextUpdate }]) =>
      sources.get(key)?.kind === kind && now < nextUpdate ? [der] : [],
    );
  }

  /** The purposes of which no path is covered whole, with the reason. */
  #uncovered(): { readonly purpose: string; readonly isRevoked: boolean }[] {
    const evidence = {
      lists: this.#current('list').map(parseRevocationList),
      answers: this.#current('answer').map(parseOcspAnswer),
    };
    const now = this.#options.clock();
    return Object.entries(this.#options.paths()).flatMap(([purpose, paths]) => {
      const states = paths.map((path) =>
        path.slice(0, -1).map((one, at) => findRevocation(one, path[at + 1] ?? one, evidence, now)),
      );
      if (states.some((path) => path.every((state) => state === 'good'))) return [];
      return [{ purpose, isRevoked: states.some((path) => path.includes('revoked')) }];
    });
  }

  #unreachable(left: readonly { readonly purpose: string; readonly isRevoked: boolean }[]): ServiceError {
    const revoked = left.find(({ isRevoked }) => isRevoked);
    if (revoked !== undefined) {
      return new ServiceError(
        'sealLevelUnreachable',
        `the certificate for the ${revoked.purpose} or one above it was revoked`,
      );
    }
    const purposes = left.map(({ purpose }) => purpose).join(' and ');
    const reasons = [...new Set(this.#failing.values())].join('; ');
    return new ServiceError(
      'remoteUnavailable',
      `no current revocation data for the ${purposes}${reasons === '' ? '' : `: ${reasons}`}`,
    );
  }

  #data(): ValidationData {
    const certificates = unique(
      Object.values(this.#options.paths())
        .flat(2)
        .map(({ der }) => der),
    );
    const answers = unique(this.#current('answer'));
    const lists = unique(this.#current('list'));
    const hash = createHash('sha256');
    for (const der of [...certificates, ...answers, ...lists]) hash.update(der);
    return { id: hash.digest('hex'), certificates, answers, lists };
  }
}

/** Half its time is left to try again in. */
function isDue(held: Fetched | undefined, now: Date): boolean {
  if (held === undefined) return true;
  const life = held.nextUpdate.getTime() - held.fetchedAt.getTime();
  return now.getTime() - held.fetchedAt.getTime() > Math.min(LONGEST_AGE_MS, life / 2);
}

function unique(contents: readonly Buffer[]): Buffer[] {
  return contents.filter((one, at) => contents.findIndex((other) => other.equals(one)) === at);
}
