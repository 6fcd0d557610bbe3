/** Mandates are recorded, consulted and revoked: organisations act for employers, persons for other persons. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { insertEmployer } from '../database/employers.ts';
import {
  findMandate,
  insertMandate,
  listMandates,
  listPersonalMandates,
  type MandateRow,
  type PersonalMandateRow,
  revokeMandate,
} from '../database/mandates.ts';
import { findPersonBySsin, listAliases } from '../database/persons.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { AuditAction } from '../domain/evidence.ts';
import type {
  MandateFault,
  MandateKind,
  MandateParties,
  MandateRight,
  MandateTerm,
} from '../domain/mandate.ts';
import { isOneParty, termOf } from '../domain/mandate.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import { isInstitution, type OrganizationAccess, ownOf, recordedBy, stepEntry } from './institution.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

export type { MandateRow, PersonalMandateRow };

/** A mandate as it is to be recorded: persons by their numbers. */
export interface GivenMandate {
  readonly parties:
    | { readonly kind: 'employer'; readonly agent: EnterpriseNumber; readonly employer: EnterpriseNumber }
    | {
        readonly kind: Exclude<MandateKind, 'employer'>;
        readonly agent: Ssin;
        readonly represented: Ssin;
      };
  readonly rights: readonly MandateRight[];
  readonly term: MandateTerm;
}

export type MandateOutcome =
  | { readonly kind: 'recorded'; readonly mandateId: string }
  /** Only the institution records mandates of persons, and of an employer only that employer besides it. */
  | { readonly kind: 'notAllowed' }
  | { readonly kind: 'unknownPerson'; readonly party: 'agent' | 'represented' }
  | { readonly kind: 'faulty'; readonly fault: MandateFault };

type MandateServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'newId'>;

/** Records a mandate. That of a parent ends with the child's minority. */
export async function recordMandate(
  services: MandateServices,
  access: OrganizationAccess,
  given: GivenMandate,
): Promise<MandateOutcome> {
  const { parties } = given;
  const isOwn = parties.kind === 'employer' && parties.employer === access.organization;
  if (!isOwn && !isInstitution(services, access)) return { kind: 'notAllowed' };
  return services.database.transaction(async (connection): Promise<MandateOutcome> => {
    const found = await findParties(services, connection, parties);
    if (found.kind === 'unknownPerson') return found;
    if (isOneParty(found.parties)) return { kind: 'faulty', fault: 'sameParty' };
    const term = termOf(parties.kind, given.term, found.birthDate);
    if (typeof term === 'string') return { kind: 'faulty', fault: term };
    const mandateId = services.newId();
    await insertMandate(
      connection,
      { mandateId, parties: found.parties, rights: given.rights, term },
      recordedBy(access),
    );
    await audit(connection, access, 'mandate.record', mandateId, found.represented);
    return { kind: 'recorded', mandateId };
  });
}

type FoundParties =
  | {
      readonly kind: 'found';
      readonly parties: MandateParties;
      /** The person who is acted for, if it is one. */
      readonly represented: string | undefined;
      readonly birthDate: LocalDate | undefined;
    }
  | { readonly kind: 'unknownPerson'; readonly party: 'agent' | 'represented' };

async function findParties(
  services: MandateServices,
  connection: Connection,
  parties: GivenMandate['parties'],
): Promise<FoundParties> {
  if (parties.kind === 'employer') {
    // A mandate may come before the first declaration.
    const numbers = { nssoNumber: null, provisionalNssoNumber: null };
    await insertEmployer(connection, services.newId(), { ...numbers, enterpriseNumber: parties.employer });
    return { kind: 'found', parties, represented: undefined, birthDate: undefined };
  }
  const find = (ssin: Ssin) => findPersonBySsin(connection, services.vault.lookUp(ssin));
  const agent = await find(parties.agent);
  if (agent === undefined) return { kind: 'unknownPerson', party: 'agent' };
  const represented = await find(parties.represented);
  if (represented === undefined) return { kind: 'unknownPerson', party: 'represented' };
  const { kind } = parties;
  return {
    kind: 'found',
    parties: { kind, agentPersonId: agent.personId, representedPersonId: represented.personId },
    represented: represented.personId,
    birthDate: represented.birthDate ?? undefined,
  };
}

function audit(
  connection: Connection,
  access: OrganizationAccess,
  action: AuditAction,
  mandateId: string,
  personId: string | null | undefined,
): Promise<void> {
  const entry = stepEntry(access, action, mandateId);
  return insertAuditEntry(connection, { ...entry, ...(personId && { personId }) });
}

/** Revokes a mandate from now on: the institution any, an organisation those that it gave or has. */
export async function withdrawMandate(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  mandateId: string,
  reasons: string,
): Promise<'revoked' | 'revokedBefore' | 'notFound'> {
  return services.database.transaction(async (connection) => {
    const mandate = await findMandate(connection, ownOf(services, access), mandateId);
    if (mandate === undefined) return 'notFound';
    if (!(await revokeMandate(connection, mandateId, reasons, recordedBy(access)))) return 'revokedBefore';
    await audit(connection, access, 'mandate.revoke', mandateId, mandate.representedPersonId);
    return 'revoked';
  });
}

/** Finds a mandate; undefined for one that the organisation neither gave nor has, as for one that is not there. */
export async function consultMandate(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  mandateId: string,
): Promise<MandateRow | undefined> {
  return services.database.transaction(async (connection) => {
    const mandate = await findMandate(connection, ownOf(services, access), mandateId);
    if (mandate !== undefined)
      await audit(connection, access, 'mandate.consult', mandateId, mandate.representedPersonId);
    return mandate;
  });
}

/** Lists the mandates for employers, the newest first: all for the institution, others those that they gave or have. */
export async function consultMandates(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<readonly MandateRow[]> {
  const own = ownOf(services, access);
  return services.database.transaction((connection) => listMandates(connection, own, page));
}

/** Lists for a person who acts for them, and for whom they act. */
export async function consultOwnMandates(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
): Promise<readonly PersonalMandateRow[]> {
  return database.transaction(async (connection) => {
    const mandates = await listPersonalMandates(connection, await listAliases(connection, reader.subjectId));
    await recordReading(connection, reader, 'mandate.consult');
    return mandates;
  });
}
