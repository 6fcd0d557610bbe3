/** What of a table of counts is drawn: the categories next to the total of its first dimension, all others together. */
import { type ChartInput, MOST_BARS, MOST_LINES, type Series } from '../domain/chart.ts';
import type { PageLanguage } from '../domain/language.ts';
import { cellCount, type Table } from '../domain/statistics.ts';
import { type Words, words } from '../domain/words.ts';
import { hiddenNote, labelOf } from './json-stat.ts';

/** Chooses the series: the largest, as many as can be told apart. */
export function chartOf(table: Table, language: PageLanguage): ChartInput {
  const [first, ...rest] = table.dimensions;
  const root = first?.categories[0]?.id;
  const size = cellCount(rest);
  const series = (first?.categories ?? []).flatMap(({ label, within }, place): Series[] =>
    // The first of every other dimension is its total.
    within === root
      ? [{ label: label[language], values: table.blocks.map((cells) => cells[place * size]) }]
      : [],
  );
  const most = table.months.length > 1 ? MOST_LINES : MOST_BARS;
  const shown = series
    .filter(({ values }) => values.some((one) => one === undefined || one > 0))
    .sort((one, other) => sumOf(other) - sumOf(one))
    .slice(0, most);
  return {
    title: labelOf(table, language),
    note: hiddenNote(table)[language],
    steps: table.months,
    series: shown,
  };
}

function sumOf({ values }: Series): number {
  return values.reduce<number>((all, one) => all + (one ?? 0), 0);
}

const HIDDEN: Words = words('verborgen', 'masqué', 'verborgen', 'hidden');

/** Says in words what a chart shows. */
export function describeChart({ steps, series, note }: ChartInput, language: PageLanguage): string {
  const lines = series.map(
    ({ label, values }) =>
      `${label}: ${values.map((one, at) => `${steps[at]} ${one ?? HIDDEN[language]}`).join(', ')}.`,
  );
  return [...lines, note].join(' ');
}
