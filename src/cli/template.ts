/** `ebox template`: looks at the templates, without service, database or key. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Catalogue, loadCatalogue } from '../catalogue/catalogue.ts';
import { OFFLINE_PREFIX } from '../code/offline-code.ts';
import { readTemplateSettings } from '../config.ts';
import { attestationNumber } from '../domain/attestation.ts';
import { ATTESTATION_SCHEMA_PATH } from '../domain/attestation-schema.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import { specimenFacts } from '../domain/specimen.ts';
import { describeError, ServiceError } from '../errors.ts';
import { drawPages } from '../render/raster.ts';
import { createRenderer } from '../render/render.ts';

export interface TemplateOptions {
  readonly out?: string | undefined;
  readonly long: boolean;
  readonly json: boolean;
}

const USAGE = 'Give template check, or template preview with a type and a language.\n';

/** Runs `template <words>`; status 2 when they say nothing that can be done. */
export async function runTemplate(words: readonly string[], options: TemplateOptions): Promise<number> {
  const [command, id, language, ...more] = words;
  if (command === 'check' && words.length === 1) return checkTemplates(options.json);
  if (command !== 'preview' || id === undefined || language === undefined || more.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  return previewTemplate(id, language, options);
}

/** Says everything that is wrong with the templates, one sentence a line; status 1 when anything is. */
async function checkTemplates(isJson: boolean): Promise<number> {
  const { templatesDir } = readTemplateSettings();
  const { faults, types } = await readFaults(templatesDir);
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  if (faults.length === 0) process.stdout.write(`All is well with ${types.join(', ')} in ${templatesDir}.\n`);
  if (isJson) process.stdout.write(`${JSON.stringify({ faults, types })}\n`);
  return faults.length === 0 ? 0 : 1;
}

interface Checked {
  readonly faults: readonly string[];
  /** Empty when there are faults. */
  readonly types: readonly string[];
}

async function readFaults(folder: string): Promise<Checked> {
  try {
    const catalogue = await loadCatalogue(folder);
    // Holds the typeface against the words.
    createRenderer(catalogue);
    return { faults: [], types: [...catalogue.types.keys()] };
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'templateInvalid')
      return { faults: error.message.split('\n'), types: [] };
    throw error;
  }
}

/** Writes the document and its pages as pictures, with facts of nobody and without a seal. */
async function previewTemplate(id: string, tag: string, options: TemplateOptions): Promise<number> {
  const { templatesDir, publicUrl } = readTemplateSettings();
  const catalogue = await loadCatalogue(templatesDir);
  const type = catalogue.types.get(id);
  const language = DOCUMENT_LANGUAGES.find((one) => one === tag);
  if (type === undefined || language === undefined) {
    const [what, known] =
      type === undefined
        ? [`type ${id}`, [...catalogue.types.keys()]]
        : [`language ${tag}`, DOCUMENT_LANGUAGES];
    process.stderr.write(`There is no ${what}; there is ${known.join(', ')}.\n`);
    return 2;
  }
  const pdf = await renderSpecimen(catalogue, type, language, options.long, publicUrl);
  const files = writeFiles(
    options.out ?? '.',
    `${id}-${language}`,
    pdf,
    await drawPages(pdf, { dotsPerInch: 110 }),
  );
  for (const file of files) process.stdout.write(`${relative('.', file)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ type: id, language, files })}\n`);
  return 0;
}

/** Its name differs between the languages. */
const BRUSSELS = '21004';

/** The day is fixed, so that a preview changes only when a template does. */
const ISSUED_AT = new Date('2026-01-15T09:30:00Z');

function renderSpecimen(
  catalogue: Catalogue,
  type: AttestationType,
  language: DocumentLanguage,
  isLong: boolean,
  publicUrl: string | undefined,
): Promise<Buffer> {
  const { issuer, municipalities } = catalogue;
  const [first = ''] = municipalities.keys();
  const nisCode = municipalities.has(BRUSSELS) ? BRUSSELS : first;
  const year = ISSUED_AT.getUTCFullYear();
  const base = publicUrl || `https://${issuer.contact.website}`;
  return createRenderer(catalogue).render({
    type,
    language,
    facts: specimenFacts(type, { isLong, nisCode }),
    number: attestationNumber(type.numberPrefix, year, 0n),
    issuedAt: ISSUED_AT,
    ...(isLong && { supersedes: attestationNumber(type.numberPrefix, year - 1, 0n) }),
    verificationUrl: `${base}/v/${'specimen'.repeat(3).slice(0, 22)}`,
    // What it holds says as loudly that it is no code of ours; a real one would need the key.
    ...(type.qr !== 'url' && { offlineCode: `${OFFLINE_PREFIX}${'SPECIMEN '.repeat(28).slice(0, 249)}` }),
    byHand: { page: `${base}/verify`, code: 'SPEC1-MEN00' },
    signatureRoom: 0,
    schemaUrl: `${base}${ATTESTATION_SCHEMA_PATH}`,
    isSpecimen: true,
  });
}

function writeFiles(folder: string, name: string, pdf: Buffer, pictures: readonly Buffer[]): string[] {
  const files = new Map([[`${name}.pdf`, pdf]]);
  for (const [at, picture] of pictures.entries())
    files.set(at === 0 ? `${name}.png` : `${name}-${at + 1}.png`, picture);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
  } catch (cause) {
    throw new ServiceError('configurationInvalid', `Cannot write to ${folder}: ${describeError(cause)}`, {
      cause,
    });
  }
  return [...files.keys()].map((file) => join(folder, file));
}
