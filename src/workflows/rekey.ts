/** Changing over to another version of the institution's secret: what is there is brought under it in the background. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import { findPerson, findPersonBySsin } from '../database/persons.ts';
import {
  countUnder,
  type KeyTable,
  listUnkeyed,
  lockVersion,
  moveUnkeyed,
  retireVersion,
  saveKeys,
  saveSsins,
  saveWaiting,
  takeKeys,
  takeSsins,
  takeWaitingUnder,
  type UnderVersion,
} from '../database/rekey.ts';
import {
  changeVersion,
  listVaultVersions,
  saveLastingKeys,
  type VaultVersionRow,
} from '../database/vault-versions.ts';
import { parseSsin } from '../domain/ssin.ts';
import { failpoint } from '../failpoint.ts';
import { keyOf } from './declaration-key.ts';
import type { Measure } from './erase.ts';
import { commitLease, type Lease } from './lease.ts';
import { followVersions } from './open-vault.ts';
import type { Services } from './services.ts';
import { openBody, readBody } from './stored-declaration.ts';

type RekeyServices = Pick<Services, 'database' | 'vault' | 'newId' | 'settings'>;

/** Rows of one transaction: few enough that nobody waits for them and little is done again after a crash. */
const AT_ONCE = 200;

/** A version, and what is under it as long as it is in use. */
export type VersionStanding = VaultVersionRow & { readonly under?: UnderVersion };

/** Tells how far a change is. */
export function showVersions({ database }: Pick<Services, 'database'>): Promise<VersionStanding[]> {
  return database.transaction(async (connection) => {
    const standings: VersionStanding[] = [];
    for (const row of await listVaultVersions(connection))
      standings.push(
        row.state === 'retired' ? row : { ...row, under: await countUnder(connection, row.version) },
      );
    return standings;
  });
}

/**
 * From now on everything new is under the next version, and the rest is brought under it. Every process must have both
 * secrets by then. Gives the version, undefined when no next one is known.
 */
export function startRekey(
  { database }: Pick<Services, 'database'>,
  { actor }: Pick<Measure, 'actor'>,
): Promise<number | undefined> {
  return database.transaction(async (connection) => {
    await lockName(connection, 'vault-versions');
    const version = await changeVersion(connection);
    if (version === undefined) return undefined;
    await insertAuditEntry(connection, {
      actor,
      action: 'keys.rekey',
      ground: 'duty',
      object: String(version),
    });
    await queueRekey(connection);
    return version;
  });
}

/** Queues the work, once however often it is asked for. */
export function queueRekey(connection: Connection, delaySeconds = 0): Promise<void> {
  return queueJob(connection, {
    lane: 'bulk',
    kind: 'rekey',
    payload: {},
    dedupeKey: 'rekey',
    delaySeconds,
  });
}

/** While something is left that goes by itself, or that somebody holds, it is looked at again after this. */
const LOOK_AGAIN_SECONDS = 60;

/** Brings some rows under the version of now and ends the job; another follows until nothing is left. */
export async function rekeySome(services: RekeyServices, lease: Lease): Promise<void> {
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await followVersions(services, connection);
    const moved = await moveSome(services, connection);
    if (moved > 0) return queueRekey(connection);
    const former = await findFormer(connection);
    if (former === undefined || (await retire(services, connection, former))) return undefined;
    return queueRekey(connection, LOOK_AGAIN_SECONDS);
  });
  await failpoint('rekey.chunk');
}

async function findFormer(connection: Connection): Promise<number | undefined> {
  return (await listVaultVersions(connection)).find(({ state }) => state === 'former')?.version;
}

async function moveSome(services: RekeyServices, connection: Connection): Promise<number> {
  let moved = await moveDeclarations(services, connection);
  const former = await findFormer(connection);
  if (former === undefined) return moved;
  moved += await moveKeys(services, connection, 'citizen_key', former);
  moved += await moveKeys(services, connection, 'file_key', former);
  moved += await movePersons(services, connection, former);
  moved += await moveWaiting(services, connection, former);
  return moved;
}

async function moveKeys(
  { vault }: RekeyServices,
  connection: Connection,
  table: KeyTable,
  version: number,
): Promise<number> {
  const kind = table === 'citizen_key' ? 'citizen' : 'file';
  const keys = await takeKeys(connection, table, version, AT_ONCE);
  const rewrapped = keys.map(({ id, wrapped }) => ({ id, wrapped: vault.rewrap(kind, id, wrapped) }));
  await saveKeys(connection, table, rewrapped, vault.version);
  return keys.length;
}

async function movePersons(
  { vault }: RekeyServices,
  connection: Connection,
  version: number,
): Promise<number> {
  const persons = await takeSsins(connection, version, AT_ONCE);
  const moved = persons.map(({ personId, ssin }) => {
    const plain = vault.open(ssin, 'ssin');
    return { personId, ssin: vault.seal(plain, 'ssin'), ssinHmac: vault.lookUp(plain.toString('utf8')) };
  });
  await saveSsins(connection, moved, vault.version);
  return persons.length;
}

/** The number stands in the declaration alone; where that is gone, nobody can be waited for. */
async function moveWaiting(
  services: RekeyServices,
  connection: Connection,
  version: number,
): Promise<number> {
  const { vault } = services;
  const rows = await takeWaitingUnder(connection, version, AT_ONCE);
  for (const row of rows) {
    const body = openBody(services, row);
    const declaration = body && readBody(body, row);
    const ssin = declaration && parseSsin(declaration.worker?.ssin ?? '', declaration.receivedOn);
    const lookUp = ssin && { ssinHmac: vault.lookUp(ssin), keyVersion: vault.version };
    await saveWaiting(connection, row.declarationId, lookUp);
  }
  return rows.length;
}

/** What was declared before citizens and files had keys for it gets the one it would get today. */
async function moveDeclarations(services: RekeyServices, connection: Connection): Promise<number> {
  const rows = await listUnkeyed(connection, AT_ONCE);
  for (const row of rows) {
    const body = openBody(services, row);
    if (body === undefined) continue;
    const { worker, receivedOn } = readBody(body, row);
    const ssin = parseSsin(worker?.ssin ?? '', receivedOn);
    const person =
      row.personId === null
        ? ssin && (await findPersonBySsin(connection, services.vault.lookUps(ssin)))
        : await findPerson(connection, row.personId);
    const { key, ...ids } = await keyOf(services, connection, row.declarationId, {}, { person });
    await moveUnkeyed(connection, row.declarationId, ids, key.seal(body, row.declarationId));
  }
  return rows.length;
}

/** Retires a version once nothing is left under it; false while something is. */
async function retire({ vault }: RekeyServices, connection: Connection, version: number): Promise<boolean> {
  await saveLastingKeys(connection, vault.wrapLasting(), vault.version);
  await lockVersion(connection, version);
  const left = await countUnder(connection, version);
  if (Object.values(left).some((count) => count > 0)) return false;
  await retireVersion(connection, version);
  const actor = { kind: 'service' as const, id: 'rekey' };
  await insertAuditEntry(connection, {
    actor,
    action: 'keys.rekey',
    ground: 'duty',
    object: String(vault.version),
  });
  await followVersions({ vault }, connection);
  return true;
}
