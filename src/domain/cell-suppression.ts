/**
 * Hides small cells of a table, and as many others as it takes so that none of them can be worked out from the totals
 * (primary and complementary suppression; Hundepool and others, Statistical Disclosure Control, ch. 4).
 */
import { fixedByBounds } from './bounds.ts';
import { determinedBy } from './determined.ts';

/** A sum of a table: the cell `total` is what `parts` come to together. Cells are named by their places. */
export interface Sum {
  readonly total: number;
  readonly parts: readonly number[];
}

/**
 * Tells which cells are hidden: those from 1 to below `smallest`, and the smallest others that it takes, so that
 * - no sum has one hidden cell alone,
 * - hidden parts of a sum that is shown come to `smallest` or more together and are not all as small as can be,
 * - neither all sums together nor the limits that they set each other fix a hidden cell.
 * A cell of nobody is shown. The same counts hide the same cells, so that asking twice tells no more.
 */
export function hideCells(
  counts: readonly number[],
  sums: readonly Sum[],
  smallest: number,
): ReadonlySet<number> {
  const hidden = new Set<number>();
  for (const [cell, count] of counts.entries()) if (count > 0 && count < smallest) hidden.add(cell);
  const sumsOf = new Map<number, Sum[]>();
  for (const sum of sums)
    for (const cell of [sum.total, ...sum.parts]) sumsOf.set(cell, [...(sumsOf.get(cell) ?? []), sum]);
  const protect = (waiting: Sum[]) => {
    for (let sum = waiting.pop(); sum !== undefined; sum = waiting.pop()) {
      if (isSafe(sum, counts, hidden, smallest)) continue;
      const more = smallestShown([...sum.parts, sum.total], counts, hidden);
      if (more === undefined) continue;
      hidden.add(more);
      // This sum may want another one, and so may every sum that the cell stands in.
      waiting.push(sum, ...(sumsOf.get(more) ?? []));
    }
  };
  protect([...sums]);
  for (
    let fixed = findFixed(counts, sums, hidden);
    fixed.length > 0;
    fixed = findFixed(counts, sums, hidden)
  ) {
    const before = hidden.size;
    for (const cell of fixed) {
      const others = (sumsOf.get(cell) ?? []).flatMap(({ total, parts }) => [...parts, total]);
      const more = smallestShown(others, counts, hidden);
      if (more === undefined) continue;
      hidden.add(more);
      protect([...(sumsOf.get(more) ?? [])]);
    }
    // Only cells of nobody are left around them: those are hidden with them.
    if (hidden.size === before)
      for (const sum of fixed.flatMap((cell) => sumsOf.get(cell) ?? [])) hideAll(sum, hidden);
    if (hidden.size === before) break;
  }
  return hidden;
}

/** The hidden cells that can be worked out. */
function findFixed(
  counts: readonly number[],
  sums: readonly Sum[],
  hidden: ReadonlySet<number>,
): readonly number[] {
  // Who knows these rules knows that a hidden cell is one at least, unless there was nothing else to hide.
  const least = (cell: number) => Math.min(1, counts[cell] ?? 0);
  return [...new Set([...determinedBy(sums, hidden), ...fixedByBounds(counts, sums, hidden, least)])];
}

function hideAll({ total, parts }: Sum, hidden: Set<number>): void {
  for (const cell of [total, ...parts]) hidden.add(cell);
}

/** What can be said of the hidden cells of one sum by itself. */
function isSafe(
  { total, parts }: Sum,
  counts: readonly number[],
  hidden: ReadonlySet<number>,
  smallest: number,
): boolean {
  const within = parts.filter((cell) => hidden.has(cell));
  if (within.length === 0) return !hidden.has(total);
  if (hidden.has(total)) return true;
  const sum = within.reduce((all, cell) => all + (counts[cell] ?? 0), 0);
  // Each of them is known to be one at least, so their sum must leave room above that.
  return within.length > 1 && sum >= smallest && sum > within.length;
}

/** The smallest cell of somebody that is still shown; of equal ones the first. */
function smallestShown(
  cells: readonly number[],
  counts: readonly number[],
  hidden: ReadonlySet<number>,
): number | undefined {
  let found: number | undefined;
  for (const cell of cells) {
    const count = counts[cell] ?? 0;
    if (count === 0 || hidden.has(cell)) continue;
    if (found === undefined || count < (counts[found] ?? 0)) found = cell;
  }
  return found;
}
