/** From a person's login to who reads, on the ground that the data are their own. */
import { identifyAgain } from '../workflows/identify.ts';
import type { Reader } from '../workflows/read.ts';
import type { Services } from '../workflows/services.ts';
import type { PersonVisit } from './route.ts';

/** Who is not in the register has nothing to read; who came into it after the login has. */
export async function readerOf(
  services: Pick<Services, 'database'>,
  { login, traceId }: Pick<PersonVisit, 'login' | 'traceId'>,
): Promise<Reader | undefined> {
  const personId = await identifyAgain(services, login);
  if (personId === undefined) return undefined;
  const actor = { kind: 'person', id: personId, tokenHash: login.tokenHash } as const;
  return { actor, ground: { kind: 'ownData', personId }, subjectId: personId, traceId };
}
