/** Step 1 for statuses: a source reports some of them at once and is told what became of each. */
import { closeRegisterFile, countRows } from '../database/register-files.ts';
import { dropReports, insertReports, markReports } from '../database/status-reports.ts';
import type { StatusRecord } from '../flow/status-record.ts';
import { countsOf } from './apply-statuses.ts';
import { keepReports, lockSource } from './keep-statuses.ts';
import type { LoadServices, RecordIssue, SourceAccess } from './load-person.ts';
import { openDelivery } from './receive-statuses.ts';
import { findRecordIssues, resolveRecords } from './stage-statuses.ts';

/** What became of one report. */
export interface ReportedStatus {
  readonly reference: string;
  readonly outcome: 'kept' | 'withdrawn' | 'confirmed' | 'unchanged' | 'outdated' | 'held';
  readonly doubts?: readonly string[];
}

export type StatusesOutcome =
  | { readonly kind: 'reported'; readonly fileId: string; readonly items: readonly ReportedStatus[] }
  | { readonly kind: 'faulty'; readonly issues: readonly RecordIssue[] };

/** Keeps reports in one transaction: all of them, or none where one of them is wrong. */
export async function reportStatuses(
  services: LoadServices,
  access: SourceAccess,
  source: string,
  records: readonly StatusRecord[],
): Promise<StatusesOutcome> {
  const issues = records.flatMap((record, at) =>
    findRecordIssues(services, { source, wholeOf: undefined }, record).map(({ name, detail }) => ({
      name: `items[${at}].${name}`,
      detail,
    })),
  );
  if (issues.length > 0) return { kind: 'faulty', issues };
  return services.database.transaction(async (connection) => {
    const asked = { source, wholeOf: undefined, changedAt: undefined };
    const delivery = await openDelivery(services, connection, access, asked);
    const { fileId } = delivery;
    const placed = records.map((record, at) => ({ rowNumber: at + 1, record }));
    const rows = await resolveRecords(services, connection, delivery, placed);
    await lockSource(connection, source);
    const kept = await keepReports(services, connection, source, rows, { access, isReleased: false });
    const held = kept.filter(({ verdict }) => verdict.kind === 'held');
    await insertReports(
      connection,
      held.map(({ row }) => row),
    );
    const doubts = held.map(({ row, verdict }) => ({
      rowNumber: row.rowNumber,
      doubts: verdict.kind === 'held' ? verdict.doubts : [],
    }));
    await markReports(connection, fileId, [], doubts, false);
    await dropReports(connection, fileId);
    await closeRegisterFile(connection, {
      fileId,
      state: 'loaded',
      loadedCount: 0,
      refusedCount: 0,
      refused: [],
    });
    await countRows(connection, fileId, countsOf(kept));
    const items = kept.map(({ row, verdict }) => ({
      reference: row.reference,
      outcome: verdict.kind,
      ...(verdict.kind === 'held' && { doubts: verdict.doubts }),
    }));
    return { kind: 'reported', fileId, items };
  });
}
