/** Statistics: which tables of counts there are, a table in the form that is wanted, and extracts for research. */
import { z } from 'zod';
import { layOutChart } from '../../domain/chart.ts';
import { PAGE_LANGUAGES } from '../../domain/language.ts';
import { MOST_MONTHS, monthsBetween } from '../../domain/month-range.ts';
import { type Table, takePart } from '../../domain/statistics.ts';
import { writePage } from '../../flow/chart-page.ts';
import { writeSvg } from '../../flow/chart-svg.ts';
import { writeJsonStat } from '../../flow/json-stat.ts';
import { chartOf, describeChart } from '../../flow/table-chart.ts';
import { writeTable } from '../../flow/table-csv.ts';
import { drawPicture } from '../../workflows/draw-table.ts';
import { makeTable } from '../../workflows/make-table.ts';
import type { Services } from '../../workflows/services.ts';
import { tableAccessOf } from '../callers.ts';
import { contentHeaders } from '../content.ts';
import { legalContext, month } from '../fields.ts';
import { badRequest, inputIssue, Refusal, resourceNotFound } from '../problems.ts';
import type { Reply, Route } from '../route.ts';
import { extractRoute } from './statistics-extract.ts';
import { deliberationRefused, STATUS_CODE } from './status-query.ts';

export type StatisticsServices = Pick<Services, 'database' | 'catalogue' | 'clock'>;

const access = { kind: 'scope', scope: 'statistics:read', caller: 'client' } as const;

/** The routes of statistics. */
export function statisticsRoutes(services: StatisticsServices): Route[] {
  return [listRoute(services), tableRoute(services), extractRoute(services)];
}

const fourLanguages = z.object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() });
const tablesSchema = z
  .object({
    smallestCount: z.int().meta({ description: 'Counts below this are hidden' }),
    items: z.array(
      z.object({
        tableId: z.string().meta({ example: 'persons-by-place' }),
        title: fourLanguages,
        counts: z.enum(['persons', 'employers', 'uses']),
        across: z.array(z.string()),
        statuses: z.array(z.string()).optional().meta({ description: 'Of these alone' }),
      }),
    ),
  })
  .meta({ id: 'StatisticsTables' });

function listRoute({ catalogue }: StatisticsServices): Route {
  return {
    method: 'get',
    path: '/statistics/v1/tables',
    operationId: 'listTables',
    summary: 'The tables of counts that there are',
    tag: 'Statistics',
    access,
    errors: 'belgif',
    body: { kind: 'none' },
    answers: { 200: { description: 'The tables', schema: tablesSchema } },
    handle: async () => {
      const { smallestCount, tables } = catalogue.statistics;
      const items = [...tables].map(([tableId, kind]) => ({ tableId, ...kind }));
      return { status: 200, body: { smallestCount, items } };
    },
  };
}

const FORMATS = {
  'json-stat': 'application/json',
  csv: 'text/csv; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  html: 'text/html; charset=utf-8',
} as const;
type Format = keyof typeof FORMATS;

const tableQuery = z.strictObject({
  from: month.meta({ description: 'The first month' }),
  until: month
    .optional()
    .meta({ description: `The last month, at most ${MOST_MONTHS} of them; missing: the first alone` }),
  status: STATUS_CODE.optional().meta({ description: 'Of tables of persons and employers: whose' }),
  place: z
    .string()
    .regex(/^[A-Za-z0-9+-]{1,20}$/, 'expected the code of a category')
    .optional()
    .meta({
      description: 'A category of the first dimension: it and what lies within it, such as a province',
      example: '20001',
    }),
  format: z
    .enum(Object.keys(FORMATS) as [Format, ...Format[]])
    .default('json-stat')
    .meta({
      description:
        'As data (JSON-stat 2.0 or CSV), as a chart (SVG or PNG), or as a page with chart and table',
    }),
  language: z.enum(PAGE_LANGUAGES).default('en').meta({ description: 'Of labels' }),
  deliberationId: z.uuid().optional().meta({ description: 'On which persons or employers are counted' }),
  legalContext: legalContext.optional(),
});

