/** Tables of counts: across which dimensions, every total among them, and small cells hidden. */
import { hideCells, type Sum } from './cell-suppression.ts';
import type { StatusCode } from './status.ts';
import type { Words } from './words.ts';

export const DIMENSIONS = ['place', 'region', 'sex', 'ageClass', 'jointCommittee', 'size', 'use'] as const;
export type DimensionName = (typeof DIMENSIONS)[number];

/** What a table counts. */
export const COUNTED = ['persons', 'employers', 'uses'] as const;
export type Counted = (typeof COUNTED)[number];

/** A table as `statistics.yaml` describes it. */
export interface TableKind {
  readonly title: Words;
  readonly counts: Counted;
  /** Of these statuses alone; missing: of any. */
  readonly statuses?: readonly StatusCode[];
  readonly across: readonly DimensionName[];
}

export interface StatisticsRules {
  readonly smallestCount: number;
  readonly smallestGroup: number;
  readonly tables: ReadonlyMap<string, TableKind>;
}

/** One value of a dimension; all but the first are within another one, which comes before. */
export interface Category {
  readonly id: string;
  readonly label: Words;
  readonly within?: string;
}

export interface Dimension {
  readonly name: DimensionName;
  readonly label: Words;
  /** The total first. */
  readonly categories: readonly Category[];
}

/** How many there are of one combination: a category that has none within it, for each dimension. */
export interface Tally {
  readonly keys: readonly string[];
  readonly count: number;
}

/** The counts of one month, the last dimension running fastest; undefined where hidden. */
export type Cells = readonly (number | undefined)[];

/** The age classes by their first year. */
export const AGE_CLASSES = [0, 18, 25, 35, 45, 55, 65, 75] as const;
/** The classes of employers by their least number of workers. */
export const SIZES = [1, 5, 10, 50] as const;

/** Who is born nobody knows when, lives nowhere, has no sex told: none is left out. */
export const UNKNOWN = 'unknown';

/** Adds up what was counted and hides what is small. Throws where a tally is of a category that there is not. */
export function fillCells(
  dimensions: readonly Dimension[],
  tallies: readonly Tally[],
  smallest: number,
): Cells {
  const counts = addUp(dimensions, tallies);
  const hidden = hideCells(counts, sumsOf(dimensions), smallest);
  return counts.map((count, cell) => (hidden.has(cell) ? undefined : count));
}

/** Counts each tally in its own cell and in every total above it. */
function addUp(dimensions: readonly Dimension[], tallies: readonly Tally[]): number[] {
  const chains = dimensions.map(({ categories }) => chainsOf(categories));
  const strides = stridesOf(dimensions);
  const counts = Array.from({ length: cellCount(dimensions) }, () => 0);
  for (const { keys, count } of tallies) {
    let cells = [0];
    for (const [at, key] of keys.entries()) {
      const chain = chains[at]?.get(key);
      if (chain === undefined) throw new RangeError(`${dimensions[at]?.name} has no category ${key}`);
      const stride = strides[at] ?? 1;
      cells = cells.flatMap((cell) => chain.map((place) => cell + place * stride));
    }
    for (const cell of cells) counts[cell] = (counts[cell] ?? 0) + count;
  }
  return counts;
}

/** The places of each category and of all that it is within. */
function chainsOf(categories: readonly Category[]): ReadonlyMap<string, readonly number[]> {
  const chains = new Map<string, readonly number[]>();
  for (const [place, { id, within }] of categories.entries())
    chains.set(id, [place, ...(within === undefined ? [] : (chains.get(within) ?? []))]);
  return chains;
}

export function cellCount(dimensions: readonly Dimension[]): number {
  return dimensions.reduce((all, { categories }) => all * categories.length, 1);
}

function stridesOf(dimensions: readonly Dimension[]): number[] {
  return dimensions.map((_, at) => cellCount(dimensions.slice(at + 1)));
}

/** Every sum of a table: in each dimension each total of what is within it, for each combination of the others. */
function sumsOf(dimensions: readonly Dimension[]): Sum[] {
  const strides = stridesOf(dimensions);
  return dimensions.flatMap(({ categories }, at) => {
    const stride = strides[at] ?? 1;
    const starts = startsOf(dimensions, strides, at);
    return [...partsOf(categories)].flatMap(([total, parts]) =>
      starts.map((start) => ({
        total: start + total * stride,
        parts: parts.map((part) => start + part * stride),
      })),
    );
  });
}

/** The places within each category that has some. */
function partsOf(categories: readonly Category[]): ReadonlyMap<number, number[]> {
  const places = new Map(categories.map(({ id }, place) => [id, place]));
  const parts = new Map<number, number[]>();
  for (const [place, { within }] of categories.entries()) {
    const whole = within === undefined ? undefined : places.get(within);
    if (whole !== undefined) parts.set(whole, [...(parts.get(whole) ?? []), place]);
  }
  return parts;
}

/** The cells of the first category of one dimension. */
function startsOf(dimensions: readonly Dimension[], strides: readonly number[], fixed: number): number[] {
  let cells = [0];
  for (const [at, { categories }] of dimensions.entries()) {
    if (at === fixed) continue;
    cells = cells.flatMap((cell) => categories.map((_, place) => cell + place * (strides[at] ?? 1)));
  }
  return cells;
}

/** A table as it is told: a block of cells for each month. */
export interface Table {
  readonly id: string;
  readonly title: Words;
  readonly counts: Counted;
  readonly status: { readonly code: StatusCode; readonly name: Words } | undefined;
  /** `yyyy-MM`, in order. */
  readonly months: readonly string[];
  readonly dimensions: readonly Dimension[];
  readonly blocks: readonly Cells[];
  readonly smallest: number;
}

/** Takes of a table what lies within one category of its first dimension; what was hidden stays so. */
export function takePart(table: Table, id: string): Table | undefined {
  const [first, ...rest] = table.dimensions;
  if (first === undefined || !first.categories.some((one) => one.id === id)) return undefined;
  const chains = chainsOf(first.categories);
  const wanted = first.categories.findIndex((one) => one.id === id);
  const kept = first.categories.flatMap((one, place) =>
    chains.get(one.id)?.includes(wanted) === true ? [{ one, place }] : [],
  );
  const size = cellCount(rest);
  const categories = kept.map(({ one }) => (one.id === id ? { id, label: one.label } : one));
  const cut = (cells: Cells) => kept.flatMap(({ place }) => cells.slice(place * size, (place + 1) * size));
  return { ...table, dimensions: [{ ...first, categories }, ...rest], blocks: table.blocks.map(cut) };
}
