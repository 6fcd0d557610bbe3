/** Reads the words of the frame and of each attestation type, and checks that every language says the same things. */
import { z } from 'zod';
import {
  type AttestationTexts,
  type AttestationType,
  FRAME_WORDS,
  OWN_PLACEHOLDERS,
  PLACEHOLDERS,
} from '../domain/attestation-type.ts';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import { wordsOf } from '../domain/page-layout.ts';
import type { ServiceError } from '../errors.ts';
import { words } from './shapes.ts';
import { type CheckedFile, gather, type KeyPath, readYamlFile, throwAll } from './yaml-file.ts';

type InEveryLanguage<T> = Readonly<Record<DocumentLanguage, T>>;
type Words = Readonly<Record<string, string>>;

const wordMap: z.ZodType<Words> = z.record(z.string(), words);
const plain = words.refine((text) => !/[{}]/.test(text), 'it may not hold a placeholder');
/** The words of a type in one language. */
export const typeTexts: z.ZodType<AttestationTexts> = z.strictObject({
  title: plain,
  subject: plain.refine((text) => text.length <= 400, 'an eBox subject has at most 400 characters'),
  words: wordMap,
});

/**
 * Reads `brand/<language>.yaml`: the words around every document. They can name what every type has.
 * @throws ServiceError `templateInvalid`
 */
export async function readFrameWords(folder: string): Promise<InEveryLanguage<Words>> {
  const files = await readEveryLanguage(folder, 'brand', wordMap);
  const rules = { needed: new Set(FRAME_WORDS), allowed: new Set(FRAME_WORDS), values: PLACEHOLDERS };
  throwAll(faultsOfWords(files, (file) => file, [], rules));
  return mapLanguages(files, ({ value }) => value);
}

/**
 * Reads `<type>/<language>.yaml`; `layWordsOver` adds the words of the frame.
 * @param type what its `type.yaml` says; missing when that cannot be read, then only the form of the files is checked
 * @throws ServiceError `templateInvalid` when a word that the layout prints is missing in a language, one is printed
 * nowhere, a placeholder is not known, or a word has other placeholders than in another language
 */
export async function readTypeTexts(
  folder: string,
  id: string,
  type: Pick<AttestationType, 'layout' | 'facts'> | undefined,
): Promise<InEveryLanguage<AttestationTexts>> {
  const files = await readEveryLanguage(folder, id, typeTexts);
  if (type !== undefined) throwAll(faultsOfTexts(files, type));
  return mapLanguages(files, ({ value }) => value);
}

/** Lays the words of a type over those of the frame. */
export function layWordsOver(
  frame: InEveryLanguage<Words>,
  texts: InEveryLanguage<AttestationTexts>,
): InEveryLanguage<AttestationTexts> {
  return mapLanguages(texts, (own, language) => ({ ...own, words: { ...frame[language], ...own.words } }));
}

function faultsOfTexts(
  files: InEveryLanguage<CheckedFile<AttestationTexts>>,
  type: Pick<AttestationType, 'layout' | 'facts'>,
): ServiceError[] {
  return faultsOfWords(files, (texts) => texts.words, ['words'], rulesOf(type));
}

/** Says what is wrong with a translation beside the Dutch texts; words of the frame are about the paper, and stay as they are. */
export function faultsOfTranslation(
  dutch: AttestationTexts,
  translation: AttestationTexts,
  type: Pick<AttestationType, 'layout' | 'facts'>,
): readonly WordFault[] {
  const rules = rulesOf(type);
  const alone = faultsAlone(translation.words, rules);
  // What is wrong in Dutch is told of there.
  const wrong = new Set([...alone, ...faultsAlone(dutch.words, rules)].map(({ key }) => key));
  const frame = new Set<string>(FRAME_WORDS);
  const between = faultsAgainst(dutch.words, translation.words);
  return [...alone, ...between.filter(({ key }) => !wrong.has(key) && !frame.has(key))];
}

