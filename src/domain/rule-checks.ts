/** Checks of a period against the dated rules of its worker type: window, one day, no hours, committees, lateness. */
import type { AnomalyCode } from './anomaly.ts';
import {
  AGENCY_COMMITTEE,
  type Declaration,
  type DimonaPeriod,
  type Features,
  JOINT_COMMITTEES,
} from './declaration.ts';
import { type DeclarationRule, matchRule } from './declaration-rule.ts';
import { END_OF_TIME, type LocalDate, parseLocalDate } from './period.ts';

/** The period as a declaration would leave it; what could not be read is missing. */
type PeriodDraft = Partial<
  Pick<DimonaPeriod, 'workerType' | 'startDate' | 'endDate' | 'startHour' | 'endHour'>
>;

/** What the rules say of a declaration and the period it would leave. */
export function checkRules(
  draft: PeriodDraft,
  declaration: Declaration,
  rules: readonly DeclarationRule[],
): AnomalyCode[] {
  const { workerType, startDate } = draft;
  if (workerType === undefined) return [];
  // Outside every window, and without a starting date, the other rules of the worker type still hold, so that all
  // anomalies are told at once.
  const fallback = rules.findLast((one) => one.workerType === workerType);
  const match =
    startDate === undefined ? undefined : matchRule(rules, workerType, startDate, declaration.receivedOn);
  const rule = match?.kind === 'ruled' ? match.rule : fallback;
  const codes: AnomalyCode[] = match?.kind === 'forbidden' ? ['00655-005'] : [];
  if (rule === undefined) return codes;
  if (rule.isOneDay) codes.push(...checkOneDay(draft, declaration));
  if (rule.isWithoutHours) codes.push(...checkWithoutHours(draft, declaration));
  if (declaration.action !== 'in') return codes;
  // The glossary asks for the SSIN of occasional workers only; without it there is nobody to attest to.
  if (declaration.worker?.ssin === undefined) codes.push('00024-001');
  return [...codes, ...checkCommittees(declaration.features, rule)];
}

/** Zone 00911: "must equal the starting date". */
function checkOneDay(draft: PeriodDraft, declaration: Declaration): AnomalyCode[] {
  if (declaration.action === 'update' && declaration.endDate === END_OF_TIME) return ['00913-368'];
  if (draft.endDate === undefined) {
    const isReadable = declaration.endDate === undefined || parseLocalDate(declaration.endDate) !== undefined;
    return isReadable ? ['00911-001'] : [];
  }
  return draft.startDate === undefined || draft.endDate === draft.startDate ? [] : ['00911-008'];
}

function checkWithoutHours(draft: PeriodDraft, declaration: Declaration): AnomalyCode[] {
  const codes: AnomalyCode[] = [];
  if (draft.startHour !== undefined) codes.push('00777-005');
  if (draft.endHour !== undefined) codes.push('00778-005');
  if (declaration.plannedHours !== undefined) codes.push('01135-005');
  if (declaration.plannedDays !== undefined) codes.push('01017-005');
  return codes;
}

/** Committees that the message does not know, or forbids here, have their own codes already. */
function checkCommittees(features: Features | undefined, rule: DeclarationRule): AnomalyCode[] {
  const known: readonly string[] = JOINT_COMMITTEES;
  const own = features?.jointCommittee;
  const lentTo = features?.usingEmployer?.jointCommittee;
  const isOutside = own !== undefined && known.includes(own) && !rule.jointCommittees.includes(own);
  const isUserOutside =
    own === AGENCY_COMMITTEE &&
    lentTo !== undefined &&
    lentTo !== AGENCY_COMMITTEE &&
    known.includes(lentTo) &&
    !rule.usingEmployerCommittees.includes(lentTo);
  return isOutside || isUserOutside ? ['90374-349'] : [];
}

/** An IN is late after its starting date, unless the declaration did not exist yet (class NP). */
export function checkLateIn(
  { workerType, startDate }: PeriodDraft,
  declaredOn: LocalDate,
  rules: readonly DeclarationRule[],
): AnomalyCode[] {
  if (startDate === undefined || declaredOn <= startDate) return [];
  return isTolerated(workerType, startDate, rules) ? [] : ['90373-460'];
}

/** An update is late after the starting date it sets, or, where only the end moves, after the end that stood. */
export function checkLateUpdate(
  before: DimonaPeriod,
  after: PeriodDraft & { readonly startDate: LocalDate },
  declaredOn: LocalDate,
  rules: readonly DeclarationRule[],
): AnomalyCode[] {
  const isStartMoved = before.startDate !== after.startDate || before.startHour !== after.startHour;
  const isEndMoved = before.endDate !== after.endDate || before.endHour !== after.endHour;
  const limit = isStartMoved ? after.startDate : isEndMoved ? before.endDate : undefined;
  if (limit === undefined || declaredOn <= limit) return [];
  return isTolerated(after.workerType, after.startDate, rules) ? [] : ['90378-460'];
}

function isTolerated(
  workerType: string | undefined,
  startDate: LocalDate,
  rules: readonly DeclarationRule[],
): boolean {
  return rules.some(
    (rule) =>
      rule.workerType === workerType &&
      rule.neverLateBefore !== undefined &&
      startDate < rule.neverLateBefore,
  );
}
