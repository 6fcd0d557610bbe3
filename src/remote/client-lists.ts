/** Keeps the revocation lists by which the certificates of callers are judged: from configured addresses, in the background. */
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Certificate } from '../pades/certificate.ts';
import { type Fetched, type FetchRevocation, fetchList } from './revocation-fetch.ts';

export interface ClientListOptions {
  readonly urls: readonly string[];
  /** The authorities that may have signed a list; may change. */
  readonly issuers: () => readonly Certificate[];
  readonly fetch: FetchRevocation;
  readonly clock: () => Date;
  readonly log: Log;
  /** Told whenever a list was had anew: all of them, DER, whether still in force or not. */
  readonly onLists: (lists: readonly Buffer[]) => void;
  /** How often it is looked whether one is due; by default each minute. */
  readonly tickMs?: number;
  /** After how long a list is fetched anew at the latest; by default after an hour, within which a revocation is known. */
  readonly longestAgeMs?: number;
}

export interface ClientLists {
  /** Fetches what is due. Never throws: what cannot be had is said in the log, once, and the old serves until it ends. */
  refresh(): Promise<void>;
  /** Stops refreshing in the background. */
  stop(): void;
}

const LONGEST_AGE_MS = 60 * 60 * 1000;

/** Starts to keep the lists; the first are fetched at once. */
export function keepClientLists(options: ClientListOptions): ClientLists {
  const { urls, fetch, clock, log, onLists, issuers, longestAgeMs = LONGEST_AGE_MS } = options;
  const held = new Map<string, Fetched>();
  const failing = new Set<string>();
  const fetchOne = async (url: string): Promise<boolean> => {
    try {
      held.set(url, await fetchList(fetch, url, issuers(), clock()));
      if (failing.delete(url)) log.info({ url }, 'a list of revoked callers can be refreshed again');
      return true;
    } catch (error) {
      const usableUntil = held.get(url)?.nextUpdate ?? 'nothing held';
      if (!failing.has(url))
        log.warn(
          { url, reason: describeError(error), usableUntil },
          'a list of revoked callers cannot be had',
        );
      failing.add(url);
      return false;
    }
  };
  let running: Promise<void> | undefined;
  const fetchDue = async () => {
    const due = urls.filter((url) => isDue(held.get(url), clock(), longestAgeMs));
    const had = await Promise.all(due.map(fetchOne));
    if (had.includes(true)) onLists([...held.values()].map(({ der }) => der));
  };
  const refresh = () => {
    running ??= fetchDue().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => void refresh(), options.tickMs ?? 60_000);
  timer.unref();
  void refresh();
  return { refresh, stop: () => clearInterval(timer) };
}

/** Half its time is left to try again in. */
function isDue(list: Fetched | undefined, now: Date, longestAgeMs: number): boolean {
  if (list === undefined) return true;
  const life = list.nextUpdate.getTime() - list.fetchedAt.getTime();
  return now.getTime() - list.fetchedAt.getTime() >= Math.min(longestAgeMs, life / 2);
}
