/** Judges a declaration: every anomaly at once, the result, and the period as it stands afterwards. */
import { ServiceError } from '../errors.ts';
import { type AnomalyCode, classOf } from './anomaly.ts';
import type { Anomaly, Declaration, DimonaPeriod, Result } from './declaration.ts';
import type { DeclarationRule } from './declaration-rule.ts';
import { END_OF_TIME, type LocalDate } from './period.ts';
import {
  checkAgainstPeriod,
  checkEmployerRegister,
  checkIdentity,
  checkOtherPeriods,
  type RegisterView,
} from './register-checks.ts';
import { checkLateIn, checkLateUpdate, checkRules } from './rule-checks.ts';
import { checkTexts } from './text-checks.ts';
import {
  checkDates,
  checkEmployer,
  checkFeatures,
  checkHours,
  checkOtherBlocks,
  checkPeriodId,
  checkWorker,
} from './zone-checks.ts';

/** A period without the identifiers that the register gives it. */
export type PeriodContent = Omit<DimonaPeriod, 'periodId' | 'personId' | 'employerId'>;

export interface Assessment {
  readonly result: Result;
  /** In the order of their codes, each once. */
  readonly anomalies: readonly Anomaly[];
  /** For A and W: the period that the declaration opens, or as it stands after the change. */
  readonly period?: PeriodContent;
}

/** Judges one declaration against the register as it stands and the dated rules of the attestation types. */
export function assessDeclaration(
  declaration: Declaration,
  register: RegisterView,
  rules: readonly DeclarationRule[],
): Assessment {
  const { codes, period } = judge(declaration, register, rules);
  const formCodes = declaration.formAnomalies.map(({ code }) => code);
  const anomalies = [...new Set([...formCodes, ...codes])].sort().map((code) => ({ code }));
  const isBlocked = declaration.action === undefined || anomalies.some(({ code }) => classOf(code) === 'B');
  if (isBlocked) return { result: 'B', anomalies };
  if (period === undefined)
    throw new ServiceError('unexpected', 'A declaration without blocking anomaly left no period');
  if (declaration.worker?.ssin !== undefined && register.person === undefined)
    return { result: 'S', anomalies };
  return { result: anomalies.length > 0 ? 'W' : 'A', anomalies, period };
}

interface Judged {
  readonly codes: readonly AnomalyCode[];
  readonly period?: PeriodContent;
}

function judge(declaration: Declaration, register: RegisterView, rules: readonly DeclarationRule[]): Judged {
  if (declaration.action === undefined) return { codes: [] };
  return declaration.action === 'in'
    ? judgeIn(declaration, register, rules)
    : judgeChange(declaration, register, rules);
}

function judgeIn(
  declaration: Declaration,
  register: RegisterView,
  rules: readonly DeclarationRule[],
): Judged {
  const { features } = declaration;
  const { startDate, endDate, codes: dateCodes } = checkDates(declaration, declaration.receivedOn, false);
  const { startHour, endHour } = declaration;
  const terms = {
    ...(endDate && { endDate }),
    ...(startHour !== undefined && { startHour }),
    ...(endHour !== undefined && { endHour }),
  };
  const draft = {
    ...terms,
    ...(startDate && { startDate }),
    ...(features?.workerType !== undefined && { workerType: features.workerType }),
  };
  const codes: AnomalyCode[] = [
    ...(declaration.startDate === undefined ? (['00910-001'] as const) : []),
    ...dateCodes,
    ...checkHours(declaration),
    ...checkEmployer(declaration.employer, true),
    ...checkWorker(declaration.worker, declaration.receivedOn),
    ...checkFeatures(features),
    ...checkTexts(declaration.worker, features?.usingEmployer),
    ...checkOtherBlocks(features, declaration.otherBlocks ?? []),
    ...checkIdentity(declaration.worker, register.person),
    ...checkEmployerRegister(register.employer, startDate, '90373-343'),
    ...checkRules(draft, declaration, rules),
    ...checkLateIn(draft, declaration.declaredOn, rules),
  ];
  if (startDate === undefined || features?.workerType === undefined) return { codes };
  const { workerType, jointCommittee, usingEmployer } = features;
  const period: PeriodContent = {
    ...terms,
    workerType,
    startDate,
    ...(jointCommittee !== undefined && { jointCommittee }),
    ...(usingEmployer && { usingEmployer }),
    isCancelled: false,
    changedAt: declaration.declaredAt,
  };
  return { codes: [...codes, ...checkOtherPeriods(period, register.otherPeriods, '90373')], period };
}

