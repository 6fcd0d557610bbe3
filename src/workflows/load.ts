/** An authentic source loads persons and enterprises; whoever waited for a person is judged afterwards. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { describeEmployer, insertEmployer, listEmployers } from '../database/employers.ts';
import { queueJob } from '../database/jobs.ts';
import {
  findReplacement,
  listAliases,
  replacePerson,
  saveDomicile,
  savePerson,
} from '../database/persons.ts';
import {
  closeRegisterFile,
  findRegisterFile,
  insertRegisterFile,
  type RefusedLine,
  type RegisterFileRow,
} from '../database/register-files.ts';
import { listAllStatuses } from '../database/statuses.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import { brusselsDate } from '../domain/period.ts';
import { readLines } from '../flow/ndjson.ts';
import { type EnterpriseRecord, type PersonRecord, readRegisterRecord } from '../flow/register-record.ts';
import { queueSettling } from './apply.ts';
import type { Services } from './services.ts';

type LoadServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'clock' | 'newId' | 'settings'>;

/** The source that loads its own data. */
export interface SourceAccess {
  readonly actor: Actor;
  readonly ground: Ground & { readonly kind: 'source' };
  readonly traceId?: string;
}

const LINES_PER_TRANSACTION = 200;
const LONGEST_LINE_BYTES = 64 * 1024;
/** More refused lines than this are counted, not listed. */
const LISTED_REFUSALS = 1000;

/**
 * Loads a file line by line; a line that is refused does not stop the others. Loading the same file again changes
 * nothing. When the transfer breaks off, what came before stands and the file says `broken`.
 */
export async function loadRegisterFile(
  services: LoadServices,
  access: SourceAccess,
  chunks: AsyncIterable<Buffer>,
): Promise<string> {
  const fileId = services.newId();
  const { organization } = access.ground;
  await services.database.transaction((connection) => insertRegisterFile(connection, fileId, organization));
  const tally: Tally = { loaded: 0, refusedCount: 0, refused: [] };
  try {
    const today = brusselsDate(services.clock());
    let batch: (PersonRecord | EnterpriseRecord)[] = [];
    for await (const line of readLines(chunks, LONGEST_LINE_BYTES)) {
      const record = readRegisterRecord(line.text, today);
      if (record.kind === 'refused') {
        noteRefusal(tally, { line: line.number, issues: record.issues });
        continue;
      }
      batch.push(record.kind === 'person' ? record.person : record.enterprise);
      if (batch.length < LINES_PER_TRANSACTION) continue;
      await loadBatch(services, access, batch, tally);
      batch = [];
    }
    await loadBatch(services, access, batch, tally);
    await close(services, fileId, 'loaded', tally);
  } catch (error) {
    await close(services, fileId, 'broken', tally);
    throw error;
  }
  return fileId;
}

/** Finds what became of a file; undefined for another organisation's. */
export async function consultRegisterFile(
  { database }: Pick<Services, 'database'>,
  ground: Ground & { readonly kind: 'source' },
  fileId: string,
): Promise<RegisterFileRow | undefined> {
  return database.transaction((connection) => findRegisterFile(connection, ground.organization, fileId));
}

interface Tally {
  loaded: number;
  refusedCount: number;
  readonly refused: RefusedLine[];
}

function noteRefusal(tally: Tally, line: RefusedLine): void {
  tally.refusedCount += 1;
  if (tally.refused.length < LISTED_REFUSALS) tally.refused.push(line);
}

async function close(
  { database }: LoadServices,
  fileId: string,
  state: RegisterFileRow['state'],
  tally: Tally,
): Promise<void> {
  const { loaded: loadedCount, refusedCount, refused } = tally;
  await database.transaction((connection) =>
    closeRegisterFile(connection, { fileId, state, loadedCount, refusedCount, refused }),
  );
}

async function loadBatch(
  services: LoadServices,
  access: SourceAccess,
  records: readonly (PersonRecord | EnterpriseRecord)[],
  tally: Tally,
): Promise<void> {
  if (records.length === 0) return;
  await services.database.transaction(async (connection) => {
    for (const record of records) {
      if ('ssin' in record) await loadPerson(services, connection, access, record);
      else await loadEnterprise(services, connection, record);
    }
    await queueJob(connection, { lane: 'single', kind: 'resolve', payload: {}, dedupeKey: 'now' });
  });
  tally.loaded += records.length;
}

async function loadPerson(
  services: LoadServices,
  connection: Connection,
  access: SourceAccess,
  record: PersonRecord,
): Promise<void> {
  const personId = await keepPerson(services, connection, record, record.ssin);
  if (record.municipality !== undefined) {
    const { nisCode, since } = record.municipality;
    await saveDomicile(connection, personId, nisCode, since ?? record.birthDate ?? '1900-01-01');
  }
  for (const replaced of record.replaces) {
    const replacedId = await keepPerson(services, connection, record, replaced);
    await mergeInto(services, connection, replacedId, personId);
  }
  await insertAuditEntry(connection, {
    actor: access.actor,
    action: 'person.load',
    ground: access.ground.kind,
    personId,
    ...(access.traceId !== undefined && { traceId: access.traceId }),
  });
}

function keepPerson(
  { vault, newId }: LoadServices,
  connection: Connection,
  record: PersonRecord,
  ssin: string,
): Promise<string> {
  return savePerson(connection, {
    personId: newId(),
    ssinHmac: vault.lookUp(ssin),
    ssinCiphertext: vault.seal(Buffer.from(ssin), 'ssin'),
    familyName: record.familyName,
    givenName: record.givenName,
    birthDate: record.birthDate ?? null,
    language: record.language ?? null,
    email: record.email ?? null,
    hasEbox: record.hasEbox,
  });
}

/** Two numbers turn out to be one person: what stood under the old one is the new one's, and is settled anew. */
async function mergeInto(
  services: LoadServices,
  connection: Connection,
  replacedId: string,
  personId: string,
): Promise<void> {
  const isKnown = (await findReplacement(connection, replacedId)) === personId;
  if (isKnown || replacedId === personId) return;
  await replacePerson(connection, replacedId, personId);
  const facts = await listAllStatuses(connection, await listAliases(connection, personId));
  await queueSettling(services, connection, [...facts, ...facts.map((fact) => ({ ...fact, personId }))]);
}

async function loadEnterprise(
  { newId }: LoadServices,
  connection: Connection,
  record: EnterpriseRecord,
): Promise<void> {
  const numbers = {
    enterpriseNumber: record.enterpriseNumber.padStart(10, '0'),
    nssoNumber: record.nssoNumber ?? null,
    provisionalNssoNumber: null,
  };
  await insertEmployer(connection, newId(), numbers);
  const [employer] = await listEmployers(connection, numbers);
  if (employer === undefined) return;
  await describeEmployer(connection, employer.employerId, record.name, record.activeUntil ?? null);
}
