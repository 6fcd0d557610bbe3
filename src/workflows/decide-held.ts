/** What was held is released or dropped by a person of the institution: one report, or a whole delivery. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { findFileKey } from '../database/file-keys.ts';
import { findPersonIds } from '../database/persons.ts';
import { countRows, findStatusFile, moveStatusFile } from '../database/register-files.ts';
import {
  decideReport,
  dropReports,
  findHeldReport,
  type HeldReport,
  listHeldDeliveries,
  listHeldReports,
  type ReportRow,
} from '../database/status-reports.ts';
import { accessOf, countsOf } from './apply-statuses.ts';
import { openFileKey } from './file-key.ts';
import type { InstitutionAccess } from './institution.ts';
import { keepReports, lockSource } from './keep-statuses.ts';
import type { LoadServices } from './load-person.ts';
import { queueApplying } from './receive-statuses.ts';
import { contextOf } from './stage-statuses.ts';

/** What a person decided, and why: in words that name nobody. */
export interface HeldDecision {
  readonly isReleased: boolean;
  readonly decidedBy: string;
  readonly reason: string;
}

export type DecisionOutcome = 'decided' | 'notFound' | 'unknownPerson';

const LISTED = 100;

/** Lists what is held, by the references of the sources: deliveries, and the reports that came first. */
export async function consultHeld({ database }: Pick<LoadServices, 'database'>, _access: InstitutionAccess) {
  return database.transaction(async (connection) => {
    const reports: readonly HeldReport[] = await listHeldReports(connection, LISTED);
    return { deliveries: await listHeldDeliveries(connection, LISTED), reports };
  });
}

/** Decides on a report that is held. One of a person whom the register still does not know cannot be released. */
export async function decideHeldReport(
  services: LoadServices,
  institution: InstitutionAccess,
  place: { readonly fileId: string; readonly rowNumber: number },
  { isReleased, decidedBy, reason }: HeldDecision,
): Promise<DecisionOutcome> {
  const { fileId, rowNumber } = place;
  return services.database.transaction(async (connection) => {
    const file = await findStatusFile(connection, fileId);
    if (file !== undefined) await lockSource(connection, file.source);
    const found = file && (await findHeldReport(connection, fileId, rowNumber));
    if (file === undefined || found === undefined) return 'notFound';
    const row = isReleased ? await identify(services, connection, found) : found;
    if (row === undefined) return 'unknownPerson';
    if (isReleased) {
      const options = { access: accessOf(file), isReleased };
      const kept = await keepReports(services, connection, file.source, [row], options);
      // Erased since.
      if (kept.some(({ verdict }) => verdict.kind === 'held')) return 'unknownPerson';
      await countRows(connection, fileId, { ...countsOf(kept), heldCount: -1 });
    } else await countRows(connection, fileId, { heldCount: -1 });
    const state = isReleased ? 'released' : 'dropped';
    await decideReport(connection, { ...place, state, decidedBy, reason });
    await audit(connection, institution, `${fileId}/${rowNumber} ${state}`, row.personId);
    return 'decided';
  });
}

/** Decides on a delivery that is held as a whole. */
export async function decideHeldDelivery(
  { database }: Pick<LoadServices, 'database'>,
  institution: InstitutionAccess,
  fileId: string,
  { isReleased }: HeldDecision,
): Promise<DecisionOutcome> {
  return database.transaction(async (connection) => {
    const file = await findStatusFile(connection, fileId);
    if (file?.state !== 'held') return 'notFound';
    await moveStatusFile(connection, fileId, isReleased ? 'applying' : 'dropped');
    if (isReleased) await queueApplying(connection, { fileId, after: 0 });
    else await dropReports(connection, fileId);
    await audit(connection, institution, `${fileId} ${isReleased ? 'released' : 'dropped'}`, null);
    return 'decided';
  });
}

/** Finds the person of a report, by their number where nobody was known to have it. */
async function identify(
  { vault }: LoadServices,
  connection: Connection,
  row: ReportRow,
): Promise<ReportRow | undefined> {
  if (row.personId !== null) return row;
  const stored = await findFileKey(connection, row.fileId);
  const key = stored && openFileKey(vault, row.fileId, stored);
  if (key === undefined || row.sealedSsin === null) return undefined;
  const ssin = key.open(row.sealedSsin, contextOf(row.fileId, row.rowNumber)).toString('utf8');
  const marks = vault.lookUps(ssin).map(({ ssinHmac }) => ssinHmac);
  const [personId] = (await findPersonIds(connection, marks)).values();
  return personId === undefined ? undefined : { ...row, personId };
}

function audit(
  connection: Connection,
  { actor, traceId }: InstitutionAccess,
  object: string,
  personId: string | null,
): Promise<void> {
  const entry = { actor, action: 'status.decide', ground: 'duty', object, traceId } as const;
  return insertAuditEntry(connection, { ...entry, ...(personId !== null && { personId }) });
}
