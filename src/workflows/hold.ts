/** Legal hold: of whom or of which case nothing is erased until it is released, and why. */
import { insertAuditEntry } from '../database/audit.ts';
import { findCasePerson, type HoldRow, insertHold, listHolds, releaseHold } from '../database/legal-holds.ts';
import { findPerson, findPersonBySsin } from '../database/persons.ts';
import type { Ssin } from '../domain/ssin.ts';
import { lockPrivacy, type Measure } from './erase.ts';
import type { Services } from './services.ts';

/** Whom or what a hold is placed on. */
export type HoldSubject =
  | { readonly kind: 'person'; readonly ssin: Ssin }
  | { readonly kind: 'case'; readonly caseId: string };

/** Places a hold and gives its id; undefined when the register knows no such person or case. */
export async function placeHold(
  { database, vault, newId }: Pick<Services, 'database' | 'vault' | 'newId'>,
  subject: HoldSubject,
  { actor, reason }: Measure,
): Promise<string | undefined> {
  return database.transaction(async (connection) => {
    const person =
      subject.kind === 'person'
        ? await findPersonBySsin(connection, vault.lookUps(subject.ssin))
        : await findPerson(connection, (await findCasePerson(connection, subject.caseId)) ?? NOBODY);
    if (person === undefined || person.erasedAt !== null) return undefined;
    await lockPrivacy(connection, person.personId);
    const holdId = newId();
    const on =
      subject.kind === 'person'
        ? { personId: person.personId, caseId: null }
        : { personId: null, caseId: subject.caseId };
    await insertHold(connection, { holdId, ...on, reason, placedBy: actor.id });
    const { personId } = person;
    await insertAuditEntry(connection, {
      actor,
      action: 'hold.place',
      ground: 'duty',
      personId,
      object: holdId,
    });
    return holdId;
  });
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Lists the holds that last, or all there ever were. */
export function showHolds({ database }: Pick<Services, 'database'>, isAll: boolean): Promise<HoldRow[]> {
  return database.transaction((connection) => listHolds(connection, isAll));
}

/** Ends a hold; false when it does not last (any more). */
export async function endHold(
  { database }: Pick<Services, 'database'>,
  holdId: string,
  { actor, reason }: Measure,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    const released = await releaseHold(connection, holdId, actor.id, reason);
    if (released === undefined) return false;
    const personId =
      released.personId ??
      (released.caseId === null ? undefined : await findCasePerson(connection, released.caseId));
    await insertAuditEntry(connection, {
      actor,
      action: 'hold.release',
      ground: 'duty',
      object: holdId,
      ...(personId !== undefined && { personId }),
    });
    return true;
  });
}
