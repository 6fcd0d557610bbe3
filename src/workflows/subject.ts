/** What rules of entitlement look at beside the facts of a person: birth date, domicile, household. */
import type { Connection } from '../database/database.ts';
import { countHousehold, listDomiciles, type PersonRow } from '../database/persons.ts';
import { type EntitlementRule, looksAtPerson, type Subject } from '../domain/entitlement-rule.ts';
import { municipalityOn } from '../domain/municipality.ts';
import type { Services } from './services.ts';

/** Finds what the rules look at; where they look at nothing, nothing is read. */
export async function findSubject(
  { catalogue }: Pick<Services, 'catalogue'>,
  connection: Connection,
  person: PersonRow,
  rules: readonly EntitlementRule[],
): Promise<Subject> {
  const looking = rules.filter(looksAtPerson);
  const domiciles = looking.some(({ domicile }) => domicile)
    ? await listDomiciles(connection, person.personId)
    : [];
  const householdSize = looking.some(({ household }) => household)
    ? await countHousehold(connection, person.personId)
    : undefined;
  return {
    birthDate: person.birthDate ?? undefined,
    householdSize,
    municipalityOn: (date) => {
      const last = domiciles.findLast(({ validFrom }) => validFrom <= date);
      return last && municipalityOn(catalogue.municipalities, last.nisCode, date);
    },
  };
}
