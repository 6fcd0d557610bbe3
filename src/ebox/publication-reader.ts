/** Reads the JSON part of a publication, in either version: schema, one language, exactly one main content. */
import type { z } from 'zod';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../domain/language.ts';
import {
  type MessageContent,
  type Publication,
  PublicationRefusal,
  type PublishedAttachment,
  type Translated,
} from './publication.ts';
import {
  type PublicationBody,
  type PublicationBodyOf3,
  publicationSchema,
  publicationSchemaOf3,
} from './publication-schema.ts';

/** The versions of the registry in which messages are published. */
export type RegistryVersion = 2 | 3;

/** Reads a publication from its JSON value. Throws `PublicationRefusal`. */
export function readPublication(version: RegistryVersion, value: unknown): Publication {
  const empty = placeOfNull(value, []);
  if (empty !== undefined)
    throw new PublicationRefusal('INVALID_INPUT', `${placeOf(empty)}: null is not allowed, leave it out`);
  const publication =
    version === 2
      ? fromBody(parse(publicationSchema, value))
      : fromBodyOf3(parse(publicationSchemaOf3, value));
  checkMainContent(publication);
  return publication;
}

/** Finds the first `null`, however deep. What is not in the schema is named by its nearest place that is. */
function placeOfNull(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | undefined {
  if (value === null) return path.filter((part) => typeof part === 'number' || PROPERTIES.has(String(part)));
  if (typeof value !== 'object') return undefined;
  for (const [name, one] of Object.entries(value)) {
    const found = placeOfNull(one, [...path, Array.isArray(value) ? Number(name) : name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How many faults are told at once. */
const TOLD = 20;

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => {
    const place = placeOf(issue.path);
    return issue.code === 'unrecognized_keys'
      ? [`${place}: has unknown properties`]
      : [`${place}: ${issue.message}`];
  });
  throw new PublicationRefusal('INVALID_INPUT', faults.slice(0, TOLD).join('; '));
}

/** Names of properties come from the schema: what a sender made up is not repeated. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'messageToPublish';
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '');
}

const PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.keys(publicationSchema.shape),
  ...Object.keys(publicationSchemaOf3.shape),
]);

type Common = Pick<
  PublicationBody,
  'subject' | 'bodyContent' | 'businessDataList' | 'paymentData' | 'messageTypeId' | 'originalMessageId'
>;

function fromBody(body: PublicationBody): Publication {
  if (body.registeredMail === true) throw registeredMail('registeredMail');
  const { eboxType, eboxIdValue } = body.recipient;
  return {
    ...readCommon(body, body.forTheAttentionOf),
    recipient: { eboxType, value: eboxIdValue },
    sender: { organizationId: body.senderOrganizationId, applicationId: body.senderApplicationId },
    attachments: (body.attachments ?? []).map((one) =>
      toAttachment(one, one.mainContent, one.attachmentSigned),
    ),
    isBodyMain: body.bodyMainContent,
    isReplyAuthorized: body.replyAuthorized,
  };
}

function fromBodyOf3(body: PublicationBodyOf3): Publication {
  if (body.isRegisteredMail === true) throw registeredMail('isRegisteredMail');
  const { recipient, sender, forTheAttentionOf: attention } = body;
  const value = recipient.eboxType === 'citizen' ? recipient.ssin : recipient.enterpriseNumber;
  return {
    ...readCommon(body, attention && { id: attention.ssin, name: attention.label }),
    recipient: { eboxType: recipient.eboxType, value },
    sender: {
      organizationId: sender.enterpriseNumber,
      applicationId: body.senderApplicationId,
      partition: sender.partition,
    },
    attachments: (body.attachments ?? []).map((one) =>
      toAttachment(one, one.isMainContent, one.isAttachmentSigned),
    ),
    isBodyMain: body.isBodyMainContent ?? false,
    isReplyAuthorized: body.isReplyAuthorized ?? false,
  };
}

function registeredMail(name: string): PublicationRefusal {
  return new PublicationRefusal('INVALID_INPUT', `${name}: registered mail is possible through ePost only`);
}

function readCommon(
  body: Common,
  attention: MessageContent['attention'],
): Pick<Publication, 'subject' | 'language' | 'messageTypeId' | 'originalMessageId' | 'content'> {
  const language = languageOf(body);
  const { businessDataList: businessData, paymentData, messageTypeId, originalMessageId } = body;
  return {
    // The schema saw a text, and there is one language.
    subject: body.subject[language] ?? '',
    language,
    messageTypeId,
    originalMessageId,
    content: { body: body.bodyContent?.[language], businessData, paymentData, attention },
  };
}

/** Finds the one language of everything that is translated. Throws `PublicationRefusal` when there are several. */
function languageOf({ subject, bodyContent, businessDataList = [] }: Common): DocumentLanguage {
  const texts: (Translated | undefined)[] = [
    subject,
    bodyContent,
    ...businessDataList.flatMap(({ name, description, values }) => [name, description, ...values]),
  ];
  const found = DOCUMENT_LANGUAGES.filter((language) => texts.some((one) => one?.[language] !== undefined));
  const [language] = found;
  if (language !== undefined && found.length === 1) return language;
  throw new PublicationRefusal('NOT_IMPLEMENTED', 'Multiple languages provided when only one expected');
}

function toAttachment(
  {
    httpPartName,
    digest,
  }: { readonly httpPartName: string; readonly digest?: { digestValue: string } | undefined },
  isMainContent: boolean,
  isSigned = false,
): PublishedAttachment {
  const sha256 = digest && readDigest(digest.digestValue);
  return { partName: httpPartName, isMainContent, isSigned, ...(sha256 && { sha256 }) };
}

/** What is no digest in base64url matches no file. */
function readDigest(text: string): Buffer {
  const isDigest = /^[A-Za-z0-9_-]{43}=?$/.test(text);
  return isDigest ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
}

function checkMainContent({ attachments, isBodyMain, content }: Publication): void {
  if (isBodyMain && content.body === undefined)
    throw new PublicationRefusal('INVALID_INPUT', 'The body is said to be the main content and is missing');
  const count = attachments.filter((one) => one.isMainContent).length + (isBodyMain ? 1 : 0);
  if (count === 0)
    throw new PublicationRefusal('INVALID_INPUT', 'No main content attachment. Exactly one is expected');
  if (count > 1)
    throw new PublicationRefusal(
      'INVALID_INPUT',
      'Too many main content attachments. Exactly one is expected',
    );
}
