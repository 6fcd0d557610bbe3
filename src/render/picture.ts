/** Draws a chart as a picture: on a page of its own size, whose pixels PDFium makes. */
import PdfKit from 'pdfkit';
import type { Chart, Mark } from '../domain/chart.ts';
import { type FontFiles, findNotoSans } from './font.ts';
import { drawPages } from './raster.ts';

const DOTS_PER_INCH = 144;

/** Draws a chart as PNG, twice as many pixels as it has points. @throws ServiceError `renderingFailed` */
export async function drawChart(
  { width, height, marks, title }: Chart,
  { regular, bold }: FontFiles = findNotoSans(),
): Promise<Buffer> {
  const pdf = new PdfKit({ size: [width, height], margin: 0, info: { Title: title } });
  const ended = collect(pdf);
  pdf.registerFont('regular', regular).registerFont('bold', bold);
  for (const mark of marks) drawMark(pdf, mark);
  pdf.end();
  const [picture] = await drawPages(await ended, { dotsPerInch: DOTS_PER_INCH, mostPages: 1 });
  return picture ?? Buffer.alloc(0);
}

async function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of pdf) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function drawMark(pdf: PDFKit.PDFDocument, mark: Mark): void {
  switch (mark.kind) {
    case 'bar':
      pdf.rect(mark.x, mark.y, mark.width, mark.height).fill(mark.colour);
      break;
    case 'line': {
      const [[x, y] = [0, 0], ...rest] = mark.points;
      pdf.moveTo(x, y);
      for (const [toX, toY] of rest) pdf.lineTo(toX, toY);
      pdf.lineWidth(mark.width);
      const { dash } = mark;
      // pdfkit takes several lengths, though its types do not say so.
      if (dash.length > 0) pdf.dash(dash as unknown as number, {});
      else pdf.undash();
      pdf.stroke(mark.colour);
      break;
    }
    case 'dot':
      pdf.circle(mark.at[0], mark.at[1], 3).fill(mark.colour);
      break;
    case 'text': {
      pdf
        .font(mark.isBold ? 'bold' : 'regular')
        .fontSize(mark.size)
        .fillColor(mark.colour);
      const width = pdf.widthOfString(mark.text);
      const [x, y] = mark.at;
      const left = { start: x, middle: x - width / 2, end: x - width }[mark.align];
      pdf.text(mark.text, left, y, { lineBreak: false, baseline: 'alphabetic' });
      break;
    }
  }
}
