/** Reads the reference lists: municipalities with their languages, and joint committees. */
import { z } from 'zod';
import type { LocalizedString } from '../domain/language.ts';
import { type Municipality, type NisCode, REGIONS } from '../domain/municipality.ts';
import { documentLanguage, localDate, localizedWords, words } from './shapes.ts';
import { invalid, readTemplateFile, readYamlFile } from './yaml-file.ts';

const MUNICIPALITIES = 'reference/municipalities.csv';
const COLUMNS = [
  'nisCode',
  'nl',
  'fr',
  'de',
  'region',
  'language',
  'facilities',
  'validFrom',
  'validUntil',
  'mergedInto',
] as const;

const nisCode = z
  .string()
  .regex(/^\d{5}$/, 'a code of five digits is expected')
  .transform((code) => code as NisCode);

/** One line; an empty cell was left out before. */
const municipalityRow = z
  .strictObject({
    nisCode,
    nl: words,
    fr: words,
    de: words.exactOptional(),
    region: z.enum(REGIONS),
    language: z.enum([...documentLanguage.options, 'nl-fr']),
    facilities: documentLanguage.exactOptional(),
    validFrom: localDate,
    validUntil: localDate.exactOptional(),
    mergedInto: nisCode.exactOptional(),
  })
  .transform(({ nl, fr, de, ...rest }): Municipality => {
    const own = rest.language === 'nl' ? nl : fr;
    return { name: { nl, fr, de: de ?? own }, ...rest };
  });

/** Reads the joint committees: their short names by number. @throws ServiceError `templateInvalid` */
export async function readJointCommittees(folder: string): Promise<ReadonlyMap<string, LocalizedString>> {
  const schema = z.record(
    z.string().regex(/^\d{3}$/, 'a joint committee of three digits is expected'),
    localizedWords,
  );
  const { value } = await readYamlFile(folder, 'reference/joint-committees.yaml', schema);
  return new Map(Object.entries(value));
}

/**
 * Reads the municipalities by NIS code. Every code that another is merged into must be in the list itself.
 * @throws ServiceError `templateInvalid` naming line and column
 */
export async function readMunicipalities(folder: string): Promise<ReadonlyMap<string, Municipality>> {
  const lines = (await readTemplateFile(folder, MUNICIPALITIES)).trimEnd().split('\n');
  if (lines[0] !== COLUMNS.join(','))
    throw invalid(MUNICIPALITIES, 1, undefined, `the columns ${COLUMNS.join(',')} are expected`);
  const municipalities = new Map<string, Municipality>();
  for (const [index, line] of lines.slice(1).entries()) {
    const municipality = readMunicipality(line, index + 2);
    if (municipalities.has(municipality.nisCode))
      throw invalid(MUNICIPALITIES, index + 2, ['nisCode'], 'is there twice');
    municipalities.set(municipality.nisCode, municipality);
  }
  let line = 1;
  for (const { mergedInto, validUntil } of municipalities.values()) {
    line += 1;
    if (mergedInto === undefined) continue;
    if (!municipalities.has(mergedInto))
      throw invalid(MUNICIPALITIES, line, ['mergedInto'], 'names a code that is not in the list');
    if (validUntil === undefined)
      throw invalid(MUNICIPALITIES, line, ['validUntil'], 'is missing, though the municipality was merged');
  }
  return municipalities;
}

const INHABITANTS = 'reference/inhabitants.csv';

/** Reads how many live in each municipality, by NIS code. @throws ServiceError `templateInvalid` naming the line */
export async function readInhabitants(folder: string): Promise<ReadonlyMap<string, number>> {
  const [header, ...lines] = (await readTemplateFile(folder, INHABITANTS)).trimEnd().split('\n');
  if (header !== 'nisCode,inhabitants')
    throw invalid(INHABITANTS, 1, undefined, 'the columns nisCode,inhabitants are expected');
  return new Map(
    lines.map((line, index) => {
      const [, code = '', inhabitants] = /^(\d{5}),(\d+)$/.exec(line) ?? [];
      if (inhabitants === undefined)
        throw invalid(INHABITANTS, index + 2, undefined, 'is no code with a number behind it');
      return [code, Number(inhabitants)] as const;
    }),
  );
}

function readMunicipality(line: string, number: number): Municipality {
  const cells = line.split(',');
  if (cells.length !== COLUMNS.length)
    throw invalid(MUNICIPALITIES, number, undefined, `${COLUMNS.length} cells are expected`);
  const filled = COLUMNS.flatMap((column, at) => (cells[at] ? [[column, cells[at]] as const] : []));
  const result = municipalityRow.safeParse(Object.fromEntries(filled));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalid(MUNICIPALITIES, number, issue?.path, `is not right: ${issue?.message ?? ''}`);
}
