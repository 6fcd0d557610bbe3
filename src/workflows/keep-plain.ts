/** Staged reports that nothing has to be weighed of are kept set by set, as `judgeReport` would keep each of them. */
import type { Connection } from '../database/database.ts';
import { type KeptRow, keepPlainRows, type StagedRow } from '../database/plain-reports.ts';
import type { StatusFileRow } from '../database/register-files.ts';
import { lockHolders, momentOf } from '../database/status-history.ts';
import { addDays, brusselsDate } from '../domain/period.ts';
import type { Status } from '../domain/status.ts';
import { queueSettling } from './apply.ts';
import { auditReports } from './keep-statuses.ts';
import type { LoadServices, SourceAccess } from './load-person.ts';

/** Keeps those among the next rows of a file that are plain, under the lock of its source; gives which they were. */
export async function keepPlain(
  services: LoadServices,
  connection: Connection,
  { fileId, source }: Pick<StatusFileRow, 'fileId' | 'source'>,
  rows: readonly StagedRow[],
  access: SourceAccess,
): Promise<readonly number[]> {
  const [first, last] = [rows[0]?.rowNumber, rows.at(-1)?.rowNumber];
  if (first === undefined || last === undefined) return [];
  const holders = await findHolders(connection, rows);
  const { doubts } = services.catalogue.statusList;
  const kept = await keepPlainRows(connection, {
    fileId,
    source,
    first,
    last,
    statusPeriodIds: rows.map(({ personId }) =>
      personId !== null && holders.has(personId) ? services.newId() : undefined,
    ),
    startsUntil: addDays(brusselsDate(services.clock()), doubts.startsAfterDays),
    contradictions: doubts.contradictions,
    at: await momentOf(connection),
  });
  await queueSettling(
    services,
    connection,
    kept.map((row) => factOf(row, source)),
    'bulk',
  );
  await auditReports(connection, access, [...new Set(kept.map(({ personId }) => personId))], source);
  return kept.map(({ rowNumber }) => rowNumber);
}

/** Who is in the register under the number of now; they stay so until the transaction ends. */
async function findHolders(connection: Connection, rows: readonly StagedRow[]): Promise<ReadonlySet<string>> {
  const personIds = [...new Set(rows.flatMap(({ personId }) => personId ?? []))];
  const locked = await lockHolders(connection, personIds);
  return new Set(
    locked.flatMap(({ personId, holderId, isErased }) =>
      personId === holderId && !isErased ? [personId] : [],
    ),
  );
}

/** As far as cases and flows look at it. */
function factOf(
  { personId, code, reference, validFrom, validUntil, employerId }: KeptRow,
  source: string,
): Status {
  return {
    personId,
    code,
    source,
    reference,
    attributes: {},
    period: { startDate: validFrom, ...(validUntil !== null && { endDate: validUntil }) },
    ...(employerId !== null && { employerId }),
  };
}
