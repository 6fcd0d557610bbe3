/** Statuses: sources report them, and whoever wants sees which there are. */
import { z } from 'zod';
import { brusselsDate } from '../../domain/period.ts';
import { DOUBTS } from '../../domain/status-report.ts';
import { statusRecordOn } from '../../flow/status-record.ts';
import { reportStatuses } from '../../workflows/report-statuses.ts';
import { sourceAccessOf } from '../callers.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { demandSource, fileAddress, type RegisterServices } from './register.ts';

/** The routes of statuses, beside the question whether persons have one. */
export function statusRoutes(services: RegisterServices): Route[] {
  return [reportRoute(services), listRoute(services)];
}

const MOST_REPORTS = 1000;

const common = {
  tag: 'Register',
  errors: 'belgif',
  access: { kind: 'scope', scope: 'register:report', caller: 'client' },
} as const;

function reportRoute(services: RegisterServices): Route {
  const schema = z
    .strictObject({
      source: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,49}$/, 'expected the name of a source')
        .optional()
        .meta({ description: 'Where the organisation delivers for several', example: 'onem' }),
      items: z
        .array(statusRecordOn(brusselsDate(services.clock())))
        .min(1)
        .max(MOST_REPORTS),
    })
    .meta({ id: 'StatusReports' });
  return {
    ...common,
    method: 'post',
    path: '/register/v1/statuses',
    operationId: 'reportStatuses',
    summary: 'Report that persons have a status during a period, or that they never had it',
    description:
      'A source may send reports again, late and in any order: the one that it decided last (`changedAt`) counts. Nothing is overwritten: what was known when stays known. A doubtful report is held until a person of the institution releases or drops it. All are kept, or none where one of them is wrong.',
    body: {
      kind: 'json',
      schema,
      limit: 1024 * 1024,
      examples: {
        one: {
          summary: 'A month of temporary unemployment',
          value: {
            items: [
              {
                ssin: '81050003552',
                status: 'temporaryUnemployment',
                reference: 'C32-2020-000017',
                validFrom: '2020-04-01',
                validUntil: '2020-04-30',
                enterpriseNumber: '0206731645',
              },
            ],
          },
        },
      },
    },
    answers: { 200: { description: 'What became of each', schema: reportedSchema } },
    handle: async (request) => {
      const { source: asked, items } = request.body as z.output<typeof schema>;
      const caller = sourceAccessOf(request);
      const source = demandSource(services, caller, asked, 'body');
      const outcome = await reportStatuses(services, caller, source, items);
      if (outcome.kind === 'faulty')
        throw new Refusal(
          badRequest(
            outcome.issues.map(({ name, detail }) => inputIssue('invalidInput', 'body', name, detail)),
          ),
        );
      return { status: 200, body: { file: fileAddress(services, outcome.fileId), items: outcome.items } };
    },
  };
}

const reportedSchema = z
  .object({
    file: z.string().meta({ format: 'uri', description: 'Under which they are counted' }),
    items: z.array(
      z.object({
        reference: z.string().meta({ example: 'C32-2020-000017' }),
        outcome: z.enum(['kept', 'withdrawn', 'confirmed', 'unchanged', 'outdated', 'held']),
        doubts: z.array(z.enum(DOUBTS)).optional().meta({ description: 'Why it is held' }),
      }),
    ),
  })
  .meta({ id: 'ReportedStatuses' });

const fourLanguages = z.object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() });
const listSchema = z
  .object({
    sources: z.array(z.object({ source: z.string().meta({ example: 'onem' }), name: fourLanguages })),
    items: z.array(
      z.object({
        status: z.string().meta({ example: 'temporaryUnemployment' }),
        name: fourLanguages,
        sources: z.array(z.string()).meta({ description: 'Which may report it' }),
      }),
    ),
  })
  .meta({ id: 'StatusList' });

function listRoute({ catalogue }: RegisterServices): Route {
  return {
    ...common,
    access: { kind: 'public' },
    method: 'get',
    path: '/register/v1/refData/statuses',
    operationId: 'listStatuses',
    summary: 'The statuses of the register, and which sources report them',
    description: 'The codes are this service’s own; they are not those of the Crossroads Bank.',
    body: { kind: 'none' },
    answers: { 200: { description: 'The list', schema: listSchema } },
    handle: async () => {
      const { sources, statuses } = catalogue.statusList;
      const body = {
        sources: [...sources].map(([source, { name }]) => ({ source, name })),
        items: [...statuses].map(([status, { name, sources: of }]) => ({ status, name, sources: of })),
      };
      return { status: 200, body };
    },
  };
}
