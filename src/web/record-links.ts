/** Where the record of a check is: in the language of the page, or in each that documents are written in. */
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import type { CodeReport } from '../domain/verification.ts';
import type { Visit } from './route.ts';
import type { Texts } from './texts.ts';

export interface RecordLink {
  readonly href: string;
  readonly text: string;
  /** Where the text is not in the language of the page. */
  readonly lang?: DocumentLanguage;
}

/** Gives the links. The day that was asked about goes along. */
export function recordLinks(
  { language, t }: Texts,
  path: string,
  { onDay }: Pick<CodeReport, 'onDay'>,
  fields: Readonly<Record<string, string>> = {},
): readonly RecordLink[] {
  const hrefIn = (one: DocumentLanguage) =>
    `${path}?${new URLSearchParams({ ...fields, ...(onDay && { on: onDay.day }), in: one }).toString()}`;
  if (language !== 'en') return [{ href: hrefIn(language), text: t('record.save') }];
  const names = { nl: t('page.inNl'), fr: t('page.inFr'), de: t('page.inDe') };
  return DOCUMENT_LANGUAGES.map((one) => ({ href: hrefIn(one), text: names[one], lang: one }));
}

/** Gives the language that was asked for, `?in=`; else that of the page, where documents are written in it. */
export function recordLanguage({ request, texts: { language } }: Visit): DocumentLanguage {
  const asked = DOCUMENT_LANGUAGES.find((one) => one === request.query.in);
  return asked ?? (language === 'en' ? 'fr' : language);
}
