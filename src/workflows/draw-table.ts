/** A chart as a picture, in the typeface of the institution's documents. */
import type { Chart } from '../domain/chart.ts';
import { drawChart } from '../render/picture.ts';
import type { Services } from './services.ts';

/** Draws a chart as PNG. */
export function drawPicture({ catalogue }: Pick<Services, 'catalogue'>, chart: Chart): Promise<Buffer> {
  return drawChart(chart, catalogue.fonts);
}
