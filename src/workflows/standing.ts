/** From what the register has of an attestation to what whoever holds it is told: its status, and what is printed on it. */
import type { RegisteredAttestation } from '../database/attestation-reads.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import { printedFacts, type ShownFacts } from '../domain/attestation-data.ts';
import type { LocalDate } from '../domain/period.ts';
import { endOfValidity, statusAt, statusOn } from '../domain/validity.ts';
import type { CodeReport, VerifiedAttestation } from '../domain/verification.ts';
import type { Services } from './services.ts';

/** What was found; no facts once they were erased. */
export interface Registered {
  readonly row: RegisteredAttestation;
  readonly facts: AttestationFacts | undefined;
}

/** Tells what became of it: now, and on the day that was asked about. */
export function standingOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  registered: Registered | undefined,
  now: Date,
  day: LocalDate | undefined,
): Pick<CodeReport, 'status' | 'attestation' | 'onDay'> {
  if (registered === undefined) return { status: 'unknown' };
  const { row, facts } = registered;
  const type = catalogue.types.get(row.type);
  const validity = type?.validity;
  const printed = facts && (type === undefined ? {} : printedFacts(type, row.language, facts));
  const attestation = describe(row, printed, endOfValidity(row.preparedAt, validity));
  return {
    status: statusAt(row, validity, now),
    ...(attestation && { attestation }),
    ...(day !== undefined && { onDay: { day, status: statusOn(row, validity, day) } }),
  };
}

function describe(
  row: RegisteredAttestation,
  facts: ShownFacts | undefined,
  expiresAt: Date | undefined,
): VerifiedAttestation | undefined {
  if (facts === undefined || row.issuedAt === null) return undefined;
  return {
    attestationId: row.attestationId,
    number: row.number,
    type: row.type,
    language: row.language,
    issuedAt: row.preparedAt,
    facts,
    ...(expiresAt && { expiresAt }),
    ...(row.endedAt !== null && { endedAt: row.endedAt }),
    ...(row.supersededBy !== null && row.state === 'superseded' && { supersededBy: row.supersededBy }),
  };
}
