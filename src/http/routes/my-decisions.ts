/** A person sees what was decided on their rights, by which rules and on which facts. */
import { z } from 'zod';
import { UNMET } from '../../domain/entitlement-rule.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { consultDecisions } from '../../workflows/consult-decisions.ts';
import type { Services } from '../../workflows/services.ts';
import { personOf } from '../callers.ts';
import type { Route } from '../route.ts';

const decisionsSchema = z
  .object({
    items: z.array(
      z.object({
        decisionId: z.uuid(),
        type: z.string().meta({ description: 'The attestation type', example: 'energy-contribution' }),
        typeVersion: z.int().meta({ example: 1 }),
        decidedAt: z.string().meta({ format: 'date-time' }),
        isEntitled: z.boolean(),
        rules: z.array(
          z.object({
            rule: z.string().meta({ example: '2020' }),
            reasons: z.array(z.enum(UNMET)).meta({ description: 'Why it is not met; empty when it is' }),
            facts: z.array(
              z.object({
                status: z.string().meta({ example: 'increasedIntervention' }),
                source: z.string().meta({ example: 'inami' }),
                reference: z.string().meta({ description: 'The source’s own name of the fact' }),
                from: z.iso.date(),
                until: z.iso.date().optional(),
              }),
            ),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Decisions' });

/** The route of a person's own decisions. */
export function myDecisionsRoute(services: Pick<Services, 'database' | 'vault'>): Route {
  return {
    method: 'get',
    path: '/myData/v1/decisions',
    operationId: 'listMyDecisions',
    summary: 'What was decided on the rights of the caller, by which rules and on which facts',
    description: 'The last hundred, the newest first. A decision stands once until it changes.',
    tag: 'My data',
    access: { kind: 'scope', scope: 'ebox:consult', caller: 'person' },
    errors: 'belgif',
    body: { kind: 'none' },
    answers: { 200: { description: 'The decisions', schema: decisionsSchema } },
    handle: async (request) => {
      const actor = await personOf(services, request);
      if (actor === undefined) return { status: 200, body: { items: [] } };
      const ground = { kind: 'ownData', personId: actor.id } as const;
      const decisions = await consultDecisions(services, { actor, ground, traceId: request.traceId });
      const items = decisions.map(({ explanations: rules, decidedAt, ...rest }) => {
        return { ...rest, decidedAt: brusselsDateTime(decidedAt), rules };
      });
      return { status: 200, body: { items } };
    },
  };
}
