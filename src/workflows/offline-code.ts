/** The offline code of an attestation: made when its document is, for types that print one. */
import { type OfflineClaims, writeOfflineCode } from '../code/offline-code.ts';
import type { AttestationRow } from '../database/attestations.ts';
import { type AttestationFacts, initialsOf } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { expiryOf } from '../domain/message.ts';
import { END_OF_TIME } from '../domain/period.ts';
import { birthOf } from '../domain/ssin.ts';
import { endOfValidity } from '../domain/validity.ts';
import type { Services } from './services.ts';

/** Makes the code; undefined for a type without one, and for what was prepared before there were status lists. */
export async function makeOfflineCode(
  { catalogue, codeSigner }: Pick<Services, 'catalogue' | 'codeSigner'>,
  row: AttestationRow,
  type: AttestationType,
  facts: AttestationFacts,
): Promise<string | undefined> {
  const { statusList: list, statusIndex: index } = row;
  if (type.qr === 'url' || list === null || index === null) return undefined;
  const claims: OfflineClaims = {
    issuer: catalogue.issuer.enterpriseNumber,
    issuedAt: row.preparedAt,
    expiresAt: expiryOfCode(row.preparedAt, type),
    number: row.number,
    type: row.type,
    initials: initialsOf(facts.holder),
    birthYear: birthOf(facts.holder.ssin).year,
    period: spanOf(facts),
    status: { list, index },
  };
  return writeOfflineCode(claims, codeSigner);
}

/** As long as the message that carries it stays: then the person can still get another. Never longer than it holds. */
function expiryOfCode(preparedAt: Date, { messageType, validity }: AttestationType): Date {
  const ofMessage = expiryOf(preparedAt, messageType.validity);
  const end = endOfValidity(preparedAt, validity);
  return end !== undefined && end < ofMessage ? end : ofMessage;
}

/** From the first to the last day attested, whatever lies between; without a last one where a period has no end yet. */
function spanOf({ days, periods = [], referenceDate }: AttestationFacts): OfflineClaims['period'] {
  const dates = [...days.map(({ date }) => date), ...(referenceDate === undefined ? [] : [referenceDate])];
  const begins: string[] = [...dates, ...periods.map(({ period }) => period.startDate)];
  const ends: string[] = [...dates, ...periods.map(({ period }) => period.endDate ?? END_OF_TIME)];
  const [from] = begins.sort();
  const until = ends.sort().at(-1);
  if (from === undefined || until === undefined) return undefined;
  return until === END_OF_TIME ? { from } : { from, until };
}
