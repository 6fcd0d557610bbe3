/** What `ebox evidence verify` prints of a log for people. */
import type { LogFinding, LogReport } from '../domain/log-report.ts';
import type { DatabaseReport } from '../workflows/check-log.ts';

const SHOWN = 20;

/** Prints what checking a log found, for people. */
export function printReport(
  report: LogReport,
  compared: DatabaseReport | undefined,
  findings: readonly LogFinding[],
  { isWhole, isStamped }: { readonly isWhole: boolean; readonly isStamped: boolean },
): void {
  const { lastHead } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['Log', report.logId ?? 'none'],
    ['Heads', String(report.heads)],
    ['Time-stamps', describeStamps(report, isStamped)],
    ['Last head', lastHead === undefined ? 'none' : `${lastHead.number}, ${lastHead.time.toISOString()}`],
    ['Root', lastHead?.root ?? 'none'],
    ['Leaves', `${report.sealedLeaves} sealed, ${report.unsealedLeaves} exported since`],
    ...(compared === undefined
      ? []
      : [['Database', `${compared.leaves} leaves held against records`] as const]),
    ['Verdict', verdictOf(report, findings.length, isWhole)],
  ];
  printTable(rows);
  for (const { fault, detail } of findings.slice(0, SHOWN))
    process.stdout.write(`  ${fault.padEnd(16)}  ${detail}\n`);
  if (findings.length > SHOWN) process.stdout.write(`  and ${findings.length - SHOWN} more\n`);
}

function describeStamps(
  { timeStamps: { found, valid, ended }, heads }: LogReport,
  isChecked: boolean,
): string {
  const lacking = heads - found > 0 ? `, ${heads - found} heads without` : '';
  if (found === 0) return `none${lacking}`;
  if (!isChecked)
    return `${found}${lacking}; not checked, name the authority's certificates with --tsa-trust`;
  const past = ended > 0 ? `, ${ended} right when given, by a certificate that has ended since` : '';
  return `${valid} valid${past}${lacking}`;
}

function verdictOf(report: LogReport, findings: number, isWhole: boolean): string {
  if (isWhole) return 'whole: nothing was edited, deleted, inserted, moved or cut off';
  if (findings === 0 && report.heads === 0) return 'there is no head that could be checked';
  return `not whole: ${findings} finding${findings === 1 ? '' : 's'}`;
}

/** Prints rows of a name and a value. */
export function printTable(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
}
