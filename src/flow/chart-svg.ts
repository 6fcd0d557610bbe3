/** A chart as SVG that says what it shows: title and description for who does not see it (SVG 2 §5.6, WAI-ARIA graphics). */
import type { Chart, Mark } from '../domain/chart.ts';
import { xmlText } from './xml-text.ts';

/** Writes a chart; `description` says the numbers in words. */
export function writeSvg({ width, height, title, marks }: Chart, description: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="Noto Sans, Arial, sans-serif">`,
    `<title id="title">${xmlText(title)}</title>`,
    `<desc id="description">${xmlText(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    // Who listens gets the description, not every number of the axes.
    '<g aria-hidden="true">',
    ...marks.map(writeMark),
    '</g></svg>\n',
  ].join('\n');
}

function writeMark(mark: Mark): string {
  switch (mark.kind) {
    case 'bar':
      return `<rect x="${round(mark.x)}" y="${round(mark.y)}" width="${round(mark.width)}" height="${mark.height}" fill="${mark.colour}"/>`;
    case 'line': {
      const points = mark.points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
      const dash = mark.dash.length > 0 ? ` stroke-dasharray="${mark.dash.join(' ')}"` : '';
      return `<polyline points="${points}" fill="none" stroke="${mark.colour}" stroke-width="${mark.width}"${dash}/>`;
    }
    case 'dot':
      return `<circle cx="${round(mark.at[0])}" cy="${round(mark.at[1])}" r="3" fill="${mark.colour}"/>`;
    case 'text': {
      const [x, y] = mark.at;
      const weight = mark.isBold ? ' font-weight="bold"' : '';
      return `<text x="${round(x)}" y="${round(y)}" font-size="${mark.size}" fill="${mark.colour}" text-anchor="${mark.align}"${weight}>${xmlText(mark.text)}</text>`;
    }
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
