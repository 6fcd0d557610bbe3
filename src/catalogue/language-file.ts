/** Reads the words of the frame and of each attestation type, and checks that every language says the same things. */
import { z } from 'zod';
import {
  type AttestationTexts,
  FRAME_WORDS,
  type LayoutBlock,
  OWN_PLACEHOLDERS,
  PLACEHOLDERS,
  wordsOf,
} from '../domain/attestation-type.ts';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import { words } from './shapes.ts';
import { type CheckedFile, type KeyPath, readYamlFile } from './yaml-file.ts';

type InEveryLanguage<T> = Readonly<Record<DocumentLanguage, T>>;
type Words = Readonly<Record<string, string>>;

const wordMap: z.ZodType<Words> = z.record(z.string(), words);
const typeTexts: z.ZodType<AttestationTexts> = z.strictObject({
  title: words,
  subject: words.refine((text) => text.length <= 400, 'an eBox subject has at most 400 characters'),
  words: wordMap,
});

/** Reads `brand/<language>.yaml`: the words around every document. @throws ServiceError `templateInvalid` */
export async function readFrameWords(folder: string): Promise<InEveryLanguage<Words>> {
  const files = await readEveryLanguage(folder, 'brand', wordMap);
  for (const language of DOCUMENT_LANGUAGES) {
    const { value, fault } = files[language];
    checkWords(value, new Set(FRAME_WORDS), new Set(FRAME_WORDS), (key, problem) => fault([key], problem));
  }
  checkSamePlaceholders(files, (file) => file, []);
  return mapLanguages(files, ({ value }) => value);
}

/**
 * Reads `<type>/<language>.yaml` and lays its words over those of the frame.
 * @throws ServiceError `templateInvalid` when a word that the layout prints is missing in a language, one is printed
 * nowhere, a placeholder is not known, or a word has other placeholders than in another language
 */
export async function readTypeTexts(
  folder: string,
  id: string,
  layout: readonly LayoutBlock[],
  frame: InEveryLanguage<Words>,
): Promise<InEveryLanguage<AttestationTexts>> {
  const files = await readEveryLanguage(folder, id, typeTexts);
  const needed = new Set(wordsOf(layout));
  const allowed = new Set<string>([...needed, ...FRAME_WORDS]);
  for (const language of DOCUMENT_LANGUAGES) {
    const { value, fault } = files[language];
    for (const key of ['title', 'subject'] as const) {
      if (/[{}]/.test(value[key])) throw fault([key], 'may not hold a placeholder');
    }
    checkWords(value.words, needed, allowed, (key, problem) => fault(['words', key], problem));
  }
  checkSamePlaceholders(files, (texts) => texts.words, ['words']);
  return mapLanguages(files, ({ value }, language) => ({
    ...value,
    words: { ...frame[language], ...value.words },
  }));
}

async function readEveryLanguage<T>(
  folder: string,
  place: string,
  schema: z.ZodType<T>,
): Promise<InEveryLanguage<CheckedFile<T>>> {
  const [nl, fr, de] = await Promise.all([
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

/** Every needed word is there, no other than the allowed ones, and each names known values only. */
function checkWords(
  found: Words,
  needed: ReadonlySet<string>,
  allowed: ReadonlySet<string>,
  fault: (key: string, problem: string) => Error,
): void {
  for (const key of needed) {
    if (found[key] === undefined) throw fault(key, 'is missing');
  }
  for (const [key, text] of Object.entries(found)) {
    if (!allowed.has(key)) throw fault(key, 'is not known: no block of the layout prints it');
    const known = OWN_PLACEHOLDERS[key] ?? PLACEHOLDERS;
    const unknown = placeholdersOf(text).find((placeholder) => !known.some((one) => one === placeholder));
    if (unknown !== undefined) throw fault(key, `names {${unknown}}, but may only name ${known.join(', ')}`);
    if (/[{}]/.test(text.replace(/\{\w+\}/g, '')))
      throw fault(key, 'has a brace that belongs to no placeholder');
  }
}

/** A word that is in one language must be in all, and must give the same values. */
function checkSamePlaceholders<T>(
  files: InEveryLanguage<CheckedFile<T>>,
  wordsIn: (content: T) => Words,
  around: KeyPath,
): void {
  const dutch = wordsIn(files.nl.value);
  for (const language of DOCUMENT_LANGUAGES) {
    const { value, fault } = files[language];
    const found = wordsIn(value);
    for (const [key, text] of Object.entries(dutch)) {
      const other = found[key];
      if (other === undefined) throw fault([...around, key], 'is missing, though it is there in nl');
      if (placeholdersOf(text).join() !== placeholdersOf(other).join())
        throw fault([...around, key], 'has other placeholders than in nl');
    }
    for (const key of Object.keys(found)) {
      if (dutch[key] === undefined) throw fault([...around, key], 'is there, though it is missing in nl');
    }
  }
}

function placeholdersOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''))].sort();
}
