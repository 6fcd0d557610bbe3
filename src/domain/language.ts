/** Languages of documents and pages, and which one a person's attestation is written in. */
import type { Municipality } from './municipality.ts';

/** The official languages; attestations and eBox messages are written in one of them. */
export const DOCUMENT_LANGUAGES = ['nl', 'fr', 'de'] as const;
export type DocumentLanguage = (typeof DOCUMENT_LANGUAGES)[number];

/** The languages of pages: the official ones, and English for whoever speaks none of them. */
export const PAGE_LANGUAGES = [...DOCUMENT_LANGUAGES, 'en'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** A text in each official language (Belgif `LocalizedString`). */
export type LocalizedString = Readonly<Record<DocumentLanguage, string>>;

/** Which language counts where the municipality alone does not decide. */
export interface LanguagePresumption {
  /** For the bilingual municipalities of Brussels-Capital. */
  readonly brussels: 'nl' | 'fr';
  /** For municipalities with language facilities: their own language, or the one of the facilities. */
  readonly facilities: 'own' | 'other';
  /** For persons of whom no municipality is known, such as those who live abroad. */
  readonly unknown: DocumentLanguage;
}

export interface LanguageChoice {
  readonly language: DocumentLanguage;
  /** `chosen` by the person, or `presumed` from the domicile (coordinated acts of 18 July 1966, art. 41). */
  readonly basis: 'chosen' | 'presumed';
}

/** Picks the language of a person's documents: their own choice, else the domicile, else the presumption. */
export function chooseLanguage(
  choice: DocumentLanguage | undefined,
  municipality: Municipality | undefined,
  presumption: LanguagePresumption,
): LanguageChoice {
  if (choice !== undefined) return { language: choice, basis: 'chosen' };
  return { language: presumedLanguage(municipality, presumption), basis: 'presumed' };
}

function presumedLanguage(
  municipality: Municipality | undefined,
  presumption: LanguagePresumption,
): DocumentLanguage {
  if (municipality === undefined) return presumption.unknown;
  if (municipality.language === 'nl-fr') return presumption.brussels;
  if (municipality.facilities !== undefined && presumption.facilities === 'other')
    return municipality.facilities;
  return municipality.language;
}

/**
 * Picks the language of a page from lists in order of preference: language tags such as `fr-BE`, with weights as in
 * `Accept-Language` (RFC 9110 §12.5.4) or separated by spaces as in `ui_locales`. English when none is spoken here.
 */
export function choosePageLanguage(...lists: readonly (string | undefined)[]): PageLanguage {
  for (const list of lists) {
    const found = weighted(list ?? '').find((language) => isPageLanguage(language));
    if (found !== undefined && isPageLanguage(found)) return found;
  }
  return 'en';
}

/** Tells whether a text is the code of a language that pages speak. */
export function isPageLanguage(text: string): text is PageLanguage {
  return (PAGE_LANGUAGES as readonly string[]).includes(text);
}

function weighted(list: string): string[] {
  return list
    .split(list.includes(' ') && !/[,;]/.test(list) ? ' ' : ',')
    .map((item) => {
      const [tag = '', ...parameters] = item.split(';').map((text) => text.trim());
      const weight = parameters.find((text) => text.startsWith('q='))?.slice(2) ?? '1';
      return { language: tag.toLowerCase().split('-')[0] ?? '', weight: Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ language }) => language);
}
