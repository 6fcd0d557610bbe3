/** The register: authentic sources report and correct persons and enterprises, some at once. */
import { z } from 'zod';
import { END_OF_TIME } from '../../domain/period.ts';
import { enterpriseRecordSchema, personRecordOn } from '../../flow/register-record.ts';
import { reportPeople } from '../../workflows/report-people.ts';
import { sourceAccessOf } from '../callers.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import type { RegisterServices } from './register.ts';

/** The routes of persons and enterprises. */
export function recordRoutes(services: RegisterServices): Route[] {
  return [personsRoute(services), enterprisesRoute(services)];
}

const MOST_RECORDS = 1000;

const common = {
  method: 'post',
  tag: 'Register',
  errors: 'belgif',
  access: { kind: 'scope', scope: 'register:report', caller: 'client' },
} as const;

const answers = {
  200: {
    description: 'All were kept',
    schema: z
      .object({ kept: z.int().meta({ description: 'How many', example: 1 }) })
      .meta({ id: 'KeptRecords' }),
  },
};

function listOf(record: z.ZodType, id: string) {
  return z.strictObject({ items: z.array(record).min(1).max(MOST_RECORDS) }).meta({ id });
}

function personsRoute(services: RegisterServices): Route {
  return {
    ...common,
    path: '/register/v1/persons',
    operationId: 'reportPersons',
    summary: 'Report persons, correct what is known of them, or say that two numbers are one person',
    description:
      'Each record replaces what the last one said of the person; a domicile is added from its day on, and `household` and `selfEmployedAs` stay as they were where they are missing. `replaces` makes one of several: what stood under those numbers stays and is theirs from then on. All are kept, or none where one of them is wrong.',
    body: {
      kind: 'json',
      // Who was born today is judged by the day of the request.
      schema: listOf(personRecordOn(END_OF_TIME), 'PersonReports'),
      limit: 1024 * 1024,
      examples: {
        one: {
          summary: 'A number replaced another',
          value: {
            items: [
              {
                ssin: '81050100156',
                familyName: 'Peeters',
                givenName: 'An',
                birthDate: '1981-05-01',
                municipality: { nisCode: '24062', since: '2019-06-01' },
                replaces: ['81250100201'],
              },
            ],
          },
        },
      },
    },
    answers,
    handle: handler(services),
  };
}

function enterprisesRoute(services: RegisterServices): Route {
  return {
    ...common,
    path: '/register/v1/enterprises',
    operationId: 'reportEnterprises',
    summary: 'Report enterprises, or correct what is known of them',
    description:
      'Each record replaces what the last one said; `establishmentUnits` and `jointCommittees` are all there are, and stay as they were where they are missing. A unit that another enterprise had is handed over. All are kept, or none where one of them is wrong.',
    body: {
      kind: 'json',
      schema: listOf(enterpriseRecordSchema, 'EnterpriseReports'),
      limit: 1024 * 1024,
      examples: {
        one: {
          summary: 'An orchard',
          value: {
            items: [
              {
                enterpriseNumber: '0206731645',
                name: 'Boomgaarden Haspengouw BV',
                establishmentUnits: ['2297964444'],
                jointCommittees: ['145'],
              },
            ],
          },
        },
      },
    },
    answers,
    handle: handler(services),
  };
}

function handler(services: RegisterServices): Route['handle'] {
  return async (request) => {
    // The route's schema read it.
    const { items } = request.body as { readonly items: readonly unknown[] };
    const outcome = await reportPeople(services, sourceAccessOf(request), items);
    if (outcome.kind === 'reported') return { status: 200, body: { kept: outcome.count } };
    const issues = outcome.issues.map(({ name, detail }) => inputIssue('invalidInput', 'body', name, detail));
    throw new Refusal(badRequest(issues));
  };
}
