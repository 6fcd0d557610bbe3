/** A chart with its table beside it, as a page by itself. */
import { type ChartInput, grouped, layOutChart } from '../domain/chart.ts';
import type { PageLanguage } from '../domain/language.ts';
import { writeSvg } from './chart-svg.ts';
import { describeChart } from './table-chart.ts';
import { xmlText } from './xml-text.ts';

/** Writes the page: what the chart shows stands in the table, number by number. */
export function writePage(input: ChartInput, language: PageLanguage): string {
  const cells = (values: readonly (number | undefined)[]) =>
    values.map((one) => `<td>${one === undefined ? '–' : grouped(one)}</td>`).join('');
  const rows = input.series.map(
    ({ label, values }) => `<tr><th scope="row">${xmlText(label)}</th>${cells(values)}</tr>`,
  );
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${xmlText(input.title)}</title>
<meta name="viewport" content="width=device-width"></head><body>
<h1>${xmlText(input.title)}</h1>
<figure>${writeSvg(layOutChart(input), describeChart(input, language))}</figure>
<table><caption>${xmlText(input.title)}</caption>
<thead><tr><td></td>${input.steps.map((step) => `<th scope="col">${xmlText(step)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table>
<p>${xmlText(input.note)}</p></body></html>
`;
}
