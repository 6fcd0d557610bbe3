/** Turns the pages of a PDF into pictures, by PDFium compiled to WebAssembly: no program of the machine is needed. */
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { PNG } from 'pngjs';
import { ServiceError } from '../errors.ts';

export interface RasterOptions {
  readonly dotsPerInch: number;
  /** How many pages at most; the rest is left out. */
  readonly mostPages?: number;
}

/** Takes some 10 MB and a tenth of a second, so it is made once. */
let library: Promise<PDFiumLibrary> | undefined;

/**
 * Draws each page as a PNG of red, green and blue. Of this service's own documents only: what strangers send belongs in
 * no renderer.
 * @throws ServiceError `renderingFailed` when it is no PDF
 */
export async function drawPages(pdf: Uint8Array, options: RasterOptions): Promise<Buffer[]> {
  const { dotsPerInch, mostPages = Number.POSITIVE_INFINITY } = options;
  library ??= PDFiumLibrary.init();
  const document = await open(await library, pdf);
  try {
    const pictures: Buffer[] = [];
    for (const page of document.pages()) {
      if (pictures.length >= mostPages) break;
      const { data } = await page.render({ scale: dotsPerInch / 72, renderFormFields: false, render: toPng });
      pictures.push(Buffer.from(data));
    }
    return pictures;
  } finally {
    document.destroy();
  }
}

type Pages = Awaited<ReturnType<PDFiumLibrary['loadDocument']>>;

async function open(pdfium: PDFiumLibrary, pdf: Uint8Array): Promise<Pages> {
  try {
    return await pdfium.loadDocument(pdf);
  } catch (cause) {
    throw new ServiceError('renderingFailed', 'A PDF cannot be opened to draw its pages.', { cause });
  }
}

function toPng(bitmap: { data: Uint8Array; width: number; height: number }): Promise<Uint8Array> {
  const { width, height } = bitmap;
  const png = new PNG({ width, height });
  png.data.set(bitmap.data);
  // Paper is not transparent.
  return Promise.resolve(PNG.sync.write(png, { colorType: 2, inputHasAlpha: true }));
}
