/** A person sees who acts for them, and for whom they act. */
import { consultOwnMandates } from '../../workflows/mandate.ts';
import type { Services } from '../../workflows/services.ts';
import { personOf } from '../callers.ts';
import type { Route } from '../route.ts';
import { ownMandatesSchema, toOwnMandate } from './mandate-schema.ts';

/** The route of a person's own mandates. */
export function myMandatesRoute(services: Pick<Services, 'database' | 'vault'>): Route {
  return {
    method: 'get',
    path: '/myData/v1/mandates',
    operationId: 'listMyMandates',
    summary: 'Who acts for the caller, and for whom the caller acts',
    description:
      'The `mandateId` of one in which the caller is the `agent` goes into `Citizen-Ebox-Mandate-Id` where they act by it.',
    tag: 'My data',
    access: { kind: 'scope', scope: 'ebox:consult', caller: 'person' },
    errors: 'belgif',
    body: { kind: 'none' },
    answers: { 200: { description: 'The mandates, the newest first', schema: ownMandatesSchema } },
    handle: async (request) => {
      const actor = await personOf(services, request);
      if (actor === undefined) return { status: 200, body: { items: [] } };
      const ground = { kind: 'ownData', personId: actor.id } as const;
      const reader = { actor, ground, subjectId: actor.id, traceId: request.traceId };
      const mandates = await consultOwnMandates(services, reader);
      return { status: 200, body: { items: mandates.map(toOwnMandate) } };
    },
  };
}
