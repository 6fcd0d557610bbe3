/** The register: authentic sources load persons and enterprises. */
import { z } from 'zod';
import { consultRegisterFile, loadRegisterFile } from '../../workflows/load.ts';
import type { Services } from '../../workflows/services.ts';
import { sourceAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';

const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

const fileSchema = z
  .object({
    self: z.string(),
    state: z.enum(['loading', 'loaded', 'broken']).meta({
      description: '`broken`: the transfer broke off; the lines counted were loaded, send the file again',
    }),
    loaded: z.int(),
    refused: z.int(),
    refusals: z
      .array(z.object({ line: z.int(), issues: z.array(z.object({ name: z.string(), detail: z.string() })) }))
      .meta({ description: 'At most 1000; values are not repeated' }),
  })
  .meta({ id: 'RegisterFile' });

/** The routes of the register. */
export function registerRoutes(
  services: Pick<Services, 'database' | 'catalogue' | 'vault' | 'clock' | 'newId' | 'settings'>,
): Route[] {
  const access = { kind: 'scope', scope: 'register:report', caller: 'client' } as const;
  const base = `${services.settings.publicUrl}/register/v1/files`;
  return [
    {
      method: 'post',
      path: '/register/v1/files',
      operationId: 'loadRegisterFile',
      summary: 'Load persons and enterprises, one JSON record a line',
      tag: 'Register',
      access,
      errors: 'belgif',
      body: { kind: 'stream', mediaTypes: ['application/x-ndjson'], limit: LARGEST_FILE_BYTES },
      answers: {
        202: { description: 'The file was taken in', headers: { Location: 'What became of its lines' } },
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
      params: z.strictObject({ fileId: z.uuid() }),
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
