/** Belgian municipalities by NIS (REFNIS) code, with the language of their administration. */
import type { DocumentLanguage, LocalizedString } from './language.ts';
import { isWithin, type LocalDate } from './period.ts';

/** A five-digit REFNIS code. */
export type NisCode = string & { readonly __nisCode: never };

/** The regions as Statbel writes them. */
export const REGIONS = ['VLG', 'WAL', 'BRU'] as const;
export type Region = (typeof REGIONS)[number];

export interface Municipality {
  readonly nisCode: NisCode;
  readonly name: LocalizedString;
  /** Flanders, Wallonia or Brussels-Capital. */
  readonly region: Region;
  /** `nl-fr` in bilingual Brussels-Capital. */
  readonly language: DocumentLanguage | 'nl-fr';
  /** The second language for which inhabitants have facilities. */
  readonly facilities?: DocumentLanguage;
  readonly validFrom: LocalDate;
  readonly validUntil?: LocalDate;
  /** The code that continues this one after a merger or recoding. */
  readonly mergedInto?: NisCode;
}

/**
 * Follows mergers and recodings to the municipality that a code stands for on a day; undefined for a code that is not
 * known, or whose successors are not or lead back to it.
 */
export function municipalityOn(
  municipalities: ReadonlyMap<string, Municipality>,
  nisCode: string,
  date: LocalDate,
): Municipality | undefined {
  let found = municipalities.get(nisCode);
  for (let steps = 0; steps <= municipalities.size; steps += 1) {
    if (found?.mergedInto === undefined || isWithin(date, undefined, found.validUntil)) return found;
    found = municipalities.get(found.mergedInto);
  }
  return undefined;
}
