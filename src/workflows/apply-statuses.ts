/** Keeps the reports of a file that arrived whole, some at a time, so that a restart goes on where it was. */
import type { Connection } from '../database/database.ts';
import { listStagedRows } from '../database/plain-reports.ts';
import { countRows, findStatusFile, moveStatusFile, type StatusFileRow } from '../database/register-files.ts';
import { closeFacts, listAbsent, momentOf, saveWithdrawals } from '../database/status-history.ts';
import { dropReports, listStagedReports, markReports } from '../database/status-reports.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import { ServiceError } from '../errors.ts';
import { queueSettling } from './apply.ts';
import { keepPlain } from './keep-plain.ts';
import { auditReports, type KeptReport, keepReports, lockSource } from './keep-statuses.ts';
import { commitLease, type Lease } from './lease.ts';
import type { LoadServices, SourceAccess } from './load-person.ts';
import { queueApplying, type ReportsBehind } from './receive-statuses.ts';

/** Reports of one transaction. */
const REPORTS_AT_ONCE = 5000;

/**
 * Keeps the next reports of a file, those after a row, and ends the job; after the last, what a whole delivery did not name is
 * withdrawn.
 */
export async function applyReports(
  services: LoadServices,
  lease: Lease,
  { fileId, after }: ReportsBehind,
): Promise<void> {
  await services.database.transaction(async (connection) => {
    const file = await findStatusFile(connection, fileId);
    if (file === undefined) throw new ServiceError('recordMissing', `file ${fileId} is not in the register`);
    if (file.state === 'applying') await applySome(services, connection, file, after);
    await commitLease(connection, lease);
  });
}

async function applySome(
  services: LoadServices,
  connection: Connection,
  file: StatusFileRow,
  after: number,
): Promise<void> {
  const { fileId, source } = file;
  await lockSource(connection, source);
  const access = accessOf(file);
  const rows = await listStagedRows(connection, fileId, after, REPORTS_AT_ONCE);
  const last = rows.at(-1)?.rowNumber ?? after;
  const plain = await keepPlain(services, connection, file, rows, access);
  await notePlain(connection, file, plain);
  if (plain.length < rows.length) {
    const others = await listStagedReports(connection, fileId, after + 1, last);
    const kept = await keepReports(services, connection, source, others, { access, isReleased: false });
    await noteKept(connection, file, kept);
  }
  if (rows.length === REPORTS_AT_ONCE || (await withdrawSome(services, connection, file, access)))
    return queueApplying(connection, { fileId, after: last });
  await dropReports(connection, fileId);
  await moveStatusFile(connection, fileId, 'loaded');
}

/** Whoever sent the file. What was held by then is decided on by somebody else. */
export function accessOf({ organization, clientId }: StatusFileRow): SourceAccess {
  return {
    actor: { kind: 'client', id: clientId, organization },
    // It was read from a token that was checked.
    ground: { kind: 'source', organization: organization as EnterpriseNumber },
  };
}

/** Says of each report what became of it, and counts them. */
export async function noteKept(
  connection: Connection,
  { fileId, wholeOf }: Pick<StatusFileRow, 'fileId' | 'wholeOf'>,
  kept: readonly KeptReport[],
): Promise<void> {
  const held = kept.flatMap(({ row, verdict }) =>
    verdict.kind === 'held' ? [{ rowNumber: row.rowNumber, doubts: verdict.doubts }] : [],
  );
  const done = kept.filter(({ verdict }) => verdict.kind !== 'held').map(({ row }) => row.rowNumber);
  await markReports(connection, fileId, done, held, wholeOf !== undefined);
  await countRows(connection, fileId, countsOf(kept));
}

async function notePlain(
  connection: Connection,
  { fileId, wholeOf }: Pick<StatusFileRow, 'fileId' | 'wholeOf'>,
  plain: readonly number[],
): Promise<void> {
  if (plain.length === 0) return;
  await markReports(connection, fileId, plain, [], wholeOf !== undefined);
  await countRows(connection, fileId, { loadedCount: plain.length });
}

/** Counts reports by what became of them. */
export function countsOf(kept: readonly KeptReport[]) {
  const count = (...kinds: KeptReport['verdict']['kind'][]) =>
    kept.filter(({ verdict }) => kinds.includes(verdict.kind)).length;
  return {
    loadedCount: count('kept', 'withdrawn'),
    heldCount: count('held'),
    unchangedCount: count('unchanged', 'confirmed'),
    outdatedCount: count('outdated'),
  };
}

/** Withdraws some facts that a whole delivery did not name; tells whether there may be more. */
async function withdrawSome(
  services: LoadServices,
  connection: Connection,
  { fileId, source, wholeOf, changedAt }: StatusFileRow,
  access: SourceAccess,
): Promise<boolean> {
  if (wholeOf === undefined) return false;
  const absent = await listAbsent(connection, { fileId, source, code: wholeOf, changedAt }, REPORTS_AT_ONCE);
  const at = await momentOf(connection);
  await closeFacts(
    connection,
    source,
    absent.map(({ reference }) => reference),
    at,
  );
  await saveWithdrawals(
    connection,
    source,
    absent.map(({ reference, personId }) => ({ reference, personId, changedAt })),
  );
  await countRows(connection, fileId, { withdrawnCount: absent.length });
  await queueSettling(services, connection, absent, 'bulk');
  await auditReports(connection, access, [...new Set(absent.map(({ personId }) => personId))], source);
  return absent.length === REPORTS_AT_ONCE;
}
