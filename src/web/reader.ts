/** From a person's login to who reads: what is their own, or by the mandate that they chose, what is another's. */
import type { Actor } from '../domain/evidence.ts';
import type { MandateRight } from '../domain/mandate.ts';
import { identifyAgain } from '../workflows/identify.ts';
import type { Reader } from '../workflows/read.ts';
import { representPerson } from '../workflows/represent.ts';
import type { Services } from '../workflows/services.ts';
import { PageRefusal } from './refusal.ts';
import type { PersonVisit } from './route.ts';

type By = Pick<PersonVisit, 'login' | 'traceId'>;

/**
 * Who reads. Who is not in the register has nothing to read; who came into it after the login has. Throws a `PageRefusal`
 * where somebody acts by a mandate that does not give this right.
 */
export async function readerOf(
  services: Pick<Services, 'database'>,
  visit: By,
  right: MandateRight & ('inbox' | 'accesses'),
): Promise<Reader | undefined> {
  const { login, traceId } = visit;
  if (login.acting === undefined) return selfOf(services, visit);
  const actor = await actorOf(services, visit);
  const { mandateId } = login.acting;
  const agent = actor && ({ kind: 'person', personId: actor.id } as const);
  const ground = agent && ({ kind: 'mandate', mandateId, agent, right } as const);
  const reader = actor && ground && (await representPerson(services, actor, ground, traceId));
  if (reader === undefined) throw new PageRefusal('notMandated');
  return reader;
}

/** Who reads what is their own, whomever they act for. */
export async function selfOf(services: Pick<Services, 'database'>, visit: By): Promise<Reader | undefined> {
  const actor = await actorOf(services, visit);
  if (actor === undefined) return undefined;
  const ground = { kind: 'ownData', personId: actor.id } as const;
  return { actor, ground, subjectId: actor.id, traceId: visit.traceId };
}

async function actorOf(services: Pick<Services, 'database'>, { login }: By): Promise<Actor | undefined> {
  const id = await identifyAgain(services, login);
  return id === undefined ? undefined : { kind: 'person', id, tokenHash: login.tokenHash };
}
