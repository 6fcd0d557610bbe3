/**
 * Quarantine days as CSV: one row a worker and day (RFC 4180, UTF-8, with or without BOM, separated by semicolons or
 * commas, as the header shows). Spreadsheets write and read it.
 */
import { CsvError, parse } from 'csv-parse';
import type { Declaration } from '../domain/declaration.ts';
import { brusselsDate } from '../domain/period.ts';
import { findTextFault, LONGEST, unfold } from '../domain/text.ts';
import { writeCell } from './csv-cell.ts';

/** The columns in the order of the template; those marked true must be there. */
export const CSV_COLUMNS = {
  reference: false,
  ssin: true,
  date: true,
  enterpriseNumber: true,
  jointCommittee: true,
  usingEmployerCommittee: false,
  usingEmployerNumber: false,
  familyName: false,
  givenName: false,
} as const satisfies Record<string, boolean>;

export type CsvColumn = keyof typeof CSV_COLUMNS;

/** One row by its columns; an empty cell is not there. */
export type CsvRow = Readonly<Partial<Record<CsvColumn, string>>>;

/** Why a file is sent back whole. */
export type CsvFault =
  | { readonly kind: 'columnMissing' | 'columnDouble' | 'columnUnknown'; readonly column: string }
  | { readonly kind: 'notUtf8' | 'noRow' }
  | { readonly kind: 'malformed'; readonly line: number };

/** The sender's fault, not the service's. */
export class CsvRefusal extends Error {
  readonly fault: CsvFault;

  constructor(fault: CsvFault) {
    super(`the file is refused: ${fault.kind}`);
    this.name = 'CsvRefusal';
    this.fault = fault;
  }
}

const LONGEST_ROW_BYTES = 16 * 1024;
/** A header is in the first bytes, and shows which separator the file uses. */
const HEADER_BYTES = 4 * 1024;

/** Reads the rows of a file as they arrive. Throws `CsvRefusal` where the file cannot be read any further. */
export async function* readCsv(chunks: AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
  const { head, rest } = await splitHead(chunks);
  const parser = parse({
    bom: true,
    delimiter: separatorOf(head),
    columns: checkHeader,
    max_record_size: LONGEST_ROW_BYTES,
    skip_empty_lines: true,
    trim: true,
  });
  void feed(parser, head, rest);
  let isEmpty = true;
  try {
    for await (const record of parser as AsyncIterable<Readonly<Record<string, string>>>) {
      isEmpty = false;
      yield Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new CsvRefusal({ kind: 'malformed', line: Number(error.lines ?? 0) });
    throw error;
  }
  if (isEmpty) throw new CsvRefusal({ kind: 'noRow' });
}

async function splitHead(
  chunks: AsyncIterable<Buffer>,
): Promise<{ head: Buffer; rest: AsyncIterator<Buffer> }> {
  const rest = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEADER_BYTES && !head.includes(10)) {
    const next = await rest.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, rest };
}

function separatorOf(head: Buffer): ',' | ';' {
  const [line = ''] = head.toString('utf8').split(/\r?\n/);
  return line.includes(';') ? ';' : ',';
}

/** Hands the file to the parser at the parser's pace; a fault on either side ends both. */
async function feed(
  parser: ReturnType<typeof parse>,
  head: Buffer,
  rest: AsyncIterator<Buffer>,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const write = async (bytes: Buffer, isLast: boolean) => {
    const text = decode(decoder, bytes, isLast);
    if (!parser.write(text)) await new Promise((resolve) => parser.once('drain', resolve));
  };
  try {
    await write(head, false);
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      await write(next.value, false);
    await write(Buffer.alloc(0), true);
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, isLast: boolean): string {
  try {
    return decoder.decode(bytes, { stream: !isLast });
  } catch {
    throw new CsvRefusal({ kind: 'notUtf8' });
  }
}

/** Every column is one of ours, once, and the needed ones are there. */
function checkHeader(header: string[]): string[] {
  const known = Object.keys(CSV_COLUMNS);
  for (const [index, column] of header.entries()) {
    if (!known.includes(column)) throw new CsvRefusal({ kind: 'columnUnknown', column: column.slice(0, 50) });
    if (header.indexOf(column) !== index) throw new CsvRefusal({ kind: 'columnDouble', column });
  }
  for (const [column, isNeeded] of Object.entries(CSV_COLUMNS)) {
    if (isNeeded && !header.includes(column)) throw new CsvRefusal({ kind: 'columnMissing', column });
  }
  return header;
}

/** Tells whether a row's reference can be shown beside the row as its sender wrote it. */
export function isShown(reference: string): boolean {
  return findTextFault(unfold(reference), LONGEST.label) === undefined;
}

/** Turns a row into the declaration of a quarantined day, made on the day it was received. */
export function toDeclaration(row: CsvRow, receivedAt: Date): Declaration {
  const receivedOn = brusselsDate(receivedAt);
  const { reference, ssin, date, enterpriseNumber, jointCommittee, familyName, givenName } = row;
  const user = {
    ...(row.usingEmployerCommittee !== undefined && { jointCommittee: row.usingEmployerCommittee }),
    ...(row.usingEmployerNumber !== undefined && { enterpriseNumber: row.usingEmployerNumber }),
  };
  return {
    action: 'in',
    declaredAt: receivedAt,
    declaredOn: receivedOn,
    receivedOn,
    ...(enterpriseNumber !== undefined && { employer: { enterpriseNumber } }),
    worker: {
      ...(ssin !== undefined && { ssin }),
      ...(familyName !== undefined && { familyName }),
      ...(givenName !== undefined && { givenName }),
    },
    ...(date !== undefined && { startDate: date, endDate: date }),
    features: {
      workerType: 'QUA',
      ...(jointCommittee !== undefined && { jointCommittee }),
      ...(Object.keys(user).length > 0 && { usingEmployer: user }),
    },
    formAnomalies: reference === undefined || isShown(reference) ? [] : [{ code: '00222-003' }],
  };
}

/** Writes a header and rows, with semicolons, as Belgian spreadsheets expect; cells cannot become formulas. */
export function writeCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((cells) => `${cells.map((cell) => writeCell(cell)).join(';')}\r\n`).join('');
}

/** The file that senders start from: the header, and one row that shows what goes where. */
export function csvTemplate(): string {
  const example: Readonly<Record<CsvColumn, string>> = {
    reference: 'ROW-1',
    ssin: '88031499863',
    date: '2021-03-01',
    enterpriseNumber: '1900012343',
    jointCommittee: '145',
    usingEmployerCommittee: '',
    usingEmployerNumber: '',
    familyName: 'Vermeulen',
    givenName: 'Lena',
  };
  const columns = Object.keys(CSV_COLUMNS) as CsvColumn[];
  return `\ufeff${writeCsv(columns, [columns.map((column) => example[column])])}`;
}
