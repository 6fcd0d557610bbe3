/**
 * What in a migration takes something away that the release before may still use while both run: tables, columns, names,
 * types, and the freedom to leave a column empty. Checks and unique indexes that are added may refuse what it writes, too;
 * that is not seen here but by a rehearsal (`npm run faults -- --upgrade`).
 */
const CONTRACTIONS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['drop table', /\bdrop\s+(table|view|materialized\s+view|type|function|sequence|schema)\b/],
  ['drop column', /\bdrop\s+column\b/],
  ['drop default', /\bdrop\s+default\b/],
  ['rename', /\brename\b/],
  ['set not null', /\bset\s+not\s+null\b/],
  ['change of type', /\balter\s+column\s+\w+\s+(set\s+data\s+)?type\b/],
  ['column that has to be filled', /\badd\s+column\s+(?![^,;]*\b(default|generated)\b)[^,;]*\bnot\s+null\b/],
];

/** A comment of the migration that says since which release nothing uses what it takes away. */
const DECLARED = /^-- Unused since (\d+)\.(\d+)\.(\d+)\b/m;

/**
 * Names what a migration takes away that may still be used. `release` is the one that it comes with (`1.2.3`): what no
 * release uses since an earlier one may go, so the release before it no longer uses it either.
 */
export function contractions(sql: string, release: string): string[] {
  const statements = sql
    .replace(/--.*$/gm, '')
    .replace(/'[^']*'/g, "''")
    .toLowerCase();
  const found = CONTRACTIONS.filter(([, pattern]) => pattern.test(statements)).map(([what]) => what);
  const since = DECLARED.exec(sql)?.slice(1).map(Number);
  return since !== undefined && isBefore(since, release.split('.').map(Number)) ? [] : found;
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}
