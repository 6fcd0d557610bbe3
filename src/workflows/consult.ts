/** Declarants read the answers to what they declared, one by one or for a whole file. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  type FileAnswerRow,
  type FileRow,
  findOwnFile,
  listFileAnswers,
} from '../database/declaration-files.ts';
import { listSentOneByOne, type SentDeclaration, type SentPage } from '../database/declaration-list.ts';
import { type ConsultedRow, type DeclarationRow, findConsulted } from '../database/declarations.ts';
import { findPersonBySsin } from '../database/persons.ts';
import type { ReadDeclaration } from '../dimona/xml.ts';
import type { Declaration } from '../domain/declaration.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground, MandateGround } from '../domain/ground.ts';
import { parseSsin } from '../domain/ssin.ts';
import type { Services } from './services.ts';
import { readStored, readStoredForm } from './stored-declaration.ts';

export type { FileRow, SentDeclaration };

type ConsultServices = Pick<Services, 'database' | 'vault'>;

/** The organisation that declared, or acts for the employer for whom it was declared. */
export interface DeclarantAccess {
  readonly actor: Actor;
  readonly ground: (Ground & { readonly kind: 'declarant' }) | MandateGround;
  /** With a mandate: the employer, by its enterprise number. */
  readonly represented?: string;
  readonly traceId?: string;
}

export interface ConsultedDeclaration {
  readonly row: DeclarationRow;
  readonly declaration: Declaration;
}

/** Gives a declaration that the caller's ground covers, with its last answer; undefined for anybody else's. */
export async function consultDeclaration(
  services: ConsultServices,
  access: DeclarantAccess,
  declarationId: string,
): Promise<ConsultedDeclaration | undefined> {
  return services.database.transaction(async (connection) => {
    const row = await findConsulted(connection, access.ground, declarationId);
    if (row === undefined) return undefined;
    const declaration = readStored(services, row);
    // Erased: that there was one is nobody's business any more.
    if (declaration === undefined) return undefined;
    const personId = await findSubject(services, connection, row, declaration);
    await audit(connection, access, declarationId, personId);
    return { row, declaration };
  });
}

/** The person a declaration speaks of: of its period, else of the number it names; undefined while nobody is known. */
async function findSubject(
  { vault }: ConsultServices,
  connection: Connection,
  row: ConsultedRow,
  declaration: Declaration,
): Promise<string | undefined> {
  if (row.personId !== null) return row.personId;
  const ssin = parseSsin(declaration.worker?.ssin ?? '', declaration.receivedOn);
  return ssin && (await findPersonBySsin(connection, vault.lookUps(ssin)))?.personId;
}

function audit(
  connection: Connection,
  access: DeclarantAccess,
  object: string,
  personId: string | undefined,
): Promise<void> {
  return insertAuditEntry(connection, {
    actor: access.actor,
    action: 'declaration.consult',
    ground: access.ground.kind,
    ...(access.ground.kind === 'mandate' && { groundId: access.ground.mandateId }),
    ...(access.represented !== undefined && { represented: access.represented }),
    object,
    ...(personId !== undefined && { personId }),
    ...(access.traceId !== undefined && { traceId: access.traceId }),
  });
}

/**
 * Lists what the organisation sent one by one or in XML, newest first, as far as the ground covers it. Nothing of a person is
 * in it: each opens with `consultDeclaration`.
 */
export async function listDeclarations(
  { database }: Pick<Services, 'database'>,
  { ground }: DeclarantAccess,
  organization: string,
  page: SentPage,
): Promise<readonly SentDeclaration[]> {
  return database.transaction((connection) => listSentOneByOne(connection, ground, organization, page));
}

/** Gives a file of the caller's own; undefined for anybody else's. Nothing of a person is in it yet. */
export async function consultFile(
  { database }: Pick<Services, 'database'>,
  access: DeclarantAccess,
  fileId: string,
): Promise<FileRow | undefined> {
  return database.transaction(async (connection) => {
    const file = await findOwnFile(connection, access.ground, fileId);
    if (file !== undefined) await audit(connection, access, fileId, undefined);
    return file;
  });
}

/** Which declaration a form led to, and what became of it. */
export type FormResult = Pick<FileAnswerRow, 'formNumber' | 'declarationId' | 'result'>;

/** Gives the results of a file after a form, in the order of its forms. Find the file with `consultFile` first. */
export async function listResultsAfter(
  { database }: Pick<Services, 'database'>,
  access: DeclarantAccess,
  file: FileRow,
  afterForm: number,
  limit: number,
): Promise<readonly FormResult[]> {
  return database.transaction((connection) =>
    listFileAnswers(connection, access.ground, file.fileId, afterForm, limit),
  );
}

export interface FormAnswer {
  readonly row: DeclarationRow;
  readonly form: ReadDeclaration;
}

const ANSWERS_AT_ONCE = 200;

/**
 * Gives all answers of a file with what was declared, a few at a time; each is an access to its person's data.
 * Find the file with `consultFile` first.
 */
export async function* listFormAnswers(
  services: ConsultServices,
  access: DeclarantAccess,
  file: FileRow,
): AsyncGenerator<FormAnswer> {
  for (let after = 0; ; ) {
    const { answers, next } = await consultAnswersAfter(services, access, file, after);
    yield* answers;
    if (next === undefined) return;
    after = next;
  }
}

async function consultAnswersAfter(
  services: ConsultServices,
  access: DeclarantAccess,
  file: FileRow,
  afterForm: number,
): Promise<{ readonly answers: readonly FormAnswer[]; readonly next: number | undefined }> {
  return services.database.transaction(async (connection) => {
    const rows = await listFileAnswers(connection, access.ground, file.fileId, afterForm, ANSWERS_AT_ONCE);
    // Erased ones are left out.
    const answers = rows.flatMap((row) => {
      const form = readStoredForm(services, row);
      return form === undefined ? [] : [{ row, form }];
    });
    for (const { row, form } of answers) {
      const personId = await findSubject(services, connection, row, form.declaration);
      await audit(connection, access, row.declarationId, personId);
    }
    return { answers, next: rows.length < ANSWERS_AT_ONCE ? undefined : rows.at(-1)?.formNumber };
  });
}
