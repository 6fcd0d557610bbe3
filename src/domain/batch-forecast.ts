/** What a batch would come to, told before it runs: attestations by type, persons by language and domicile. */
import { hideCells } from './cell-suppression.ts';
import {
  chooseLanguage,
  DOCUMENT_LANGUAGES,
  type DocumentLanguage,
  type LanguagePresumption,
} from './language.ts';
import { municipalityOn } from './municipality.ts';
import { type SimulationView, weighSimulation } from './simulation.ts';
import type { Category } from './statistics.ts';

/** How many of the persons have these in common. */
export interface RecipientGroup {
  /** As they chose it. */
  readonly language: DocumentLanguage | null;
  readonly nisCode: string | null;
  readonly hasEbox: boolean;
  readonly persons: number;
}

export interface StoredForecast {
  /** By type. */
  readonly attestations: Readonly<Record<string, number>>;
  readonly recipients: readonly RecipientGroup[];
}

/**
 * What is told of it. Small counts, and as many others as it takes, are left out as if there were nobody: that a place is
 * named at all would tell where the person of a batch of one row lives.
 */
export interface BatchForecast {
  readonly attestations: readonly { readonly type: string; readonly count: number }[];
  readonly persons: number;
  readonly languages: readonly { readonly language: DocumentLanguage; readonly persons: number }[];
  /** Of the persons, rounded: whose eBox cannot be reached; undefined where that is left out. */
  readonly unreachablePercent: number | undefined;
  /** The country first, then each area and municipality. */
  readonly places: readonly { readonly place: Category; readonly persons: number }[];
  /** Whether something was left out. */
  readonly isPartial: boolean;
  readonly smallestCount: number;
}

/** Puts the counts of parts together, of which no person and no case stands in two. */
export function joinForecasts(parts: readonly StoredForecast[]): StoredForecast {
  const attestations: Record<string, number> = {};
  const groups = new Map<string, RecipientGroup>();
  for (const part of parts) {
    for (const [type, count] of Object.entries(part.attestations))
      attestations[type] = (attestations[type] ?? 0) + count;
    for (const { language, nisCode, hasEbox, persons } of part.recipients) {
      const key = JSON.stringify([language, nisCode, hasEbox]);
      const before = groups.get(key)?.persons ?? 0;
      groups.set(key, { language, nisCode, hasEbox, persons: before + persons });
    }
  }
  return { attestations, recipients: [...groups.values()] };
}

/** Works out what is told. */
export function weighForecast(
  { attestations, recipients }: StoredForecast,
  view: SimulationView & { readonly presumption: LanguagePresumption },
): BatchForecast {
  const { municipalities, smallestCount, presumption, today } = view;
  const sumOf = (groups: readonly RecipientGroup[]) => groups.reduce((sum, { persons }) => sum + persons, 0);
  const languageOf = ({ language, nisCode }: RecipientGroup) =>
    chooseLanguage(language ?? undefined, municipalityOn(municipalities, nisCode ?? '', today), presumption)
      .language;
  const inLanguage = (language: DocumentLanguage) =>
    sumOf(recipients.filter((group) => languageOf(group) === language));
  const byLanguage = hideParts(DOCUMENT_LANGUAGES.map(inLanguage), smallestCount);
  const languages = DOCUMENT_LANGUAGES.flatMap((language, at) => {
    const count = byLanguage[at] ?? 0;
    return count === 0 ? [] : [{ language, persons: count }];
  });
  const simulated = weighSimulation({ now: countPlaces(recipients), before: undefined }, 0, view);
  const persons = sumOf(recipients);
  const [unreachable, reachable] = hideParts(
    [false, true].map((hasEbox) => sumOf(recipients.filter((group) => group.hasEbox === hasEbox))),
    smallestCount,
  );
  const isTold = unreachable !== undefined && reachable !== undefined && persons >= smallestCount;
  return {
    attestations: Object.entries(attestations)
      .map(([type, count]) => ({ type, count }))
      .sort((one, other) => other.count - one.count),
    persons,
    languages,
    unreachablePercent: isTold ? Math.round((unreachable * 100) / persons) : undefined,
    places: simulated.flatMap(({ place, told }) =>
      told === undefined || told.persons === 0 ? [] : [{ place, persons: told.persons }],
    ),
    isPartial:
      (persons > 0 && !isTold) ||
      byLanguage.includes(undefined) ||
      simulated.some(({ told }) => told === undefined),
    smallestCount,
  };
}

function countPlaces(recipients: readonly RecipientGroup[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { nisCode, persons } of recipients)
    counts[nisCode ?? ''] = (counts[nisCode ?? ''] ?? 0) + persons;
  return counts;
}

/** Hides small ones of counts whose sum is known. */
function hideParts(counts: readonly number[], smallest: number): readonly (number | undefined)[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const hidden = hideCells(
    [total, ...counts],
    [{ total: 0, parts: counts.map((_, at) => at + 1) }],
    smallest,
  );
  return counts.map((count, at) => (hidden.has(at + 1) ? undefined : count));
}
