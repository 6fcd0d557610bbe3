/** What a person may ask about their own data: who consulted or verified what of them, when and why. */
import { z } from 'zod';
import { whyOf } from '../../domain/access-words.ts';
import { type Words, whatOf } from '../../domain/action-words.ts';
import type { PageLanguage } from '../../domain/language.ts';
import { writeCsv } from '../../flow/quarantine-csv.ts';
import { type Access, allAccesses, listAccesses } from '../../workflows/accesses.ts';
import type { Reader } from '../../workflows/read.ts';
import type { Services } from '../../workflows/services.ts';
import { MANDATE_HEADER, readerOf } from '../mandate-header.ts';
import { microTime } from '../micro-time.ts';
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
    by: z.enum(['yourself', 'mandatary', 'organization', 'service', 'holder']).meta({
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
        body: { items: accesses.map(toItem), ...(accesses.length === page.size && { next }) },
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
        stream: format === 'csv' ? writeTable(accesses, lang) : writeJson(accesses),
      };
    },
  };
}

const COLUMNS: Readonly<Record<PageLanguage, readonly string[]>> = {
  nl: ['wanneer', 'wie', 'ondernemingsnummer', 'wat', 'waarom', 'voorwerp', 'plaats in het logboek'],
  fr: ['quand', 'qui', 'numéro d’entreprise', 'quoi', 'pourquoi', 'objet', 'place dans le journal'],
  de: ['wann', 'wer', 'Unternehmensnummer', 'was', 'warum', 'Gegenstand', 'Stelle im Protokoll'],
  en: ['when', 'who', 'enterprise number', 'what', 'why', 'object', 'place in the log'],
};

const WHO: Readonly<Record<Access['by'], Words>> = {
  yourself: { nl: 'uzelf', fr: 'vous-même', de: 'Sie selbst', en: 'yourself' },
  organization: { nl: 'organisatie', fr: 'organisme', de: 'Einrichtung', en: 'organisation' },
  service: { nl: 'deze dienst', fr: 'ce service', de: 'dieser Dienst', en: 'this service' },
  mandatary: {
    nl: 'wie voor u handelt',
    fr: 'qui agit pour vous',
    de: 'wer für Sie handelt',
    en: 'who acts for you',
  },
  holder: {
    nl: 'wie het document heeft',
    fr: 'qui détient le document',
    de: 'wer das Dokument hat',
    en: 'whoever holds the document',
  },
};

async function* writeTable(accesses: AsyncIterable<Access>, lang: PageLanguage): AsyncGenerator<string> {
  yield `\ufeff${writeCsv(COLUMNS[lang], [])}`;
  for await (const access of accesses) {
    const who = (access.organizationName ?? WHO[access.by])[lang];
    const [what, why] = [
      whatOf(access.action)[lang],
      whyOf(access.action, access.ground, access.deliberation)[lang],
    ];
    const cells = [
      microTime(access.at),
      who,
      access.organization,
      what,
      why,
      access.object,
      access.leafIndex,
    ];
    yield writeCsv(
      cells.map((cell) => cell ?? ''),
      [],
    );
  }
}

async function* writeJson(accesses: AsyncIterable<Access>): AsyncGenerator<string> {
  let separator = '{"items":[\n';
  for await (const access of accesses) {
    yield `${separator}${JSON.stringify(toItem(access))}`;
    separator = ',\n';
  }
  yield separator === ',\n' ? '\n]}\n' : `${separator}]}\n`;
}

async function* accessesOf(
  services: MyDataServices,
  reader: Reader | undefined,
  withoutOwn: boolean,
): AsyncGenerator<Access> {
  if (reader !== undefined) yield* allAccesses(services, reader, withoutOwn);
}

function toItem(access: Access) {
  const { accessId, by, action, purpose, ground, object, organization, organizationName, leafIndex } = access;
  const { mandateId, deliberation } = access;
  const { deliberationId, version, number } = deliberation ?? {};
  return {
    accessId,
    at: microTime(access.at),
    by,
    ...(organization !== undefined && {
      organization: {
        enterpriseNumber: organization,
        ...(organizationName !== undefined && { name: organizationName }),
      },
    }),
    action,
    what: whatOf(action),
    purpose,
    ground,
    why: whyOf(action, ground, deliberation),
    ...(mandateId !== undefined && { mandateId }),
    ...(deliberation && { deliberation: { deliberationId, version, number } }),
    ...(object !== undefined && { object }),
    ...(leafIndex !== undefined && { leafIndex: Number(leafIndex) }),
  };
}
