/** Somebody acts for another: which mandate they name, and whether it lets them do so today. */
import { findRepresentedEmployer, findRepresentedPerson } from '../database/mandates.ts';
import type { Actor } from '../domain/evidence.ts';
import type { MandateGround } from '../domain/ground.ts';
import type { Reader } from './read.ts';
import type { Services } from './services.ts';

/**
 * Gives the reader who acts for another person; undefined where the mandate is not there, is another's, is not in force
 * or does not give this right: whoever asks is not told which.
 */
export async function representPerson(
  { database }: Pick<Services, 'database'>,
  actor: Actor,
  ground: MandateGround,
  traceId: string,
): Promise<Reader | undefined> {
  const subjectId = await database.transaction((connection) => findRepresentedPerson(connection, ground));
  return subjectId === undefined ? undefined : { actor, ground, subjectId, traceId };
}

/** Gives the employer, by its enterprise number, for whom an organisation acts; undefined as for persons. */
export async function representEmployer(
  { database }: Pick<Services, 'database'>,
  ground: MandateGround,
): Promise<string | undefined> {
  return database.transaction(
    async (connection) => (await findRepresentedEmployer(connection, ground))?.enterpriseNumber,
  );
}
