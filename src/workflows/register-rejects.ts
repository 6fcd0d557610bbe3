/** What was refused of a register file, sent back to whoever sent it, in the form it came in. */
import { insertAuditEntry } from '../database/audit.ts';
import { findRejectedFile, listRejects, type RejectRow } from '../database/register-rejects.ts';
import type { Actor } from '../domain/evidence.ts';
import { type RejectForm, rejectForm } from '../flow/reject-file.ts';
import type { FileKey } from '../keys/vault.ts';
import { openFileKey } from './file-key.ts';
import { rejectContext } from './refuse-rows.ts';
import type { Services } from './services.ts';

const ROWS_AT_ONCE = 500;

/** Who asks: the organisation that sent the file, or an operator of the institution. */
export type RejectAccess = { readonly actor: Actor; readonly traceId?: string } & (
  | { readonly ground: { readonly kind: 'source'; readonly organization: string } }
  | { readonly ground: { readonly kind: 'duty' } }
);

/** A file of rejects as it is handed over. */
export interface RejectFile extends Pick<RejectForm, 'mediaType' | 'extension'> {
  readonly text: AsyncGenerator<string>;
}

/** Writes the rejects of a file; undefined for another organisation's, and once the key of the file was destroyed. */
export async function consultRejects(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  { actor, ground, traceId }: RejectAccess,
  fileId: string,
): Promise<RejectFile | undefined> {
  const file = await database.transaction(async (connection) => {
    const organization = ground.kind === 'source' ? ground.organization : undefined;
    const found = await findRejectedFile(connection, fileId, organization);
    if (found === undefined || found.form === null) return undefined;
    const key = openFileKey(vault, fileId, found);
    if (key === undefined) return undefined;
    await insertAuditEntry(connection, {
      actor,
      action: 'register.rejects',
      ground: ground.kind,
      object: fileId,
      ...(traceId !== undefined && { traceId }),
    });
    return { key, form: rejectForm(found.form, found.header ?? undefined) };
  });
  if (file === undefined) return undefined;
  const { form, key } = file;
  const pages = pagesOf({ database }, fileId);
  return { mediaType: form.mediaType, extension: form.extension, text: write(form, key, fileId, pages) };
}

async function* pagesOf(
  { database }: Pick<Services, 'database'>,
  fileId: string,
): AsyncGenerator<readonly RejectRow[]> {
  for (let after = 0; ; ) {
    const from = after;
    const page = await database.transaction((connection) =>
      listRejects(connection, fileId, from, ROWS_AT_ONCE),
    );
    yield page;
    after = page.at(-1)?.rowNumber ?? after;
    if (page.length < ROWS_AT_ONCE) return;
  }
}

async function* write(
  form: RejectForm,
  key: FileKey,
  fileId: string,
  pages: AsyncIterable<readonly RejectRow[]>,
): AsyncGenerator<string> {
  yield form.begin;
  for await (const page of pages)
    yield page
      .map(({ rowNumber, line, sealedRow, issues }) =>
        form.row({
          line,
          issues,
          raw:
            sealedRow === null
              ? undefined
              : key.open(sealedRow, rejectContext(fileId, rowNumber)).toString('utf8'),
        }),
      )
      .join('');
  yield form.end;
}
