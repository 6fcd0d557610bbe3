/** Writes the rows of a flow in the form that its receiver chose, a row at a time. */
import type { FormatKind, WrittenFormat } from '../domain/flow.ts';
import { writeCell } from './csv-cell.ts';
import { elementName, xmlText } from './xml-text.ts';

/** One cell; undefined where nothing is known. */
export type FlowCell = string | number | undefined;

/** A form: what stands before, around and behind the rows. */
export interface FlowWriter {
  readonly mediaType: string;
  readonly extension: string;
  readonly begin: string;
  readonly end: string;
  /** `isFirst`: of its file. */
  readonly row: (cells: readonly FlowCell[], isFirst: boolean) => string;
}

type Maker = (format: WrittenFormat, name: string) => FlowWriter;

const MAKERS: Readonly<Record<FormatKind, Maker>> = {
  csv: ({ columns, separator }) => ({
    mediaType: 'text/csv; charset=utf-8',
    extension: 'csv',
    begin: `${columns.map(({ heading }) => writeCell(heading, separator)).join(separator)}\r\n`,
    end: '',
    // RFC 4180 §2.
    row: (cells) => `${cells.map((cell) => writeCell(textOf(cell), separator)).join(separator)}\r\n`,
  }),
  fixed: ({ columns }) => ({
    mediaType: 'text/plain; charset=utf-8',
    extension: 'txt',
    begin: '',
    end: '',
    row: (cells) => `${columns.map(({ width = 0 }, at) => fit(textOf(cells[at]), width)).join('')}\r\n`,
  }),
  xml: ({ columns }, name) => {
    const names = columns.map(({ heading }) => elementName(heading));
    return {
      mediaType: 'application/xml; charset=utf-8',
      extension: 'xml',
      begin: `<?xml version="1.0" encoding="UTF-8"?>\n<rows flow="${xmlText(name)}">\n`,
      end: '</rows>\n',
      row: (cells) => {
        const elements = cells.map((cell, at) =>
          cell === undefined ? '' : `<${names[at]}>${xmlText(textOf(cell))}</${names[at]}>`,
        );
        return `<row>${elements.join('')}</row>\n`;
      },
    };
  },
  json: (format) => ({
    mediaType: 'application/json',
    extension: 'json',
    begin: '[\n',
    end: '\n]\n',
    row: (cells, isFirst) => `${isFirst ? '' : ',\n'}${JSON.stringify(recordOf(format, cells))}`,
  }),
  ndjson: (format) => ({
    mediaType: 'application/x-ndjson',
    extension: 'ndjson',
    begin: '',
    end: '',
    row: (cells) => `${JSON.stringify(recordOf(format, cells))}\n`,
  }),
};

/** Makes the writer of a form; `name` is that of the flow. */
export function createFlowWriter(format: WrittenFormat, name: string): FlowWriter {
  return MAKERS[format.kind](format, name);
}

function textOf(cell: FlowCell): string {
  return cell === undefined ? '' : String(cell);
}

/** A text that is too long for its place is cut, and one that is shorter filled up with spaces; counted in characters. */
function fit(text: string, width: number): string {
  const characters = Array.from(text.replace(/[\r\n\t]/g, ' '));
  return characters.slice(0, width).join('') + ' '.repeat(Math.max(0, width - characters.length));
}

function recordOf({ columns }: WrittenFormat, cells: readonly FlowCell[]): Record<string, FlowCell> {
  return Object.fromEntries(columns.map(({ heading }, at) => [heading, cells[at]]));
}
