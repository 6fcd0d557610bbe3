/** The status lists as they are published, for whoever checks offline codes. */
import {
  LIST_SIZE,
  type ListedStatus,
  type StatusEntry,
  writeBits,
  writeStatusList,
} from '../code/status-list.ts';
import type { Connection } from '../database/database.ts';
import { type EndedEntry, isListBegun, lastList, listEnded } from '../database/status-lists.ts';
import type { Services } from './services.ts';

/** How old a list may be when it is handed out: what changed shows after as much, and after the reader's own cache. */
export const LIST_SECONDS = 30;
/** How long a reader may keep a list without asking again: `ttl` of the list, and its `Cache-Control`. */
export const LIST_CACHE_SECONDS = 60;
/** A list in which nothing changed is signed anew after this, so that its time stays near. */
const SIGNED_AGAIN_SECONDS = 10 * 60;
/** Without internet a reader may go on with a list for a day. */
const LIST_LIFE_SECONDS = 24 * 60 * 60;
/** Lists kept in memory; others are made anew. */
const MOST_KEPT = 50;

/** Gives the signed list of a number; undefined when no attestation stands in it yet. */
export type StatusLists = (list: number) => Promise<string | undefined>;

interface Kept {
  readonly readAt: Date;
  readonly signedAt: Date;
  readonly bits: Buffer;
  readonly token: string;
}

/** Makes the lists from the register, each at most once in `LIST_SECONDS`, however many ask. */
export function createStatusLists(
  services: Pick<Services, 'database' | 'codeSigner' | 'clock' | 'settings'>,
): StatusLists {
  const kept = new Map<number, Kept>();
  const underway = new Map<number, Promise<string | undefined>>();
  const make = async (list: number): Promise<string | undefined> => {
    const known = kept.get(list);
    const now = services.clock();
    if (known !== undefined && secondsSince(known.readAt, now) < LIST_SECONDS) return known.token;
    const ended = await services.database.transaction((connection) => readEnded(connection, list));
    if (ended === undefined) return undefined;
    const next = await renew(services, list, known, Buffer.from(writeBits(ended.map(toEntry))), now);
    kept.delete(list);
    kept.set(list, next);
    for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
    return next.token;
  };
  return (list) => {
    const waiting = underway.get(list) ?? make(list).finally(() => underway.delete(list));
    underway.set(list, waiting);
    return waiting;
  };
}

async function renew(
  { codeSigner, settings }: Pick<Services, 'codeSigner' | 'settings'>,
  list: number,
  known: Kept | undefined,
  bits: Buffer,
  now: Date,
): Promise<Kept> {
  const isSame =
    known?.bits.equals(bits) === true && secondsSince(known.signedAt, now) < SIGNED_AGAIN_SECONDS;
  if (isSame) return { ...known, readAt: now };
  const claims = {
    subject: statusListAddress(settings.publicUrl, list),
    issuedAt: now,
    expiresAt: new Date(now.getTime() + LIST_LIFE_SECONDS * 1000),
    secondsToLive: LIST_CACHE_SECONDS,
  };
  const token = await writeStatusList(claims, Uint8Array.from(bits), codeSigner);
  return { readAt: now, signedAt: now, bits, token };
}

/** Where the list of a number is read. */
export function statusListAddress(publicUrl: string, list: number): string {
  return `${publicUrl}/verifications/v1/statusLists/${list}`;
}

/** Lists where all lists are read, the oldest first: they fill one after the other. */
export async function statusListAddresses({
  database,
  settings,
}: Pick<Services, 'database' | 'settings'>): Promise<readonly string[]> {
  const last = await database.transaction(lastList);
  const count = last === undefined ? 0 : last + 1;
  return Array.from({ length: count }, (_, list) => statusListAddress(settings.publicUrl, list));
}

async function readEnded(connection: Connection, list: number): Promise<EndedEntry[] | undefined> {
  const ended = await listEnded(connection, list);
  return ended.length > 0 || (await isListBegun(connection, list)) ? ended : undefined;
}

/** What was never issued is no good either: an offline code of it would have come from nowhere. */
const LISTED: Readonly<Record<EndedEntry['state'], ListedStatus>> = {
  superseded: 'superseded',
  revoked: 'revoked',
  withdrawn: 'revoked',
  // Nothing is known of it any more, so nothing vouches for it.
  erased: 'revoked',
};

function toEntry({ index, state }: EndedEntry): StatusEntry {
  if (index >= LIST_SIZE) throw new RangeError(`a status list has no index ${index}`);
  return { index, status: LISTED[state] };
}

function secondsSince(then: Date, now: Date): number {
  return (now.getTime() - then.getTime()) / 1000;
}
