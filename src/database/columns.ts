/** Rows written by one statement: their values column by column, as `unnest` takes them. */

/** Gives the values of rows, one array a column, in the order of `columns`. A missing value is null. */
export function columnsOf<Row>(
  rows: readonly Row[],
  columns: readonly ((row: Row) => unknown)[],
): readonly unknown[][] {
  return columns.map((read) => rows.map((row) => read(row) ?? null));
}
