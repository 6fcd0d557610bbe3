/** Belgian municipalities by NIS (REFNIS) code, with the language of their administration. */
import type { DocumentLanguage, LocalizedString } from './language.ts';
import { addDays, isWithin, type LocalDate } from './period.ts';

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

/** A municipality that became part of another one, on a day. */
export interface MunicipalityPart {
  readonly nisCode: NisCode;
  readonly part: NisCode;
  readonly since: LocalDate;
}

/**
 * Lists what became part of what, over however many mergers. A municipality that was there before it took others in is a
 * part of itself, as it is no more than they are all of it.
 */
export function listParts(municipalities: ReadonlyMap<string, Municipality>): readonly MunicipalityPart[] {
  const parts = new Map<string, MunicipalityPart>();
  const add = (one: MunicipalityPart) => parts.set(`${one.nisCode} ${one.part}`, one);
  for (const { nisCode: part } of municipalities.values()) {
    let one = municipalities.get(part);
    for (let steps = 0; one?.mergedInto !== undefined && steps < municipalities.size; steps += 1) {
      const whole = municipalities.get(one.mergedInto);
      if (whole === undefined || one.validUntil === undefined || whole.nisCode === part) break;
      const since = addDays(one.validUntil, 1);
      add({ nisCode: whole.nisCode, part, since });
      if (whole.validFrom < since) add({ nisCode: whole.nisCode, part: whole.nisCode, since });
      one = whole;
    }
  }
  return [...parts.values()];
}
