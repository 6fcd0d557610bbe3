/** Looks at every case of the whole register, some persons at a time, and writes nothing: what each is entitled to now. */
import type { Connection } from '../database/database.ts';
import { listPersonsBehind, type PersonsBehind, type RegisteredPerson } from '../database/register-pages.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import {
  type CaseOfFacts,
  casesOfFacts,
  type Entitlement,
  entitleBy,
  type TypesByCode,
  typesByCode,
} from '../domain/entitlement.ts';
import type { Subject } from '../domain/entitlement-rule.ts';
import { type Municipality, municipalityOn } from '../domain/municipality.ts';
import { brusselsDate, type LocalDate } from '../domain/period.ts';
import type { Services } from './services.ts';

/** A case and what it comes to. */
export interface WeighedCase extends CaseOfFacts<AttestationType> {
  readonly entitlement: Entitlement;
}

/** Somebody with all their cases. */
export interface WeighedPerson {
  readonly person: RegisteredPerson;
  readonly cases: readonly WeighedCase[];
}

/** Weighs the cases of the first persons of a range, of some types; fewer than `limit` when these were all of them. */
export async function weighPersonsAfter(
  { catalogue, clock }: Pick<Services, 'catalogue' | 'clock'>,
  connection: Connection,
  range: PersonsBehind,
  limit: number,
  types: readonly AttestationType[] = [...catalogue.types.values()],
): Promise<readonly WeighedPerson[]> {
  const byCode = typesByCode(types);
  const persons = await listPersonsBehind(connection, range, limit, [...byCode.keys()]);
  const today = brusselsDate(clock());
  return persons.map((person) => ({
    person,
    cases: weighPerson(byCode, person, catalogue.municipalities, today),
  }));
}

function weighPerson(
  types: TypesByCode<AttestationType>,
  person: RegisteredPerson,
  municipalities: ReadonlyMap<string, Municipality>,
  today: LocalDate,
): readonly WeighedCase[] {
  const found = { subject: subjectOf(person, municipalities), today };
  return casesOfFacts(types, person.facts).map((one) => ({
    ...one,
    entitlement: entitleBy(one.type, one.ofCase, one.facts, found),
  }));
}

function subjectOf(
  { birthDate, householdSize, domiciles }: RegisteredPerson,
  municipalities: ReadonlyMap<string, Municipality>,
): Subject {
  return {
    birthDate: birthDate ?? undefined,
    householdSize: householdSize ?? undefined,
    municipalityOn: (date) => {
      const last = domiciles.findLast(([, from]) => from <= date);
      return last && municipalityOn(municipalities, last[0], date);
    },
  };
}
