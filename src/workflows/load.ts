/** An authentic source loads persons and enterprises; whoever waited for a person is judged afterwards. */
import type { Connection } from '../database/database.ts';
import { completeEmployer, describeEmployer, insertEmployer, listEmployers } from '../database/employers.ts';
import { queueJob } from '../database/jobs.ts';
import {
  closeRegisterFile,
  findRegisterFile,
  insertRegisterFile,
  type RefusedLine,
  type RegisterFileRow,
} from '../database/register-files.ts';
import type { Ground } from '../domain/ground.ts';
import { brusselsDate } from '../domain/period.ts';
import { type RecordRow, type RowForm, readRows } from '../flow/record-rows.ts';
import { type EnterpriseRecord, type RegisterRecord, readRegisterRecord } from '../flow/register-record.ts';
import { loadPeople } from './load-people.ts';
import type { LoadServices, RecordIssue, SourceAccess } from './load-person.ts';
import type { Services } from './services.ts';
import { writeBehind } from './write-behind.ts';

export type { SourceAccess };

const LINES_PER_TRANSACTION = 2000;
/** More refused lines than this are counted, not listed. */
const LISTED_REFUSALS = 1000;

/**
 * Loads a file line by line; a line that is refused does not stop the others. Loading the same file again changes
 * nothing. When the transfer breaks off, what came before stands and the file says `broken`.
 * Gives the file's id. Throws what `chunks` throws, and `databaseUnavailable`.
 */
export async function loadRegisterFile(
  services: LoadServices,
  access: SourceAccess,
  form: RowForm,
  chunks: AsyncIterable<Buffer>,
): Promise<string> {
  const fileId = services.newId();
  const { organization } = access.ground;
  await services.database.transaction((connection) => insertRegisterFile(connection, fileId, organization));
  const tally: Tally = { loaded: 0, refusedCount: 0, refused: [] };
  try {
    await loadRows(services, access, readRows(form, chunks), tally);
    await close(services, fileId, 'loaded', tally);
  } catch (error) {
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
    for await (const line of rows) {
      const record = readRegisterRecord(line, today);
      const issues = record.kind === 'refused' ? record.issues : findUnprintable(services, record);
      if (record.kind === 'refused' || issues.length > 0) noteRefusal(tally, { line: line.number, issues });
      else await writer.add({ line: line.number, record });
    }
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

/** A line that says what it should. */
interface ReadRecord {
  readonly line: number;
  readonly record: RegisterRecord & { readonly kind: 'person' | 'enterprise' };
}

/** A name that the typeface of documents does not have is refused here, where its source is told, and not when it is due. */
function findUnprintable({ renderer }: LoadServices, record: ReadRecord['record']): RecordIssue[] {
  const names =
    record.kind === 'person'
      ? { familyName: record.person.familyName, givenName: record.person.givenName }
      : { name: record.enterprise.name };
  return Object.entries(names)
    .filter(([, text]) => !renderer.canPrint(text))
    .map(([name]) => ({ name, detail: 'holds a character that the typeface of documents does not have' }));
}

/** What became of the rows of a file. */
export interface Tally {
  loaded: number;
  refusedCount: number;
  readonly refused: RefusedLine[];
}

/** Counts a refused row, and lists it while there are not too many. */
export function noteRefusal(tally: Tally, line: RefusedLine): void {
  tally.refusedCount += 1;
  if (tally.refused.length < LISTED_REFUSALS) tally.refused.push(line);
}

async function close(
  { database }: LoadServices,
  fileId: string,
  state: RegisterFileRow['state'],
  tally: Tally,
): Promise<void> {
  const { loaded: loadedCount, refusedCount } = tally;
  const refused = tally.refused.toSorted((one, other) => one.line - other.line);
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
    const refusals: RefusedLine[] = [];
    for (const { line, record } of batch) {
      if (record.kind === 'person') continue;
      const issue = await loadEnterprise(services, connection, record.enterprise);
      if (issue !== undefined) refusals.push({ line, issues: [issue] });
    }
    const people = batch.flatMap(({ line, record }) =>
      record.kind === 'person' ? [{ line, person: record.person }] : [],
    );
    for (const { line, issue } of await loadPeople(services, connection, access, people))
      refusals.push({ line, issues: [issue] });
    await queueJob(connection, { lane: 'single', kind: 'resolve', payload: {}, dedupeKey: 'now' });
    return refusals;
  });
  for (const one of refused) noteRefusal(tally, one);
  tally.loaded += batch.length - refused.length;
}

/** As `loadPerson`, for an enterprise. */
async function loadEnterprise(
  { newId }: LoadServices,
  connection: Connection,
  record: EnterpriseRecord,
): Promise<RecordIssue | undefined> {
  const enterpriseNumber = record.enterpriseNumber.padStart(10, '0');
  const numbers = { enterpriseNumber, nssoNumber: record.nssoNumber ?? null, provisionalNssoNumber: null };
  const known = await listEmployers(connection, numbers);
  if (known.some((one) => one.enterpriseNumber !== null && one.enterpriseNumber !== enterpriseNumber))
    return { name: 'nssoNumber', detail: 'belongs to another enterprise' };
  await insertEmployer(connection, newId(), numbers);
  const employers = await listEmployers(connection, numbers);
  const [only, ...others] = employers;
  // An employer that was first declared by one of its numbers learns the other one here.
  if (only !== undefined && others.length === 0) await completeEmployer(connection, only.employerId, numbers);
  for (const { employerId } of employers)
    await describeEmployer(connection, employerId, record.name, record.activeUntil ?? null);
  return undefined;
}
