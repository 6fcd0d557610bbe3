/** What a document prints, gathered from what a case is entitled to. */
import type { Connection } from '../database/database.ts';
import { type EmployerRow, findEmployer, listEmployersById } from '../database/employers.ts';
import type { AttestationFacts, AttestedPeriod, NamedEmployer } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { LocalMonth } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { Status } from '../domain/status.ts';
import type { Draft } from './prepare.ts';
import type { Services } from './services.ts';

/** Gathers the facts of a version that is about to be prepared, in the language of its document. */
export async function factsOf(
  services: Pick<Services, 'catalogue' | 'vault'>,
  connection: Connection,
  { person, ofCase, type, entitlement }: Pick<Draft, 'person' | 'ofCase' | 'type' | 'entitlement'>,
  language: DocumentLanguage,
): Promise<AttestationFacts> {
  const { employer: employerId, month, rule } = ofCase.keys;
  const employer = employerId ? await findEmployer(connection, employerId) : undefined;
  const referenceDate = type.rules.find(({ id }) => id === rule)?.at;
  const isListed = type.row === 'period' && type.printsRows;
  const periods = isListed ? await periodsOf(services, connection, type, entitlement.facts, language) : [];
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
    ...(isListed && { periods }),
  };
}

/** The name of an attribute that a type declares to print which status a period is of. */
const STATUS = 'status';

async function periodsOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  connection: Connection,
  type: AttestationType,
  facts: readonly Status[],
  language: DocumentLanguage,
): Promise<readonly AttestedPeriod[]> {
  const ids = [...new Set(facts.flatMap(({ employerId }) => employerId ?? []))];
  const employers = new Map(
    (await listEmployersById(connection, ids)).map((row) => [row.employerId, namedEmployer(row)]),
  );
  return facts.map(({ code, source, reference, period, employerId, attributes }): AttestedPeriod => {
    const employer = employers.get(employerId ?? '');
    const declared = Object.entries(attributes).filter(([name]) => type.facts.get(name)?.of === 'row');
    return {
      period,
      source: catalogue.statusList.sources.get(source)?.name[language] ?? source,
      reference,
      ...(employer && { employer }),
      attributes: {
        ...Object.fromEntries(declared),
        ...(type.facts.has(STATUS) && { [STATUS]: code }),
      },
    };
  });
}

function namedEmployer(row: EmployerRow): NamedEmployer {
  const nssoNumber = row.nssoNumber ?? row.provisionalNssoNumber;
  return {
    ...(row.name !== null && { name: row.name }),
    ...(row.enterpriseNumber !== null && { enterpriseNumber: row.enterpriseNumber }),
    ...(nssoNumber !== null && { nssoNumber }),
  };
}
