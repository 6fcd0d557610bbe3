/** What a campaign leaves to chance, the same for the same seed; each part of it has dice of its own. */

export interface Dice {
  /** From 0 up to, without, 1. */
  next(): number;
  /** A whole number from 0 up to, without, `limit`. */
  below(limit: number): number;
  /** True in so many of a hundred. */
  percent(chance: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
}

/** Makes dice of a seed and a name (mulberry32: 32 bits of state, spread well enough for faults). */
export function createDice(seed: number, name = ''): Dice {
  let state = Buffer.from(name).reduce((sum, byte) => Math.imul(sum ^ byte, 0x0100_0193), seed | 0);
  const next = () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    percent: (chance) => next() * 100 < chance,
    pick: (from) => from[below(from.length)],
  };
}
