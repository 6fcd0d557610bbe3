/** Who of a population is entitled to what, by the rules of attestation types, without a register. */
import type { AttestationType } from '../domain/attestation-type.ts';
import { casesOfFacts, entitleBy, typesByCode } from '../domain/entitlement.ts';
import { type Municipality, municipalityOn } from '../domain/municipality.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Status } from '../domain/status.ts';
import type { Citizen } from './population.ts';

/** What entitlement is weighed with. */
export interface EntitledView {
  readonly types: readonly AttestationType[];
  readonly municipalities: ReadonlyMap<string, Municipality>;
  readonly today: LocalDate;
}

/** Lists the cases of a citizen that are entitled, as `<type> <rule>`; without a rule where cases are not kept apart by it. */
export function listEntitled(
  citizen: Citizen,
  { types, municipalities, today }: EntitledView,
): readonly string[] {
  const { birthDate, householdSize, domiciles } = citizen;
  const subject = {
    birthDate,
    householdSize,
    municipalityOn: (date: LocalDate) => {
      const last = domiciles.findLast(({ since }) => since <= date);
      return last && municipalityOn(municipalities, last.nisCode, date);
    },
  };
  return casesOfFacts(typesByCode(types), statusesOf(citizen))
    .filter((one) => entitleBy(one.type, one.ofCase, one.facts, { subject, today }).isEntitled)
    .map(({ type, ofCase }) => [type.id, ofCase.keys.rule].filter(Boolean).join(' '));
}

function statusesOf({ ssin, facts }: Citizen): readonly Status[] {
  return facts.map(
    ({ status, source, reference, validFrom, validUntil, employer, enterpriseNumber, attributes }) => {
      const employerId = employer?.enterpriseNumber ?? enterpriseNumber;
      return {
        personId: ssin,
        code: status,
        source,
        reference,
        attributes,
        period: { startDate: validFrom, ...(validUntil !== undefined && { endDate: validUntil }) },
        ...(employerId !== undefined && { employerId }),
      };
    },
  );
}
