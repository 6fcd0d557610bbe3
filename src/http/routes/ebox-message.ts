/** One message of the caller's eBox: how routes name it and find it. */
import { z } from 'zod';
import type { RegistryAttachment } from '../../ebox/registry.ts';
import { type EboxMessage, findInboxMessage } from '../../workflows/browse.ts';
import type { Services } from '../../workflows/services.ts';
import { MANDATE_HEADER, readerOf } from '../mandate-header.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Request } from '../route.ts';

export type EboxServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'archive' | 'newId' | 'clock' | 'settings' | 'log'
>;

/** Where the registry begins. */
export const BASE = '/ebox/citizen/v2';

/** Gives the address of the registry, as it stands in links. */
export function baseOf({ settings }: Pick<Services, 'settings'>): string {
  return `${settings.publicUrl}${BASE}`;
}

/** Gives the address at which its recipient finds a message. */
export function messageAddress(services: Pick<Services, 'settings'>, messageId: string): string {
  return `${baseOf(services)}/ebox/messages/${messageId}`;
}

const uuid = (description: string) =>
  z
    .string()
    .regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, 'expected a UUID')
    .meta({ description, example: '01935b1e-7c00-7000-8000-000000000001' });

export const ofMessage = z.strictObject({ messageId: uuid('The message') });
export const ofAttachment = ofMessage.extend({ attachmentId: uuid('The attachment') });

/** What every consultation route has in common. */
export const consultation = {
  tag: 'eBox message registry',
  access: { kind: 'scope', scope: 'ebox:consult', caller: 'person' },
  errors: 'registry',
  requestHeaders: MANDATE_HEADER,
  body: { kind: 'none' },
} as const;

/** Finds the message that the path names; throws a `Refusal` (404) when the caller has no such message. */
export async function findMessage(services: EboxServices, request: Request): Promise<EboxMessage> {
  const reader = await readerOf(services, request, 'inbox');
  const message = reader && (await findInboxMessage(services, reader, request.params.messageId ?? ''));
  if (message === undefined) throw new Refusal(resourceNotFound('messageId'));
  return message;
}

/** Finds the attachment that the path names; throws a `Refusal` (404) when the caller has no such attachment. */
export async function findAttachment(
  services: EboxServices,
  request: Request,
): Promise<{ readonly messageId: string; readonly attachment: RegistryAttachment }> {
  const { messageId, attachments } = await findMessage(services, request);
  const attachment = attachments.find((one) => one.attachmentId === request.params.attachmentId);
  if (attachment === undefined) throw new Refusal(resourceNotFound('attachmentId'));
  return { messageId, attachment };
}
