/** One page of a listing: prefix, delimiter, start and continuation over sorted keys. */
import { compareKeys } from './key-index.ts';
import { Refusal } from './refusal.ts';

export interface PageQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly most: number;
  /** Lists what comes after it. */
  readonly after: Position | undefined;
}

/** Where a page ended: after one key, or after all keys that begin with a common prefix. */
export interface Position {
  readonly kind: 'key' | 'prefix';
  readonly text: string;
}

export interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** Where the next page goes on; nothing on the last one. */
  readonly next: Position | undefined;
}

/** Selects a page out of keys sorted by `compareKeys`. Keys and common prefixes both count towards `most`. */
export function selectPage(sorted: readonly string[], query: PageQuery): Page {
  const { prefix, delimiter, most, after } = query;
  const keys: string[] = [];
  const prefixes: string[] = [];
  let at = Math.max(firstAtOrAfter(sorted, prefix), after === undefined ? 0 : firstAfter(sorted, after));
  let last: Position | undefined;
  for (;;) {
    const key = sorted[at];
    if (key === undefined || !key.startsWith(prefix)) return { keys, prefixes, next: undefined };
    if (keys.length + prefixes.length >= most) return { keys, prefixes, next: last };
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end === -1) {
      last = { kind: 'key', text: key };
      keys.push(key);
      at += 1;
    } else {
      last = { kind: 'prefix', text: key.slice(0, end + delimiter.length) };
      prefixes.push(last.text);
      at = firstAfter(sorted, last);
    }
  }
}

/** A position as an opaque token. */
export function encodePosition({ kind, text }: Position): string {
  return Buffer.from(`${kind === 'key' ? 'k' : 'p'}${text}`).toString('base64url');
}

/** Reads a token. Throws `InvalidArgument`. */
export function decodePosition(token: string): Position {
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^[kp]./s.test(text))
    throw new Refusal('InvalidArgument', 'The continuation token provided is incorrect');
  return { kind: text.startsWith('k') ? 'key' : 'prefix', text: text.slice(1) };
}

function firstAfter(sorted: readonly string[], { kind, text }: Position): number {
  return findFirst(
    sorted,
    (key) => compareKeys(key, text) > 0 && !(kind === 'prefix' && key.startsWith(text)),
  );
}

function firstAtOrAfter(sorted: readonly string[], text: string): number {
  return findFirst(sorted, (key) => compareKeys(key, text) >= 0);
}

/** Binary search for the first key that passes a test which all later ones pass too. */
function findFirst(sorted: readonly string[], test: (key: string) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(sorted[middle] ?? '')) high = middle;
    else low = middle + 1;
  }
  return low;
}
