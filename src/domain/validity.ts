/** From when until when an attestation holds: now, or on a day that somebody asks about. */
import type { AttestationState } from './attestation.ts';
import { expiryOf, type ValidityPeriod } from './message.ts';
import { brusselsDate, type LocalDate } from './period.ts';
import type { AttestationStatus } from './verification.ts';

/** What the register knows of an attestation's time. */
export interface Lifetime {
  readonly state: AttestationState;
  /** The moment printed on the document. */
  readonly preparedAt: Date;
  /** When it was superseded or revoked. */
  readonly endedAt: Date | null;
}

/** How long attestations of a type hold, from the moment printed on them; undefined: as long as their ground. */
export type TypeValidity = ValidityPeriod | undefined;

/** Gives the first moment at which an attestation of a type with an end holds no more by its age alone. */
export function endOfValidity(preparedAt: Date, validity: TypeValidity): Date | undefined {
  return validity && expiryOf(preparedAt, validity);
}

/** Gives the status at a moment. */
export function statusAt(lifetime: Lifetime, validity: TypeValidity, now: Date): AttestationStatus {
  const ended = endedAs(lifetime);
  if (ended !== 'valid') return ended;
  const until = endOfValidity(lifetime.preparedAt, validity);
  return until !== undefined && now >= until ? 'expired' : 'valid';
}

/**
 * Gives the status on a day, by the clocks of Brussels: from the day printed on the document to the day before its end. What
 * was erased says nothing of any day.
 */
export function statusOn(lifetime: Lifetime, validity: TypeValidity, day: LocalDate): AttestationStatus {
  const { preparedAt, endedAt } = lifetime;
  const ended = endedAs(lifetime);
  if (ended === 'erased' || ended === 'unknown') return ended;
  if (day < brusselsDate(preparedAt)) return 'notYetValid';
  if (endedAt !== null && day >= brusselsDate(endedAt)) return ended;
  const until = endOfValidity(preparedAt, validity);
  return until !== undefined && day >= brusselsDate(until) ? 'expired' : 'valid';
}

function endedAs({ state }: Lifetime): AttestationStatus {
  switch (state) {
    case 'issued':
      return 'valid';
    case 'superseded':
    case 'revoked':
    case 'erased':
      return state;
    case 'prepared':
    case 'withdrawn':
      return 'unknown';
  }
}
