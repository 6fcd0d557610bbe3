/** The attestation: its facts and their fingerprint, its number, its versions and what settling does with them. */
import { createHash } from 'node:crypto';
import type { Address } from './address.ts';
import type { AttestationType } from './attestation-type.ts';
import { type Case, caseIdOf } from './case.ts';
import type { EntitledDay, Entitlement } from './entitlement.ts';
import type { LocalDate, LocalMonth, Period } from './period.ts';
import type { Ssin } from './ssin.ts';
import type { Status } from './status.ts';

/**
 * `prepared → issued → superseded | revoked`, or `prepared → withdrawn` when it was not to be issued after all. `erased`
 * follows any of them: that it was issued is still known, and nothing else.
 */
export const ATTESTATION_STATES = [
  'prepared',
  'issued',
  'superseded',
  'revoked',
  'withdrawn',
  'erased',
] as const;
export type AttestationState = (typeof ATTESTATION_STATES)[number];

/** Whom the attestation speaks of. */
export interface Holder {
  readonly ssin: Ssin;
  readonly familyName: string;
  readonly givenName: string;
}

/** The employer as far as the register knows it. */
export interface NamedEmployer {
  readonly name?: string;
  readonly enterpriseNumber?: string;
  readonly nssoNumber?: string;
}

/** Everything printed on one document that is not wording: kept encrypted, printed again the same on a retry. */
export interface AttestationFacts {
  readonly holder: Holder;
  readonly employer?: NamedEmployer;
  readonly month?: LocalMonth;
  readonly days: readonly EntitledDay[];
  /** Of cases that are kept apart by rule: which one, and the day it looks at. */
  readonly rule?: string;
  readonly referenceDate?: LocalDate;
  /** Of types that attest periods and not days, in order. */
  readonly periods?: readonly AttestedPeriod[];
}

/** One status period that the attestation lists. */
export interface AttestedPeriod {
  readonly period: Period;
  /** Who reported it: a name, or an enterprise number. */
  readonly source: string;
  /** The source's reference of the fact. */
  readonly reference?: string;
  readonly employer?: NamedEmployer;
  /**
   * What the source adds, by the names that `type.yaml` declares. A day is `yyyy-MM-dd`, a month `yyyy-MM`, a period two
   * days with a slash (ISO 8601, the last one `..` while it is open), a number or an amount in euro decimal with a point.
   */
  readonly attributes: Readonly<Record<string, string | Address>>;
}

/** One version of a case's attestation, as far as settling looks at it. */
export interface Version {
  readonly attestationId: string;
  readonly version: number;
  readonly state: AttestationState;
  readonly fingerprint: string;
}

/** What settling does with a case; the steps are taken in this order, in one transaction. */
export interface SettleDecision {
  /** A prepared version that shall not be issued. */
  readonly withdraw?: Version;
  /** An issued version whose ground is gone. */
  readonly revoke?: Version;
  /** The number of the version to prepare. */
  readonly prepare?: number;
}

/**
 * Compares what a case is entitled to with the versions it has.
 * A prepared version is replaced when the facts moved on before it was issued.
 */
export function decide(
  entitlement: Entitlement,
  fingerprint: string,
  versions: readonly Version[],
): SettleDecision {
  const prepared = versions.find(({ state }) => state === 'prepared');
  const issued = versions.find(({ state }) => state === 'issued');
  if (!entitlement.isEntitled)
    return { ...(prepared && { withdraw: prepared }), ...(issued && { revoke: issued }) };
  if (prepared?.fingerprint === fingerprint) return {};
  const next = Math.max(0, ...versions.map(({ version }) => version)) + 1;
  const isIssuedAlready = issued?.fingerprint === fingerprint;
  return { ...(prepared && { withdraw: prepared }), ...(!isIssuedAlready && { prepare: next }) };
}

/** What of a type decides which part of an entitlement its document shows. */
type Shown = Pick<AttestationType, 'version' | 'row' | 'printsRows'>;

/**
 * Names the content of an entitlement: SHA-256 in hexadecimal over case, rule version and what is attested. A fact that
 * nothing of the document shows makes no other version of it. It holds no SSIN and no name, so it may be compared and logged.
 */
export function fingerprintOf(ofCase: Case, type: Shown, entitlement: Entitlement): string {
  const days = entitlement.isEntitled
    ? entitlement.days.map((day) => [
        day.date,
        day.reference,
        day.jointCommittee ?? '',
        day.usingEmployer ?? '',
      ])
    : [];
  const content = [caseIdOf(ofCase), type.version, days];
  const periods = entitlement.isEntitled && type.row === 'period' && type.printsRows ? entitlement.facts : [];
  return createHash('sha256')
    .update(JSON.stringify(type.row === 'day' ? content : [...content, periods.map(contentOf)]))
    .digest('hex');
}

function contentOf({ code, source, reference, period, employerId, attributes }: Status) {
  const sorted = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  return [code, source, reference, period.startDate, period.endDate ?? '', employerId ?? '', sorted];
}

/** Writes an attestation number: prefix, year of issue, eight digits, and a check number (all digits mod 97, 0 is 97). */
export function attestationNumber(prefix: string, year: number, sequence: bigint): string {
  const digits = String(sequence).padStart(8, '0');
  return `${prefix}-${year}-${digits}-${checkOf(year, digits)}`;
}

/** Gives the initials of a holder, given name first, as in `A.P.`; of a name that is not known, nothing. */
export function initialsOf({ givenName, familyName }: Pick<Holder, 'givenName' | 'familyName'>): string {
  return [givenName, familyName]
    .map((name) => Array.from(name.normalize('NFC').trim())[0] ?? '')
    .filter((letter) => letter !== '')
    .map((letter) => `${letter.toUpperCase()}.`)
    .join('');
}

/** Tells whether a text is a number that `attestationNumber` could have written. */
export function isAttestationNumber(text: string): boolean {
  const match = /^[A-Z]{2,6}-(\d{4})-(\d{8}|[1-9]\d{8,})-(\d{2})$/.exec(text);
  return (
    match?.[1] !== undefined && match[2] !== undefined && checkOf(Number(match[1]), match[2]) === match[3]
  );
}

function checkOf(year: number, digits: string): string {
  const remainder = Number(BigInt(`${year}${digits}`) % 97n);
  return String(remainder === 0 ? 97 : remainder).padStart(2, '0');
}
