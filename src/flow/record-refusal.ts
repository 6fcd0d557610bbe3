/** Why a row, or a whole file, of the register is not taken. */

/** What is wrong with a row: property or column and reason, never the value. */
export interface RowIssue {
  readonly name: string;
  readonly detail: string;
  /** Where in the line: the cell of CSV, or the character at which a record of XML begins, from 1. */
  readonly column?: number;
}

/** A file whose header or form says that no more of it can be understood: the sender's fault, not the service's. */
export class RecordFileRefusal extends Error {}
