/** A table of counts as CSV: a row for each cell, with code and words of each category; what is hidden has no count. */
import type { PageLanguage } from '../domain/language.ts';
import type { Category, Cells, Table } from '../domain/statistics.ts';
import { HIDDEN } from './json-stat.ts';
import { writeCsv } from './quarantine-csv.ts';

/** One cell with where it stands. */
export interface PlacedCell {
  readonly month: string;
  readonly categories: readonly Category[];
  /** Undefined where hidden. */
  readonly count: number | undefined;
}

/** Goes through a table cell by cell, the last dimension running fastest. */
export function* cellsOf({ months, dimensions, blocks }: Table): Generator<PlacedCell> {
  for (const [at, month] of months.entries()) {
    const cells: Cells = blocks[at] ?? [];
    for (const [place, count] of cells.entries()) {
      const categories: Category[] = [];
      let rest = place;
      for (const { categories: own } of dimensions.toReversed()) {
        const one = own[rest % own.length];
        if (one !== undefined) categories.unshift(one);
        rest = Math.floor(rest / own.length);
      }
      yield { month, categories, count };
    }
  }
}

/** Writes a table. */
export function writeTable(table: Table, language: PageLanguage): string {
  const names = table.dimensions.flatMap(({ name }) => [name, `${name}Label`]);
  const rows = [...cellsOf(table)].map(({ month, categories, count }) => [
    month,
    ...categories.flatMap(({ id, label }) => [id, label[language]]),
    count === undefined ? '' : String(count),
    count === undefined ? HIDDEN : '',
  ]);
  return writeCsv(['month', ...names, 'count', 'flag'], rows);
}
