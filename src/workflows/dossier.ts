/** An organisation registers of whom it has a dossier, where a deliberation covers nobody else. */

import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { closeDossier, type DossierRow, findDossier, keepDossier } from '../database/dossiers.ts';
import { findPersonBySsin } from '../database/persons.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Actor, AuditAction } from '../domain/evidence.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import { type DeliberatedAccess, findGround, recordTelling } from './deliberated.ts';
import type { Services } from './services.ts';

export type { DossierRow };

export interface GivenDossier {
  readonly ssin: Ssin;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | undefined;
}

export type DossierOutcome =
  | { readonly kind: 'registered'; readonly dossierId: string }
  /** No deliberation in force is for own dossiers, for this organisation and purpose. */
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'unknownPerson' }
  | { readonly kind: 'periodInverted' };

/** Registers a dossier. One that is open already is left as it is, so that it may be sent again. */
export async function registerDossier(
  { database, vault, newId }: Pick<Services, 'database' | 'vault' | 'newId'>,
  access: DeliberatedAccess,
  { ssin, validFrom, validUntil }: GivenDossier,
): Promise<DossierOutcome> {
  if (validUntil !== undefined && validUntil < validFrom) return { kind: 'periodInverted' };
  return database.transaction(async (connection): Promise<DossierOutcome> => {
    const found = await findGround(connection, access);
    if (found?.allowed.ownDossiers !== true) return { kind: 'notAllowed' };
    const person = await findPersonBySsin(connection, vault.lookUps(ssin));
    if (person === undefined) return { kind: 'unknownPerson' };
    const { personId } = person;
    const { organization, deliberationId, actor } = access;
    const { dossierId, isNew } = await keepDossier(connection, {
      dossierId: newId(),
      organization,
      deliberationId,
      personId,
      validFrom,
      validUntil,
      registeredBy: actor.id,
    });
    const told = { action: 'dossier.register', object: dossierId, personIds: [personId] } as const;
    if (isNew) await recordTelling(connection, access, found.ground, told);
    return { kind: 'registered', dossierId };
  });
}

/** The organisation that registered a dossier. */
export interface DossierAccess {
  readonly actor: Actor;
  readonly organization: EnterpriseNumber;
  readonly traceId: string;
}

/** Finds a dossier; undefined for another organisation's, as for one that is not there. */
export async function consultDossier(
  { database }: Pick<Services, 'database'>,
  access: DossierAccess,
  dossierId: string,
): Promise<DossierRow | undefined> {
  return database.transaction(async (connection) => {
    const dossier = await findDossier(connection, access.organization, dossierId);
    if (dossier !== undefined) await audit(connection, access, 'dossier.consult', dossier);
    return dossier;
  });
}

/** Closes a dossier from now on: the deliberation covers the person no more. */
export async function endDossier(
  { database }: Pick<Services, 'database'>,
  access: DossierAccess,
  dossierId: string,
): Promise<'closed' | 'closedBefore' | 'notFound'> {
  return database.transaction(async (connection) => {
    const dossier = await findDossier(connection, access.organization, dossierId);
    if (dossier === undefined) return 'notFound';
    if (!(await closeDossier(connection, dossierId, access.actor.id))) return 'closedBefore';
    await audit(connection, access, 'dossier.close', dossier);
    return 'closed';
  });
}

function audit(
  connection: Connection,
  { actor, traceId }: DossierAccess,
  action: AuditAction,
  { dossierId, personId }: DossierRow,
): Promise<void> {
  return insertAuditEntry(connection, {
    actor,
    action,
    ground: 'duty',
    personId,
    object: dossierId,
    traceId,
  });
}
