/** Deliberations of the Information Security Committee are recorded, changed by new versions, and ended early. */
import { insertAuditEntry } from '../database/audit.ts';
import {
  type DeliberationInForce,
  type DeliberationRow,
  endDeliberation,
  findDeliberation,
  insertDeliberation,
  listDeliberations,
  listInForce,
} from '../database/deliberations.ts';
import { lockName } from '../database/locks.ts';
import type { Deliberation } from '../domain/deliberation.ts';
import { groundIdOf } from '../domain/ground.ts';
import { checkUse, type UseIssue } from './data-use.ts';
import {
  type InstitutionAccess,
  type OrganizationAccess,
  ownOf,
  recordedBy,
  stepEntry,
} from './institution.ts';
import type { Services } from './services.ts';

export type { DeliberationInForce, DeliberationRow };

type DeliberateServices = Pick<Services, 'database' | 'catalogue' | 'newId'>;

export type RecordOutcome =
  | { readonly kind: 'recorded'; readonly deliberationId: string; readonly version: number }
  | { readonly kind: 'faulty'; readonly issues: readonly UseIssue[] };

/** Records a deliberation as its first version. */
export async function recordDeliberation(
  services: DeliberateServices,
  access: InstitutionAccess,
  deliberation: Deliberation,
): Promise<RecordOutcome> {
  const issues = checkUse(services, deliberation);
  if (issues.length > 0) return { kind: 'faulty', issues };
  const named = { deliberationId: services.newId(), version: 1 };
  await services.database.transaction(async (connection) => {
    await insertDeliberation(connection, named, deliberation, recordedBy(access));
    await insertAuditEntry(connection, stepEntry(access, 'deliberation.record', groundIdOf(named)));
  });
  return { kind: 'recorded', ...named };
}

export type ChangeOutcome =
  | RecordOutcome
  | { readonly kind: 'notFound' | 'ended' }
  /** Somebody else changed it meanwhile. */
  | { readonly kind: 'outdated'; readonly lastVersion: number };

/** Changes a deliberation by a version after the one that the change was made from. The organisation stays. */
export async function changeDeliberation(
  services: DeliberateServices,
  access: InstitutionAccess,
  { deliberationId, version: changed }: { readonly deliberationId: string; readonly version: number },
  change: Omit<Deliberation, 'organization'>,
): Promise<ChangeOutcome> {
  const issues = checkUse(services, change);
  if (issues.length > 0) return { kind: 'faulty', issues };
  return services.database.transaction(async (connection): Promise<ChangeOutcome> => {
    await lockName(connection, `deliberation/${deliberationId}`);
    const last = await findDeliberation(connection, undefined, deliberationId);
    if (last === undefined) return { kind: 'notFound' };
    if (last.endedAt !== null) return { kind: 'ended' };
    if (last.version !== changed) return { kind: 'outdated', lastVersion: last.version };
    const named = { deliberationId, version: last.version + 1 };
    const { organization } = last;
    await insertDeliberation(connection, named, { ...change, organization }, recordedBy(access));
    await insertAuditEntry(connection, stepEntry(access, 'deliberation.change', groundIdOf(named)));
    return { kind: 'recorded', ...named };
  });
}

/** Ends a deliberation before its time, from now on. */
export async function terminateDeliberation(
  { database }: Pick<Services, 'database'>,
  access: InstitutionAccess,
  deliberationId: string,
  reasons: string,
): Promise<'ended' | 'endedBefore' | 'notFound'> {
  return database.transaction(async (connection) => {
    await lockName(connection, `deliberation/${deliberationId}`);
    const last = await findDeliberation(connection, undefined, deliberationId);
    if (last === undefined) return 'notFound';
    if (!(await endDeliberation(connection, deliberationId, reasons, recordedBy(access))))
      return 'endedBefore';
    await insertAuditEntry(connection, stepEntry(access, 'deliberation.end', groundIdOf(last)));
    return 'ended';
  });
}

/** Finds a version, the last one unless another is named; undefined for a deliberation of another organisation. */
export async function consultDeliberation(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  deliberationId: string,
  version?: number,
): Promise<DeliberationRow | undefined> {
  const own = ownOf(services, access);
  return services.database.transaction((connection) =>
    findDeliberation(connection, own, deliberationId, version),
  );
}

/** Lists the last version of each deliberation: all for the institution, any other organisation's own for itself. */
export async function consultDeliberations(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<readonly DeliberationRow[]> {
  const own = ownOf(services, access);
  return services.database.transaction((connection) => listDeliberations(connection, own, page));
}

/** Lists what the organisation may rest on today. */
export function consultInForce(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
): Promise<readonly DeliberationInForce[]> {
  return database.transaction((connection) => listInForce(connection, organization));
}
