/** What a person may ask about their own data: who consulted or verified what of them, when and why. */
import { z } from 'zod';
import { accessItem, writeAccessJson, writeAccessTable } from '../../workflows/access-file.ts';
import { type Access, allAccesses, listAccesses } from '../../workflows/accesses.ts';
import type { Reader } from '../../workflows/read.ts';
import type { Services } from '../../workflows/services.ts';
import { MANDATE_HEADER, readerOf } from '../mandate-header.ts';
import type { Route } from '../route.ts';

type MyDataServices = Pick<Services, 'database' | 'vault' | 'catalogue' | 'settings'>;

const localized = (description: string) =>
  z
    .object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() })
    .meta({ id: 'LocalizedText', description });

const accessSchema = z
  .object({
    accessId: z.string().meta({ example: '1042' }),
    at: z.string().meta({ format: 'date-time', example: '2026-03-02T09:30:00.123456+01:00' }),
    by: z.enum(['yourself', 'mandatary', 'organization', 'service', 'holder', 'sharedWith']).meta({
      description:
        'Who: yourself, somebody who acts for you, an organisation, this service by itself, or somebody who holds the document',
    }),
    organization: z
      .object({
        enterpriseNumber: z.string().meta({ example: '0206731645' }),
        name: localized('Where it is known').optional(),
      })
      .optional(),
    action: z.string().meta({ example: 'attestation.verify' }),
    what: localized('In words'),
    purpose: z.string().meta({ example: 'verification' }),
    ground: z.string().meta({ example: 'holder' }),
    why: localized('In words'),
    mandateId: z.string().optional().meta({ description: 'The mandate by which somebody acted' }),
    deliberation: z
      .object({
        deliberationId: z.string(),
        version: z.int(),
        number: z.string().meta({ description: 'As the Committee numbers it', example: '20/123' }),
      })
      .optional()
      .meta({ description: 'The decision of the Information Security Committee that allowed it' }),
    object: z.string().optional().meta({ description: 'The message, attestation or declaration' }),
    leafIndex: z
      .int()
      .optional()
      .meta({ description: 'Its place in the evidence log; missing until it is sealed, seconds later' }),
  })
  .meta({ id: 'DataAccess' });

const accessesSchema = z
  .object({
    items: z.array(accessSchema),
    next: z.string().optional().meta({ format: 'uri', description: 'The next page' }),
  })
  .meta({ id: 'DataAccesses' });

const common = {
  tag: 'My data',
  access: { kind: 'scope', scope: 'ebox:consult', caller: 'person' },
  errors: 'belgif',
  requestHeaders: MANDATE_HEADER,
  body: { kind: 'none' },
} as const;

/** The routes of a person's own data. */
export function myDataRoutes(services: MyDataServices): Route[] {
  return [listRoute(services), reportRoute(services)];
}

const ownQuery = z
  .enum(['true', 'false'])
  .default('false')
  .meta({ description: 'Also what you did yourself' });

const listQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'expected the cursor of a page')
    .optional()
    .meta({ description: 'As the page before gives it' }),
  pageSize: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'expected 1 to 200')
    .default('50')
    .meta({ description: 'Accesses of a page, at most 200' }),
  own: ownQuery,
});

function listRoute(services: MyDataServices): Route {
  return {
    ...common,
    method: 'get',
    path: '/myData/v1/accesses',
    operationId: 'listMyAccesses',
    summary: 'Who consulted or verified what of the caller, when and why; the last first',
    description: 'An access is there as soon as it happened. This consultation is one too.',
    query: listQuery,
    answers: { 200: { description: 'A page of accesses', schema: accessesSchema } },
    handle: async (request) => {
      const { cursor, pageSize, own } = request.query as z.output<typeof listQuery>;
      const page = { size: Number(pageSize), before: cursor, withoutOwn: own === 'false' };
      const reader = await readerOf(services, request, 'accesses');
      const accesses = reader === undefined ? [] : await listAccesses(services, reader, page);
      const query = new URLSearchParams({ cursor: accesses.at(-1)?.accessId ?? '', pageSize, own });
      const next = `${services.settings.publicUrl}/myData/v1/accesses?${query.toString()}`;
      return {
        status: 200,
        body: { items: accesses.map(accessItem), ...(accesses.length === page.size && { next }) },
      };
    },
  };
}

const reportQuery = z.strictObject({
  own: ownQuery,
  format: z.enum(['csv', 'json']).default('csv').meta({ description: 'Of the file' }),
  lang: z.enum(['nl', 'fr', 'de', 'en']).default('nl').meta({ description: 'Of the words of a CSV file' }),
});

function reportRoute(services: MyDataServices): Route {
  return {
    ...common,
    method: 'get',
    path: '/myData/v1/accesses/report',
    operationId: 'getMyAccessReport',
    summary: 'All of them as a file',
    query: reportQuery,
    answers: { 200: { description: 'A CSV or JSON file', schema: accessesSchema, mediaTypes: ['text/csv'] } },
    handle: async (request) => {
      const { format, lang, own } = request.query as z.output<typeof reportQuery>;
      const reader = await readerOf(services, request, 'accesses');
      const accesses = accessesOf(services, reader, own === 'false');
      const mediaType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json';
      return {
        status: 200,
        headers: {
          'Content-Type': mediaType,
          'Content-Disposition': `attachment; filename="accesses.${format}"`,
        },
        stream: format === 'csv' ? writeAccessTable(accesses, lang) : writeAccessJson(accesses),
      };
    },
  };
}

async function* accessesOf(
  services: MyDataServices,
  reader: Reader | undefined,
  withoutOwn: boolean,
): AsyncGenerator<Access> {
  if (reader !== undefined) yield* allAccesses(services, reader, withoutOwn);
}
