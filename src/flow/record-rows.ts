/**
 * Rows of a register file in the form its sender chose, each as the value that its record says: NDJSON, XML, or CSV whose
 * columns are the names of properties, `municipality.nisCode`. A row that cannot be read does not stop the others.
 */
import { CsvError, parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { showName } from '../domain/text.ts';
import { maskSsins } from '../log.ts';
import { type Line, readLineBlocks } from './ndjson.ts';
import { isList, isTruth } from './record-cells.ts';
import { RecordFileRefusal, type RowIssue } from './record-refusal.ts';
import { readXml } from './record-xml.ts';
import { parseStrictText, writePath } from './strict-json.ts';

/** A row as it came. */
export interface RecordRow {
  /** Its place in the file, from 1: the line, or of XML the record. */
  readonly number: number;
  /** Where it begins, where that is not its place. */
  readonly at?: { readonly line: number; readonly column: number };
  /** As it was written; undefined of what is no text, or too long to be kept. */
  readonly raw: string | undefined;
  /** Of CSV: how its cells are told apart, and what they are called. */
  readonly header?: CsvHeader;
  readonly content:
    | { readonly kind: 'value'; readonly value: unknown }
    | { readonly kind: 'refused'; readonly issues: readonly RowIssue[] };
}

/** The first line of a CSV file. */
export interface CsvHeader {
  readonly columns: readonly string[];
  readonly delimiter: string;
}

export const ROW_FORMS = {
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/xml': 'xml',
} as const;
export type RowForm = (typeof ROW_FORMS)[keyof typeof ROW_FORMS];

/** Adds where in its row each thing is that is wrong with it. */
export function placeIssues(
  { at, header }: Pick<RecordRow, 'at' | 'header'>,
  issues: readonly RowIssue[],
): readonly RowIssue[] {
  if (at === undefined && header === undefined) return issues;
  return issues.map(({ name, detail }) => {
    const cell = (header?.columns.indexOf(name.replace(/\[\d+\]$/, '')) ?? -1) + 1;
    const column = at?.column ?? (cell > 0 ? cell : undefined);
    return { name, detail, ...(column !== undefined && { column }) };
  });
}

const LONGEST_LINE_BYTES = 64 * 1024;

/** Reads the rows of a file as they arrive. Throws `RecordFileRefusal` for a header that is none. */
export async function* readRows(form: RowForm, chunks: AsyncIterable<Buffer>): AsyncGenerator<RecordRow> {
  if (form === 'xml') return yield* xmlRows(chunks);
  const read = form === 'ndjson' ? jsonRow : csvReader();
  let isEmpty = true;
  for await (const block of readLineBlocks(chunks, LONGEST_LINE_BYTES)) {
    isEmpty = false;
    for (const line of block) {
      const row = read(line);
      if (row !== undefined) yield row;
    }
  }
  if (isEmpty && form === 'csv') throw new RecordFileRefusal('the file is empty');
}

async function* xmlRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<RecordRow> {
  for await (const { number, line, column, raw, content } of readXml(chunks))
    yield { number, at: { line, column }, raw, content: namedSafely(content) };
}

/** What a sender called an element is shown as any other name of theirs. */
function namedSafely(content: RecordRow['content']): RecordRow['content'] {
  if (content.kind === 'value') return content;
  return {
    kind: 'refused',
    issues: content.issues.map(({ name, detail }) => ({ name: shown(name), detail })),
  };
}

function refuse({ number, text }: Line, name: string, detail: string): RecordRow {
  return { number, raw: text, content: { kind: 'refused', issues: [{ name: shown(name), detail }] } };
}

const NOT_A_LINE = 'is no line of UTF-8, or longer than 64 KiB';

/** Reads one line of NDJSON. */
export function jsonRow(line: Line): RecordRow {
  const { number, text } = line;
  if (text === undefined) return refuse(line, '', NOT_A_LINE);
  const parsed = parseStrictText(text);
  if (parsed.kind === 'value') return { number, raw: text, content: parsed };
  return refuse(line, parsed.name ?? '', parsed.detail);
}

/** The first line, which is no row, decides on separator and columns. A row is one line: a quoted cell holds no line end. */
function csvReader(): (line: Line) => RecordRow | undefined {
  let header: CsvHeader | undefined;
  let cells: readonly SetCell[] = [];
  return (line) => {
    if (header !== undefined) return csvRow(line, header, cells);
    header = headerOf(line.text);
    cells = header.columns.map(cellOf);
    return undefined;
  };
}

function headerOf(text: string | undefined): CsvHeader {
  const delimiter = text?.includes(';') === true ? ';' : ',';
  const columns = text === undefined ? undefined : cellsOf(text, delimiter);
  if (columns === undefined) throw new RecordFileRefusal('line 1: is no header of CSV in UTF-8');
  for (const [at, column] of columns.entries()) {
    const place = `line 1, column ${at + 1}`;
    if (!/^[a-z]\w*(\.[a-z]\w*)*$/i.test(column) || column.includes('__proto__'))
      throw new RecordFileRefusal(`${place}: has no name of a property`);
    if (columns.indexOf(column) !== at)
      throw new RecordFileRefusal(`${place}: ${shown(column)} is there twice`);
  }
  return { columns, delimiter };
}

/** The column in which a file that was sent back says what is wrong: it may stand there when the file comes again. */
export const REASON = 'reason';

function csvRow(line: Line, header: CsvHeader, setters: readonly SetCell[]): RecordRow {
  const { number, text } = line;
  if (text === undefined) return { ...refuse(line, '', NOT_A_LINE), header };
  const cells = cellsOf(text, header.delimiter);
  if (cells === undefined)
    return { ...refuse(line, '', 'is no row of CSV: a quotation mark is missing or too many'), header };
  if (cells.length !== setters.length)
    return { ...refuse(line, '', `has ${cells.length} cells, not ${setters.length}`), header };
  const value: Record<string, unknown> = {};
  // By place: an iterator for each of millions of rows is what most of the time would go to.
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at] ?? '';
    if (cell !== '') setters[at]?.(value, cell.startsWith("'") ? readCell(cell) : cell);
  }
  return { number, raw: text, header, content: { kind: 'value', value } };
}

