/** Who reads: for themselves, or by the mandate that the request names, for another. */
import type { MandateRight } from '../domain/mandate.ts';
import type { DeclarantAccess } from '../workflows/consult.ts';
import type { Reader } from '../workflows/read.ts';
import { representEmployer, representPerson } from '../workflows/represent.ts';
import type { Services } from '../workflows/services.ts';
import { declarantAccessOf, personOf, senderOf } from './callers.ts';
import { MANDATE_HEADER_NAME, mandateIdOf } from './mandate-id.ts';
import { missingPermission, Refusal } from './problems.ts';
import type { Request } from './route.ts';

/** What the header means, for the OpenAPI document. */
export const MANDATE_HEADER = {
  [MANDATE_HEADER_NAME]:
    'The mandate by which the caller acts for another; without it they act for themselves. 403 unless it is theirs, in force, and gives this right',
};

/** 403, the same for a mandate that is not there, not the caller's, not in force, or for something else. */
export function mandateRefused(): Refusal {
  return new Refusal(missingPermission('The mandate does not allow this'));
}

/**
 * The person who reads what is theirs, or by a mandate what is another's; undefined when the register does not know them,
 * so that they have nothing.
 */
export async function readerOf(
  services: Pick<Services, 'database' | 'vault'>,
  request: Request,
  right: MandateRight & ('inbox' | 'accesses'),
): Promise<Reader | undefined> {
  const actor = await personOf(services, request);
  const mandateId = mandateIdOf(request);
  if (mandateId === undefined) {
    if (actor === undefined) return undefined;
    const ground = { kind: 'ownData', personId: actor.id } as const;
    return { actor, ground, subjectId: actor.id, traceId: request.traceId };
  }
  const agent = actor && ({ kind: 'person', personId: actor.id } as const);
  const reader =
    agent &&
    (await representPerson(services, actor, { kind: 'mandate', mandateId, agent, right }, request.traceId));
  if (reader === undefined) throw mandateRefused();
  return reader;
}

/** The employer for whom an organisation declares by the mandate that it names; undefined without one. */
export async function representedOf(
  services: Pick<Services, 'database'>,
  request: Request,
): Promise<{ readonly mandateId: string; readonly represented: string } | undefined> {
  const { mandate } = senderOf(request);
  if (mandate === undefined) return undefined;
  const represented = await representEmployer(services, mandate);
  if (represented === undefined) throw mandateRefused();
  return { mandateId: mandate.mandateId, represented };
}

/** The organisation that reads the answers to what it declared, or by a mandate those of an employer. */
export async function declarantOf(
  services: Pick<Services, 'database'>,
  request: Request,
): Promise<DeclarantAccess> {
  const { mandate } = senderOf(request);
  const access = declarantAccessOf(request);
  if (mandate === undefined) return access;
  const ground = { ...mandate, right: 'consult' } as const;
  const represented = await representEmployer(services, ground);
  if (represented === undefined) throw mandateRefused();
  return { ...access, ground, represented };
}
