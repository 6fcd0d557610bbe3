/** A batch file from a form: which form it has, and in the reader's words why it cannot be taken. */
import { FormFileRefusal, type RefusalReason } from '../dimona/refusal.ts';
import type { BatchForm } from '../domain/batch.ts';
import { findTextFault, LONGEST, writeLine } from '../domain/text.ts';
import { type CsvFault, CsvRefusal } from '../flow/quarantine-csv.ts';
import { maskSsins } from '../log.ts';
import type { Texts } from './texts.ts';
import type { IncomingFile } from './upload.ts';

/** Thrown for a file that is neither form, but something people often take for one. */
export class SpreadsheetRefusal extends Error {
  constructor() {
    super('the file is a spreadsheet');
    this.name = 'SpreadsheetRefusal';
  }
}

/** Thrown for a file whose name cannot be shown beside its batch. */
export class FileNameRefusal extends Error {
  constructor() {
    super('the name of the file cannot be shown');
    this.name = 'FileNameRefusal';
  }
}

export interface RecognisedFile {
  readonly form: BatchForm;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Reads the name that the sender's browser gives a file. Throws `FileNameRefusal` for one that nobody could read. */
export function readFileName(name: string): string {
  // A browser gives none to what was made by a script, and a sender never sees its length.
  if (findTextFault(name, LONGEST.label) === undefined) return writeLine(name);
  throw new FileNameRefusal();
}

/** Looks at the first bytes of a file, then at its name. Throws `SpreadsheetRefusal`. */
export async function recogniseFile({ name, chunks }: IncomingFile): Promise<RecognisedFile> {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let head = '';
  // White space may stand before the first letter that tells.
  while (head === '') {
    const next = await rest.next();
    if (next.done === true) break;
    first.push(next.value);
    head = next.value
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart();
  }
  if (SPREADSHEETS.some((opening) => head.startsWith(opening))) throw new SpreadsheetRefusal();
  const isXml = head.startsWith('<') || /\.xml$/i.test(name);
  return { form: isXml ? 'dimonaXml' : 'csv', chunks: chain(first, rest) };
}

/** Of xlsx and ods, which are zip files, and of the xls before them. */
const SPREADSHEETS = ['PK\u0003\u0004', '\u00d0\u00cf\u0011\u00e0'];

async function* chain(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** Says what is wrong with a file as a whole, and what to do; undefined when the error is not about the file. */
export function describeFileFault(error: unknown, { t }: Pick<Texts, 't'>): string | undefined {
  if (error instanceof SpreadsheetRefusal) return t('fileFault.spreadsheet');
  if (error instanceof FileNameRefusal) return t('fileFault.fileName');
  if (error instanceof CsvRefusal) return describeCsvFault(error.fault, t);
  if (!(error instanceof FormFileRefusal)) return undefined;
  if (error.reason === 'noForm') return t('fileFault.noForm');
  return t('fileFault.inXml', { line: error.line, reason: t(`fileFault.${XML_TEXTS[error.reason]}`) });
}

function describeCsvFault(fault: CsvFault, t: Texts['t']): string {
  switch (fault.kind) {
    case 'columnUnknown':
      // A file without a header has a person's data where the names of columns are expected.
      return t('fileFault.columnUnknown', { column: maskSsins(fault.column) });
    case 'columnDouble':
      return t('fileFault.columnDouble', { column: fault.column });
    case 'columnMissing':
      return t('fileFault.columnMissing', { column: fault.column });
    case 'noRow':
      return t('fileFault.empty');
    case 'notUtf8':
      return t('fileFault.notUtf8');
    case 'malformed':
      return t('fileFault.malformed', { line: fault.line });
  }
}

const XML_TEXTS: Readonly<Record<Exclude<RefusalReason, 'noForm'>, string>> = {
  illFormed: 'illFormed',
  wrongEncoding: 'wrongEncoding',
  doctypeForbidden: 'forbiddenPart',
  processingInstructionForbidden: 'forbiddenPart',
  wrongRoot: 'wrongRoot',
  unexpectedContent: 'unexpectedContent',
  tooDeep: 'unexpectedContent',
  formTooLarge: 'formTooLarge',
  tooManyForms: 'formTooLarge',
};
