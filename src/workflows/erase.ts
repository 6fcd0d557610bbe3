/** Erasing a person: the citizen key is destroyed, who it was is blanked, and only evidence that names nobody stays. */
import { insertAuditEntry } from '../database/audit.ts';
import { endCaseRows } from '../database/batch-rows.ts';
import type { Connection } from '../database/database.ts';
import {
  closeErasure,
  dropForms,
  emptyRows,
  erasePersonRows,
  findErasure,
  insertErasure,
  listCasesOf,
  listSsins,
  noteErased,
} from '../database/erasures.ts';
import { queueJob } from '../database/jobs.ts';
import { isHeld } from '../database/legal-holds.ts';
import { lockName } from '../database/locks.ts';
import { findPersonBySsin, listAliases } from '../database/persons.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ssin } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { markSubject } from './file-key.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type EraseServices = Pick<Services, 'database' | 'vault'>;

/** Who asks for an erasure, or for another measure of privacy, and why. */
export interface Measure {
  readonly actor: Actor;
  /** In words that name nobody. */
  readonly reason: string;
}

/** What came of asking. */
export type ErasureOutcome =
  | { readonly kind: 'requested'; readonly erasureId: string }
  /** The register does not know the number: there is nobody to erase. */
  | { readonly kind: 'unknown' }
  /** The law holds the person, or a case of theirs, back. */
  | { readonly kind: 'held' };

/** Asks for somebody to be erased, under every number they ever had; the work is queued with it. */
export async function requestErasure(
  { database, vault, newId }: EraseServices & Pick<Services, 'newId'>,
  ssin: Ssin,
  { actor, reason }: Measure,
): Promise<ErasureOutcome> {
  return database.transaction(async (connection) => {
    const person = await findPersonBySsin(connection, vault.lookUps(ssin));
    if (person === undefined) return { kind: 'unknown' };
    const { personId } = person;
    await lockPrivacy(connection, personId);
    if (await isHeld(connection, await listAliases(connection, personId))) return { kind: 'held' };
    const erasureId = await insertErasure(connection, {
      erasureId: newId(),
      personId,
      reason,
      requestedBy: actor.id,
    });
    await insertAuditEntry(connection, {
      actor,
      action: 'erasure.request',
      ground: 'duty',
      personId,
      object: erasureId,
    });
    const payload = { erasureId };
    await queueJob(connection, { lane: 'single', kind: 'erase', payload, dedupeKey: erasureId });
    return { kind: 'requested', erasureId };
  });
}

/** A hold and an erasure of one person are decided one after the other. */
export function lockPrivacy(connection: Connection, personId: string): Promise<void> {
  return lockName(connection, `privacy/${personId}`);
}

/** Does an erasure and ends the job. */
export async function eraseAsked(services: EraseServices, lease: Lease, erasureId: string): Promise<void> {
  await erasePerson(services, erasureId);
  await services.database.transaction((connection) => commitLease(connection, lease));
}

const NIL_ID = '00000000-0000-0000-0000-000000000000';
const BATCHES_AT_ONCE = 20;

/**
 * Does an erasure, from where it was left; doing it twice, or twice at once, is harmless. First the person in one
 * transaction, after which nothing of theirs decrypts under a key of theirs, then their rows in files that are still
 * there. Gives `held` when a hold was placed since it was asked for: then nothing was done, and it may be asked again.
 */
export async function erasePerson(services: EraseServices, erasureId: string): Promise<'erased' | 'held'> {
  const { database } = services;
  await failpoint('erase.begun');
  const begun = await database.transaction((connection) => eraseRows(services, connection, erasureId));
  if (begun === 'held') return 'held';
  await failpoint('erase.destroyed');
  if (begun === 'done') return 'erased';
  let after: string | undefined = NIL_ID;
  while (after !== undefined) {
    const from: string = after;
    after = await database.transaction((connection) => emptyRows(connection, begun, from, BATCHES_AT_ONCE));
  }
  await failpoint('erase.scrubbed');
  await database.transaction(async (connection) => {
    await dropForms(connection, begun);
    await closeErasure(connection, erasureId);
  });
  return 'erased';
}

/** Gives the marks by which the rest is found. */
async function eraseRows(
  services: EraseServices,
  connection: Connection,
  erasureId: string,
): Promise<readonly Buffer[] | 'held' | 'done'> {
  const erasure = await findErasure(connection, erasureId);
  if (erasure === undefined)
    throw new ServiceError('recordMissing', `erasure ${erasureId} is not in the register`);
  if (erasure.doneAt !== null) return 'done';
  if (erasure.subjectMarks !== null) return erasure.subjectMarks;
  const { personId } = erasure;
  await lockPrivacy(connection, personId);
  const personIds = await listAliases(connection, personId);
  if (await isHeld(connection, personIds)) return 'held';
  // What is declared for them at this moment is waited for, and whatever comes later finds nobody.
  for (const one of [...personIds].sort()) await lockName(connection, `worker/${one}`);
  const marks = await marksOf(services, connection, personIds);
  const caseIds = await listCasesOf(connection, personIds);
  await erasePersonRows(connection, personIds);
  for (const caseId of caseIds) await endCaseRows(connection, caseId, 'notEntitled', undefined);
  await noteErased(connection, erasureId, marks);
  const actor = { kind: 'service' as const, id: 'erase' };
  for (const one of personIds)
    await insertAuditEntry(connection, {
      actor,
      action: 'person.erase',
      ground: 'duty',
      personId: one,
      object: erasureId,
    });
  return marks;
}

async function marksOf(
  { vault }: EraseServices,
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly Buffer[]> {
  const sealed = await listSsins(connection, personIds);
  return sealed.map((ssin) => markSubject(vault, vault.open(ssin, 'ssin').toString('utf8')));
}
