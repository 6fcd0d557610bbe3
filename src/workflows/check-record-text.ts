/** Says a check in words: what was looked at, what was found, and what the document shows, as the pages say it. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import { type Check, type CheckedBy, type CheckedFile, verdictOn } from '../domain/check-record.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { brusselsDateTime } from '../domain/period.ts';
import type { CodeVerdict } from '../domain/verdict.ts';
import { wordsForCode, wordsForFile } from '../domain/verdict-words.ts';
import type { AttestationStatus } from '../domain/verification.ts';
import type { CheckRecordText, RecordLine } from '../render/check-record.ts';
import { documentWords } from './document-words.ts';
import { type FactRow, type FactWords, factsOf } from './shown-facts.ts';

const BY: Readonly<Record<CheckedBy, string>> = {
  file: 'record.byFile',
  code: 'record.byCode',
  share: 'record.byShare',
};

const STATUS: Readonly<Record<AttestationStatus, string>> = {
  valid: 'record.valid',
  superseded: 'record.superseded',
  revoked: 'record.revoked',
  expired: 'record.expired',
  notYetValid: 'record.notYetValid',
  erased: 'record.erased',
  unknown: 'record.unknown',
};

/** Says a check in a language of documents. `place` is where anybody can check again. */
export function checkRecordText(
  catalogue: Catalogue,
  check: Check,
  { language, reference, place }: { language: DocumentLanguage; reference: string; place: string },
): CheckRecordText {
  const words = documentWords(catalogue, language);
  const { t } = words;
  const facts = check.attestation && factsOf(check.attestation, catalogue, words);
  const about = facts?.rows.map(({ label, value, note }) => ({
    label,
    value: note === undefined ? value : `${value} (${note})`,
    isLong: value.length > 40,
  }));
  const table =
    facts &&
    (tableOf(facts.days, 'days', 'day', words) ?? tableOf(facts.periods, 'periods', 'period', words));
  return {
    title: t('record.title'),
    verdict: t(titleOf(check)),
    statement: t('record.statement', { place: place.replace(/^https?:\/\//, '') }),
    groups: [
      { heading: t('record.checkTitle'), lines: checkedLines(check, reference, words) },
      { heading: t('record.foundTitle'), lines: foundLines(check, words) },
      ...(about ? [{ heading: t('verdict.factsTitle'), lines: about }] : []),
    ],
    ...(table && { table }),
  };
}

/** A record says of a code no more than its verdict; of a link that a person made, what it says of a file. */
function titleOf(check: Check): string {
  const isNumbered = check.attestation?.supersededBy !== undefined;
  const kind = verdictOn(check);
  // `judgeCode` gives no other verdicts.
  return (
    check.by === 'code' ? wordsForCode(kind as CodeVerdict, isNumbered) : wordsForFile(kind, isNumbered)
  ).title;
}

function checkedLines(check: Check, reference: string, { t }: FactWords): RecordLine[] {
  const { by, checkedAt, attestation } = check;
  return [
    { label: t('record.by'), value: t(BY[by]) },
    ...(attestation ? [{ label: t('facts.number'), value: attestation.number }] : []),
    { label: t('check.checkedAt'), value: timeOf(checkedAt) },
    { label: t('check.reference'), value: reference },
    ...(check.by === 'file' ? [{ label: t('check.sha256'), value: check.sha256, isLong: true }] : []),
  ];
}

function foundLines(check: Check, words: FactWords): RecordLine[] {
  const { status, onDay, attestation } = check;
  const { t, date, day } = words;
  return [
    { label: t('record.status'), value: t(STATUS[status]) },
    ...(onDay ? [{ label: t('record.onDay', { day: day(onDay.day) }), value: t(STATUS[onDay.status]) }] : []),
    ...(attestation?.endedAt ? [{ label: t('record.endedAt'), value: date(attestation.endedAt) }] : []),
    ...(attestation?.supersededBy === undefined
      ? []
      : [{ label: t('record.supersededBy'), value: attestation.supersededBy }]),
    ...(check.by === 'file' ? sealLines(check, words) : []),
  ];
}

/** In the words of ETSI EN 319 102-1, which are the same in every language. */
function sealLines({ signature, timeStamp, alteration }: CheckedFile, { t }: FactWords): RecordLine[] {
  const { indication, subIndication, level, signer } = signature;
  const found = subIndication === undefined ? indication : `${indication} / ${subIndication}`;
  return [
    { label: t('record.seal'), value: found, isLong: found.length > 40 },
    ...(level === undefined ? [] : [{ label: t('check.level'), value: level }]),
    ...(timeStamp === undefined ? [] : [{ label: t('check.timeStamp'), value: timeOf(timeStamp.time) }]),
    ...(signer === undefined ? [] : [{ label: t('check.signer'), value: signer.subject, isLong: true }]),
    ...(alteration === undefined
      ? []
      : [{ label: t('record.alteration'), value: t(`alteration.${alteration}`), isLong: true }]),
  ];
}

function tableOf(
  rows: readonly FactRow[],
  heading: 'days' | 'periods',
  column: 'day' | 'period',
  { t }: FactWords,
): CheckRecordText['table'] {
  if (rows.length === 0) return undefined;
  return {
    heading: t(`facts.${heading}`),
    columns: [t(`facts.${column}`), t('facts.details')],
    rows: rows.map(({ day, details }) => [
      day,
      details.map(({ label, value }) => `${label}: ${value}`).join('; ') || '–',
    ]),
  };
}

/** As the clocks of Brussels showed it, to the second. */
function timeOf(time: Date): string {
  return brusselsDateTime(time).replace('T', ' ');
}
