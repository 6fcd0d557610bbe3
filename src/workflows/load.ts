/** An authentic source loads persons and enterprises; whoever waited for a person is judged afterwards. */
import { queueJob } from '../database/jobs.ts';
import {
  closeRegisterFile,
  findRegisterFile,
  insertRegisterFile,
  type RegisterFileRow,
} from '../database/register-files.ts';
import type { Ground } from '../domain/ground.ts';
import { brusselsDate } from '../domain/period.ts';
import { type RecordRow, type RowForm, readRows } from '../flow/record-rows.ts';
import { type RegisterRecord, readRegisterRecord } from '../flow/register-record.ts';
import { createFileKey } from './file-key.ts';
import { loadEnterprises } from './load-enterprises.ts';
import { loadPeople } from './load-people.ts';
import type { LoadServices, RecordIssue, SourceAccess } from './load-person.ts';
import { noteRefusals, type Refusals } from './refuse-rows.ts';
import type { Services } from './services.ts';
import { writeBehind } from './write-behind.ts';

export type { SourceAccess };

const LINES_PER_TRANSACTION = 2000;
/**
 * Loads a file line by line; a line that is refused does not stop the others. Loading the same file again changes
 * nothing. When the transfer breaks off, what came before stands and the file says `broken`.
 * Gives the file's id. Throws what `chunks` throws, `RecordFileRefusal`, and `databaseUnavailable`.
 */
export async function loadRegisterFile(
  services: LoadServices,
  access: SourceAccess,
  form: RowForm,
  chunks: AsyncIterable<Buffer>,
): Promise<string> {
  const fileId = services.newId();
  const { organization } = access.ground;
  const key = await services.database.transaction(async (connection) => {
    await insertRegisterFile(connection, fileId, organization, form);
    return createFileKey(services, connection, fileId);
  });
  const tally: Tally = { loaded: 0, refusals: noteRefusals(services, fileId, key) };
  try {
    await loadRows(services, access, readRows(form, chunks), tally);
    await tally.refusals.close();
    await close(services, fileId, 'loaded', tally);
  } catch (error) {
    await tally.refusals.close();
    await close(services, fileId, 'broken', tally);
    throw error;
  }
  return fileId;
}

async function loadRows(
  services: LoadServices,
  access: SourceAccess,
  rows: AsyncIterable<RecordRow>,
  tally: Tally,
): Promise<void> {
  const today = brusselsDate(services.clock());
  const writer = writeBehind<ReadRecord>(LINES_PER_TRANSACTION, (batch) =>
    loadBatch(services, access, batch, tally),
  );
  try {
    for await (const row of rows) {
      const record = readRegisterRecord(row, today);
      const issues = record.kind === 'refused' ? record.issues : findUnprintable(services, record);
      if (record.kind === 'refused' || issues.length > 0) await tally.refusals.note(row, issues);
      else await writer.add({ row, record });
    }
    // What came before a break stands.
    await writer.flush();
  } finally {
    await writer.settled();
  }
}

/** Finds what became of a file; undefined for another organisation's. */
export async function consultRegisterFile(
  { database }: Pick<Services, 'database'>,
  ground: Ground & { readonly kind: 'source' },
  fileId: string,
): Promise<RegisterFileRow | undefined> {
  return database.transaction((connection) => findRegisterFile(connection, ground.organization, fileId));
}

/** A row that says what it should. */
interface ReadRecord {
  readonly row: RecordRow;
  readonly record: RegisterRecord & { readonly kind: 'person' | 'enterprise' };
}

/** A name that the typeface of documents does not have is refused here, where its source is told, and not when it is due. */
export function findUnprintable(
  { renderer }: Pick<LoadServices, 'renderer'>,
  record: ReadRecord['record'],
): RecordIssue[] {
  const names =
    record.kind === 'person'
      ? { familyName: record.person.familyName, givenName: record.person.givenName }
      : { name: record.enterprise.name };
  return Object.entries(names)
    .filter(([, text]) => !renderer.canPrint(text))
    .map(([name]) => ({ name, detail: 'holds a character that the typeface of documents does not have' }));
}

/** What became of the rows of a file. */
interface Tally {
  loaded: number;
  readonly refusals: Refusals;
}

async function close(
  { database }: LoadServices,
  fileId: string,
  state: RegisterFileRow['state'],
  tally: Tally,
): Promise<void> {
  const { loaded: loadedCount } = tally;
  const { count: refusedCount, listed: refused } = tally.refusals;
  await database.transaction((connection) =>
    closeRegisterFile(connection, { fileId, state, loadedCount, refusedCount, refused }),
  );
}

async function loadBatch(
  services: LoadServices,
  access: SourceAccess,
  batch: readonly ReadRecord[],
  tally: Tally,
): Promise<void> {
  if (batch.length === 0) return;
  // A transaction may be tried again, so what it refused counts only once it is committed.
  const refused = await services.database.transaction(async (connection) => {
    const refusals: { readonly place: number; readonly issue: RecordIssue }[] = [];
    const enterprises = batch.flatMap(({ record }, place) =>
      record.kind === 'enterprise' ? [{ line: place, enterprise: record.enterprise }] : [],
    );
    for (const { line: place, issue } of await loadEnterprises(services, connection, enterprises))
      refusals.push({ place, issue });
    const people = batch.flatMap(({ record }, place) =>
      record.kind === 'person' ? [{ line: place, person: record.person }] : [],
    );
    for (const { line: place, issue } of await loadPeople(services, connection, access, people))
      refusals.push({ place, issue });
    await queueJob(connection, { lane: 'single', kind: 'resolve', payload: {}, dedupeKey: 'now' });
    return refusals;
  });
  for (const { place, issue } of refused) {
    const row = batch[place]?.row;
    if (row !== undefined) await tally.refusals.note(row, [issue]);
  }
  tally.loaded += batch.length - refused.length;
}
