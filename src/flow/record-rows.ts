/**
 * Rows of a register file in the form its sender chose, each as the value that its record says: NDJSON, or CSV whose
 * columns are the names of properties, `municipality.nisCode`. A row that cannot be read does not stop the others.
 */
import { CsvError, parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { showName } from '../domain/text.ts';
import { maskSsins } from '../log.ts';
import { type Line, readLines } from './ndjson.ts';
import { parseStrictText, writePath } from './strict-json.ts';

/** What is wrong with a row: property or column and reason, never the value. */
export interface RowIssue {
  readonly name: string;
  readonly detail: string;
}

/** A row as it came. */
export interface RecordRow {
  /** Its line, from 1. */
  readonly number: number;
  readonly content:
    | { readonly kind: 'value'; readonly value: unknown }
    | { readonly kind: 'refused'; readonly issues: readonly RowIssue[] };
}

export const ROW_FORMS = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' } as const;
export type RowForm = (typeof ROW_FORMS)[keyof typeof ROW_FORMS];

/** A file whose header says that nothing of it can be understood: the sender's fault, not the service's. */
export class RecordFileRefusal extends Error {}

const LONGEST_LINE_BYTES = 64 * 1024;

/** Reads the rows of a file as they arrive. Throws `RecordFileRefusal` for a header that is none. */
export async function* readRows(form: RowForm, chunks: AsyncIterable<Buffer>): AsyncGenerator<RecordRow> {
  const lines = readLines(chunks, LONGEST_LINE_BYTES);
  if (form === 'ndjson') for await (const line of lines) yield jsonRow(line);
  else yield* csvRows(lines);
}

function refuse(number: number, name: string, detail: string): RecordRow {
  return { number, content: { kind: 'refused', issues: [{ name: shown(name), detail }] } };
}

const NOT_A_LINE = 'is no line of UTF-8, or longer than 64 KiB';

/** Reads one line of NDJSON. */
export function jsonRow({ number, text }: Line): RecordRow {
  if (text === undefined) return refuse(number, '', NOT_A_LINE);
  const parsed = parseStrictText(text);
  if (parsed.kind === 'value') return { number, content: parsed };
  return refuse(number, parsed.name ?? '', parsed.detail);
}

/** The header decides on separator and columns. A row is one line: a quoted cell holds no line end. */
async function* csvRows(lines: AsyncIterable<Line>): AsyncGenerator<RecordRow> {
  let header: { readonly columns: readonly string[]; readonly delimiter: string } | undefined;
  for await (const { number, text } of lines) {
    if (header === undefined) header = headerOf(text);
    else if (text === undefined) yield refuse(number, '', NOT_A_LINE);
    else yield csvRow(number, text, header);
  }
  if (header === undefined) throw new RecordFileRefusal('the file is empty');
}

function headerOf(text: string | undefined) {
  const delimiter = text?.includes(';') === true ? ';' : ',';
  const columns = text === undefined ? undefined : cellsOf(text, delimiter);
  if (columns === undefined) throw new RecordFileRefusal('its first line is no header');
  for (const [at, column] of columns.entries()) {
    if (!/^[a-z]\w*(\.[a-z]\w*)*$/i.test(column) || column.includes('__proto__'))
      throw new RecordFileRefusal(`column ${at + 1} has no name of a property`);
    if (columns.indexOf(column) !== at) throw new RecordFileRefusal(`column ${shown(column)} is there twice`);
  }
  return { columns, delimiter };
}

function csvRow(
  number: number,
  text: string,
  { columns, delimiter }: { readonly columns: readonly string[]; readonly delimiter: string },
): RecordRow {
  const cells = cellsOf(text, delimiter);
  if (cells === undefined)
    return refuse(number, '', 'is no row of CSV: a quotation mark is missing or too many');
  if (cells.length !== columns.length)
    return refuse(number, '', `has ${cells.length} cells, not ${columns.length}`);
  const value: Record<string, unknown> = {};
  for (const [at, column] of columns.entries()) setCell(value, column.split('.'), cells[at] ?? '');
  return { number, content: { kind: 'value', value } };
}

function cellsOf(text: string, delimiter: string): string[] | undefined {
  // Most rows quote nothing; making a parser for each of them takes longer than all else that is done with it.
  if (!text.includes('"') && text.trim() !== '') return text.split(delimiter).map((cell) => cell.trim());
  try {
    const [cells] = parse(text, { delimiter, trim: true, relax_column_count: true });
    return cells;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** Properties that are not text, as a cell writes them. */
const TRUTH = new Set(['hasEbox', 'isExclusivelyElectronic', 'withdrawn']);
const LISTS = new Set(['replaces']);

/** An empty cell is not there; what JSON writes as a truth value or a list is written `true`, or with spaces between. */
function setCell(into: Record<string, unknown>, [name = '', ...rest]: readonly string[], cell: string): void {
  if (cell === '') return;
  if (rest.length > 0) {
    const inner = into[name];
    const object = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
    into[name] = object;
    setCell(object, rest, cell);
  } else if (TRUTH.has(name)) into[name] = cell === 'true' || (cell === 'false' ? false : cell);
  else into[name] = LISTS.has(name) ? cell.split(/\s+/) : cell;
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
