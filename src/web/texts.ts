/** What pages say in one language: texts by key, and dates, times and numbers as its readers write them. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { PAGE_LANGUAGES, type PageLanguage } from '../domain/language.ts';
import type { LocalDate, LocalMonth } from '../domain/period.ts';
import { ServiceError } from '../errors.ts';

type Values = Readonly<Record<string, string | number>>;

export interface Texts {
  readonly language: PageLanguage;
  /** Gives a text of `templates/web/`, plain: views escape it. Throws `templateInvalid` for a key that is not there. */
  readonly t: (key: string, values?: Values) => string;
  /** `22 November 2026`, as the clocks of Brussels show it. */
  readonly date: (instant: Date) => string;
  /** `22 November 2026 at 09:30`, as the clocks of Brussels show it. */
  readonly dateTime: (instant: Date) => string;
  /** `09:30`, as the clocks of Brussels show it. */
  readonly time: (instant: Date) => string;
  /** `Tuesday 1 September 2020`. */
  readonly day: (date: LocalDate) => string;
  /** `September 2020`. */
  readonly month: (month: LocalMonth) => string;
  readonly number: (value: number) => string;
}

/** How a language is written in Belgium; British where Belgium has no way of its own. */
const LOCALES: Readonly<Record<PageLanguage, string>> = {
  nl: 'nl-BE',
  fr: 'fr-BE',
  de: 'de-BE',
  en: 'en-GB',
};

/** Prepares the texts of every language, so that a page only looks them up. */
export function createTexts({
  pageTexts,
}: Pick<Catalogue, 'pageTexts'>): Readonly<Record<PageLanguage, Texts>> {
  const [nl, fr, de, en] = PAGE_LANGUAGES.map((language) => textsOf(language, pageTexts[language]));
  // As many as there are languages, in their order.
  return { nl, fr, de, en } as Readonly<Record<PageLanguage, Texts>>;
}

/** French sets a space before its high marks; they may not begin a line. */
function joinMarks(text: string): string {
  return text.replace(/ (?=[?!:;»])/g, '\u00a0').replace(/« /g, '«\u00a0');
}

function textsOf(language: PageLanguage, texts: ReadonlyMap<string, string>): Texts {
  const locale = LOCALES[language];
  const messages = new Map(
    [...texts].map(([key, text]) => [
      key,
      new IntlMessageFormat(language === 'fr' ? joinMarks(text) : text, locale, undefined, {
        ignoreTag: true,
      }),
    ]),
  );
  const inBrussels = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Brussels', ...options });
  const [date, time, dateTime] = [
    inBrussels({ dateStyle: 'long' }),
    inBrussels({ timeStyle: 'short', hourCycle: 'h23' }),
    inBrussels({ dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' }),
  ];
  const utc = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const day = utc({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const month = utc({ month: 'long', year: 'numeric' });
  const number = new Intl.NumberFormat(locale);
  return {
    language,
    t: (key, values) => {
      const message = messages.get(key);
      if (message === undefined) throw new ServiceError('templateInvalid', `the pages have no text ${key}`);
      return String(message.format(values));
    },
    date: (instant) => date.format(instant),
    time: (instant) => time.format(instant),
    dateTime: (instant) => dateTime.format(instant),
    day: (text) => day.format(new Date(`${text}T00:00:00Z`)),
    month: (text) => month.format(new Date(`${text}-01T00:00:00Z`)),
    number: (value) => number.format(value),
  };
}
