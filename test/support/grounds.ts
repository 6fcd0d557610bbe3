/** Grounds for tests: deliberations and mandates as they would have been recorded, with what a test wants changed. */
import { randomUUID } from 'node:crypto';
import type { Connection } from '../../src/database/database.ts';
import { insertDeliberation } from '../../src/database/deliberations.ts';
import { insertEmployer } from '../../src/database/employers.ts';
import { insertMandate } from '../../src/database/mandates.ts';
import type { Deliberation } from '../../src/domain/deliberation.ts';
import { type EnterpriseNumber, parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import type { DeliberationGround } from '../../src/domain/ground.ts';
import { MANDATE_RIGHTS, type MandateParties, type MandateRight } from '../../src/domain/mandate.ts';
import { addDays, brusselsDate, type LocalDate } from '../../src/domain/period.ts';

/** Takes a text for an enterprise number; its check digits have to be right. */
export function enterprise(text: string): EnterpriseNumber {
  const number = parseEnterpriseNumber(text);
  if (number === undefined) throw new Error(`${text} is no enterprise number`);
  return number;
}

/** The day so many days from today, as Brussels counts them. */
export function daysFromNow(days: number): LocalDate {
  return addDays(brusselsDate(new Date()), days);
}

/** The agency of the deliberations where a test names none: that of the demo client `city`. */
export const AGENCY = '1900080144';
const RECORDED = { by: 'issuer', organization: '1912345694' };

/** A deliberation in force that lets an agency ask for quarantine, and see months and counts of attestations. */
export function deliberation(changes: Partial<Deliberation> = {}): Deliberation {
  return {
    number: '20/123',
    decidedOn: daysFromNow(-30),
    organization: AGENCY,
    legalContext: 'CITY:SUPPORT_GRANT',
    purpose: { nl: 'Gemeentelijke steun', fr: 'Aide communale', de: 'Kommunale Beihilfe' },
    statuses: ['quarantine'],
    attestationTypes: ['quarantine'],
    flows: [],
    attributes: ['month', 'numberOfDays'],
    ownDossiers: false,
    validFrom: daysFromNow(-10),
    validUntil: daysFromNow(365),
    ...changes,
  };
}

/** Records a deliberation, or a version of one, and gives the ground that it is for its own organisation. */
export async function newDeliberation(
  connection: Connection,
  changes: Partial<Deliberation> = {},
  { deliberationId = randomUUID() as string, version = 1 } = {},
): Promise<DeliberationGround> {
  const recorded = deliberation(changes);
  await insertDeliberation(connection, { deliberationId, version }, recorded, RECORDED);
  const { legalContext } = recorded;
  const organization = enterprise(recorded.organization);
  return { kind: 'deliberation', deliberationId, version, organization, legalContext };
}

/** How a mandate differs from one in force since ten days, with every right of its kind and no end. */
export interface MandateChanges {
  readonly rights?: readonly MandateRight[];
  readonly validFrom?: LocalDate;
  readonly validUntil?: LocalDate;
}

/** Records a mandate and gives its id. */
export async function newMandate(
  connection: Connection,
  parties: MandateParties,
  { rights, validFrom = daysFromNow(-10), validUntil }: MandateChanges = {},
): Promise<string> {
  const mandateId = randomUUID();
  if (parties.kind === 'employer') {
    const numbers = { nssoNumber: null, provisionalNssoNumber: null };
    await insertEmployer(connection, randomUUID(), { ...numbers, enterpriseNumber: parties.employer });
  }
  const term = { validFrom, ...(validUntil !== undefined && { validUntil }) };
  const mandate = { mandateId, parties, rights: rights ?? MANDATE_RIGHTS[parties.kind], term };
  await insertMandate(connection, mandate, RECORDED);
  return mandateId;
}
