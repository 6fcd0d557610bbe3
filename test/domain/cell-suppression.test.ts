/** Hidden cells of a table stay hidden, whatever is worked out from its totals. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hideCells, type Sum } from '../../src/domain/cell-suppression.ts';

const SMALLEST = 5;

/** A table of rows and columns, the last of each the total; cells row by row. */
function tableOf(inner: readonly (readonly number[])[]) {
  const rows = inner.map((row) => [...row, row.reduce((all, one) => all + one, 0)]);
  const width = rows[0]?.length ?? 0;
  const totals = Array.from({ length: width }, (_, at) => rows.reduce((all, row) => all + (row[at] ?? 0), 0));
  const counts = [...rows, totals].flat();
  const height = rows.length + 1;
  const cell = (row: number, column: number) => row * width + column;
  const upTo = (count: number) => Array.from({ length: count - 1 }, (_, at) => at);
  const sums: Sum[] = [
    ...Array.from({ length: height }, (_, row) => ({
      total: cell(row, width - 1),
      parts: upTo(width).map((column) => cell(row, column)),
    })),
    ...Array.from({ length: width }, (_, column) => ({
      total: cell(height - 1, column),
      parts: upTo(height).map((row) => cell(row, column)),
    })),
  ];
  return { counts, sums, cell };
}

/** Another way to fill in a table is found near by, if there is one: by one more here and one less there. */
const NEAR = 2;

/**
 * What an attacker finds who tries every way to fill in what is hidden: the values that each hidden cell may have.
 * Whatever is hidden is known to be somebody.
 */
function valuesOf(
  counts: readonly number[],
  sums: readonly Sum[],
  hidden: ReadonlySet<number>,
): ReadonlyMap<number, ReadonlySet<number>> {
  const cells = [...hidden];
  const found = new Map(cells.map((cell) => [cell, new Set<number>()]));
  const tried = new Map<number, number>();
  const valueOf = (cell: number) => (hidden.has(cell) ? tried.get(cell) : (counts[cell] ?? 0));
  const holds = ({ total, parts }: Sum) => {
    const [whole, ...rest] = [total, ...parts].map(valueOf);
    const open = rest.filter((one) => one === undefined).length;
    // What is not tried yet is one at least.
    const least = rest.reduce<number>((all, one) => all + (one ?? 1), 0);
    if (whole === undefined) return true;
    return open === 0 ? whole === least : whole >= least;
  };
  const go = (at: number): void => {
    const cell = cells[at];
    if (cell === undefined) {
      for (const [one, value] of tried) found.get(one)?.add(value);
      return;
    }
    const touched = sums.filter(({ total, parts }) => total === cell || parts.includes(cell));
    const own = counts[cell] ?? 0;
    for (let value = Math.max(1, own - NEAR); value <= own + NEAR; value += 1) {
      tried.set(cell, value);
      if (touched.every(holds)) go(at + 1);
    }
    tried.delete(cell);
  };
  go(0);
  return found;
}

describe('hideCells', () => {
  it('hides a small cell and what it takes, and shows nobody and the large', () => {
    const { counts, sums, cell } = tableOf([
      [3, 20, 0],
      [30, 40, 50],
      [60, 70, 80],
    ]);
    const hidden = hideCells(counts, sums, SMALLEST);
    assert.deepEqual(
      [...hidden].sort((one, other) => one - other),
      [cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)],
    );
  });

  it('hides nothing where nothing is small', () => {
    const { counts, sums } = tableOf([
      [5, 20],
      [30, 0],
    ]);
    assert.equal(hideCells(counts, sums, SMALLEST).size, 0);
  });

  it('leaves more than ones to choose from where two ones are all that is small', () => {
    const { counts, sums } = tableOf([
      [1, 1, 90],
      [70, 80, 60],
    ]);
    const hidden = hideCells(counts, sums, SMALLEST);
    assert.ok([...valuesOf(counts, sums, hidden).values()].every((values) => values.size > 1));
  });

  it('leaves every hidden cell more than one value, however its totals are played off against each other', () => {
    const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 9 }));
    const inner = fc.array(fc.array(count, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 3 });
    let looked = 0;
    fc.assert(
      fc.property(inner, (rows) => {
        const { counts, sums } = tableOf(rows);
        const hidden = hideCells(counts, sums, SMALLEST);
        for (const [cell, value] of counts.entries())
          if (value > 0 && value < SMALLEST) assert.ok(hidden.has(cell), `${value} is shown`);
        // Trying every way takes too long where all is hidden; then nothing is told that could be played off.
        if (hidden.size === 0 || hidden.size > 8) return;
        looked += 1;
        for (const [cell, values] of valuesOf(counts, sums, hidden))
          assert.ok(values.size > 1 || counts[cell] === 0, `cell ${cell} can only be ${[...values].join()}`);
      }),
      { numRuns: 300 },
    );
    assert.ok(looked > 50, `${looked} tables were looked at`);
  });

  it('would be caught if it hid the small cells alone', () => {
    const { counts, sums, cell } = tableOf([
      [3, 20],
      [30, 40],
    ]);
    assert.deepEqual([...(valuesOf(counts, sums, new Set([cell(0, 0)])).get(cell(0, 0)) ?? [])], [3]);
  });

  it('hides the same cells each time', () => {
    const { counts, sums } = tableOf([
      [2, 7, 9],
      [6, 3, 8],
    ]);
    assert.deepEqual(hideCells(counts, sums, SMALLEST), hideCells(counts, sums, SMALLEST));
  });
});
