/** Checks of a declaration against what the register knows: person, employer, the period named, other periods. */
import type { AnomalyCode } from './anomaly.ts';
import type { Declaration, DeclaredWorker, DimonaPeriod } from './declaration.ts';
import { type LocalDate, overlaps } from './period.ts';

/** What the register knows of the person whose SSIN was declared. */
export interface KnownPerson {
  readonly personId: string;
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDate?: LocalDate;
}

/** What the register knows of the employer whose numbers were declared. */
export interface KnownEmployer {
  readonly employerId: string;
  /** The last day on which the employer was active. */
  readonly activeUntil?: LocalDate;
  /** Whether the declared numbers belong to different employers. */
  readonly isContradictory: boolean;
}

/** The part of the register that one declaration touches. */
export interface RegisterView {
  readonly person?: KnownPerson;
  readonly employer?: KnownEmployer;
  /** The period named by DimonaPeriodId. */
  readonly period?: DimonaPeriod;
  /** Live periods of the same worker with the same employer, without the one named. */
  readonly otherPeriods: readonly DimonaPeriod[];
  /** Whether the sender declared the named period or is its employer. */
  readonly mayChange: boolean;
}

/** Names and birth date against the SSIN: class NP, so they only warn. */
export function checkIdentity(
  worker: DeclaredWorker | undefined,
  person: KnownPerson | undefined,
): AnomalyCode[] {
  if (worker?.ssin === undefined || person === undefined) return [];
  const codes: AnomalyCode[] = [];
  if (worker.familyName !== undefined && !isSameName(worker.familyName, person.familyName))
    codes.push('00025-348');
  if (worker.givenName !== undefined && !isSameFirstName(worker.givenName, person.givenName))
    codes.push('00026-348');
  if (isOtherDate(worker.birthDate, person.birthDate)) codes.push('00028-348');
  const sex = sexOf(worker.ssin);
  if (worker.sex !== undefined && sex !== undefined && worker.sex !== sex) codes.push('00029-348');
  return codes;
}

/** Compares names without case, accents, dashes and spaces; letters without decomposition have a table. */
function isSameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

/** A declarant gives one first name or some; the register may know more after them. */
function isSameFirstName(declared: string, known: string): boolean {
  const names = known.split(/[\s,]+/);
  return names.some((_, index) => isSameName(declared, names.slice(0, index + 1).join('')));
}

const FOLDED: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  þ: 'th',
  ð: 'd',
};

function foldName(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[łøđßæœıþð]/g, (letter) => FOLDED[letter] ?? letter)
    .replace(/[^\p{L}]/gu, '');
}

/** Unknown parts of a declared birth date (`00`) agree with anything. */
function isOtherDate(declared: string | undefined, known: LocalDate | undefined): boolean {
  if (declared === undefined || known === undefined) return false;
  const [declaredParts, knownParts] = [declared.split('-'), known.split('-')];
  return declaredParts.some((part, index) => part !== '00' && part !== knownParts[index]);
}

/** 1 man, 2 woman (zone 00029), from the counter; a BIS number with month +20 does not tell. */
function sexOf(ssin: string): '1' | '2' | undefined {
  const month = Number(ssin.slice(2, 4));
  if (month >= 20 && month < 40) return undefined;
  return Number(ssin.slice(6, 9)) % 2 === 1 ? '1' : '2';
}

/** The employer's numbers belong together, and the employer is active when the period starts. */
export function checkEmployerRegister(
  employer: KnownEmployer | undefined,
  startDate: LocalDate | undefined,
  inactive: '90373-343' | '90378-343',
): AnomalyCode[] {
  if (employer === undefined) return [];
  const codes: AnomalyCode[] = [];
  if (employer.isContradictory) codes.push('00014-022');
  if (startDate !== undefined && employer.activeUntil !== undefined && startDate > employer.activeUntil)
    codes.push(inactive);
  return codes;
}

/**
 * Whether the named period is there, may be changed by this sender, and belongs to whom the declaration says.
 * A sender who may not change it learns nothing else of it: whose it is or what became of it is not theirs to know.
 */
export function checkAgainstPeriod(declaration: Declaration, register: RegisterView): AnomalyCode[] {
  const { period } = register;
  if (period === undefined) return ['00913-354'];
  if (!register.mayChange) return ['90256-155'];
  const codes: AnomalyCode[] = [];
  if (period.isCancelled) codes.push('00913-355');
  else if (declaration.action === 'out' && period.endDate !== undefined) codes.push('00913-356');
  // A change made before the last accepted one may not overrule it, in whatever order they travel; a cancellation
  // always may, because nothing can follow it.
  const isOvertaken = declaration.action !== 'cancel' && declaration.declaredAt < period.changedAt;
  if (!period.isCancelled && isOvertaken) codes.push('00913-181');
  if (declaration.worker?.ssin !== undefined && register.person?.personId !== period.personId)
    codes.push('00024-347');
  if (register.employer?.employerId !== period.employerId) codes.push(...otherEmployer(declaration));
  return codes;
}

/** Names the number by which another employer was given; none when the declaration gives no number. */
function otherEmployer({ employer }: Declaration): AnomalyCode[] {
  if (employer?.nssoNumber !== undefined) return ['00011-347'];
  if (employer?.provisionalNssoNumber !== undefined) return ['00948-347'];
  return employer?.enterpriseNumber === undefined ? [] : ['00014-347'];
}

/** No second live period of the same worker type on the same days; disjoint hours of one day may stand together. */
export function checkOtherPeriods(
  period: Pick<DimonaPeriod, 'workerType' | 'startDate' | 'endDate' | 'startHour' | 'endHour'>,
  others: readonly DimonaPeriod[],
  block: '90373' | '90378',
): AnomalyCode[] {
  const codes: AnomalyCode[] = [];
  for (const other of others) {
    if (other.isCancelled || other.workerType !== period.workerType || !overlaps(period, other)) continue;
    const isDouble =
      other.startDate === period.startDate &&
      other.endDate === period.endDate &&
      other.startHour === period.startHour &&
      other.endHour === period.endHour;
    if (isDouble) codes.push(`${block}-333`);
    else if (!areHoursDisjoint(period, other)) codes.push(`${block}-334`);
  }
  return codes;
}

type Hours = Pick<DimonaPeriod, 'startHour' | 'endHour'>;

function areHoursDisjoint(one: Hours, other: Hours): boolean {
  if (!one.startHour || !one.endHour || !other.startHour || !other.endHour) return false;
  return one.endHour <= other.startHour || other.endHour <= one.startHour;
}
