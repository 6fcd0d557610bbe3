/** Rows written by one statement: their values column by column, as `unnest` takes them, and how their rows are found. */

/** Gives the values of rows, one array a column, in the order of `columns`. A missing value is null. */
export function columnsOf<Row>(
  rows: readonly Row[],
  columns: readonly ((row: Row) => unknown)[],
): readonly unknown[][] {
  return columns.map((read) => rows.map((row) => read(row) ?? null));
}

/**
 * A condition on a state that no partial index is made for, so that rows are found by their key. While many rows change
 * state, an index of one state holds all that left it since the last vacuum, and the planner believes it to be small.
 */
export function stateIs(column: string, state: string): string {
  return `${column} || '' = '${state}'`;
}
