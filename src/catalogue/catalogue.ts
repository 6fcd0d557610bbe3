/** The catalogue: everything the templates folder says, read once and checked as a whole. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AttestationType, Emblem, Issuer } from '../domain/attestation-type.ts';
import type { DeclarationRule } from '../domain/declaration-rule.ts';
import { COUNT_OF } from '../domain/fact.ts';
import type { Flow } from '../domain/flow.ts';
import type { PageLanguage } from '../domain/language.ts';
import { usesOf } from '../domain/page-layout.ts';
import { namesFrom, type ReferenceLists, type ReferenceNames } from '../domain/reference-names.ts';
import { institutionAsSender, type SenderRegistry } from '../domain/sender.ts';
import type { StatisticsRules } from '../domain/statistics.ts';
import type { StatusCode, StatusList } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import { readBrandFile } from './brand-file.ts';
import { readCourtesy } from './courtesy-file.ts';
import { faultsOfNames } from './entitlement-rules.ts';
import { readFlows } from './flow-file.ts';
import { layWordsOver, readFrameWords, readTypeTexts } from './language-file.ts';
import { readNoticeTexts } from './notice-file.ts';
import { readJointCommittees, readMunicipalities } from './reference-file.ts';
import { joinSenders, readSenderFiles } from './sender-file.ts';
import { readStatistics } from './statistics-file.ts';
import { readStatusList } from './status-file.ts';
import { readTypeFile, type TypeRules } from './type-file.ts';
import { type PageTexts, readPageTexts } from './web-texts.ts';
import { type CheckedFile, gather, throwAll } from './yaml-file.ts';

/** Its lists: every municipality, also those that were merged, and the joint committees. */
export interface Catalogue extends ReferenceLists, ReferenceNames {
  /** The attestation types by id. */
  readonly types: ReadonlyMap<string, AttestationType>;
  readonly issuer: Issuer;
  readonly emblem: Emblem;
  /** Who may publish what: the institution, and those under `senders/`. */
  readonly senders: SenderRegistry;
  /** The words around every document, by language. */
  readonly frameWords: Awaited<ReturnType<typeof readFrameWords>>;
  /** The institution's own typeface: two font files; missing: the built-in one. */
  readonly fonts?: { readonly regular: string; readonly bold: string };
  /** The statuses there are, who reports them, and when a report is doubtful. */
  readonly statusList: StatusList;
  /** What institutions receive, by id. */
  readonly flows: ReadonlyMap<string, Flow>;
  /** Which tables of counts there are, and how small a count may be. */
  readonly statistics: StatisticsRules;
  /** The texts of the mailed notice by language. */
  readonly noticeTexts: Awaited<ReturnType<typeof readNoticeTexts>>;
  /** The texts of the pages by language. */
  readonly pageTexts: Readonly<Record<PageLanguage, PageTexts>>;
  /** The dated rules of all types together. */
  readonly declarationRules: readonly DeclarationRule[];
  /** Gives the status that a declaration of a worker type reports; undefined when no type rests on it. */
  readonly statusOf: (workerType: string) => StatusCode | undefined;
}

/** Folders that hold something else than an attestation type. */
const RESERVED = new Set(['web', 'mail', 'fonts', 'brand', 'reference', 'senders', 'flows']);

/**
 * Reads and checks everything under a templates folder.
 * @throws ServiceError `templateInvalid` that says everything that is wrong, one sentence a line, each naming file, line
 * and key
 */
export async function loadCatalogue(folder: string): Promise<Catalogue> {
  const lists = { statuses: readStatusList(folder), municipalities: readMunicipalities(folder) };
  const types = readTypes(folder, lists);
  const [
    { issuer, emblem },
    frame,
    municipalities,
    committees,
    noticeTexts,
    pageTexts,
    read,
    fonts,
    senderFiles,
    statusList,
    flows,
    statistics,
  ] = await gather([
    readBrandFile(folder),
    readFrameWords(folder),
    lists.municipalities,
    readJointCommittees(folder),
    readNoticeTexts(folder),
    readPageTexts(folder),
    types,
    findFonts(folder),
    readSenderFiles(folder),
    lists.statuses,
    readFlows(folder, { ...lists, types }),
    readStatistics(folder, lists.statuses),
  ]);
  const typesById = new Map(
    read.map((type) => [type.id, { ...type, texts: layWordsOver(frame, type.texts) }]),
  );
  const declarationRules = read.flatMap((type) => type.declarationRules);
  const statuses = new Map(
    read.flatMap(({ status, declarationRules: rules }) =>
      status === undefined ? [] : rules.map(({ workerType }) => [workerType, status] as const),
    ),
  );
  return {
    types: typesById,
    issuer,
    emblem,
    senders: joinSenders(institutionAsSender(issuer, emblem, read), senderFiles),
    frameWords: frame,
    ...(fonts && { fonts }),
    municipalities,
    jointCommittees: committees,
    statusList,
    flows,
    statistics,
    noticeTexts,
    pageTexts,
    declarationRules,
    statusOf: (workerType) => statuses.get(workerType),
    ...namesFrom({ municipalities, jointCommittees: committees }),
  };
}

