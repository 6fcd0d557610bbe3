/** Names of what the reference lists hold by code, as documents print them. */
import type { DocumentLanguage, LocalizedString } from './language.ts';
import type { Municipality } from './municipality.ts';

/** The lists themselves. */
export interface ReferenceLists {
  readonly municipalities: ReadonlyMap<string, Municipality>;
  readonly jointCommittees: ReadonlyMap<string, LocalizedString>;
}

/** How names are found in them; undefined for a code that its list does not know. */
export interface ReferenceNames {
  /** The short name of a joint committee by number. */
  readonly jointCommitteeName: (number: string, language: DocumentLanguage) => string | undefined;
  /** The name of a municipality by NIS code, also of one that was merged. */
  readonly municipalityName: (nisCode: string, language: DocumentLanguage) => string | undefined;
}

/** Lists are plain data, which can be handed to another thread; what finds names in them is made where they arrive. */
export function namesFrom({ municipalities, jointCommittees }: ReferenceLists): ReferenceNames {
  return {
    jointCommitteeName: (number, language) => jointCommittees.get(number)?.[language],
    municipalityName: (code, language) => municipalities.get(code)?.name[language],
  };
}
