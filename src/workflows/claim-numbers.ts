/** Numbers of persons who are loaded many at once: the id that each stands for, known or new. */
import type { Connection } from '../database/database.ts';
import { claimLookUps, lookAtPersons } from '../database/person-loads.ts';
import { findPersonIds } from '../database/persons.ts';
import { ServiceError } from '../errors.ts';
import type { PersonRecord } from '../flow/register-record.ts';
import type { LoadServices } from './load-person.ts';

type NumberServices = Pick<LoadServices, 'vault' | 'newId'>;

/** Finds or makes the id of each, by its hash under the oldest version first. Throws `unexpected` where two disagree. */
export async function claimNumbers(
  { vault, newId }: NumberServices,
  connection: Connection,
  numbers: readonly string[],
): Promise<readonly string[]> {
  if (numbers.length === 0) return [];
  const lookUps = numbers.map((ssin) => vault.lookUps(ssin));
  let ids: readonly string[] = numbers.map(() => newId());
  const versions = Math.max(...lookUps.map((own) => own.length));
  for (let version = 0; version < versions; version += 1) {
    const claims = lookUps.flatMap((own, at) => {
      const [lookUp, personId] = [own[version], ids[at]];
      return lookUp === undefined || personId === undefined ? [] : [{ ...lookUp, personId }];
    });
    const found = await claimLookUps(connection, claims);
    const held = claims.map(({ ssinHmac, personId }) => found.get(ssinHmac.toString('hex')) ?? personId);
    const differing = held.findIndex((personId, at) => personId !== ids[at]);
    if (version > 0 && differing >= 0)
      throw new ServiceError(
        'unexpected',
        `persons ${ids[differing]} and ${held[differing]} have one number`,
      );
    ids = held;
  }
  return ids;
}

/** A number that another took the place of. */
export interface FormerNumber {
  readonly ssin: string;
  readonly personId: string;
  /** Nobody was known under it, so that there is nothing of theirs to be settled anew. */
  readonly isNew: boolean;
}

/** A record, as far as it names numbers. */
interface Naming {
  readonly person: Pick<PersonRecord, 'replaces'>;
}

/**
 * Finds or makes the ids of the numbers that each record replaces; undefined where somebody is known under one of them
 * who is not this person yet. Nothing is claimed for such a record: it may be refused.
 */
export async function claimFormer(
  services: NumberServices,
  connection: Connection,
  lines: readonly Naming[],
  own: readonly string[],
): Promise<readonly (readonly FormerNumber[] | undefined)[]> {
  const numbers = lines.flatMap(({ person }) => person.replaces);
  const known = await findKnown(services, connection, numbers);
  const before = await lookAtPersons(connection, [...known.values()]);
  const isFree = (ssin: string, at: number) => {
    const personId = known.get(ssin);
    return personId === undefined || (personId !== own[at] && before.get(personId)?.replacedBy === own[at]);
  };
  const added = lines.flatMap(({ person: { replaces } }, at) =>
    replaces.every((ssin) => isFree(ssin, at)) ? replaces.filter((ssin) => !known.has(ssin)) : [],
  );
  const claimed = await claimNumbers(services, connection, added);
  // Somebody else may have loaded one of them at this moment.
  const taken = await lookAtPersons(connection, claimed);
  const ids = new Map([...known, ...added.map((ssin, at) => [ssin, claimed[at] ?? ''] as const)]);
  return lines.map(({ person: { replaces } }, at) => {
    const former = replaces.map((ssin) => ({ ssin, personId: ids.get(ssin) ?? '', isNew: !known.has(ssin) }));
    const isOurs = ({ ssin, personId, isNew }: FormerNumber) =>
      isFree(ssin, at) && !(isNew && taken.has(personId));
    return former.every(isOurs) ? former : undefined;
  });
}

/** The ids of those numbers that are known, by any of their hashes. */
async function findKnown(
  { vault }: NumberServices,
  connection: Connection,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (numbers.length === 0) return new Map();
  const marks = numbers.map((ssin) => vault.lookUps(ssin).map(({ ssinHmac }) => ssinHmac));
  const found = await findPersonIds(connection, marks.flat());
  const known = numbers.map((ssin, at) => {
    const ids = marks[at]?.map((mark) => found.get(mark.toString('hex')));
    return [ssin, ids?.find((id) => id !== undefined)] as const;
  });
  return new Map(known.flatMap(([ssin, id]) => (id === undefined ? [] : [[ssin, id] as const])));
}
