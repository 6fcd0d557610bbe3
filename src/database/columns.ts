/** Rows written by one statement: their values column by column, as `unnest` takes them, and how their rows are found. */

/**
 * Gives the values of rows, one array a column, in the order of `columns`. A missing value is null. The arrays are written
 * here as PostgreSQL reads them (manual, 8.15.6), for a third of what the client library takes.
 */
export function columnsOf<Row>(
  rows: readonly Row[],
  columns: readonly ((row: Row) => ColumnValue)[],
): readonly string[] {
  return columns.map((read) => `{${rows.map((row) => elementOf(read(row))).join(',')}}`);
}

/** What a column may hold. */
export type ColumnValue = string | number | bigint | boolean | Buffer | Date | null | undefined;

function elementOf(value: ColumnValue): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string')
    return SPECIAL.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  return value instanceof Date ? value.toISOString() : String(value);
}

const SPECIAL = /["\\]/;

/**
 * A condition on a state that no partial index is made for, so that rows are found by their key. While many rows change
 * state, an index of one state holds all that left it since the last vacuum, and the planner believes it to be small.
 */
export function stateIs(column: string, state: string): string {
  return `${column} || '' = '${state}'`;
}

/**
 * A column that is looked at beside a person, by whom alone rows are sought. Of a status that came since the table was last
 * counted the planner thinks that there is nothing, and would go through all that have it for each person.
 */
export function beside(column: string): string {
  return `${column} || ''`;
}

/**
 * A bound value that the planner does not look at: it takes it for one of average frequency. Else it takes whoever came since
 * the table was last counted (a sender, a source, a batch) for somebody of whom there is nothing, and goes through all that
 * they sent where an index leads to the row sought.
 */
export function unweighed(bind: string, type: 'text' | 'uuid'): string {
  return `(select ${bind}::${type})`;
}

/**
 * A condition on the number of a row within its file or batch: that of a given row of a chunk, whose numbers are bound as an
 * array. What the planner knows of a table is older than its youngest batch; without the bounds of the chunk it would go
 * through all of the batch.
 */
export function numberIs(column: string, given: string, array: string): string {
  return `${column} = ${given} and ${withinOf(column, array)}`;
}

/**
 * A condition on the number of a row: that it is one of a chunk, for the same reason within its bounds; sought by these alone,
 * as one look at the index for each number would be thought dearer than all of the file.
 */
export function numberIn(column: string, array: string): string {
  return `${column} + 0 = any(${array}::int[]) and ${withinOf(column, array)}`;
}

function withinOf(column: string, array: string): string {
  const bound = (least: 'min' | 'max') => `(select ${least}(n) from unnest(${array}::int[]) n)`;
  return `${column} between ${bound('min')} and ${bound('max')}`;
}
