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
  return database.transaction(
    async (connection) => (await findPersonBySsin(connection, vault.lookUp(ssin)))?.personId,
  );
}

/** Somebody who logged in: what they are called in evidence, and their id in the register where it knows them. */
export interface IdentifiedActor {
  readonly actorId: string;
  readonly personId?: string;
}

/** Names somebody who acts. Who is not in the register, such as an official, gets a name that is theirs at every login. */
export async function identifyActor(
  services: Pick<Services, 'database' | 'vault'>,
  ssin: Ssin,
): Promise<IdentifiedActor> {
  const personId = await identifyPerson(services, ssin);
  return personId === undefined
    ? { actorId: uuidv8(services.vault.lookUp(`actor/${ssin}`)) }
    : { actorId: personId, personId };
}
