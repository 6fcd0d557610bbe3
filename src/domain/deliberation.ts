/** A deliberation of the Information Security Committee: who may use which data, of whom, for what, from when to when. */
import type { LocalizedString } from './language.ts';
import type { LocalDate } from './period.ts';

/** What is used of the register, asked for by a request and allowed by a deliberation. */
export interface DataUse {
  /** The purpose by its code, such as `VO:WORK_PERMIT` (KSZ/BCSS message conventions, `legalContext`). */
  readonly legalContext: string;
  /** The purpose in words. */
  readonly purpose: Purpose;
  /** Codes of statuses that may be asked about. */
  readonly statuses: readonly string[];
  /** Attestation types that may be consulted. */
  readonly attestationTypes: readonly string[];
  readonly flows: readonly string[];
  /** What may be seen of them, by the names that attestation types give their facts. */
  readonly attributes: readonly string[];
  /** NIS codes: only persons with their domicile there. Missing: everybody. */
  readonly municipalities?: readonly string[];
  /** Only persons of whom the organisation registered a dossier for it. */
  readonly ownDossiers: boolean;
  /** Both days included. */
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate;
}

/** A purpose in words; English where somebody wrote it. */
export type Purpose = LocalizedString & { readonly en?: string };

/** A version, for whoever is told that somebody rested on it. */
export interface NamedDeliberation {
  readonly deliberationId: string;
  readonly version: number;
  /** As the Committee numbers it. */
  readonly number: string;
  readonly purpose: Purpose;
}

/** One version. The organisation is the same in all of them. */
export interface Deliberation extends DataUse {
  /** As the Committee numbers it. */
  readonly number: string;
  readonly decidedOn: LocalDate;
  readonly organization: string;
}

/** How many days before its last day the end of a deliberation is announced. */
export const ANNOUNCED_DAYS = 60;

export type DeliberationState = 'future' | 'inForce' | 'replaced' | 'expired' | 'ended';

/** Tells the state of a version on a day. `isReplaced`: a later version has begun. */
export function stateOf(
  { validFrom, validUntil }: Pick<DataUse, 'validFrom' | 'validUntil'>,
  { isEnded, isReplaced }: { readonly isEnded: boolean; readonly isReplaced: boolean },
  today: LocalDate,
): DeliberationState {
  if (isEnded) return 'ended';
  if (isReplaced) return 'replaced';
  if (today < validFrom) return 'future';
  return today > validUntil ? 'expired' : 'inForce';
}

/** Counts the days from one day to another. */
export function daysBetween(from: LocalDate, until: LocalDate): number {
  return Math.round((Date.parse(`${until}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** What a deliberation names among its attributes where it lets the organisation ask what was known at a moment. */
export const HISTORY = 'statusHistory';

/** … and where it lets the organisation have extracts for research, under pseudonyms. */
export const RESEARCH = 'researchExtract';

/** The parts of a use that are lists of names. */
export const LIST_NAMES = ['statuses', 'attestationTypes', 'flows', 'attributes'] as const;

/** What of a use lies outside of another one; an empty list when it covers all of it. */
export type UncoveredPart =
  | 'legalContext'
  | (typeof LIST_NAMES)[number]
  | 'municipalities'
  | 'ownDossiers'
  | 'validFrom'
  | 'validUntil';

/** Lists what of a use another one does not cover. */
export function uncoveredBy(allowed: DataUse, asked: DataUse): readonly UncoveredPart[] {
  const parts: UncoveredPart[] = [];
  if (allowed.legalContext !== asked.legalContext) parts.push('legalContext');
  for (const name of LIST_NAMES) if (!includesAll(allowed[name], asked[name])) parts.push(name);
  const { municipalities } = allowed;
  // Who asks for everybody asks for more than some municipalities.
  if (
    municipalities !== undefined &&
    (asked.municipalities === undefined || !includesAll(municipalities, asked.municipalities))
  )
    parts.push('municipalities');
  if (allowed.ownDossiers && !asked.ownDossiers) parts.push('ownDossiers');
  if (asked.validFrom < allowed.validFrom) parts.push('validFrom');
  if (asked.validUntil > allowed.validUntil) parts.push('validUntil');
  return parts;
}

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}
