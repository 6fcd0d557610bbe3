/** The values of facts, by the names under which a type prints them. */
import type { Address } from './address.ts';
import type { AttestationFacts, AttestedPeriod, Holder, NamedEmployer } from './attestation.ts';
import type { AttestationType } from './attestation-type.ts';
import type { EntitledDay } from './entitlement.ts';
import { COUNT_OF } from './fact.ts';
import type { Period } from './period.ts';

/** A value as the register has it; its format says how it is written. */
export type FactValue = string | Date | Period | Address | Holder | NamedEmployer;

/** Values by the name of their fact; a name that is missing has none. */
export type FactValues = Readonly<Record<string, FactValue | undefined>>;

/** Gives what a row of the table stands for: the days of the facts, or their periods, in order. */
export function rowsOf(type: Pick<AttestationType, 'row'>, facts: AttestationFacts): readonly FactValues[] {
  // An interface has no index signature, though each of its members is a value.
  if (type.row === 'day') return facts.days as readonly (EntitledDay & FactValues)[];
  return (facts.periods ?? []).map(valuesOfPeriod);
}

function valuesOfPeriod({ period, source, reference, employer, attributes }: AttestedPeriod): FactValues {
  return {
    ...attributes,
    period,
    from: period.startDate,
    until: period.endDate,
    source,
    reference,
    employer,
    employerNumber: employer,
  };
}

/** Gives the values of which an attestation has one, those beside its facts last. */
export function valuesOfAttestation(
  { row }: Pick<AttestationType, 'row'>,
  facts: AttestationFacts,
  beside: { readonly number: string; readonly issuedOn: Date; readonly supersedes: string | undefined },
): FactValues {
  const { holder, employer, month, rule, referenceDate, days, periods = [] } = facts;
  return {
    holder,
    ssin: holder.ssin,
    employer: employer ?? {},
    employerNumber: employer ?? {},
    month,
    rule,
    referenceDate,
    [COUNT_OF[row]]: String(row === 'day' ? days.length : periods.length),
    number: beside.number,
    issuedOn: beside.issuedOn,
    supersedes: beside.supersedes,
  };
}
