/** Reads `web/<language>.yaml`: the texts of the pages, as ICU messages, and checks that every language says the same. */
import { IntlMessageFormat } from 'intl-messageformat';
import { z } from 'zod';
import { PAGE_LANGUAGES, type PageLanguage } from '../domain/language.ts';
import { describeError } from '../errors.ts';
import { words } from './shapes.ts';
import { type CheckedFile, readYamlFile } from './yaml-file.ts';

/** The texts of one language by key, such as `inbox.title`: its group in the file, then its name there. */
export type PageTexts = ReadonlyMap<string, string>;

const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a name of letters and digits is expected');
const textFile = z.record(name, z.record(name, words));

type TextFile = z.infer<typeof textFile>;

/**
 * Reads the texts of all pages in every language.
 * @throws ServiceError `templateInvalid` when a text is there in one language and missing in another, is no ICU message,
 * or names other values than in nl
 */
export async function readPageTexts(folder: string): Promise<Readonly<Record<PageLanguage, PageTexts>>> {
  const [nl, fr, de, en] = await Promise.all([
    readYamlFile(folder, 'web/nl.yaml', textFile),
    readYamlFile(folder, 'web/fr.yaml', textFile),
    readYamlFile(folder, 'web/de.yaml', textFile),
    readYamlFile(folder, 'web/en.yaml', textFile),
  ]);
  const files = { nl, fr, de, en };
  const expected = flatten(nl.value);
  const values = new Map([...expected].map(([key, text]) => [key, valuesOf(nl, key, text, 'nl')]));
  for (const language of PAGE_LANGUAGES) checkAgainst(files[language], language, values);
  return { nl: expected, fr: flatten(fr.value), de: flatten(de.value), en: flatten(en.value) };
}

function flatten(file: TextFile): Map<string, string> {
  return new Map(
    Object.entries(file).flatMap(([group, texts]) =>
      Object.entries(texts).map(([key, text]) => [`${group}.${key}`, text] as const),
    ),
  );
}

function checkAgainst(
  file: CheckedFile<TextFile>,
  language: PageLanguage,
  expected: ReadonlyMap<string, string>,
): void {
  const texts = flatten(file.value);
  for (const [key, values] of expected) {
    const text = texts.get(key);
    if (text === undefined) throw file.fault(key.split('.'), 'is missing, though it is there in nl');
    if (valuesOf(file, key, text, language) !== values)
      throw file.fault(key.split('.'), 'names other values than in nl');
  }
  for (const key of texts.keys()) {
    if (!expected.has(key)) throw file.fault(key.split('.'), 'is there, though it is missing in nl');
  }
}

/** Lists the values that a message names, each with its kind, as one text to be compared. */
function valuesOf(file: CheckedFile<TextFile>, key: string, text: string, language: PageLanguage): string {
  // Without a brace it is plain text, as most are; the parser would take a tenth of a second for all of them.
  if (!/[{}]/.test(text)) return '';
  try {
    const ast = new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst();
    return [...new Set(namesIn(ast))].sort().join(' ');
  } catch (error) {
    throw file.fault(key.split('.'), `is no ICU message: ${describeError(error)}`);
  }
}

type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** Elements without a name are plain text and the `#` of a plural; those with options have messages inside. */
function namesIn(ast: Ast): string[] {
  return ast.flatMap((element) => {
    const inside =
      'options' in element ? Object.values(element.options).flatMap(({ value }) => namesIn(value)) : [];
    const isNamed = 'value' in element && Number(element.type) !== LITERAL;
    return isNamed ? [`${element.value}:${element.type}`, ...inside] : inside;
  });
}

/** The type of an element that is plain text. */
const LITERAL = 0;
