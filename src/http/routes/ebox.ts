/** The message registry, consultation profile: contract 2.1 under `/ebox/citizen/v2`. */
import { z } from 'zod';
import { isUuid } from '../../domain/identifier.ts';
import { brusselsDate, brusselsDateTime } from '../../domain/period.ts';
import { parseSsin } from '../../domain/ssin.ts';
import {
  attachmentSchema,
  attachmentsSchema,
  eboxSchema,
  type MessageQuery,
  messageQuerySchema,
  messageSchema,
  messagesSchema,
  type StatusRequest,
  statusListSchema,
  statusRequestSchema,
  toAttachment,
  toAttachments,
  toMessage,
} from '../../ebox/registry.ts';
import { type EboxMessage, findInboxMessage, listInbox, readContent } from '../../workflows/read.ts';
import type { Services } from '../../workflows/services.ts';
import { type SentMessage, trackMessages } from '../../workflows/track.ts';
import { readerOf, senderAccessOf } from '../callers.ts';
import { contentReply, firstByteOf } from '../content.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';

const BASE = '/ebox/citizen/v2';

type EboxServices = Pick<Services, 'database' | 'vault' | 'archive' | 'newId' | 'clock' | 'settings'>;

const uuid = z.string().regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, 'expected a UUID');
const ofMessage = z.strictObject({ messageId: uuid });
const ofAttachment = z.strictObject({ messageId: uuid, attachmentId: uuid });

/** What every consultation route has in common. */
const consultation = {
  tag: 'eBox message registry',
  access: { kind: 'scope', scope: 'ebox:consult', caller: 'person' },
  errors: 'registry',
  body: { kind: 'none' },
} as const;

/** The routes of the message registry. */
export function eboxRoutes(services: EboxServices): Route[] {
  return [
    summaryRoute(services),
    listRoute(services),
    ...messageRoutes(services),
    contentRoute(services),
    statusRoute(services),
  ];
}

function summaryRoute(services: EboxServices): Route {
  return {
    ...consultation,
    method: 'get',
    path: `${BASE}/ebox`,
    operationId: 'getEBoxById',
    summary: 'How many messages an eBox holds',
    answers: { 200: { description: 'The summary', schema: eboxSchema } },
    handle: async (request) => {
      const reader = await readerOf(services, request);
      if (reader === undefined)
        return { status: 200, body: { numberOfMessages: 0, numberOfUnreadMessages: 0 } };
      const { messages, total, unread } = await listInbox(services, reader, {}, { size: 1, offset: 0 });
      const [last] = messages;
      const lastReceiptDate = last && brusselsDateTime(last.receivedAt);
      return {
        status: 200,
        body: { numberOfMessages: total, numberOfUnreadMessages: unread, lastReceiptDate },
      };
    },
  };
}

function listRoute(services: EboxServices): Route {
  return {
    ...consultation,
    method: 'get',
    path: `${BASE}/ebox/messages`,
    operationId: 'getMessagesByEBoxId',
    summary: 'The messages of an eBox, newest first',
    query: messageQuerySchema,
    answers: { 200: { description: 'A page of messages', schema: messagesSchema } },
    handle: async (request) => {
      const reader = await readerOf(services, request);
      if (reader === undefined) return { status: 200, body: { items: [], totalItems: 0 } };
      // The route's schema read it.
      const { page, pageSize, ...filter } = request.query as MessageQuery;
      const offset = (page - 1) * pageSize;
      const { messages, total } = await listInbox(services, reader, filter, { size: pageSize, offset });
      const items = messages.map((message) => toMessage(message, baseOf(services)));
      return { status: 200, body: { items, totalItems: total } };
    },
  };
}

