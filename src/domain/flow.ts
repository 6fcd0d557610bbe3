/** A flow: which persons, what of them and in which form an institution receives, when, and on which purpose. */
import type { EnterpriseNumber } from './enterprise-number.ts';
import type { EntitlementRule, Limits } from './entitlement-rule.ts';
import type { FlowField, RowKind } from './flow-field.ts';
import type { DayRange, PeriodWish } from './flow-period.ts';
import type { PageLanguage } from './language.ts';
import type { Region } from './municipality.ts';
import type { StatusCode } from './status.ts';

export const FORMAT_KINDS = ['csv', 'fixed', 'xml', 'json', 'ndjson'] as const;
export type FormatKind = (typeof FORMAT_KINDS)[number];

/** A column: under which heading which field stands. `width` is in characters, for files of fixed width. */
export interface FlowColumn {
  readonly heading: string;
  readonly field: FlowField;
  readonly width?: number;
}

/** How a file is written. */
export interface FlowFormat {
  readonly kind: FormatKind;
  /** Of CSV. */
  readonly separator: string;
  readonly columns: readonly FlowColumn[];
}

/** A form with everything that stands in the file. */
export type WrittenFormat = Pick<FlowFormat, 'kind' | 'separator'> & {
  readonly columns: readonly Pick<FlowColumn, 'heading' | 'width'>[];
};

/** Where persons live; either is enough. */
export interface Places {
  readonly regions: readonly Region[];
  readonly municipalities: readonly string[];
}

/** What the receiver may choose of a selection. */
export const CHOICES = ['period', 'statuses', 'places', 'age', 'attributes', 'columns'] as const;
export type Choice = (typeof CHOICES)[number];

/** How persons stand to what an attestation type gives. */
export const STANDINGS = ['entitled', 'granted', 'notGranted'] as const;
export type Standing = (typeof STANDINGS)[number];

export function isStanding(text: string): text is Standing {
  return STANDINGS.some((one) => one === text);
}

/** Which persons: those who meet the statuses in the period and everything else that is asked. */
export interface Selection {
  readonly all: readonly StatusCode[];
  readonly any: readonly StatusCode[];
  readonly none: readonly StatusCode[];
  readonly sources: EntitlementRule['sources'];
  readonly period: PeriodWish;
  /** Status during so many days of the period. */
  readonly days: number;
  readonly age?: Limits;
  readonly places?: Places;
  readonly household?: Limits;
  /** Attributes of the source and the values that count. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** Only periods with an enterprise. */
  readonly enterprise: boolean;
  /** In place of statuses: the rules of an attestation type, one of them or all. */
  readonly type?: { readonly id: string; readonly is: Standing; readonly rule?: string };
}

/** How a flow is cut into files: by where persons live. */
export type Split = 'region' | 'municipality';

export type Rhythm = 'daily' | 'weekly' | 'monthly';

/** When a flow runs by itself: at an hour of Brussels every so often, soon after a change, or neither. */
export interface Schedule {
  readonly every?: Rhythm;
  /** `06:00`. */
  readonly at: string;
  readonly soon: boolean;
}

export interface Flow {
  readonly id: string;
  readonly version: number;
  readonly name: Readonly<Record<PageLanguage, string>>;
  /** Who may receive it, each on a deliberation of its own. */
  readonly receivers: readonly EnterpriseNumber[];
  /** The purpose by its code, which the deliberation has too. */
  readonly legalContext: string;
  readonly row: RowKind;
  readonly select: Selection;
  readonly choose: readonly Choice[];
  readonly columns: readonly FlowColumn[];
  readonly format: Pick<FlowFormat, 'kind' | 'separator'>;
  readonly split?: Split;
  /** Whether a run may tell only what changed since the one before. */
  readonly differences: boolean;
  /** Counts of fewer persons are left out. */
  readonly fewest: number;
  readonly schedule?: Schedule;
}

/** What a receiver wants differently, of what the flow lets them choose. */
export interface FlowChoices {
  readonly period?: PeriodWish;
  readonly statuses?: readonly StatusCode[];
  readonly places?: Places;
  readonly age?: Limits;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** Headings, in the order wanted. */
  readonly columns?: readonly string[];
  readonly format?: FormatKind;
  readonly separator?: string;
}

/** Everything that a run works with, fixed when it begins. */
export interface RunPlan {
  readonly flow: string;
  readonly row: RowKind;
  readonly legalContext: string;
  /** Persons who meet one of these are meant. */
  readonly rules: readonly PlannedRule[];
  /** Statuses whose periods make rows, or that persons were chosen by. */
  readonly statuses: readonly StatusCode[];
  /** Every status that is looked at. */
  readonly codes: readonly StatusCode[];
  readonly window: DayRange;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly enterprise: boolean;
  readonly type?: { readonly id: string; readonly is: Standing; readonly rule?: string };
  readonly format: FlowFormat;
  readonly fewest: number;
  /** Each row says what became of it, and this run tells only what is not known. */
  readonly tellsChanges: boolean;
  readonly differences: boolean;
}

/** A rule with the day on which age, domicile and household count. */
export interface PlannedRule extends Omit<EntitlementRule, 'domicile'> {
  readonly on: DayRange['until'];
  /** NIS codes. */
  readonly places?: readonly string[];
}

/** One file of a run and where its persons live; without `places` everywhere. */
export interface PlannedFile {
  /** Region or NIS code. */
  readonly part?: string;
  readonly places?: readonly string[];
}

/** Why a run or its settings are not possible. */
export interface FlowIssue {
  readonly name: string;
  readonly detail: string;
}
