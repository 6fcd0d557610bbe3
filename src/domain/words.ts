/** Texts in each language of the pages. */
import type { PageLanguage } from './language.ts';

export type Words = Readonly<Record<PageLanguage, string>>;

/** Puts the languages in their order. */
export const words = (nl: string, fr: string, de: string, en: string): Words => ({ nl, fr, de, en });