/** Takes off the apostrophe that `writeCell` puts before what a spreadsheet would take for a formula. */
function readCell(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}

const BLANK = /\s/;

/** Gives the cells of a line; undefined where its quotation marks do not match. */
export function cellsOf(text: string, delimiter: string): string[] | undefined {
  // Most rows quote nothing; making a parser for each of them takes longer than all else that is done with it.
  if (!text.includes('"') && text.trim() !== '') {
    const cells = text.split(delimiter);
    return BLANK.test(text) ? cells.map((cell) => cell.trim()) : cells;
  }
  try {
    const [cells] = parse(text, { delimiter, trim: true, relax_column_count: true });
    return cells;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** Puts a cell where it belongs. */
type SetCell = (into: Record<string, unknown>, cell: string) => void;

/** Looks at the name of a column once, not row by row. What JSON writes as a truth value or a list is written `true`, or with spaces between. */
function cellOf(column: string): SetCell {
  if (column === REASON) return () => undefined;
  const [name = '', ...rest] = column.split('.');
  if (rest.length > 0) {
    const inner = cellOf(rest.join('.'));
    return (into, cell) => {
      const known = into[name];
      const object = typeof known === 'object' && known !== null ? (known as Record<string, unknown>) : {};
      into[name] = object;
      inner(object, cell);
    };
  }
  if (isTruth(name)) {
    return (into, cell) => {
      into[name] = cell === 'true' || (cell === 'false' ? false : cell);
    };
  }
  if (isList(name)) {
    return (into, cell) => {
      into[name] = cell.split(/\s+/);
    };
  }
  return (into, cell) => {
    into[name] = cell;
  };
}

/** More than this of one row says nothing more. */
const LISTED_ISSUES = 20;
const LONGEST_NAME = 100;

/** Names each property once. An unknown one was named by whoever sent it, so its name is treated as a value. */
export function issuesOf(error: z.ZodError): readonly RowIssue[] {
  const issues = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ name: nameOf([...issue.path, key]), detail: 'is not known' }))
      : [{ name: nameOf(issue.path), detail: issue.message }],
  );
  const once = [...new Map(issues.toReversed().map((issue) => [issue.name, issue])).values()].toReversed();
  return once.slice(0, LISTED_ISSUES);
}

function nameOf(path: readonly PropertyKey[]): string {
  return shown(writePath(path));
}

function shown(name: string): string {
  return showName(maskSsins(name), LONGEST_NAME);
}
