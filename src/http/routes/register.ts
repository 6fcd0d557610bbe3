/** The register: authentic sources load persons, enterprises and statuses by file. */
import { z } from 'zod';
import { DELIVERY_DOUBTS } from '../../domain/status-report.ts';
import { RecordFileRefusal } from '../../flow/record-refusal.ts';
import { ROW_FORMS } from '../../flow/record-rows.ts';
import { consultRegisterFile, loadRegisterFile } from '../../workflows/load.ts';
import { receiveStatusFile, sourceOf } from '../../workflows/receive-statuses.ts';
import type { Services } from '../../workflows/services.ts';
import { sourceAccessOf } from '../callers.ts';
import { badRequest, inputIssue, missingPermission, Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { STATUS_CODE } from './status-query.ts';

const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

const refusalSchema = z.object({
  line: z.int().meta({ description: 'Which line, from 1', example: 3 }),
  issues: z.array(
    z.object({
      name: z.string().meta({ description: 'The property; empty for the line as a whole', example: 'ssin' }),
      detail: z.string().meta({ example: 'is no SSIN' }),
      column: z.int().optional().meta({
        description: 'Of CSV the cell, of XML the character at which the record begins, from 1',
        example: 1,
      }),
    }),
  ),
});

const fileSchema = z
  .object({
    self: z.string().meta({ format: 'uri', description: 'This file' }),
    content: z.enum(['persons', 'statuses']),
    state: z.enum(['loading', 'applying', 'held', 'loaded', 'dropped', 'broken']).meta({
      description:
        '`broken`: the transfer broke off; of persons and enterprises the lines counted were loaded, of statuses nothing; send the file again. `applying`: the file arrived and is being kept. `held`: a whole delivery waits for a person to release or drop it',
    }),
    loaded: z.int().meta({ description: 'How many lines were loaded', example: 7 }),
    unchanged: z.int().meta({ description: 'How many said what was known', example: 0 }),
    outdated: z.int().meta({ description: 'How many were overtaken by a later report', example: 0 }),
    held: z.int().meta({ description: 'How many wait for a person to release them', example: 0 }),
    withdrawn: z.int().meta({ description: 'How many facts a whole delivery named no longer', example: 0 }),
    doubts: z
      .array(z.enum(DELIVERY_DOUBTS))
      .meta({ description: 'Why a whole delivery is held or was', example: [] }),
    refused: z.int().meta({ description: 'How many lines were not', example: 1 }),
    refusals: z
      .array(refusalSchema)
      .meta({ description: 'The first 1000 refused lines; values are not repeated' }),
  })
  .meta({ id: 'RegisterFile' });

const fileQuery = z.strictObject({
  content: z
    .enum(['persons', 'statuses'])
    .default('persons')
    .meta({ description: '`persons`: persons and enterprises' }),
  source: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,49}$/, 'expected the name of a source')
    .optional()
    .meta({
      description: 'Of statuses: the source, where the organisation delivers for several',
      example: 'onem',
    }),
  whole: STATUS_CODE.optional().meta({
    description:
      'Of statuses: the delivery is all there is of this one, and what it does not name is withdrawn; missing: it holds what changed',
    example: 'temporaryUnemployment',
  }),
  changedAt: z.iso
    .datetime({ offset: true, error: 'expected a moment as 2020-04-01T10:00:00+02:00' })
    .optional()
    .meta({ description: 'Of statuses: when what the file holds was so; missing: when it came in' }),
});

/** The services that the register's routes work with. */
export type RegisterServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'renderer' | 'clock' | 'newId' | 'settings'
>;

const access = { kind: 'scope', scope: 'register:report', caller: 'client' } as const;

/** The routes of files. */
export function registerRoutes(services: RegisterServices): Route[] {
  return [loadRoute(services), consultRoute(services)];
}

/** The address of a file. */
export function fileAddress({ settings }: Pick<RegisterServices, 'settings'>, fileId: string): string {
  return `${settings.publicUrl}/register/v1/files/${fileId}`;
}

