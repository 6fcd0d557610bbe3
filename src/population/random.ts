/** Chance that is the same for the same seed on every machine: mulberry32, whose seed is mixed as MurmurHash3 ends. */

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Makes the chance that belongs to a seed and a number, whatever was drawn for others. */
export function randomOf(seed: number, number: number): Random {
  let state = mix(mix(seed | 0) ^ mix(number ^ 0x9e3779b9));
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  };
}

function mix(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Things of which some are drawn more often than others. */
export interface Lot<T> {
  draw(random: Random): T;
}

/** Makes a lot from things and their weights. Throws where there is none. */
export function lotOf<T>(weighted: readonly (readonly [T, number])[]): Lot<T> {
  const last = weighted.at(-1);
  if (last === undefined) throw new RangeError('a lot of nothing');
  const sums = new Float64Array(weighted.length);
  let sum = 0;
  for (const [at, [, weight]] of weighted.entries()) {
    sum += weight;
    sums[at] = sum;
  }
  return {
    draw: (random) => {
      const wanted = random.next() * sum;
      let [low, high] = [0, sums.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] ?? 0) > wanted) high = middle;
        else low = middle + 1;
      }
      return weighted[low]?.[0] ?? last[0];
    },
  };
}