function judgeChange(
  declaration: Declaration,
  register: RegisterView,
  rules: readonly DeclarationRule[],
): Judged {
  const isUpdate = declaration.action === 'update';
  const { startDate, endDate, codes: dateCodes } = checkDates(declaration, declaration.receivedOn, isUpdate);
  const idCodes = checkPeriodId(declaration.periodId);
  const codes: AnomalyCode[] = [
    ...dateCodes,
    ...checkHours(declaration),
    ...idCodes,
    ...checkEmployer(declaration.employer, false),
  ];
  if (declaration.worker?.ssin !== undefined)
    codes.push(...checkWorker(declaration.worker, declaration.receivedOn));
  if (declaration.action === 'out' && declaration.endDate === undefined) codes.push('00911-001');
  if (idCodes.length > 0) return { codes };
  codes.push(...checkAgainstPeriod(declaration, register));
  const before = register.period;
  if (before === undefined || before.isCancelled || !register.mayChange) return { codes };
  const after = changedPeriod(before, declaration, startDate, endDate);
  if (after.endDate !== undefined && after.endDate < after.startDate) codes.push('00911-014');
  if (!isUpdate) return { codes, period: after };
  codes.push(
    ...checkUpdate(before, after, declaration),
    ...checkHours(after),
    ...checkRules(after, declaration, rules),
    ...checkLateUpdate(before, after, declaration.declaredOn, rules),
    ...checkOtherPeriods(after, register.otherPeriods, '90378'),
    ...checkEmployerRegister(register.employer, after.startDate, '90378-343'),
  );
  return { codes, period: after };
}

function changedPeriod(
  before: DimonaPeriod,
  declaration: Declaration,
  startDate: LocalDate | undefined,
  endDate: LocalDate | undefined,
): PeriodContent {
  const {
    periodId: _periodId,
    personId: _personId,
    employerId: _employerId,
    endDate: endBefore,
    ...kept
  } = before;
  const { startHour, endHour } = declaration;
  const end = declaration.endDate === END_OF_TIME ? undefined : (endDate ?? endBefore);
  return {
    ...kept,
    startDate: startDate ?? before.startDate,
    ...(end && { endDate: end }),
    ...(startHour !== undefined && { startHour }),
    ...(endHour !== undefined && { endHour }),
    isCancelled: declaration.action === 'cancel',
    changedAt: declaration.declaredAt,
  };
}

/** What an update must say, that it changes something, and that it does not do the work of an OUT (block 90378). */
function checkUpdate(before: DimonaPeriod, after: PeriodContent, declaration: Declaration): AnomalyCode[] {
  const { startDate, endDate, startHour, endHour, plannedHours, plannedDays } = declaration;
  // Planned hours and days are not kept, so whether they change something cannot be told.
  if ((plannedHours ?? plannedDays) !== undefined) return [];
  if ((startDate ?? endDate ?? startHour ?? endHour) === undefined) return ['90378-360'];
  if (before.endDate === undefined && after.endDate !== undefined) return ['00913-359'];
  const isSame =
    before.startDate === after.startDate &&
    before.endDate === after.endDate &&
    before.startHour === after.startHour &&
    before.endHour === after.endHour;
  return isSame ? ['90378-444'] : [];
}
