/** Which hidden cells of a table the limits of the others fix: nobody is less than one, no part is more than its total. */
import type { Sum } from './cell-suppression.ts';

/** After so many rounds limits that still move leave room enough. */
const MOST_ROUNDS = 20;

/** Lists the hidden cells whose limits meet. `least` is what a hidden cell is known to be at least. */
export function fixedByBounds(
  counts: readonly number[],
  sums: readonly Sum[],
  hidden: ReadonlySet<number>,
  least: (cell: number) => number,
): readonly number[] {
  const limits = new Map<number, [number, number]>();
  for (const cell of hidden) limits.set(cell, [least(cell), Number.POSITIVE_INFINITY]);
  const limitsOf = (cell: number): readonly [number, number] => {
    const count = counts[cell] ?? 0;
    return limits.get(cell) ?? [count, count];
  };
  const touched = sums.filter(
    ({ total, parts }) => hidden.has(total) || parts.some((cell) => hidden.has(cell)),
  );
  for (let round = 0, isMoving = true; isMoving && round < MOST_ROUNDS; round += 1) {
    isMoving = false;
    for (const sum of touched) if (narrow(sum, limits, limitsOf)) isMoving = true;
  }
  return [...limits].flatMap(([cell, [low, high]]) => (low === high ? [cell] : []));
}

/** Draws the limits of the cells of one sum together; tells whether any moved. */
function narrow(
  { total, parts }: Sum,
  limits: Map<number, [number, number]>,
  limitsOf: (cell: number) => readonly [number, number],
): boolean {
  const sumOf = (end: 0 | 1) => parts.reduce((all, cell) => all + limitsOf(cell)[end], 0);
  let isMoved = tighten(limits.get(total), sumOf(0), sumOf(1));
  const [low, high] = [sumOf(0), sumOf(1)];
  const [least, most] = limitsOf(total);
  for (const cell of parts) {
    const own = limits.get(cell);
    if (own === undefined) continue;
    const [lowest, highest] = own;
    // What the others leave of the total.
    const below = highest === Number.POSITIVE_INFINITY ? othersHigh(parts, cell, limitsOf) : high - highest;
    if (tighten(own, least - below, most - (low - lowest))) isMoved = true;
  }
  return isMoved;
}

function othersHigh(
  parts: readonly number[],
  cell: number,
  limitsOf: (cell: number) => readonly [number, number],
): number {
  return parts.reduce((all, one) => (one === cell ? all : all + limitsOf(one)[1]), 0);
}

function tighten(limits: [number, number] | undefined, low: number, high: number): boolean {
  if (limits === undefined) return false;
  const [before, after] = limits;
  if (low > before) limits[0] = low;
  if (high < after) limits[1] = high;
  return low > before || high < after;
}
