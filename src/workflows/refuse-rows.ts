/** Rows of a register file that are refused: counted, the first of them listed, and all kept for whoever sent them. */
import { keepHeader, type RefusedLine } from '../database/register-files.ts';
import { insertRejects, type NewReject } from '../database/register-rejects.ts';
import type { RowIssue } from '../flow/record-refusal.ts';
import { placeIssues, type RecordRow } from '../flow/record-rows.ts';
import type { FileKey } from '../keys/vault.ts';
import { markSubject } from './file-key.ts';
import type { LoadServices } from './load-person.ts';
import { writeBehind } from './write-behind.ts';

/** More refused rows than this are counted, not listed. */
const LISTED = 1000;
const ROWS_AT_ONCE = 500;

/** What became of the rows of a file that were not taken. */
export interface Refusals {
  readonly count: number;
  /** The first of them, in the order of the file. */
  readonly listed: readonly RefusedLine[];
  note(row: RecordRow, issues: readonly RowIssue[]): Promise<void> | undefined;
  /** Keeps what was noted last. */
  close(): Promise<void>;
}

/** Takes note of what is refused of one file. */
export function noteRefusals(
  { database, vault }: Pick<LoadServices, 'database' | 'vault'>,
  fileId: string,
  key: FileKey,
): Refusals {
  let count = 0;
  const listed: RefusedLine[] = [];
  let header: RecordRow['header'];
  const writer = writeBehind<NewReject>(ROWS_AT_ONCE, (rejects) =>
    database.transaction(async (connection) => {
      if (header !== undefined) await keepHeader(connection, fileId, header);
      await insertRejects(connection, fileId, rejects);
    }),
  );
  return {
    get count() {
      return count;
    },
    get listed() {
      return listed.toSorted((one, other) => one.line - other.line);
    },
    note: (row, issues) => {
      count += 1;
      header = row.header;
      const refused = { line: row.at?.line ?? row.number, issues: placeIssues(row, issues) };
      if (listed.length < LISTED) listed.push(refused);
      return writer.add({
        ...refused,
        rowNumber: row.number,
        sealedRow:
          row.raw === undefined ? null : key.seal(Buffer.from(row.raw), rejectContext(fileId, row.number)),
        subjectMarks: numbersIn(row.raw ?? '').map((ssin) => markSubject(vault, ssin)),
      });
    },
    close: () => writer.flush(),
  };
}

/** What a row that was refused is bound to. */
export function rejectContext(fileId: string, rowNumber: number): string {
  return `${fileId}/reject/${rowNumber}`;
}

/** What looks like numbers of persons, also written 6-3-2 with dots. */
function numbersIn(raw: string): readonly string[] {
  const found = raw.match(/\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}[. ]?\d{2}/g) ?? [];
  return [...new Set(found.map((number) => number.replace(/\D/g, '')))];
}
