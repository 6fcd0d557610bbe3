/** What is looked for in an eBox: a text in messages of a language, or in what their sender and type are called in it. */
import type { Search } from '../database/inbox.ts';
import type { DocumentLanguage, LocalizedString } from '../domain/language.ts';
import { foldText } from '../domain/text.ts';
import type { Services } from './services.ts';

/** Makes the search; undefined when nothing is looked for. */
export function searchOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  text: string | undefined,
  language: DocumentLanguage | undefined,
): Search | undefined {
  if (text === undefined || language === undefined) return undefined;
  const folded = foldText(text);
  const { organizations, applications, messageTypes } = catalogue.senders;
  const has = (...names: readonly (LocalizedString | undefined)[]) =>
    names.some((name) => name !== undefined && foldText(name[language]).includes(folded));
  const idsOf = <T>(all: ReadonlyMap<string, T>, isFound: (one: T) => boolean) =>
    [...all].filter(([, one]) => isFound(one)).map(([id]) => id);
  return {
    folded,
    language,
    messageTypeIds: idsOf(messageTypes, ({ name, description }) => has(name, description)),
    applicationIds: idsOf(applications, ({ name, description }) => has(name, description)),
    organizationIds: idsOf(organizations, ({ shortName, longName }) => has(shortName, longName)),
  };
}