/** What rules of types name. */
interface Lists {
  readonly statuses: Promise<StatusList>;
  readonly municipalities: ReturnType<typeof readMunicipalities>;
}

/** Rules name what there is. Lists that cannot be read are told of by whoever reads them. */
async function checkNames(files: readonly CheckedFile<TypeRules>[], lists: Lists): Promise<void> {
  const [statuses, municipalities] = await Promise.allSettled([lists.statuses, lists.municipalities]);
  if (statuses.status === 'rejected' || municipalities.status === 'rejected') return;
  throwAll(
    files.flatMap(({ value, fault }) =>
      faultsOfNames(value, statuses.value, municipalities.value).map(({ key, problem }) =>
        fault(key, problem),
      ),
    ),
  );
}

/** Reads every type, each with its own words alone. */
async function readTypes(folder: string, lists: Lists): Promise<AttestationType[]> {
  const ids = await findTypes(folder);
  const files = ids.map((id) => readTypeFile(folder, id));
  const readable = new Map(
    (await Promise.allSettled(files)).flatMap((one, at) =>
      one.status === 'fulfilled' ? [[ids[at] ?? '', one.value] as const] : [],
    ),
  );
  const [, texts, courtesies] = await gather([
    gather(files),
    gather(ids.map((id) => readTypeTexts(folder, id, readable.get(id)?.value))),
    gather(ids.map((id) => readCourtesy(folder, id, readable.get(id)?.value))),
    compareTypes([...readable]),
    checkNames([...readable.values()], lists),
  ]);
  return texts.flatMap((ofType, at) => {
    const id = ids[at] ?? '';
    const file = readable.get(id);
    if (file === undefined) return [];
    const courtesy = courtesies[at];
    const rows = printsRows(file.value, ofType);
    return [{ id, ...file.value, texts: ofType, ...(courtesy && { courtesy }), printsRows: rows }];
  });
}

/** A row is shown by a table, a field or a text that names one of its facts, or their number. */
function printsRows({ layout, facts, row }: TypeRules, texts: AttestationType['texts']): boolean {
  const named = [
    ...usesOf(layout).map(({ fact }) => fact),
    ...Object.values(texts.nl.words).flatMap((text) =>
      [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    ),
  ];
  return named.some((name = '') => facts.get(name)?.of === 'row' || name === COUNT_OF[row]);
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

async function findFonts(folder: string): Promise<Catalogue['fonts']> {
  const [regular, bold] = [join(folder, 'fonts/regular.ttf'), join(folder, 'fonts/bold.ttf')];
  const names = await readdir(join(folder, 'fonts')).catch((): string[] => []);
  const found = [regular, bold].filter((file) => names.includes(basename(file)));
  if (found.length === 1)
    throw new ServiceError(
      'templateInvalid',
      'Template folder fonts must hold both regular.ttf and bold.ttf, or neither.',
    );
  return found.length === 2 ? { regular, bold } : undefined;
}

/** Numbers and messages of two types must not be mistaken for each other; a worker type reports one status. */
async function compareTypes(files: readonly (readonly [string, CheckedFile<TypeRules>])[]): Promise<void> {
  throwAll(
    files.flatMap(([, file], index) => files.slice(0, index).flatMap((other) => faultsBeside(file, other))),
  );
}

function faultsBeside(
  { value, fault }: CheckedFile<TypeRules>,
  [id, { value: other }]: readonly [string, CheckedFile<TypeRules>],
): ServiceError[] {
  const faults: ServiceError[] = [];
  if (other.numberPrefix === value.numberPrefix)
    faults.push(fault(['numberPrefix'], `is that of ${id} already`));
  if (other.messageType.messageTypeId === value.messageType.messageTypeId)
    faults.push(fault(['messageType', 'id'], `is that of ${id} already`));
  for (const [at, { workerType }] of value.declarationRules.entries()) {
    const isReported = other.declarationRules.some((one) => one.workerType === workerType);
    if (isReported && other.status !== value.status)
      faults.push(
        fault(['declarations', at, 'workerType'], 'reports another status in another type already'),
      );
  }
  return faults;
}
