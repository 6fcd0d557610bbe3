/** Tells what was done to a list of leaves, from what is found and what was sealed. Leaves are unique: each has a salt. */
import type { LogFinding } from '../domain/log-report.ts';

/** Hashes of leaves as texts, and where they begin. */
export interface Lists {
  readonly found: readonly string[];
  readonly sealed: readonly string[];
  /** The place of the first in the log. */
  readonly first: number;
  /** Nothing of the log follows. */
  readonly isEnd: boolean;
}

/** Lists the differences by place; nothing when both are the same. */
export function differencesOf({ found, sealed, first, isEnd }: Lists): LogFinding[] {
  const start = commonStart(found, sealed);
  const end = commonEnd(found, sealed, start);
  const changed = found.slice(start, found.length - end);
  const kept = sealed.slice(start, sealed.length - end);
  const findings = compare(changed, kept, first + start, isEnd && end === 0);
  return findings.sort((one, other) => (one.position ?? 0) - (other.position ?? 0));
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count += 1;
  return count;
}

function commonEnd(one: readonly string[], other: readonly string[], start: number): number {
  let count = 0;
  const most = Math.min(one.length, other.length) - start;
  while (count < most && one.at(-1 - count) === other.at(-1 - count)) count += 1;
  return count;
}

function compare(
  found: readonly string[],
  sealed: readonly string[],
  first: number,
  isEnd: boolean,
): LogFinding[] {
  const placeOf = new Map(sealed.map((hash, place) => [hash, place]));
  const missing = new Set(sealed.keys());
  // The place of each leaf that is found; a second copy is nobody's.
  const places = found.map((hash) => {
    const place = placeOf.get(hash);
    return place !== undefined && missing.delete(place) ? place : undefined;
  });
  const inOrder = longestRise(places);
  const findings: LogFinding[] = [];
  let next = 0;
  for (const [at, place] of places.entries()) {
    if (place !== undefined && inOrder.has(at)) {
      next = place + 1;
    } else if (place !== undefined) {
      const detail = `leaf ${first + place} stands at ${first + at}`;
      findings.push({ fault: 'moved', position: first + place, detail });
    } else if (missing.delete(next)) {
      findings.push({
        fault: 'edited',
        position: first + next,
        detail: `leaf ${first + next} is another one than was sealed`,
      });
      next += 1;
    } else {
      const detail = `a leaf that was never sealed stands before leaf ${first + next}`;
      findings.push({ fault: 'inserted', position: first + next, detail });
    }
  }
  return [...findings, ...gapsOf([...missing], first, isEnd ? sealed.length : undefined)];
}

/** Groups missing leaves; those that reach the end of the log were cut off. */
function gapsOf(missing: readonly number[], first: number, end: number | undefined): LogFinding[] {
  const gaps: { from: number; count: number }[] = [];
  for (const place of missing) {
    const last = gaps.at(-1);
    if (last !== undefined && last.from + last.count === place) last.count += 1;
    else gaps.push({ from: place, count: 1 });
  }
  return gaps.map(({ from, count }) => {
    const position = first + from;
    const isCut = from + count === end;
    const what = count === 1 ? `leaf ${position} is` : `leaves ${position} to ${position + count - 1} are`;
    return {
      fault: isCut ? 'truncated' : 'deleted',
      position,
      count,
      detail: isCut ? `the log ends before leaf ${position}; ${count} more were sealed` : `${what} missing`,
    };
  });
}

/** The longest rising run of places, by the indexes at which they stand: all others were moved (patience sorting). */
function longestRise(places: readonly (number | undefined)[]): ReadonlySet<number> {
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [at, place] of places.entries()) {
    if (place === undefined) continue;
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[tails[middle] ?? 0] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    before[at] = tails[low - 1];
    tails[low] = at;
  }
  const rise = new Set<number>();
  for (let at = tails.at(-1); at !== undefined; at = before[at]) rise.add(at);
  return rise;
}
