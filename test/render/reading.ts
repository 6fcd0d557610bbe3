/** Reads PDFs back with tools that know nothing of how they were made; a test says first with `needsTool` which. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../support/tools.ts';

/** An object as `qpdf --json` writes it; references are texts such as `3 0 R`. */
export type PdfJson =
  | string
  | number
  | boolean
  | null
  | readonly PdfJson[]
  | { readonly [key: string]: PdfJson };
export type PdfObject = Readonly<Record<string, PdfJson>>;

export interface PdfObjects {
  readonly trailer: PdfObject;
  /** By reference, `3 0 R`; of a stream, its dictionary. */
  readonly objects: ReadonlyMap<string, PdfJson>;
  /** Gives a dictionary, or the one referred to. */
  readonly get: (value: PdfJson | undefined) => PdfObject;
  /** Gives what a reference stands for, or the value itself. */
  readonly resolve: (value: PdfJson | undefined) => PdfJson | undefined;
}

/** One word where it stands on the page, in points from the top left. */
export interface PlacedWord {
  readonly page: number;
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Text in reading order, or laid out as on the page (tool `pdftotext`). */
export async function textOf(pdf: Buffer, ...options: readonly string[]): Promise<string> {
  return (await withPdf(pdf, (folder) => runTool('pdftotext', [...options, 'file.pdf', '-'], folder))).output;
}

/** Text of one line, so that it can be searched whatever lines it was broken into (tool `pdftotext`). */
export async function flatTextOf(pdf: Buffer): Promise<string> {
  return (await textOf(pdf)).replace(/\s+/g, ' ');
}

/** Every word with its box (tool `pdftotext`). */
export async function placedWords(pdf: Buffer): Promise<PlacedWord[]> {
  const html = await textOf(pdf, '-bbox');
  return html.split('<page ').flatMap((page, number) =>
    Array.from(
      page.matchAll(/<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)<\/word>/g),
      ([, left, top, right, bottom, text = '']) => ({
        page: number,
        text,
        left: Number(left),
        top: Number(top),
        right: Number(right),
        bottom: Number(bottom),
      }),
    ),
  );
}

/** Two words lie over each other when their boxes share more than half a point each way. */
export function overlapping(words: readonly PlacedWord[]): string[] {
  return words.flatMap((one, index) =>
    words
      .slice(index + 1)
      .filter(
        (other) =>
          one.page === other.page &&
          Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
          Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.5,
      )
      .map((other) => `${one.text} / ${other.text} on page ${one.page}`),
  );
}

/** Text in the order in which it was drawn (tool `pdftotext`). */
export function textInOrder(pdf: Buffer): Promise<string> {
  return textOf(pdf, '-raw');
}

/** Text as MuPDF reads it, which knows nothing of poppler (tool `mutool`). */
export async function textByMutool(pdf: Buffer): Promise<string> {
  const args = ['draw', '-q', '-F', 'txt', 'file.pdf'];
  return (await withPdf(pdf, (folder) => runTool('mutool', args, folder))).output;
}

/** The objects of the file (tool `qpdf`). */
export async function objectsOf(pdf: Buffer): Promise<PdfObjects> {
  const { output } = await withPdf(pdf, (folder) =>
    runTool('qpdf', ['--json=2', '--json-key=qpdf', 'file.pdf'], folder),
  );
  const raw = (JSON.parse(output) as { qpdf: readonly [unknown, Record<string, RawObject>] }).qpdf[1];
  const objects = new Map(
    Object.entries(raw)
      .filter(([key]) => key.startsWith('obj:'))
      .map(([key, one]) => [key.slice(4), one.stream?.dict ?? one.value ?? null]),
  );
  const resolve: PdfObjects['resolve'] = (value) =>
    typeof value === 'string' ? (objects.get(value) ?? value) : value;
  const get = (value: PdfJson | undefined): PdfObject => {
    const found = resolve(value);
    if (typeof found !== 'object' || found === null || Array.isArray(found))
      throw new Error(`${JSON.stringify(value)} is no dictionary`);
    return found as PdfObject;
  };
  return { trailer: raw['trailer']?.value as PdfObject, objects, get, resolve };
}

/** What a scanner sees on the first page printed at 200 dpi in black and white (tools `pdftoppm`, `zbarimg`). */
export async function scanCode(pdf: Buffer): Promise<string> {
  const { output } = await withPdf(pdf, async (folder) => {
    await runTool('pdftoppm', ['-r', '200', '-l', '1', '-singlefile', '-mono', 'file.pdf', 'page'], folder);
    return runTool('zbarimg', ['-q', '--raw', '--nodbus', 'page.pbm'], folder);
  });
  return output.split('\n')[0] ?? '';
}

/** Every code that a scanner finds on a picture of the first page, made as `pdftoppm` is told (also `zbarimg`). */
export async function scanCodes(pdf: Buffer, options: readonly string[]): Promise<string[]> {
  const { output } = await withPdf(pdf, async (folder) => {
    await runTool('pdftoppm', [...options, '-l', '1', '-singlefile', 'file.pdf', 'page'], folder);
    const [picture = ''] = readdirSync(folder).filter((name) => name.startsWith('page.'));
    return runTool('zbarimg', ['-q', '--raw', '--nodbus', picture], folder);
  });
  return output.split('\n').filter((line) => line !== '');
}

/** Every page as a picture in grey, 100 dots to the inch (tool `pdftoppm`). */
export async function picturesOf(pdf: Buffer): Promise<Buffer[]> {
  return withPdf(pdf, async (folder) => {
    await runTool('pdftoppm', ['-r', '100', '-gray', 'file.pdf', 'page'], folder);
    const files = readdirSync(folder).filter((name) => name.endsWith('.pgm'));
    return files.sort().map((name) => readFileSync(join(folder, name)));
  });
}

/** Content of the XMP packet, which stands in the file uncompressed. */
export function xmpOf(pdf: Buffer): string {
  const start = pdf.indexOf('<?xpacket begin');
  return pdf.subarray(start, pdf.indexOf('<?xpacket end', start)).toString('utf8');
}

interface RawObject {
  readonly value?: PdfJson;
  readonly stream?: { readonly dict: PdfJson };
}

async function withPdf<T>(pdf: Buffer, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-render-'));
  try {
    writeFileSync(join(folder, 'file.pdf'), pdf);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
