/** What was refused of a register file, as a file. */
import { z } from 'zod';
import { consultRejects } from '../../workflows/register-rejects.ts';
import { sourceAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import type { RegisterServices } from './register.ts';

/** `GET /register/v1/files/{fileId}/rejects`. */
export function rejectsRoute(services: RegisterServices): Route {
  return {
    method: 'get',
    path: '/register/v1/files/{fileId}/rejects',
    operationId: 'getRegisterFileRejects',
    summary: 'The rows of a file that were refused, in its own form, with the reasons',
    description:
      'Ready to be mended and sent again: CSV with a column `reason` behind the others, which is passed over when it comes back; XML with the reasons in a comment above each record; NDJSON with line, issues and the record as it came. A cell that a spreadsheet would take for a formula has an apostrophe before it, which is taken off when it comes back. Gone with the key of the file.',
    tag: 'Register',
    access: { kind: 'scope', scope: 'register:report', caller: 'client' },
    errors: 'belgif',
    params: z.strictObject({
      fileId: z.uuid().meta({ description: 'From the `Location` of the file' }),
    }),
    body: { kind: 'none' },
    answers: {
      200: {
        description: 'The refused rows',
        mediaTypes: ['text/csv', 'application/x-ndjson', 'application/xml'],
      },
    },
    handle: async (request) => {
      const fileId = request.params.fileId ?? '';
      const file = await consultRejects(services, sourceAccessOf(request), fileId);
      if (file === undefined) throw new Refusal(resourceNotFound('fileId'));
      const { mediaType, extension, text } = file;
      return {
        status: 200,
        headers: {
          'Content-Type': mediaType,
          'Content-Disposition': `attachment; filename="rejects.${extension}"`,
        },
        stream: text,
      };
    },
  };
}