function rulesOf({ layout, facts }: Pick<AttestationType, 'layout' | 'facts'>): WordRules {
  const frame = new Set<string>(FRAME_WORDS);
  const printed = wordsOf(layout, facts);
  return {
    needed: new Set(printed.filter((word) => !frame.has(word))),
    allowed: new Set([...printed, ...frame]),
    values: [...new Set([...PLACEHOLDERS, ...facts.keys()])],
  };
}

async function readEveryLanguage<T>(
  folder: string,
  place: string,
  schema: z.ZodType<T>,
): Promise<InEveryLanguage<CheckedFile<T>>> {
  const [nl, fr, de] = await gather([
    readYamlFile(folder, `${place}/nl.yaml`, schema),
    readYamlFile(folder, `${place}/fr.yaml`, schema),
    readYamlFile(folder, `${place}/de.yaml`, schema),
  ]);
  return { nl, fr, de };
}

function mapLanguages<T, U>(
  values: InEveryLanguage<T>,
  map: (value: T, language: DocumentLanguage) => U,
): InEveryLanguage<U> {
  return { nl: map(values.nl, 'nl'), fr: map(values.fr, 'fr'), de: map(values.de, 'de') };
}

/** Which words there must and may be, and which values they may name. */
interface WordRules {
  readonly needed: ReadonlySet<string>;
  readonly allowed: ReadonlySet<string>;
  readonly values: readonly string[];
}

export interface WordFault {
  readonly key: string;
  readonly problem: string;
}

/** Looks at each language by itself; a word that is right in each is then compared between them. */
function faultsOfWords<T>(
  files: InEveryLanguage<CheckedFile<T>>,
  wordsIn: (content: T) => Words,
  around: KeyPath,
  rules: WordRules,
): ServiceError[] {
  const alone = DOCUMENT_LANGUAGES.flatMap((language) =>
    faultsAlone(wordsIn(files[language].value), rules).map((fault) => ({ language, ...fault })),
  );
  const wrong = new Set(alone.map(({ key }) => key));
  const between = DOCUMENT_LANGUAGES.flatMap((language) =>
    faultsAgainst(wordsIn(files.nl.value), wordsIn(files[language].value))
      .filter(({ key }) => !wrong.has(key))
      .map((fault) => ({ language, ...fault })),
  );
  return [...alone, ...between].map(({ language, key, problem }) =>
    files[language].fault([...around, key], problem),
  );
}

/** Every needed word is there, no other than the allowed ones, and each names known values only. */
function faultsAlone(found: Words, { needed, allowed, values }: WordRules): WordFault[] {
  const missing = [...needed].filter((key) => found[key] === undefined);
  return [
    ...missing.map((key) => ({ key, problem: 'is missing' })),
    ...Object.entries(found).flatMap(([key, text]) => {
      if (!allowed.has(key)) return [{ key, problem: 'is not known: no block of the layout prints it' }];
      const problem = problemOfText(text, OWN_PLACEHOLDERS[key] ?? values);
      return problem === undefined ? [] : [{ key, problem }];
    }),
  ];
}

function problemOfText(text: string, values: readonly string[]): string | undefined {
  const unknown = placeholdersOf(text).find((placeholder) => !values.includes(placeholder));
  if (unknown !== undefined) return `names {${unknown}}, but may only name ${values.join(', ')}`;
  return /[{}]/.test(text.replace(/\{\w+\}/g, '')) ? 'has a brace that belongs to no placeholder' : undefined;
}

/** A word that is in one language must be in all, and must give the same values. */
function faultsAgainst(dutch: Words, found: Words): WordFault[] {
  const different = Object.entries(dutch).flatMap(([key, text]) => {
    const other = found[key];
    if (other === undefined) return [{ key, problem: 'is missing, though it is there in nl' }];
    if (placeholdersOf(text).join() === placeholdersOf(other).join()) return [];
    return [{ key, problem: 'has other placeholders than in nl' }];
  });
  const more = Object.keys(found).filter((key) => dutch[key] === undefined);
  return [...different, ...more.map((key) => ({ key, problem: 'is there, though it is missing in nl' }))];
}

function placeholdersOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''))].sort();
}
