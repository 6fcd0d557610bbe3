/** A mandate: an organisation acts for an employer, or a person for another one; dated, revocable, and never changed. */
import type { EnterpriseNumber } from './enterprise-number.ts';
import { addDays, type LocalDate } from './period.ts';

/** An organisation for an employer; a parent for a child; an administrator for a protected adult (Civil Code, art. 492/1). */
export const MANDATE_KINDS = ['employer', 'parent', 'administrator'] as const;
export type MandateKind = (typeof MANDATE_KINDS)[number];

/** What a mandate lets its agent do, by its kind. */
export const MANDATE_RIGHTS = {
  employer: ['declare', 'consult'],
  parent: ['inbox', 'accesses'],
  administrator: ['inbox', 'accesses'],
} as const satisfies Record<MandateKind, readonly string[]>;
export type MandateRight = (typeof MANDATE_RIGHTS)[MandateKind][number];

/** Who acts for whom. */
export type MandateParties =
  | {
      readonly kind: 'employer';
      readonly agent: EnterpriseNumber;
      readonly employer: EnterpriseNumber;
    }
  | {
      readonly kind: Exclude<MandateKind, 'employer'>;
      readonly agentPersonId: string;
      readonly representedPersonId: string;
    };

/** Days of validity, both included; without `validUntil` until it is revoked. */
export interface MandateTerm {
  readonly validFrom: LocalDate;
  readonly validUntil?: LocalDate;
}

/** Why a mandate is not recorded: its last day lies before its first; the child is of age; the parties are one. */
export type MandateFault = 'periodInverted' | 'ofAge' | 'sameParty';

/** Tells whether somebody would act for themselves. */
export function isOneParty(parties: MandateParties): boolean {
  return parties.kind === 'employer'
    ? parties.agent === parties.employer
    : parties.agentPersonId === parties.representedPersonId;
}

const MAJORITY_YEARS = 18;

/** Gives the day on which somebody comes of age (Civil Code, art. 488). Whoever was born on 29 February does on 1 March. */
export function majorityOf(birthDate: LocalDate): LocalDate {
  const year = String(Number(birthDate.slice(0, 4)) + MAJORITY_YEARS).padStart(4, '0');
  const isLeapDay = birthDate.slice(5) === '02-29';
  return (isLeapDay ? `${year}-03-01` : `${year}-${birthDate.slice(5)}`) as LocalDate;
}

/**
 * Gives the term of a mandate, or what is wrong with it. A parent's ends with the child's minority, whatever was asked;
 * where the day of birth is not known it has to be said until when.
 */
export function termOf(
  kind: MandateKind,
  asked: MandateTerm,
  birthDate: LocalDate | undefined,
): MandateTerm | MandateFault {
  const limit = kind === 'parent' && birthDate !== undefined ? addDays(majorityOf(birthDate), -1) : undefined;
  if (limit !== undefined && asked.validFrom > limit) return 'ofAge';
  const validUntil =
    limit !== undefined && (asked.validUntil === undefined || asked.validUntil > limit)
      ? limit
      : asked.validUntil;
  if (validUntil !== undefined && validUntil < asked.validFrom) return 'periodInverted';
  return { validFrom: asked.validFrom, ...(validUntil !== undefined && { validUntil }) };
}

/** What is to be seen of a mandate: whether it is to come, in force, past, or was revoked. */
export type MandateState = 'future' | 'inForce' | 'expired' | 'revoked';

/** Tells the state of a mandate on a day. */
export function stateOf(
  { validFrom, validUntil }: MandateTerm,
  isRevoked: boolean,
  today: LocalDate,
): MandateState {
  if (isRevoked) return 'revoked';
  if (today < validFrom) return 'future';
  return validUntil !== undefined && today > validUntil ? 'expired' : 'inForce';
}
