/** What is looked for in an eBox: a text in messages of a language, or in what their sender and type are called in it. */
import type { Search } from '../database/inbox.ts';
import { DOCUMENT_LANGUAGES, type DocumentLanguage, type LocalizedString } from '../domain/language.ts';
import { foldText } from '../domain/text.ts';
import type { Services } from './services.ts';

/** Makes the search; undefined when nothing is looked for. */
export function searchOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  text: string | undefined,
  language: DocumentLanguage | undefined,
): Search | undefined {
  return text === undefined || language === undefined
    ? undefined
    : { ...searchIn(catalogue, text, [language]), language };
}

/** Makes the search of a person, who reads a list without asking in which language each message is. */
export function searchAnywhere({ catalogue }: Pick<Services, 'catalogue'>, text: string): Search | undefined {
  return foldText(text) === '' ? undefined : searchIn(catalogue, text, DOCUMENT_LANGUAGES);
}

function searchIn(
  catalogue: Services['catalogue'],
  text: string,
  languages: readonly DocumentLanguage[],
): Search {
  const folded = foldText(text);
  const { organizations, applications, messageTypes } = catalogue.senders;
  const has = (...names: readonly (LocalizedString | undefined)[]) =>
    names.some((name) => name !== undefined && languages.some((one) => foldText(name[one]).includes(folded)));
  const idsOf = <T>(all: ReadonlyMap<string, T>, isFound: (one: T) => boolean) =>
    [...all].filter(([, one]) => isFound(one)).map(([id]) => id);
  return {
    folded,
    messageTypeIds: idsOf(messageTypes, ({ name, description }) => has(name, description)),
    applicationIds: idsOf(applications, ({ name, description }) => has(name, description)),
    organizationIds: idsOf(organizations, ({ shortName, longName }) => has(shortName, longName)),
  };
}
