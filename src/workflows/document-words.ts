/** The texts of pages for documents: in the language of a document, with dates and numbers as Belgium writes them. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import type { FactWords } from './shown-facts.ts';

/** Gives the words of a language. Only texts whose placeholders are names can be asked for. */
export function documentWords(
  { pageTexts }: Pick<Catalogue, 'pageTexts'>,
  language: DocumentLanguage,
): FactWords {
  const locale = `${language}-BE`;
  const utc = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const date = new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Brussels', dateStyle: 'long' });
  const day = utc({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const month = utc({ month: 'long', year: 'numeric' });
  const number = new Intl.NumberFormat(locale);
  return {
    language,
    t: (key, values = {}) => {
      const text = pageTexts[language].get(key);
      if (text === undefined) throw new ServiceError('templateInvalid', `the pages have no text ${key}`);
      return text.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
    },
    date: (instant) => date.format(instant),
    day: (text) => day.format(new Date(`${text}T00:00:00Z`)),
    month: (text) => month.format(new Date(`${text}-01T00:00:00Z`)),
    number: (value) => number.format(value),
  };
}
