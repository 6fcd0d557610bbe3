/** A fact of the register: a harmonised social status that a person has during a period, as a source reported it. */
import type { PageLanguage } from './language.ts';
import type { Period } from './period.ts';

/** A code of `templates/reference/statuses.yaml`. The codes are our own, not the Crossroads Bank's. */
export type StatusCode = string;

/** One fact as the register knows it now. */
export interface Status {
  readonly personId: string;
  readonly code: StatusCode;
  /** The authentic source that reported it, by its name in the list of sources. */
  readonly source: string;
  readonly period: Period;
  readonly employerId?: string;
  /** The source's own reference: for Dimona the DimonaPeriodId. */
  readonly reference: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** An authentic source that reports facts. */
export interface StatusSource {
  readonly name: Readonly<Record<PageLanguage, string>>;
  /** The enterprise numbers of those who may deliver for it. */
  readonly organizations: readonly string[];
}

/** A status that there is. */
export interface StatusKind {
  readonly name: Readonly<Record<PageLanguage, string>>;
  /** Which sources may report it. */
  readonly sources: readonly string[];
}

/** When a report is doubtful. */
export interface DoubtRules {
  /** It begins more than so many days after it came in. */
  readonly startsAfterDays: number;
  /** Statuses of different sources that do not go together. */
  readonly contradictions: readonly (readonly [StatusCode, StatusCode])[];
  /** A whole delivery may withdraw this share of the facts, in percent. */
  readonly largestDropPercent: number;
  /** With fewer facts than this, no share says anything. */
  readonly dropCountsFrom: number;
}

/** What `statuses.yaml` says. */
export interface StatusList {
  readonly sources: ReadonlyMap<string, StatusSource>;
  readonly statuses: ReadonlyMap<StatusCode, StatusKind>;
  readonly doubts: DoubtRules;
}

/** Lists the sources for which an organisation may deliver; the institution may for all that deliver by file. */
export function sourcesOf(
  { sources }: Pick<StatusList, 'sources'>,
  organization: string,
  isInstitution: boolean,
): readonly string[] {
  return [...sources]
    .filter(([id, { organizations }]) =>
      isInstitution ? id !== 'dimona' : organizations.includes(organization),
    )
    .map(([id]) => id);
}
