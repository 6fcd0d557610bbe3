/** The register: authentic sources load persons and enterprises. */
import { z } from 'zod';
import { consultRegisterFile, loadRegisterFile } from '../../workflows/load.ts';
import type { Services } from '../../workflows/services.ts';
import { sourceAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';

const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

const refusalSchema = z.object({
  line: z.int().meta({ description: 'Which line, from 1', example: 3 }),
  issues: z.array(
    z.object({
      name: z.string().meta({ description: 'The property; empty for the line as a whole', example: 'ssin' }),
      detail: z.string().meta({ example: 'is no SSIN' }),
    }),
  ),
});

const fileSchema = z
  .object({
    self: z.string().meta({ format: 'uri', description: 'This file' }),
    state: z.enum(['loading', 'loaded', 'broken']).meta({
      description: '`broken`: the transfer broke off; the lines counted were loaded, send the file again',
    }),
    loaded: z.int().meta({ description: 'How many lines were loaded', example: 7 }),
    refused: z.int().meta({ description: 'How many lines were not', example: 1 }),
    refusals: z
      .array(refusalSchema)
      .meta({ description: 'The first 1000 refused lines; values are not repeated' }),
  })
  .meta({ id: 'RegisterFile' });

/** The routes of the register. */
export function registerRoutes(
  services: Pick<Services, 'database' | 'catalogue' | 'vault' | 'renderer' | 'clock' | 'newId' | 'settings'>,
): Route[] {
  const access = { kind: 'scope', scope: 'register:report', caller: 'client' } as const;
  const base = `${services.settings.publicUrl}/register/v1/files`;
  return [
    {
      method: 'post',
      path: '/register/v1/files',
      operationId: 'loadRegisterFile',
      summary: 'Load persons and enterprises, one JSON record a line',
      description:
        'A line with `enterpriseNumber` is an enterprise, any other a person. A refused line does not stop the others. A name of up to 200 characters is kept in NFC with single spaces; one that holds a control, invisible or unassigned character, or one that the typeface of documents lacks, is refused. Loading the same file again changes nothing. A person’s `replaces` lists numbers that theirs took the place of: what stood under them is theirs from then on.',
      tag: 'Register',
      access,
      errors: 'belgif',
      body: {
        kind: 'stream',
        mediaTypes: ['application/x-ndjson'],
        limit: LARGEST_FILE_BYTES,
        description: 'Lines of at most 64 KiB in UTF-8.',
        examples: { records: { summary: 'An enterprise and a person', value: EXAMPLE } },
      },
      answers: {
        202: {
          description: 'The file was read to its end',
          headers: { Location: 'What became of its lines' },
        },
      },
      handle: async (request) => {
        const fileId = await loadRegisterFile(services, sourceAccessOf(request), request.stream);
        return { status: 202, headers: { Location: `${base}/${fileId}` } };
      },
    },
    {
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
        const { state, loadedCount: loaded, refusedCount: refused, refused: refusals } = file;
        return { status: 200, body: { self: `${base}/${fileId}`, state, loaded, refused, refusals } };
      },
    },
  ];
}

const EXAMPLE = [
  { enterpriseNumber: '0206731645', name: 'Boomgaarden Haspengouw BV' },
  {
    ssin: '81050100156',
    familyName: 'Peeters',
    givenName: 'An',
    birthDate: '1981-05-01',
    language: 'nl',
    municipality: { nisCode: '24062', since: '2019-06-01' },
    email: 'an@example.org',
    hasEbox: true,
    replaces: ['81250100201'],
  },
]
  .map((record) => `${JSON.stringify(record)}\n`)
  .join('');
