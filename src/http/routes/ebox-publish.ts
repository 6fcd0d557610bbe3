/** Registered senders publish messages: contract 2.1, and version 3 with its `Idempotency-Key`. */
import { z } from 'zod';
import { brusselsDateTime } from '../../domain/period.ts';
import { PublicationRefusal } from '../../ebox/publication.ts';
import type { RegistryVersion } from '../../ebox/publication-reader.ts';
import { publicationSchema, publicationSchemaOf3 } from '../../ebox/publication-schema.ts';
import { publicationStatusSchema, statusMessageSchema } from '../../ebox/registry-schema.ts';
import { type PublishOutcome, type PublishServices, publishMessage } from '../../workflows/publish.ts';
import { senderAccessOf } from '../callers.ts';
import { type FormLimits, readForm } from '../form.ts';
import { Refusal } from '../problems.ts';
import { alreadyPublished, registryRefusal } from '../registry-problems.ts';
import type { Reply, Request, Route } from '../route.ts';
import { BASE, consultation, type EboxServices, messageAddress } from './ebox-message.ts';

const FORM_LIMITS: FormLimits = { textBytes: 256 * 1024, fileBytes: 10 * 1024 * 1024, parts: 12 };
/** Six files, the JSON part, and what stands between them. */
const LARGEST_FORM_BYTES = 6 * FORM_LIMITS.fileBytes + 1024 * 1024;

const file = z
  .string()
  .optional()
  .meta({ type: 'string', format: 'binary', description: 'A file, with file name and media type' });
const formOf = (message: z.ZodType) =>
  z.object({
    messageToPublish: message,
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`upfile${number}`, file])),
  });

const RULES = [
  'The parts may come in any order, the JSON part last as well, as the digests are known then.',
  'Exactly one main content, an attachment or the body. One language. No `null`. Each file has a name, which is what people see, and a media type of the contract; letters outside ISO-8859-1 come percent-encoded. What the type of message says decides how long the message stays.',
  'PDFs may hold nothing that acts by itself, nor be encrypted. `NO_DIGITAL_USER`: it is published, and the recipient has no eBox that they open.',
  'Organisation, application and type of message must be registered.',
].join('\n\n');

type PublishRouteServices = EboxServices & PublishServices;

const publication = {
  method: 'post',
  tag: consultation.tag,
  access: { kind: 'scope', scope: 'ebox:publish', caller: 'client' },
  errors: 'registry',
} as const;
const body = { kind: 'stream', mediaTypes: ['multipart/form-data'], limit: LARGEST_FORM_BYTES } as const;

/** The routes of publication. */
export function publishRoutes(services: PublishRouteServices): Route[] {
  return [
    {
      ...publication,
      path: `${BASE}/publishMessage`,
      operationId: 'postMessage',
      summary: 'Publish a message with up to six files',
      description: `${RULES}\n\nVersion 2.1 knows no idempotency: the same message sent twice is two messages.`,
      body: { ...body, form: formOf(publicationSchema) },
      answers: { 201: { description: 'Published', schema: publicationStatusSchema } },
      handle: (request) => publish(services, request, 2),
    },
    {
      ...publication,
      path: '/ebox/citizen/v3/ebox/messages',
      operationId: 'publishMessage',
      summary: 'Publish a message with up to six files, in the names of version 3',
      description: `${RULES}\n\nWith an \`Idempotency-Key\` a message is published once for an organisation and application. 409, with the first message’s \`Location\`, once it is; what was sent is compared and told, and changes nothing.`,
      requestHeaders: {
        'Idempotency-Key':
          'A UUID as a string of RFC 8941, in quotation marks: a resend carries the same one',
      },
      body: { ...body, form: formOf(publicationSchemaOf3) },
      answers: {
        201: {
          description: 'Published',
          schema: publicationStatusSchema,
          headers: { Location: 'Where the recipient finds the message' },
        },
        409: {
          description: 'Published before with this key',
          schema: statusMessageSchema,
          headers: { Location: 'Where the recipient finds that message' },
        },
      },
      handle: (request) => publish(services, request, 3),
    },
  ];
}

async function publish(
  services: PublishRouteServices,
  request: Request,
  version: RegistryVersion,
): Promise<Reply> {
  const idempotencyKey = version === 3 ? idempotencyKeyOf(request) : undefined;
  const outcome = await publishMessage(services, {
    version,
    access: senderAccessOf(request),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    readForm: (taker) => readForm(request, FORM_LIMITS, taker),
  }).catch(inWordsOfTheRegistry);
  const location = messageAddress(services, outcome.messageId);
  if (outcome.kind === 'alreadyPublished') throw new Refusal(alreadyPublished(location, outcome.isSame));
  return {
    status: 201,
    ...(version === 3 && { headers: { Location: location } }),
    body: statusOf(outcome),
  };
}

function inWordsOfTheRegistry(error: unknown): never {
  if (!(error instanceof PublicationRefusal)) throw error;
  throw new Refusal(registryRefusal(error.code, error.message));
}

function statusOf({
  messageId,
  expiresAt,
  hasDigitalUser,
}: PublishOutcome & { readonly kind: 'published' }): z.input<typeof publicationStatusSchema> {
  return {
    messageId,
    expirationDate: brusselsDateTime(expiresAt),
    ...(!hasDigitalUser && {
      code: 'NO_DIGITAL_USER',
      message: 'The message is published, and the recipient has no eBox that they open',
    }),
  };
}

/** Reads the key: a string of RFC 8941 (§3.3.3) that holds a UUID. */
function idempotencyKeyOf({ headers }: Request): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const [, uuid] = /^"([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})"$/i.exec(header) ?? [];
  if (uuid !== undefined) return uuid.toLowerCase();
  throw new Refusal(
    registryRefusal('INVALID_INPUT', 'Idempotency-Key: expected a UUID in quotation marks (RFC 8941)'),
  );
}