function loadRoute(services: RegisterServices): Route {
  return {
    method: 'post',
    path: '/register/v1/files',
    operationId: 'loadRegisterFile',
    summary: 'Load persons and enterprises, or report statuses, one record a line',
    description:
      'NDJSON; CSV whose columns are the names of properties (`municipality.nisCode`; several values of `replaces` with spaces between them; an empty cell is not there); or XML, where `<records>` holds a `<record>` each, whose elements are the properties by name (`<municipality><nisCode>…`, several values of `replaces` as an element each). A record with `enterpriseNumber` is an enterprise, any other a person; with `content=statuses` each is a report as of `POST /register/v1/statuses`. A refused line does not stop the others. A name of up to 200 characters is kept in NFC with single spaces; one that holds a control, invisible or unassigned character, or one that the typeface of documents lacks, is refused. Loading the same file again changes nothing. A person’s `replaces` lists numbers that theirs took the place of: what stood under them is theirs from then on. Statuses are kept once the whole file is there; a transfer that breaks off leaves nothing of them.',
    tag: 'Register',
    access,
    errors: 'belgif',
    query: fileQuery,
    body: {
      kind: 'stream',
      mediaTypes: Object.keys(ROW_FORMS),
      limit: LARGEST_FILE_BYTES,
      description: 'Lines, or records of XML, of at most 64 KiB in UTF-8.',
      examples: {
        records: { summary: 'An enterprise and a person', value: EXAMPLE, mediaType: 'application/x-ndjson' },
        table: { summary: 'A person', value: TABLE, mediaType: 'text/csv' },
        tree: { summary: 'A person', value: TREE, mediaType: 'application/xml' },
      },
    },
    answers: {
      202: {
        description: 'The file was read to its end',
        headers: { Location: 'What became of its lines' },
      },
    },
    handle: async (request) => {
      const fileId = await receive(services, request).catch((error: unknown) => {
        if (!(error instanceof RecordFileRefusal)) throw error;
        throw new Refusal(badRequest([inputIssue('invalidInput', 'body', undefined, error.message)]));
      });
      return { status: 202, headers: { Location: fileAddress(services, fileId) } };
    },
  };
}

function receive(services: RegisterServices, request: Request): Promise<string> {
  // The route's schema read it.
  const { content, source, whole, changedAt } = request.query as z.output<typeof fileQuery>;
  const caller = sourceAccessOf(request);
  const [mediaType = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  // The route takes no other.
  const form = ROW_FORMS[mediaType.trim() as keyof typeof ROW_FORMS];
  if (content === 'persons') return loadRegisterFile(services, caller, form, request.stream);
  const asked = {
    source: demandSource(services, caller, source, 'query'),
    wholeOf: whole,
    changedAt: changedAt === undefined ? undefined : new Date(changedAt),
  };
  return receiveStatusFile(services, caller, asked, form, request.stream);
}

/** Gives the source that the caller delivers for; throws a `Refusal` when it is none, or not said which. */
export function demandSource(
  services: Pick<RegisterServices, 'catalogue'>,
  caller: ReturnType<typeof sourceAccessOf>,
  asked: string | undefined,
  place: 'query' | 'body',
): string {
  const found = sourceOf(services, caller, asked);
  switch (found.kind) {
    case 'source':
      return found.source;
    case 'none':
      throw new Refusal(missingPermission('The organisation does not deliver for this source'));
    case 'several':
      throw new Refusal(
        badRequest([inputIssue('invalidInput', place, 'source', 'is needed, as you deliver for several')]),
      );
  }
}

function consultRoute(services: RegisterServices): Route {
  return {
    method: 'get',
    path: '/register/v1/files/{fileId}',
    operationId: 'getRegisterFile',
    summary: 'What became of a file, and which lines were refused',
    tag: 'Register',
    access,
    errors: 'belgif',
    params: z.strictObject({
      fileId: z.uuid().meta({ description: 'From the `Location` of the file' }),
    }),
    body: { kind: 'none' },
    answers: { 200: { description: 'The file', schema: fileSchema } },
    handle: async (request) => {
      const fileId = request.params.fileId ?? '';
      const file = await consultRegisterFile(services, sourceAccessOf(request).ground, fileId);
      if (file === undefined) throw new Refusal(resourceNotFound('fileId'));
      const { content, state, doubts, refused: refusals } = file;
      return {
        status: 200,
        body: {
          self: fileAddress(services, fileId),
          content,
          state,
          loaded: file.loadedCount,
          refused: file.refusedCount,
          unchanged: file.unchangedCount,
          outdated: file.outdatedCount,
          held: file.heldCount,
          withdrawn: file.withdrawnCount,
          doubts,
          refusals,
        },
      };
    },
  };
}

const PERSON = {
  ssin: '81050100156',
  familyName: 'Peeters',
  givenName: 'An',
  birthDate: '1981-05-01',
  language: 'nl',
  municipality: { nisCode: '24062', since: '2019-06-01' },
  email: 'an@example.org',
  hasEbox: true,
  replaces: ['81250100201'],
};
const EXAMPLE = [{ enterpriseNumber: '0206731645', name: 'Boomgaarden Haspengouw BV' }, PERSON]
  .map((record) => `${JSON.stringify(record)}\n`)
  .join('');
const TABLE = `ssin;familyName;givenName;birthDate;municipality.nisCode;hasEbox\n${PERSON.ssin};Peeters;An;1981-05-01;24062;true\n`;
const TREE = `<?xml version="1.0" encoding="UTF-8"?>
<records>
  <record>
    <ssin>${PERSON.ssin}</ssin>
    <familyName>Peeters</familyName>
    <givenName>An</givenName>
    <municipality><nisCode>24062</nisCode><since>2019-06-01</since></municipality>
    <hasEbox>true</hasEbox>
    <replaces>81250100201</replaces>
  </record>
</records>
`;
