/** The language of a reader: asked for in the address and remembered, else what the browser prefers. */
import type { Request, Response } from 'express';
import { choosePageLanguage, isPageLanguage, PAGE_LANGUAGES, type PageLanguage } from '../domain/language.ts';
import type { Texts } from './texts.ts';

const COOKIE = '__Host-language';
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Chooses the language of a page, and has the browser remember one that the address asks for (`?lang=fr`). */
export function languageOf(request: Request, response: Response): PageLanguage {
  const asked = request.query.lang;
  if (typeof asked === 'string' && isPageLanguage(asked)) {
    response.cookie(COOKIE, asked, {
      maxAge: YEAR_MS,
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
      path: '/',
    });
    return asked;
  }
  return choosePageLanguage(rememberedIn(request.get('cookie')), request.get('accept-language'));
}

function rememberedIn(cookies = ''): string | undefined {
  return cookies
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
}

/** What each language is called in itself. */
export function languageNames({ t }: Pick<Texts, 't'>): Readonly<Record<PageLanguage, string>> {
  return { nl: t('page.inNl'), fr: t('page.inFr'), de: t('page.inDe'), en: t('page.inEn') };
}

/** A link to the same page in another language. */
export interface LanguageLink {
  readonly language: PageLanguage;
  /** In the language itself. */
  readonly name: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** Gives the links that switch the language and keep the page. `path` is that of a page that can be opened. */
export function languageLinks(
  path: string,
  query: Readonly<Record<string, unknown>>,
  { language: current, t }: Pick<Texts, 'language' | 't'>,
): readonly LanguageLink[] {
  const kept = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[0] !== 'lang' && typeof entry[1] === 'string',
  );
  // Two slashes at the beginning would name another host.
  const own = path.replace(/^\/+/, '/');
  const names = languageNames({ t });
  return PAGE_LANGUAGES.map((language) => ({
    language,
    name: names[language],
    href: `${own}?${new URLSearchParams([...kept, ['lang', language]]).toString()}`,
    isCurrent: language === current,
  }));
}
