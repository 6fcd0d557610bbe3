/** The catalogue: everything the templates folder says, read once and checked as a whole. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttestationType, Emblem, Issuer } from '../domain/attestation-type.ts';
import type { DeclarationRule } from '../domain/declaration-rule.ts';
import type { DocumentLanguage, PageLanguage } from '../domain/language.ts';
import type { Municipality } from '../domain/municipality.ts';
import type { StatusCode } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import { readBrandFile } from './brand-file.ts';
import { readFrameWords, readTypeTexts } from './language-file.ts';
import { readNoticeTexts } from './notice-file.ts';
import { readJointCommittees, readMunicipalities } from './reference-file.ts';
import { readTypeFile } from './type-file.ts';
import { type PageTexts, readPageTexts } from './web-texts.ts';
import type { CheckedFile } from './yaml-file.ts';

export interface Catalogue {
  /** The attestation types by id. */
  readonly types: ReadonlyMap<string, AttestationType>;
  readonly issuer: Issuer;
  readonly emblem: Emblem;
  /** The institution's own typeface: two font files; missing: the built-in one. */
  readonly fonts?: { readonly regular: string; readonly bold: string };
  /** Every municipality by NIS code, also those that were merged. */
  readonly municipalities: ReadonlyMap<string, Municipality>;
  /** The texts of the mailed notice by language. */
  readonly noticeTexts: Awaited<ReturnType<typeof readNoticeTexts>>;
  /** The texts of the pages by language. */
  readonly pageTexts: Readonly<Record<PageLanguage, PageTexts>>;
  /** The dated rules of all types together. */
  readonly declarationRules: readonly DeclarationRule[];
  /** Gives the status that a declaration of a worker type reports; undefined when no type rests on it. */
  readonly statusOf: (workerType: string) => StatusCode | undefined;
  /** Gives the short name of a joint committee; undefined when the list does not know it. */
  readonly jointCommitteeName: (number: string, language: DocumentLanguage) => string | undefined;
}

/** Folders that hold something else than an attestation type. */
const RESERVED = new Set(['web', 'mail', 'fonts', 'brand', 'reference']);

/**
 * Reads and checks everything under a templates folder.
 * @throws ServiceError `templateInvalid` naming file, line and key of the first thing that is wrong
 */
export async function loadCatalogue(folder: string): Promise<Catalogue> {
  const [{ issuer, emblem }, frame, municipalities, committees, noticeTexts, pageTexts, ids] =
    await Promise.all([
      readBrandFile(folder),
      readFrameWords(folder),
      readMunicipalities(folder),
      readJointCommittees(folder),
      readNoticeTexts(folder),
      readPageTexts(folder),
      findTypes(folder),
    ]);
  const fonts = findFonts(folder);
  const types = new Map<string, AttestationType>();
  const statuses = new Map<string, StatusCode>();
  for (const id of ids) {
    const file = await readTypeFile(folder, id);
    checkAgainstOthers(file, types, statuses);
    const texts = await readTypeTexts(folder, id, file.value.layout, frame);
    types.set(id, { id, ...file.value, texts });
  }
  return {
    types,
    issuer,
    emblem,
    ...(fonts && { fonts }),
    municipalities,
    noticeTexts,
    pageTexts,
    declarationRules: [...types.values()].flatMap(({ declarationRules }) => declarationRules),
    statusOf: (workerType) => statuses.get(workerType),
    jointCommitteeName: (number, language) => committees.get(number)?.[language],
  };
}

/** Lists the folders of attestation types, in order of name. */
async function findTypes(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new ServiceError('templateInvalid', `Template folder ${folder} cannot be read.`, { cause });
  });
  const ids = entries
    .filter((entry) => entry.isDirectory() && !RESERVED.has(entry.name))
    .map(({ name }) => name)
    .sort();
  for (const id of ids) {
    if (!/^[a-z][a-z0-9-]*$/.test(id))
      throw new ServiceError(
        'templateInvalid',
        `Template folder ${id} must be named in small letters, digits and dashes.`,
      );
  }
  return ids;
}

function findFonts(folder: string): Catalogue['fonts'] {
  const [regular, bold] = [join(folder, 'fonts/regular.ttf'), join(folder, 'fonts/bold.ttf')];
  const found = [regular, bold].filter((file) => existsSync(file));
  if (found.length === 1)
    throw new ServiceError(
      'templateInvalid',
      'Template folder fonts must hold both regular.ttf and bold.ttf, or neither.',
    );
  return found.length === 2 ? { regular, bold } : undefined;
}

/** Numbers and messages of two types must not be mistaken for each other; a worker type reports one status. */
function checkAgainstOthers(
  { value, fault }: CheckedFile<Omit<AttestationType, 'id' | 'texts'>>,
  types: ReadonlyMap<string, AttestationType>,
  statuses: Map<string, StatusCode>,
): void {
  for (const other of types.values()) {
    if (other.numberPrefix === value.numberPrefix)
      throw fault(['numberPrefix'], `is that of ${other.id} already`);
    if (other.messageType.messageTypeId === value.messageType.messageTypeId)
      throw fault(['messageType', 'id'], `is that of ${other.id} already`);
  }
  for (const [index, { workerType }] of value.declarationRules.entries()) {
    if ((statuses.get(workerType) ?? value.status) !== value.status)
      throw fault(['declarations', index, 'workerType'], 'reports another status in another type already');
    statuses.set(workerType, value.status);
  }
}
