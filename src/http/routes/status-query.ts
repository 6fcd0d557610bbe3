/** Whether persons have a social status at a date: yes or no, on a deliberation that lets the caller ask. */
import { z } from 'zod';
import { askForStatus } from '../../workflows/ask-status.ts';
import type { Services } from '../../workflows/services.ts';
import { deliberatedAccessOf } from '../callers.ts';
import { checkSsin, legalContext, localDate, ssinText } from '../fields.ts';
import { missingPermission, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';

const MOST_PERSONS = 1000;

/** The code of a status, as the list of them writes it. */
export const STATUS_CODE = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,49}$/, 'expected the code of a status')
  .meta({ example: 'quarantine' });

const questionSchema = z
  .strictObject({
    deliberationId: z.uuid().meta({ description: 'The deliberation on which the caller asks' }),
    legalContext,
    status: STATUS_CODE,
    date: localDate('On which day; missing: today', '2026-03-02').optional(),
    knownAt: z.iso
      .datetime({ offset: true, error: 'expected a moment as 2020-04-01T10:00:00+02:00' })
      .optional()
      .meta({
        description:
          'As it was known at this moment; missing: now. Needs a deliberation with `statusHistory` among its attributes',
        example: '2020-09-08T12:00:00+02:00',
      }),
    ssins: z.array(ssinText('Of whom')).min(1).max(MOST_PERSONS),
  })
  .meta({ id: 'StatusQuestion' });

const answerSchema = z
  .object({
    items: z.array(
      z.object({
        ssin: z.string().meta({ example: '81050003552' }),
        hasStatus: z.boolean(),
        date: z.string().meta({ format: 'date', description: 'The day it was asked for' }),
      }),
    ),
  })
  .meta({ id: 'StatusAnswers' });

/** 403, the same for a deliberation that is not there, another's, not in force, or for something else. */
export function deliberationRefused(): Refusal {
  return new Refusal(missingPermission('No deliberation allows this'));
}

/** The route of questions about statuses. */
export function statusQueryRoute(services: Pick<Services, 'database' | 'vault' | 'clock'>): Route {
  return {
    method: 'post',
    path: '/register/v1/statuses/query',
    operationId: 'queryStatuses',
    summary: 'Whether persons have a social status at a date: yes or no',
    description:
      'Rests on a deliberation of the Information Security Committee that the caller names, with the purpose by its code; 403 unless one in force lets the organisation ask for this status and purpose. Persons who are not in the register or whom the deliberation does not cover are left out, without a difference. Each person of whom the answer tells finds it among the accesses to their data.',
    tag: 'Register',
    access: { kind: 'scope', scope: 'register:query', caller: 'client' },
    errors: 'belgif',
    body: {
      kind: 'json',
      schema: questionSchema,
      limit: 64 * 1024,
      examples: {
        one: {
          summary: 'One person, today',
          value: {
            deliberationId: '01935b1e-7c00-7000-8000-000000000001',
            legalContext: 'CITY:SUPPORT_GRANT',
            status: 'quarantine',
            ssins: ['81050003552'],
          },
        },
      },
    },
    answers: { 200: { description: 'An answer for each person covered', schema: answerSchema } },
    handle: async (request) => {
      // The route's schema read it.
      const { ssins, status, date, knownAt, ...named } = request.body as z.output<typeof questionSchema>;
      const now = services.clock();
      const asked = [...new Set(ssins)].map((ssin) => checkSsin(ssin, `ssins[${ssins.indexOf(ssin)}]`, now));
      const question = {
        status,
        date,
        knownAt: knownAt === undefined ? undefined : new Date(knownAt),
        ssins: asked,
      };
      const items = await askForStatus(services, deliberatedAccessOf(request, named), question);
      if (items === undefined) throw deliberationRefused();
      return { status: 200, body: { items } };
    },
  };
}
