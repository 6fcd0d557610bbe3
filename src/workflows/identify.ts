/** Unique identification: which person of the register an SSIN stands for, also by a number that was replaced. */
import { findPersonBySsin } from '../database/persons.ts';
import { uuidv8 } from '../domain/identifier.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { Services } from './services.ts';

/** Gives the person's id, undefined when the register does not know the number. */
export async function identifyPerson(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  ssin: Ssin,
): Promise<string | undefined> {
  return findByHash(database, vault.lookUps(ssin));
}

/** Gives the id of somebody who logged in before, undefined while the register does not know them. */
export async function identifyAgain(
  { database }: Pick<Services, 'database'>,
  { ssinHmac }: Pick<IdentifiedActor, 'ssinHmac'>,
): Promise<string | undefined> {
  return findByHash(database, [{ ssinHmac: Buffer.from(ssinHmac, 'hex') }]);
}

async function findByHash(
  database: Services['database'],
  lookUps: Parameters<typeof findPersonBySsin>[1],
): Promise<string | undefined> {
  return database.transaction(async (connection) => (await findPersonBySsin(connection, lookUps))?.personId);
}

/** Somebody who logged in. */
export interface IdentifiedActor {
  /** What they are called in evidence. */
  readonly actorId: string;
  /** The keyed hash by which the register finds them, in hexadecimal. */
  readonly ssinHmac: string;
}

/** Names somebody who acts. Who is not in the register, such as an official, gets a name that is theirs at every login. */
export async function identifyActor(
  services: Pick<Services, 'database' | 'vault'>,
  ssin: Ssin,
): Promise<IdentifiedActor> {
  const personId = await identifyPerson(services, ssin);
  return {
    actorId: personId ?? uuidv8(services.vault.actor(`actor/${ssin}`)),
    ssinHmac: services.vault.lookUp(ssin).toString('hex'),
  };
}
