/** What the Dimona routes share: addresses, and the file that a path names. */
import { z } from 'zod';
import { consultFile, type FileRow } from '../../workflows/consult.ts';
import type { Services } from '../../workflows/services.ts';
import { declarantAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Request } from '../route.ts';

export type DimonaServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'renderer' | 'clock' | 'newId' | 'settings'
>;

/** What every route has in common by which declarants read their answers. */
export const consulting = {
  tag: 'Dimona',
  access: { kind: 'scope', scope: 'dimona:consult', caller: 'client' },
  errors: 'belgif',
  body: { kind: 'none' },
} as const;

/** Gives the address of a declaration's answer. */
export function declarationAddress({ settings }: Pick<Services, 'settings'>, declarationId: string): string {
  return `${settings.publicUrl}/dimona/v2/declarations/${declarationId}`;
}

/** Gives the address of a file. */
export function fileAddress({ settings }: Pick<Services, 'settings'>, fileId: string): string {
  return `${settings.publicUrl}/dimona/v2/files/${fileId}`;
}

export const fileParams = z.strictObject({
  fileId: z.uuid().meta({ description: 'From the `Location` of the file' }),
});

/** Finds the file that the path names; throws a `Refusal` (404) when the caller's organisation sent no such file. */
export async function findFile(services: DimonaServices, request: Request): Promise<FileRow> {
  const file = await consultFile(services, declarantAccessOf(request), request.params.fileId ?? '');
  if (file === undefined) throw new Refusal(resourceNotFound('fileId'));
  return file;
}
