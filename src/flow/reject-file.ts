/** Rows that were refused, in the form of the file they came in, with the reasons: ready to be mended and sent again. */
import { writeCell } from './csv-cell.ts';
import type { RowIssue } from './record-refusal.ts';
import { type CsvHeader, cellsOf, REASON, type RowForm } from './record-rows.ts';

/** A row that was refused. */
export interface RejectedRow {
  readonly line: number;
  /** As it came; undefined of what was no text. */
  readonly raw: string | undefined;
  readonly issues: readonly RowIssue[];
}

/** How the rows of a file are written. */
export interface RejectForm {
  readonly mediaType: string;
  readonly extension: string;
  readonly begin: string;
  row(rejected: RejectedRow): string;
  readonly end: string;
}

/** The form of a file; `header` is that of CSV. */
export function rejectForm(form: RowForm, header: CsvHeader | undefined): RejectForm {
  switch (form) {
    case 'csv':
      return csvForm(header ?? { columns: [], delimiter: ';' });
    case 'ndjson':
      return { mediaType: 'application/x-ndjson', extension: 'ndjson', begin: '', row: jsonLine, end: '' };
    case 'xml':
      return {
        mediaType: 'application/xml; charset=utf-8',
        extension: 'xml',
        begin: '<?xml version="1.0" encoding="UTF-8"?>\n<records>\n',
        row: xmlRecord,
        end: '</records>\n',
      };
  }
}

function csvForm({ columns, delimiter }: CsvHeader): RejectForm {
  const names = columns.filter((column) => column !== REASON);
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => writeCell(cell, delimiter)).join(delimiter)}\r\n`;
  return {
    mediaType: 'text/csv; charset=utf-8',
    extension: 'csv',
    begin: line([...names, REASON]),
    row: ({ line: number, raw = '', issues }) => {
      const found = cellsOf(raw, delimiter);
      // A line whose cells nobody can tell apart stands in the first.
      const cells = found?.length === columns.length ? found : [raw];
      const own = columns.flatMap((column, at) => (column === REASON ? [] : [cells[at] ?? '']));
      return line([...own, `line ${number}: ${reasonsOf(issues)}`]);
    },
    end: '',
  };
}

function reasonsOf(issues: readonly RowIssue[]): string {
  return issues.map(({ name, detail }) => (name === '' ? detail : `${name} ${detail}`)).join('; ');
}

/** A line that is no JSON stands as text. */
function jsonLine({ line, raw, issues }: RejectedRow): string {
  let record: unknown = raw ?? null;
  try {
    record = JSON.parse(raw ?? 'null');
  } catch {
    // It was refused for that.
  }
  return `${JSON.stringify({ line, issues, record })}\n`;
}

/** What is wrong stands above the record in a comment, in which XML wants no two dashes (§2.5). */
function xmlRecord({ line, raw = '', issues }: RejectedRow): string {
  const reasons = issues.map(({ column, ...issue }) => `column ${column ?? 1}: ${reasonsOf([issue])}`);
  return `<!-- line ${line}, ${reasons.join('; ').replaceAll('--', '- -')} -->\n${raw}\n`;
}
