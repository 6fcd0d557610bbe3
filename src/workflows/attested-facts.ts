/** What a document prints, gathered from what a case is entitled to. */
import type { EmployerRow } from '../database/employers.ts';
import type { AttestationFacts, AttestedPeriod, NamedEmployer } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { LocalMonth } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { Status } from '../domain/status.ts';
import type { Draft } from './prepare.ts';
import type { Services } from './services.ts';

type Certified = Pick<Draft, 'person' | 'ofCase' | 'type' | 'entitlement'>;

/** The employers whom the document of a version names. */
export function employerIdsOf({ ofCase, type, entitlement }: Omit<Certified, 'person'>): readonly string[] {
  const ofPeriods = listsPeriods(type) ? entitlement.facts : [];
  const ids = [ofCase.keys.employer, ...ofPeriods.map(({ employerId }) => employerId)];
  return [...new Set(ids.filter((id) => id !== undefined && id !== ''))] as string[];
}

/** Gathers the facts of a version that is about to be prepared, in the language of its document. */
export function factsOf(
  services: Pick<Services, 'catalogue' | 'vault'>,
  { person, ofCase, type, entitlement }: Certified,
  language: DocumentLanguage,
  employers: ReadonlyMap<string, EmployerRow>,
): AttestationFacts {
  const { employer: employerId, month, rule } = ofCase.keys;
  const employer = employers.get(employerId ?? '');
  const referenceDate = type.rules.find(({ id }) => id === rule)?.at;
  return {
    holder: {
      // The vault returns what loading put in: an SSIN that was checked then.
      ssin: services.vault.open(person.ssinCiphertext, 'ssin').toString('utf8') as Ssin,
      familyName: person.familyName,
      givenName: person.givenName,
    },
    days: entitlement.days,
    ...(employer && { employer: namedEmployer(employer) }),
    ...(month !== undefined && { month: month as LocalMonth }),
    ...(rule !== undefined && { rule }),
    ...(referenceDate !== undefined && { referenceDate }),
    ...(listsPeriods(type) && {
      periods: entitlement.facts.map((fact) => periodOf(services, type, fact, language, employers)),
    }),
  };
}

function listsPeriods({ row, printsRows }: AttestationType): boolean {
  return row === 'period' && printsRows;
}

/** The name of an attribute that a type declares to print which status a period is of. */
const STATUS = 'status';

function periodOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  type: AttestationType,
  { code, source, reference, period, employerId, attributes }: Status,
  language: DocumentLanguage,
  employers: ReadonlyMap<string, EmployerRow>,
): AttestedPeriod {
  const employer = employers.get(employerId ?? '');
  const declared = Object.entries(attributes).filter(([name]) => type.facts.get(name)?.of === 'row');
  return {
    period,
    source: catalogue.statusList.sources.get(source)?.name[language] ?? source,
    reference,
    ...(employer && { employer: namedEmployer(employer) }),
    attributes: { ...Object.fromEntries(declared), ...(type.facts.has(STATUS) && { [STATUS]: code }) },
  };
}

function namedEmployer(row: EmployerRow): NamedEmployer {
  const nssoNumber = row.nssoNumber ?? row.provisionalNssoNumber;
  return {
    ...(row.name !== null && { name: row.name }),
    ...(row.enterpriseNumber !== null && { enterpriseNumber: row.enterpriseNumber }),
    ...(nssoNumber !== null && { nssoNumber }),
  };
}
