/** One person of a register file: kept under the number, and made one with whoever had a number that it replaced. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { lockName } from '../database/locks.ts';
import { listHouseholds } from '../database/person-loads.ts';
import {
  findPersonBySsin,
  findReplacement,
  type LoadedPerson,
  listAliases,
  listDomiciles,
  replacePerson,
  saveDomicile,
  savePerson,
} from '../database/persons.ts';
import { listPresentFacts } from '../database/status-history.ts';
import { listAllStatuses } from '../database/statuses.ts';
import { looksAtPerson } from '../domain/entitlement-rule.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import { sexOf } from '../domain/ssin.ts';
import type { PersonRecord } from '../flow/register-record.ts';
import { queueSettling } from './apply.ts';
import { keepSelfEmployed } from './self-employed.ts';
import type { Services } from './services.ts';

export type LoadServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'renderer' | 'clock' | 'newId' | 'settings'
>;

/** The source that loads its own data. */
export interface SourceAccess {
  readonly actor: Actor;
  readonly ground: Ground & { readonly kind: 'source' };
  readonly traceId?: string;
}

/** What is wrong with a record: property and reason, never the value. */
export interface RecordIssue {
  readonly name: string;
  readonly detail: string;
}

/**
 * Loads one person within the caller's transaction. Gives what is wrong with the record in the light of the register;
 * then nothing of it was loaded.
 */
export async function loadPerson(
  services: LoadServices,
  connection: Connection,
  access: SourceAccess,
  record: PersonRecord,
): Promise<RecordIssue | undefined> {
  const contradiction = await findContradiction(services, connection, record);
  if (contradiction !== undefined) return contradiction;
  const before = await lookAt(services, connection, record.ssin);
  const personId = await keepPerson(services, connection, record, record.ssin);
  if (record.municipality !== undefined) {
    const { nisCode, since } = record.municipality;
    await saveDomicile(connection, personId, nisCode, since ?? record.birthDate ?? '1900-01-01');
  }
  // A line may name a number that was itself replaced since.
  const holderId = (await findReplacement(connection, personId)) ?? personId;
  for (const replaced of record.replaces) {
    const replacedId = await keepPerson(services, connection, record, replaced);
    await mergeInto(services, connection, replacedId, holderId);
  }
  await keepSelfEmployed(connection, [{ personId: holderId, person: record }]);
  await settleAgain(services, connection, before, await lookAt(services, connection, record.ssin));
  await insertAuditEntry(connection, {
    actor: access.actor,
    action: 'person.load',
    ground: access.ground.kind,
    personId: holderId,
    ...(access.traceId !== undefined && { traceId: access.traceId }),
  });
  return undefined;
}

/** What rules look at of a person beside statuses. */
interface Looked {
  readonly personId: string;
  readonly household: string | null;
  readonly birthDate: string | null;
  readonly domiciles: string;
}

async function lookAt(
  { catalogue, vault }: LoadServices,
  connection: Connection,
  ssin: string,
): Promise<Looked | undefined> {
  const isLookedAt = [...catalogue.types.values()].some(({ rules }) => rules.some(looksAtPerson));
  const person = isLookedAt ? await findPersonBySsin(connection, vault.lookUps(ssin)) : undefined;
  if (person === undefined) return undefined;
  const { personId, household, birthDate } = person;
  const domiciles = JSON.stringify(await listDomiciles(connection, personId));
  return { personId, household, birthDate, domiciles };
}

/** What changed of a person may change what they are entitled to, and of their household what others are. */
async function settleAgain(
  services: LoadServices,
  connection: Connection,
  before: Looked | undefined,
  after: Looked | undefined,
): Promise<void> {
  if (after === undefined || JSON.stringify(before) === JSON.stringify(after)) return;
  const households =
    before?.household === after.household
      ? []
      : [before?.household, after.household].flatMap((one) => one ?? []);
  const persons = new Set([after.personId]);
  for (const one of await listHouseholds(connection, households)) persons.add(one);
  const facts = await listPresentFacts(connection, [...persons]);
  const types = [...services.catalogue.types.values()].filter(({ rules }) => rules.some(looksAtPerson));
  await queueSettling(services, connection, facts, 'single', types);
}

/** A number cannot be replaced by one that it replaced itself. */
async function findContradiction(
  { vault }: LoadServices,
  connection: Connection,
  { ssin, replaces }: PersonRecord,
): Promise<RecordIssue | undefined> {
  const holder = replaces.length > 0 && (await findPersonBySsin(connection, vault.lookUps(ssin)));
  if (!holder) return undefined;
  const present = vault.open(holder.ssinCiphertext, 'ssin').toString('utf8');
  if (present === ssin || !replaces.includes(present)) return undefined;
  return { name: 'replaces', detail: 'names the number that took the place of this one' };
}

function keepPerson(
  services: LoadServices,
  connection: Connection,
  record: PersonRecord,
  ssin: string,
): Promise<string> {
  const { vault, newId } = services;
  return savePerson(connection, {
    ...personOf(services, record, ssin),
    personId: newId(),
    lookUps: vault.lookUps(ssin),
    sex: sexOf(ssin),
  });
}

/** What is kept of a record under one of its numbers. */
export function personOf(
  { vault }: Pick<LoadServices, 'vault'>,
  record: PersonRecord,
  ssin: string,
): Omit<LoadedPerson, 'personId' | 'lookUps' | 'sex'> {
  return {
    ssinCiphertext: vault.seal(Buffer.from(ssin), 'ssin'),
    keyVersion: vault.version,
    familyName: record.familyName,
    givenName: record.givenName,
    birthDate: record.birthDate ?? null,
    language: record.language ?? null,
    email: record.email ?? null,
    hasEbox: record.hasEbox,
    isExclusivelyElectronic: record.isExclusivelyElectronic,
    mailLanguage: record.mailLanguage ?? null,
    household: record.household,
  };
}

/** Two numbers turn out to be one person: what stood under the old one is the new one's, and is settled anew. */
async function mergeInto(
  services: LoadServices,
  connection: Connection,
  replacedId: string,
  holderId: string,
): Promise<void> {
  const earlierId = await findReplacement(connection, replacedId);
  if (earlierId === holderId || replacedId === holderId) return;
  // What is declared for either number at this moment is waited for, and settled with the rest.
  for (const personId of [replacedId, holderId].sort()) await lockName(connection, `worker/${personId}`);
  await replacePerson(connection, replacedId, holderId);
  const facts = await listAllStatuses(connection, await listAliases(connection, holderId));
  const holders = [replacedId, holderId, ...(earlierId === undefined ? [] : [earlierId])];
  const settled = holders.flatMap((personId) => facts.map((fact) => ({ ...fact, personId })));
  await queueSettling(services, connection, [...facts, ...settled], 'single');
}
