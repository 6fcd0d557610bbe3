/** Unique identification: which person of the register an SSIN stands for, also by a number that was replaced. */
import { findPersonBySsin } from '../database/persons.ts';
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
