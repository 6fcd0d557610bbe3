/**
 * Judges what a source reports against what the register knows: a report made earlier never overrules one made later, so
 * any order of arrival, and any number of arrivals, ends in the same facts.
 */
import { addDays, type LocalDate, overlaps } from './period.ts';
import type { DoubtRules, Status, StatusCode } from './status.ts';

/** Why a report, or a whole delivery, is held until a person decides. */
export const DOUBTS = [
  'unknownPerson',
  'otherPerson',
  'contradictsItself',
  'contradictsOther',
  'farFuture',
] as const;
export type Doubt = (typeof DOUBTS)[number];
export const DELIVERY_DOUBTS = ['suddenDrop', 'refusedRows'] as const;
export type DeliveryDoubt = (typeof DELIVERY_DOUBTS)[number];

/** What a source says of one fact: that it holds, or that it was never so. */
export interface StatusReport {
  readonly status: Status;
  /** When the source decided it, in milliseconds since 1970. */
  readonly changedAt: number;
  readonly isWithdrawn: boolean;
}

/** What the register knows under the reference of a report. */
export interface KnownReport {
  /** The last moment at which the source said so. */
  readonly changedAt: number;
  /** Undefined where the fact was withdrawn. */
  readonly status: Status | undefined;
}

/** What becomes of a report. */
export type ReportVerdict =
  /** It says what is known, said again later; nothing but the moment changes. */
  | { readonly kind: 'confirmed' }
  /** It is there already. */
  | { readonly kind: 'unchanged' }
  /** The source said something later, which is known. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'kept' }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'held'; readonly doubts: readonly Doubt[] };

export interface JudgingView {
  readonly known: KnownReport | undefined;
  /** The facts of the same person as they are known now. */
  readonly others: readonly Status[];
  readonly rules: DoubtRules;
  readonly today: LocalDate;
  /** A person looked at it: nothing is doubtful any more. */
  readonly isReleased: boolean;
}

/** Judges one report. */
export function judgeReport(report: StatusReport, view: JudgingView): ReportVerdict {
  const { known, isReleased } = view;
  if (known !== undefined && report.changedAt < known.changedAt) return { kind: 'outdated' };
  const isSame = known !== undefined && saysTheSame(report, known.status);
  if (isSame) return { kind: report.changedAt === known.changedAt ? 'unchanged' : 'confirmed' };
  const doubts = isReleased ? [] : doubtsOf(report, view);
  if (doubts.length > 0) return { kind: 'held', doubts };
  return { kind: report.isWithdrawn ? 'withdrawn' : 'kept' };
}

function saysTheSame({ status, isWithdrawn }: StatusReport, known: Status | undefined): boolean {
  if (isWithdrawn || known === undefined) return isWithdrawn === (known === undefined);
  return contentOf(status) === contentOf(known);
}

function contentOf({ personId, code, period, employerId, attributes }: Status): string {
  const sorted = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    personId,
    code,
    period.startDate,
    period.endDate ?? null,
    employerId ?? null,
    sorted,
  ]);
}

function doubtsOf(report: StatusReport, { known, others, rules, today }: JudgingView): Doubt[] {
  const { status, isWithdrawn } = report;
  const doubts: Doubt[] = [];
  if (known?.status !== undefined && known.status.personId !== status.personId) doubts.push('otherPerson');
  if (known !== undefined && known.changedAt === report.changedAt) doubts.push('contradictsItself');
  if (isWithdrawn) return doubts;
  if (others.some((other) => contradicts(status, other, rules))) doubts.push('contradictsOther');
  if (status.period.startDate > addDays(today, rules.startsAfterDays)) doubts.push('farFuture');
  return doubts;
}

function contradicts(status: Status, other: Status, { contradictions }: DoubtRules): boolean {
  if (other.source === status.source || !overlaps(status.period, other.period)) return false;
  const isPair = ([one, two]: readonly [StatusCode, StatusCode]) =>
    (one === status.code && two === other.code) || (two === status.code && one === other.code);
  return other.code === status.code || contradictions.some(isPair);
}

/** Judges a whole delivery before anything of it is kept. */
export function judgeDelivery(
  counts: { readonly present: number; readonly delivered: number; readonly refused: number },
  rules: DoubtRules,
): readonly DeliveryDoubt[] {
  const { present, delivered, refused } = counts;
  const isDrop =
    present >= rules.dropCountsFrom && delivered * 100 < present * (100 - rules.largestDropPercent);
  // What a refused row spoke of would be taken for gone.
  return [...(isDrop ? ['suddenDrop' as const] : []), ...(refused > 0 ? ['refusedRows' as const] : [])];
}
