/** Mandates: who acts for whom, since when, until when, and whether it was revoked. Rows are only added. */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { MandateGround } from '../domain/ground.ts';
import type { MandateKind, MandateParties, MandateRight, MandateTerm } from '../domain/mandate.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Connection } from './database.ts';
import type { RecordedBy } from './deliberations.ts';
import { bindTo, coveredBy } from './grounds.ts';

export interface NewMandate {
  readonly mandateId: string;
  readonly parties: MandateParties;
  readonly rights: readonly MandateRight[];
  readonly term: MandateTerm;
}

/** Records a mandate. */
export async function insertMandate(
  connection: Connection,
  { mandateId, parties, rights, term }: NewMandate,
  { by, organization }: RecordedBy,
): Promise<void> {
  const isForEmployer = parties.kind === 'employer';
  await connection.query(
    `insert into mandate (mandate_id, kind, agent_organization, employer, agent_person_id, represented_person_id, rights,
       valid_from, valid_until, recorded_by, recorded_by_organization)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      mandateId,
      parties.kind,
      isForEmployer ? parties.agent : null,
      isForEmployer ? parties.employer : null,
      isForEmployer ? null : parties.agentPersonId,
      isForEmployer ? null : parties.representedPersonId,
      rights,
      term.validFrom,
      term.validUntil ?? null,
      by,
      organization,
    ],
  );
}

export interface MandateRow {
  readonly mandateId: string;
  readonly kind: MandateKind;
  readonly agentOrganization: EnterpriseNumber | null;
  readonly employer: EnterpriseNumber | null;
  readonly agentPersonId: string | null;
  readonly representedPersonId: string | null;
  readonly rights: readonly MandateRight[];
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly recordedAt: Date;
  readonly revokedAt: Date | null;
  readonly revocationReasons: string | null;
  /** The day it is in Brussels by the database's clock. */
  readonly today: LocalDate;
}

const COLUMNS = `mandate_id as "mandateId", m.kind, m.agent_organization as "agentOrganization", m.employer,
  m.agent_person_id as "agentPersonId", m.represented_person_id as "representedPersonId", m.rights,
  m.valid_from as "validFrom", m.valid_until as "validUntil", m.recorded_at as "recordedAt",
  revoked_at as "revokedAt", r.reasons as "revocationReasons", brussels_today() as today`;
const FROM = 'from mandate m left join mandate_revocation r using (mandate_id)';

/** Of which organisation a mandate has to be; undefined for any. */
const PARTY = '($1::text is null or m.agent_organization = $1 or m.employer = $1)';

/** Finds a mandate. `organization`: only one that this organisation gave or has. */
export async function findMandate(
  connection: Connection,
  organization: string | undefined,
  mandateId: string,
): Promise<MandateRow | undefined> {
  const [row] = await connection.query<MandateRow>(
    `select ${COLUMNS} ${FROM} where ${PARTY} and mandate_id = $2`,
    [organization ?? null, mandateId],
  );
  return row;
}

/** Lists the mandates of organisations, the newest first: those that one of them gave or has, or all. */
export async function listMandates(
  connection: Connection,
  organization: string | undefined,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<MandateRow[]> {
  return connection.query<MandateRow>(
    `select ${COLUMNS} ${FROM} where ${PARTY} and m.kind = 'employer' and ($2::uuid is null or mandate_id < $2)
     order by mandate_id desc limit $3`,
    [organization ?? null, page.before ?? null, page.size],
  );
}

/** A mandate as one of its two persons sees it. */
export interface PersonalMandateRow extends MandateRow {
  /** Whether the person acts, rather than being acted for. */
  readonly isAgent: boolean;
  readonly otherFamilyName: string;
  readonly otherGivenName: string;
}

/** Lists the mandates that a person has or is acted for by, the newest first. */
export async function listPersonalMandates(
  connection: Connection,
  personIds: readonly string[],
): Promise<PersonalMandateRow[]> {
  return connection.query<PersonalMandateRow>(
    `select ${COLUMNS}, mine.is_agent as "isAgent", o.family_name as "otherFamilyName", o.given_name as "otherGivenName"
     ${FROM} cross join lateral (select m.agent_person_id = any($1) as is_agent) mine
     join person o on o.person_id = case when mine.is_agent then m.represented_person_id else m.agent_person_id end
     where m.agent_person_id = any($1) or m.represented_person_id = any($1)
     order by mandate_id desc`,
    [personIds],
  );
}

/** Revokes a mandate; false when it was revoked already. */
export async function revokeMandate(
  connection: Connection,
  mandateId: string,
  reasons: string,
  { by, organization }: RecordedBy,
): Promise<boolean> {
  const rows = await connection.query(
    `insert into mandate_revocation (mandate_id, reasons, revoked_by, revoked_by_organization) values ($1, $2, $3, $4)
     on conflict do nothing returning mandate_id`,
    [mandateId, reasons, by, organization],
  );
  return rows.length > 0;
}

/** Finds the person whom a mandate lets its agent act for today; undefined for any other ground. */
export async function findRepresentedPerson(
  connection: Connection,
  ground: MandateGround,
): Promise<string | undefined> {
  const values: unknown[] = [];
  const [row] = await connection.query<{ personId: string }>(
    `select p.person_id as "personId" from person p
     where p.replaced_by is null and ${coveredBy(ground, { person: 'p.person_id' }, bindTo(values))}`,
    values,
  );
  return row?.personId;
}

/** An employer who is acted for. */
export interface RepresentedEmployer {
  readonly employerId: string;
  readonly enterpriseNumber: string;
}

/** Finds the employer whom a mandate lets its agent act for today; undefined for any other ground. */
export async function findRepresentedEmployer(
  connection: Connection,
  ground: MandateGround,
): Promise<RepresentedEmployer | undefined> {
  const values: unknown[] = [];
  const [row] = await connection.query<RepresentedEmployer>(
    `select e.employer_id as "employerId", e.enterprise_number as "enterpriseNumber" from employer e
     where ${coveredBy(ground, { employer: 'e.employer_id' }, bindTo(values))}`,
    values,
  );
  return row;
}
