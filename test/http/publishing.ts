/** Publishes messages as senders do: forms written byte by byte, so that they can be wrong in every way. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import type { Scene } from './scene.ts';

export const PUBLISH = '/ebox/citizen/v2/publishMessage';
export const PUBLISH_3 = '/ebox/citizen/v3/ebox/messages';
export const CITY = '1900080144';
const BOUNDARY = 'a-boundary-of-a-test';

/** A part of a form, as it is written. */
export interface Part {
  readonly name: string;
  /** As it stands in the header; missing for a part without a file name. */
  readonly fileName?: string | Buffer;
  readonly type?: string;
  readonly content: string | Buffer;
}

/** The smallest file that is a PDF at first sight. */
export const PDF = Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

export const filePart = (name: string, changes: Partial<Part> = {}): Part => ({
  name,
  fileName: `${name}.pdf`,
  type: 'application/pdf',
  content: PDF,
  ...changes,
});

export const jsonPart = (message: unknown): Part => ({
  name: 'messageToPublish',
  content: typeof message === 'string' ? message : JSON.stringify(message),
});

/** A letter of the city to Lena with one file; `changes` replace properties, undefined takes them away. */
export function letter(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    recipient: { eboxType: 'citizen', eboxIdValue: demoSsin('lena') },
    subject: { nl: 'Uw nieuwe kaart' },
    senderOrganizationId: CITY,
    senderApplicationId: 'city-letters',
    messageTypeId: 'city-letter',
    attachments: [{ httpPartName: 'upfile1', mainContent: true }],
    bodyMainContent: false,
    replyAuthorized: false,
    ...changes,
  };
}

/** The same in the names of version 3. */
export function letter3(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    sender: { eboxType: 'enterprise', enterpriseNumber: CITY },
    recipient: { eboxType: 'citizen', ssin: demoSsin('lena') },
    subject: { nl: 'Uw nieuwe kaart' },
    messageTypeId: 'city-letter',
    senderApplicationId: 'city-letters',
    attachments: [{ httpPartName: 'upfile1', isMainContent: true, isAttachmentSigned: false }],
    ...changes,
  };
}

export const digestOf = (content: Buffer) => ({
  digestMethod: 'sha_256',
  digestValue: createHash('sha256').update(content).digest('base64url'),
});

/** Writes a form. */
export function formOf(parts: readonly Part[]): Buffer {
  const written = parts.flatMap(({ name, fileName, type, content }) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`),
    ...(fileName === undefined
      ? []
      : [Buffer.from('; filename="'), Buffer.from(fileName as string), Buffer.from('"')]),
    Buffer.from(type === undefined ? '\r\n\r\n' : `\r\nContent-Type: ${type}\r\n\r\n`),
    Buffer.from(content as string),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export interface Sending {
  readonly path?: string;
  readonly client?: string;
  readonly key?: string;
  readonly type?: string;
}

/** Sends a form as the city unless told otherwise. */
export async function send(
  { api, service }: Scene,
  form: readonly Part[] | Buffer,
  { path = PUBLISH, client = 'city', key, type = FORM_TYPE }: Sending = {},
): Promise<Answer> {
  return api.call('post', path, {
    token: await service.clientToken(client, 'ebox:publish'),
    type,
    body: Buffer.isBuffer(form) ? form : formOf(form),
    ...(key !== undefined && { headers: { 'Idempotency-Key': key } }),
  });
}

/** What is there, in the register and in the archive: nothing more after what was refused. */
export async function countKept({ service }: Scene): Promise<readonly number[]> {
  const [row] = await service.database.query<{ counts: number[] }>(
    `select array[(select count(*) from message), (select count(*) from attachment),
       (select count(*) from message_content), (select count(*) from publication_key),
       (select count(*) from pending_object), (select count(*) from receipt where kind = 'published'), (select count(*) from outbox)]::int[] as counts`,
  );
  return [...(row?.counts ?? []), countObjects(service.dataDir)];
}

/** Counts the objects of the archive, which the embedded store keeps one file each. */
function countObjects(dataDir: string): number {
  const folder = join(dataDir, 's3', 'data', 'buckets', 'attestations', 'objects');
  if (!existsSync(folder)) throw new Error('the archive lies somewhere else');
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile() || entry.isSymbolicLink()).length;
}
