/** Languages of documents and pages, and which one a person's attestation is written in. */
import type { Municipality } from './municipality.ts';

/** The official languages; attestations and eBox messages are written in one of them. */
export const DOCUMENT_LANGUAGES = ['nl', 'fr', 'de'] as const;
export type DocumentLanguage = (typeof DOCUMENT_LANGUAGES)[number];

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