const jsonStatSchema = z
  .object({
    version: z.literal('2.0'),
    class: z.literal('dataset'),
    label: z.string(),
    updated: z.string().meta({ format: 'date-time' }),
    note: z.array(z.string()),
    id: z.array(z.string()).meta({ example: ['month', 'place', 'sex'] }),
    size: z.array(z.int()),
    role: z.record(z.string(), z.array(z.string())),
    dimension: z.record(
      z.string(),
      z.object({
        label: z.string(),
        category: z.object({
          index: z.array(z.string()),
          label: z.record(z.string(), z.string()).optional(),
          child: z.record(z.string(), z.array(z.string())).optional(),
        }),
      }),
    ),
    value: z.array(z.int().nullable()).meta({ description: 'The last dimension runs fastest; null: hidden' }),
    status: z.record(z.string(), z.string()).optional().meta({ description: 'By place: `C` where hidden' }),
  })
  .meta({ id: 'JsonStatDataset' });

function tableRoute(services: StatisticsServices): Route {
  return {
    method: 'get',
    path: '/statistics/v1/tables/{tableId}',
    operationId: 'getTable',
    summary: 'A table of counts',
    description:
      'Persons and employers are counted on a deliberation that allows the status, and only whom it covers; uses of the service without one. Counts below `smallestCount` are hidden, and as many others as it takes so that no total gives them away: this is decided on the whole table, so that parts of it hide the same cells. Hidden values are null in JSON-stat (status `C`), empty in CSV (flag `C`) and missing in charts.',
    tag: 'Statistics',
    access,
    errors: 'belgif',
    params: z.strictObject({
      tableId: z
        .string()
        .regex(/^[a-z-]{1,50}$/)
        .meta({ description: 'From the list of tables', example: 'persons-by-place' }),
    }),
    query: tableQuery,
    body: { kind: 'none' },
    answers: {
      200: {
        description: 'The table, in the form asked for',
        schema: jsonStatSchema,
        mediaTypes: ['text/csv', 'image/svg+xml', 'image/png', 'text/html'],
      },
    },
    handle: async (request) => {
      // The route's schema read it.
      const query = request.query as z.output<typeof tableQuery>;
      const { deliberationId, legalContext: context } = query;
      const named =
        deliberationId === undefined || context === undefined
          ? undefined
          : { deliberationId, legalContext: context };
      const wish = { tableId: request.params.tableId ?? '', status: query.status, months: monthsOf(query) };
      const outcome = await makeTable(services, tableAccessOf(request, named), wish);
      switch (outcome.kind) {
        case 'unknownTable':
          throw new Refusal(resourceNotFound('tableId'));
        case 'statusWanted':
          throw invalid('status', 'is needed for this table');
        case 'statusUnfit':
          throw invalid('status', 'is not one of this table');
        case 'notAllowed':
          throw deliberationRefused();
        case 'made': {
          const table = query.place === undefined ? outcome.table : takePart(outcome.table, query.place);
          if (table === undefined) throw invalid('place', 'is no category of the first dimension');
          return write(services, table, query);
        }
      }
    },
  };
}

function invalid(name: string, detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'query', name, detail)]));
}

function monthsOf({
  from,
  until = from,
}: {
  readonly from: string;
  readonly until?: string | undefined;
}): string[] {
  const months = monthsBetween(from, until);
  if (months.length < 1) throw invalid('until', 'lies before the first month');
  if (months.length > MOST_MONTHS) throw invalid('until', `lies more than ${MOST_MONTHS} months on`);
  return months;
}

async function write(
  services: StatisticsServices,
  table: Table,
  { format, language }: Pick<z.output<typeof tableQuery>, 'format' | 'language'>,
): Promise<Reply> {
  const extension = format === 'json-stat' ? 'json' : format;
  const headers = contentHeaders({ fileName: `${table.id}.${extension}`, mediaType: FORMATS[format] });
  const input = chartOf(table, language);
  switch (format) {
    case 'json-stat':
      return { status: 200, body: writeJsonStat(table, language, services.clock()) };
    case 'csv':
      return { status: 200, headers, bytes: Buffer.from(writeTable(table, language)) };
    case 'svg':
      return {
        status: 200,
        headers,
        bytes: Buffer.from(writeSvg(layOutChart(input), describeChart(input, language))),
      };
    case 'png':
      return { status: 200, headers, bytes: await drawPicture(services, layOutChart(input)) };
    case 'html':
      return { status: 200, headers, bytes: Buffer.from(writePage(input, language)) };
  }
}
