/** Which hidden cells of a table its sums fix, all taken together: Gauss–Jordan elimination on what is hidden of them. */
import type { Sum } from './cell-suppression.ts';

/** Counting in whole numbers modulo a prime is exact; its square fits in 53 bits. */
const PRIME = 67_108_859;

/** A row by its columns: coefficients other than 0. */
type Row = Map<number, number>;

/** Lists the hidden cells that have only one value with which every sum holds. */
export function determinedBy(sums: readonly Sum[], hidden: ReadonlySet<number>): readonly number[] {
  const reduced = new Map<number, Row>();
  for (const sum of sums) {
    const row = rowOf(sum, hidden);
    for (const [pivot, other] of reduced) eliminate(row, pivot, other);
    const [first] = row;
    if (first === undefined) continue;
    const [pivot, coefficient] = first;
    scale(row, inverse(coefficient));
    for (const other of reduced.values()) eliminate(other, pivot, row);
    reduced.set(pivot, row);
  }
  return [...reduced].flatMap(([pivot, row]) => (row.size === 1 ? [pivot] : []));
}

function rowOf({ total, parts }: Sum, hidden: ReadonlySet<number>): Row {
  const row: Row = new Map();
  for (const cell of parts) if (hidden.has(cell)) row.set(cell, 1);
  if (hidden.has(total)) row.set(total, PRIME - 1);
  return row;
}

/** Takes from a row as much of another one as it has of its pivot. */
function eliminate(row: Row, pivot: number, other: Row): void {
  const factor = row.get(pivot);
  if (factor === undefined) return;
  for (const [cell, coefficient] of other) {
    const left = ((row.get(cell) ?? 0) + (PRIME - factor) * coefficient) % PRIME;
    if (left === 0) row.delete(cell);
    else row.set(cell, left);
  }
}

function scale(row: Row, factor: number): void {
  for (const [cell, coefficient] of row) row.set(cell, (coefficient * factor) % PRIME);
}

/** By Fermat: a number to the power of the prime less two. */
function inverse(value: number): number {
  let [result, base] = [1, value];
  for (let power = PRIME - 2; power > 0; power = Math.floor(power / 2)) {
    if (power % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}
