/** Declarants read the answers to what they declared, one by one or for a whole file. */
import { insertAuditEntry } from '../database/audit.ts';
import { type FileRow, findOwnFile, listFileAnswers } from '../database/declaration-files.ts';
import { type DeclarationRow, findOwnDeclaration } from '../database/declarations.ts';
import type { ReadDeclaration } from '../dimona/xml.ts';
import type { Declaration } from '../domain/declaration.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import type { Services } from './services.ts';
import { readStored, readStoredForm } from './stored-declaration.ts';

export type { FileRow };

type ConsultServices = Pick<Services, 'database' | 'vault'>;

/** The organisation that declared. */
export interface DeclarantAccess {
  readonly actor: Actor;
  readonly ground: Ground & { readonly kind: 'declarant' };
  readonly traceId?: string;
}

export interface ConsultedDeclaration {
  readonly row: DeclarationRow;
  readonly declaration: Declaration;
}

/** Gives a declaration of the caller's own with its last answer; undefined for anybody else's. */
export async function consultDeclaration(
  services: ConsultServices,
  access: DeclarantAccess,
  declarationId: string,
): Promise<ConsultedDeclaration | undefined> {
  return services.database.transaction(async (connection) => {
    const row = await findOwnDeclaration(connection, access.ground.organization, declarationId);
    if (row === undefined) return undefined;
    await insertAuditEntry(connection, {
      actor: access.actor,
      action: 'declaration.consult',
      ground: access.ground.kind,
      object: declarationId,
      ...(access.traceId !== undefined && { traceId: access.traceId }),
    });
    return { row, declaration: readStored(services, row) };
  });
}

/** Gives a file of the caller's own; undefined for anybody else's. */
export async function consultFile(
  { database }: Pick<Services, 'database'>,
  access: DeclarantAccess,
  fileId: string,
): Promise<FileRow | undefined> {
  return database.transaction(async (connection) => {
    const file = await findOwnFile(connection, access.ground.organization, fileId);
    if (file !== undefined) {
      await insertAuditEntry(connection, {
        actor: access.actor,
        action: 'declaration.consult',
        ground: access.ground.kind,
        object: fileId,
        ...(access.traceId !== undefined && { traceId: access.traceId }),
      });
    }
    return file;
  });
}

export interface FormAnswer {
  readonly formNumber: number;
  readonly row: DeclarationRow;
  readonly form: ReadDeclaration;
}

const ANSWERS_AT_ONCE = 200;

/** Gives the answers of a file that follow a form, in the order of its forms. Find the file with `consultFile` first. */
export async function listAnswersAfter(
  services: ConsultServices,
  file: FileRow,
  afterForm: number,
  limit: number,
): Promise<readonly FormAnswer[]> {
  return services.database.transaction(async (connection) => {
    const rows = await listFileAnswers(connection, file.fileId, afterForm, limit);
    return rows.map((row) => ({ formNumber: row.formNumber, row, form: readStoredForm(services, row) }));
  });
}

/** Gives all answers of a file, a few at a time. Find the file with `consultFile` first. */
export async function* listFormAnswers(services: ConsultServices, file: FileRow): AsyncGenerator<FormAnswer> {
  for (let after = 0; ; ) {
    const answers = await listAnswersAfter(services, file, after, ANSWERS_AT_ONCE);
    yield* answers;
    if (answers.length < ANSWERS_AT_ONCE) return;
    after = answers.at(-1)?.formNumber ?? after;
  }
}
