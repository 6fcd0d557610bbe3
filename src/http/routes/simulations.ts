/** Simulations: how many persons a right or a flow would come to and what that would cost, without anything being issued. */
import { z } from 'zod';
import { STANDINGS } from '../../domain/flow.ts';
import type { Services } from '../../workflows/services.ts';
import {
  type SimulatedPlace,
  type SimulationOutcome,
  type SimulationSubject,
  simulate,
} from '../../workflows/simulate.ts';
import { deliberatedAccessOf } from '../callers.ts';
import { legalContext } from '../fields.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { choicesSchema, readChoices } from './flow-schema.ts';
import { deliberationRefused } from './status-query.ts';

const MOST_EUROS = 1_000_000;
const name = z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'expected small letters and dashes');
const isCents = (euros: number) => Math.abs(euros * 100 - Math.round(euros * 100)) < 1e-6;

const wishSchema = z
  .strictObject({
    deliberationId: z.uuid().meta({ description: 'The deliberation on which the caller asks' }),
    legalContext,
    attestationType: name.optional().meta({ description: 'Either this', example: 'rent-premium' }),
    standing: z.enum(STANDINGS).optional().meta({
      description:
        'Of an attestation type: who meets its rules (when missing), who has it, or who meets them and has it not',
    }),
    rule: z
      .string()
      .max(60)
      .optional()
      .meta({ description: 'Of an attestation type: this rule alone', example: '2020' }),
    flow: name.optional().meta({ description: 'Or this', example: 'social-statuses' }),
    choices: choicesSchema.optional(),
    unitValue: z
      .number()
      .min(0)
      .max(MOST_EUROS)
      .refine(isCents, 'expected euros with two decimals at most')
      .meta({ description: 'What one person is worth, in euros', example: 150 }),
  })
  .superRefine((wish, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((wish.attestationType === undefined) === (wish.flow === undefined))
      fault('attestationType', 'expected either an attestation type or a flow');
    if (wish.flow !== undefined && (wish.standing ?? wish.rule) !== undefined)
      fault(wish.standing === undefined ? 'rule' : 'standing', 'is of an attestation type');
    if (wish.attestationType !== undefined && wish.choices !== undefined)
      fault('choices', 'are those of a flow');
  })
  .meta({ id: 'SimulationWish' });
type Wish = z.output<typeof wishSchema>;

const amount = (description: string) => z.number().meta({ description, example: 3450 });
const answerSchema = z
  .object({
    unitValue: amount('Euros a person'),
    smallestCount: z
      .int()
      .meta({ description: 'Counts below this are hidden, and as many others as it takes' }),
    lastAt: z.iso.datetime().optional().meta({ description: 'When the same was last simulated' }),
    items: z.array(
      z.object({
        place: z
          .string()
          .meta({ description: 'NIS code of a municipality, or of what it lies in', example: '24062' }),
        name: z.object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() }),
        within: z.string().optional().meta({ description: 'The place that it is part of', example: '20001' }),
        isHidden: z.boolean(),
        persons: z.int().optional().meta({ example: 23 }),
        amount: amount('Persons times `unitValue`').optional(),
        change: z
          .object({ persons: z.int(), amount: amount('In euros') })
          .optional()
          .meta({ description: 'Against the last time, where neither is hidden' }),
      }),
    ),
  })
  .meta({ id: 'Simulation' });

/** The route of simulations. */
export function simulationRoute(services: Pick<Services, 'database' | 'catalogue' | 'clock'>): Route {
  return {
    method: 'post',
    path: '/register/v1/simulations',
    operationId: 'simulate',
    summary: 'What a right or a flow would come to: persons and amounts by municipality',
    description:
      'Counts who would be granted, or told of, by what the register knows now: the country first, then each area and municipality where there is anybody. Nothing is issued or handed over; what is kept is that it was asked, and the numbers, so that the next time the same is asked the answer says what changed. Rests on a deliberation that allows the attestation type or the flow, and counts only whom it covers. Small counts are hidden as in tables of statistics.',
    tag: 'Register',
    access: { kind: 'scope', scope: 'statistics:read', caller: 'client' },
    errors: 'belgif',
    body: {
      kind: 'json',
      schema: wishSchema,
      limit: 64 * 1024,
      examples: {
        one: {
          summary: 'Who is entitled to the rent premium and does not have it, at 150 euros each',
          value: {
            deliberationId: '01935b1e-7c00-7000-8000-000000000001',
            legalContext: 'WELFARE:OUTREACH',
            attestationType: 'rent-premium',
            standing: 'notGranted',
            unitValue: 150,
          },
        },
      },
    },
    answers: { 200: { description: 'Persons and amounts', schema: answerSchema } },
    handle: async (request: Request) => {
      // The route's schema read it.
      const wish = request.body as Wish;
      const access = { kind: 'organization', deliberated: deliberatedAccessOf(request, wish) } as const;
      const unitInCents = Math.round(wish.unitValue * 100);
      const outcome = await simulate(services, access, { subject: subjectOf(wish), unitInCents });
      return { status: 200, body: answerOf(outcome, wish) };
    },
  };
}

function subjectOf({ attestationType, flow, standing, rule, choices }: Wish): SimulationSubject {
  if (attestationType === undefined)
    return { kind: 'flow', id: flow ?? '', choices: choices === undefined ? {} : readChoices(choices) };
  return {
    kind: 'type',
    id: attestationType,
    is: standing ?? 'entitled',
    ...(rule !== undefined && { rule }),
  };
}

function answerOf(outcome: SimulationOutcome, { unitValue, flow }: Wish) {
  const invalid = (path: string, detail: string) => inputIssue('invalidInput', 'body', path, detail);
  switch (outcome.kind) {
    case 'notFound':
      throw new Refusal(
        badRequest([invalid(flow === undefined ? 'attestationType' : 'flow', 'is not there')]),
      );
    case 'unknownRule':
      throw new Refusal(badRequest([invalid('rule', 'is no rule of this type')]));
    case 'faulty':
      throw new Refusal(badRequest(outcome.issues.map((one) => invalid(`choices.${one.name}`, one.detail))));
    case 'notAllowed':
      throw deliberationRefused();
    case 'made': {
      const { places, lastAt, smallestCount } = outcome.simulation;
      return {
        unitValue,
        smallestCount,
        ...(lastAt && { lastAt: lastAt.toISOString() }),
        items: places.map(itemOf),
      };
    }
  }
}

function itemOf({ place, told }: SimulatedPlace) {
  const { id, label, within } = place;
  const named = { place: id, name: label, ...(within !== undefined && { within }) };
  if (told === undefined) return { ...named, isHidden: true };
  const { persons, amountInCents, change } = told;
  return {
    ...named,
    isHidden: false,
    persons,
    amount: amountInCents / 100,
    ...(change && { change: { persons: change.persons, amount: change.amountInCents / 100 } }),
  };
}
