/** A table of counts as a page shows it: the plot, the same numbers beside it, and how many cells are hidden. */
import { layOutChart } from '../domain/chart.ts';
import type { LocalMonth } from '../domain/period.ts';
import type { Table } from '../domain/statistics.ts';
import { writeSvg } from '../flow/chart-svg.ts';
import { chartOf, describeChart } from '../flow/table-chart.ts';
import type { Texts } from './texts.ts';

/** Where the table was asked for, so that its files and parts can be. */
interface Source {
  readonly path: string;
  readonly table: string;
  readonly ground: string;
  readonly from: string;
  readonly until: string;
  readonly part: string;
}

/** Gives what the view shows. */
export function shownTable(table: Table, { path, ...asked }: Source, { language, month, t }: Texts) {
  const input = chartOf(table, language);
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '')).toString();
  const hidden = table.blocks.flat().filter((count) => count === undefined).length;
  return {
    title: input.title,
    // Written by us: every text in it is escaped.
    svg: writeSvg(layOutChart(input), describeChart(input, language)),
    // A number of a month is written by us as one.
    steps: input.steps.map((step) => month(step as LocalMonth)),
    rows: input.series,
    hidden: t('statistics.hidden', { hidden, cells: table.blocks.flat().length, least: table.smallest }),
    csv: `${path}/table.csv?${query}`,
    json: `${path}/table.json?${query}`,
    parts: partsOf(table, language),
    part: asked.part,
  };
}

/** The categories of the first dimension that others lie within. */
function partsOf({ dimensions }: Table, language: Texts['language']) {
  const categories = dimensions[0]?.categories ?? [];
  const holders = new Set(categories.flatMap(({ within }) => within ?? []));
  return categories
    .filter(({ id, within }) => within !== undefined && holders.has(id))
    .map(({ id, label }) => ({ value: id, text: label[language] }));
}