function messageRoutes(services: EboxServices): Route[] {
  const find = async (request: Request): Promise<EboxMessage> => {
    const reader = await readerOf(services, request);
    const message = reader && (await findInboxMessage(services, reader, request.params.messageId ?? ''));
    if (message === undefined) throw new Refusal(resourceNotFound('messageId'));
    return message;
  };
  return [
    {
      ...consultation,
      method: 'get',
      path: `${BASE}/ebox/messages/{messageId}`,
      operationId: 'getMessageById',
      summary: 'One message',
      params: ofMessage,
      answers: { 200: { description: 'The message', schema: messageSchema } },
      handle: async (request) => ({ status: 200, body: toMessage(await find(request), baseOf(services)) }),
    },
    {
      ...consultation,
      method: 'get',
      path: `${BASE}/ebox/messages/{messageId}/attachments`,
      operationId: 'getAttachmentByMessageId',
      summary: 'The attachments of a message',
      params: ofMessage,
      answers: { 200: { description: 'The attachments', schema: attachmentsSchema } },
      handle: async (request) => ({
        status: 200,
        body: toAttachments(await find(request), baseOf(services)),
      }),
    },
    {
      ...consultation,
      method: 'get',
      path: `${BASE}/ebox/messages/{messageId}/attachments/{attachmentId}`,
      operationId: 'getAttachmentById',
      summary: 'One attachment, without its content',
      params: ofAttachment,
      answers: { 200: { description: 'The attachment', schema: attachmentSchema } },
      handle: async (request) => {
        const message = await find(request);
        const attachment = message.attachments.find(
          (one) => one.attachmentId === request.params.attachmentId,
        );
        if (attachment === undefined) throw new Refusal(resourceNotFound('attachmentId'));
        return { status: 200, body: toAttachment(message.messageId, attachment, baseOf(services)) };
      },
    },
  ];
}

function contentRoute(services: EboxServices): Route {
  return {
    ...consultation,
    method: 'get',
    path: `${BASE}/ebox/messages/{messageId}/attachments/{attachmentId}/content`,
    operationId: 'getAttachmentContentById',
    summary: 'The content of an attachment; opening the main content makes the message read',
    params: ofAttachment,
    requestHeaders: { Range: 'One range of bytes (RFC 9110 §14.2)' },
    answers: {
      200: { description: 'The content', mediaType: 'application/octet-stream' },
      206: { description: 'The part asked for', mediaType: 'application/octet-stream' },
    },
    handle: async (request) => {
      const reader = await readerOf(services, request);
      const { messageId = '', attachmentId = '' } = request.params;
      // Looking whether it is there, or fetching a later part, is not reading.
      const isReading = request.method === 'get' && firstByteOf(request.headers.range) === 0;
      const content = reader && (await readContent(services, reader, messageId, attachmentId, isReading));
      if (content === undefined) throw new Refusal(resourceNotFound('attachmentId'));
      return contentReply(content, request.headers.range);
    },
  };
}

function statusRoute(services: EboxServices): Route {
  return {
    method: 'post',
    path: `${BASE}/searchMessageStatus`,
    operationId: 'getStatus',
    summary: 'What became of messages that the caller’s organisation sent',
    tag: consultation.tag,
    access: { kind: 'scope', scope: 'ebox:publish', caller: 'client' },
    errors: 'registry',
    body: { kind: 'json', schema: statusRequestSchema, limit: 256 * 1024 },
    answers: { 201: { description: 'The status of each message that was found', schema: statusListSchema } },
    handle: async (request) => {
      // The route's schema read it.
      const asked = toSentMessages(request.body as StatusRequest, services.clock());
      const found = await trackMessages(services, senderAccessOf(request), asked);
      if (found.length === 0) throw new Refusal(resourceNotFound());
      const body = found.map((status) => ({
        messageId: status.messageId,
        eboxId: { eboxType: 'citizen', eboxIdValue: status.ssin },
        expirationDate: brusselsDateTime(status.expiresAt),
        readStatus: status.isRead,
        visible: status.isVisible,
      }));
      return { status: 201, body };
    },
  };
}

/** Keeps what can name a message of ours: a UUID, and a citizen by SSIN. */
function toSentMessages(asked: StatusRequest, now: Date): SentMessage[] {
  return asked.flatMap(({ messageId, eboxId }) => {
    const ssin = eboxId.eboxType === 'citizen' ? parseSsin(eboxId.eboxIdValue, brusselsDate(now)) : undefined;
    return ssin !== undefined && isUuid(messageId) ? [{ messageId, ssin }] : [];
  });
}

function baseOf({ settings }: Pick<Services, 'settings'>): string {
  return `${settings.publicUrl}${BASE}`;
}
