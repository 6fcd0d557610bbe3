/** The message registry, consultation profile: contract 2.1 under `/ebox/citizen/v2`. */
import { brusselsDateTime } from '../../domain/period.ts';
import { toAttachment, toAttachments, toMessage } from '../../ebox/registry.ts';
import { type MessageQuery, messageQuerySchema } from '../../ebox/registry-request.ts';
import {
  attachmentSchema,
  attachmentsSchema,
  eboxSchema,
  messageSchema,
  messagesSchema,
} from '../../ebox/registry-schema.ts';
import { listInbox, summariseInbox } from '../../workflows/browse.ts';
import { searchOf } from '../../workflows/search.ts';
import { readerOf } from '../mandate-header.ts';
import type { Route } from '../route.ts';
import { bodyRoutes } from './ebox-body.ts';
import { contentRoute } from './ebox-content.ts';
import { linkRoute } from './ebox-link.ts';
import {
  BASE,
  baseOf,
  consultation,
  type EboxServices,
  findAttachment,
  findMessage,
  ofAttachment,
  ofMessage,
} from './ebox-message.ts';
import { publishRoutes } from './ebox-publish.ts';
import { referenceRoutes } from './ebox-reference.ts';
import { statusRoute } from './ebox-status.ts';
import { visibilityRoute } from './ebox-visibility.ts';

/** The routes of the message registry. */
export function eboxRoutes(services: EboxServices): Route[] {
  return [
    summaryRoute(services),
    listRoute(services),
    ...messageRoutes(services),
    contentRoute(services),
    ...bodyRoutes(services),
    visibilityRoute(services),
    statusRoute(services),
    ...publishRoutes(services),
    linkRoute(services),
    ...referenceRoutes(services),
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
      const reader = await readerOf(services, request, 'inbox');
      if (reader === undefined)
        return { status: 200, body: { numberOfMessages: 0, numberOfUnreadMessages: 0, eboxSize: 0 } };
      const { total, unread, bytes, lastReceivedAt } = await summariseInbox(services, reader);
      return {
        status: 200,
        body: {
          numberOfMessages: total,
          numberOfUnreadMessages: unread,
          lastReceiptDate: lastReceivedAt && brusselsDateTime(lastReceivedAt),
          eboxSize: Math.round((bytes / 1024) * 10) / 10,
        },
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
    summary: 'The messages of an eBox, newest first; listing is not reading',
    query: messageQuerySchema,
    answers: { 200: { description: 'A page of messages', schema: messagesSchema } },
    handle: async (request) => {
      const reader = await readerOf(services, request, 'inbox');
      // The route's schema read it.
      const { page, pageSize, registeredMail, q, qlang, ...rest } = request.query as MessageQuery;
      const filter = { ...rest, search: searchOf(services, q, qlang) };
      // No message here is registered mail, which only ePost may send.
      if (reader === undefined || registeredMail === true)
        return { status: 200, body: { items: [], totalItems: 0 } };
      const offset = (page - 1) * pageSize;
      const { messages, total } = await listInbox(services, reader, filter, { size: pageSize, offset });
      const items = messages.map((message) => toMessage(message, baseOf(services)));
      return { status: 200, body: { items, totalItems: total } };
    },
  };
}

function messageRoutes(services: EboxServices): Route[] {
  return [
    {
      ...consultation,
      method: 'get',
      path: `${BASE}/ebox/messages/{messageId}`,
      operationId: 'getMessageById',
      summary: 'One message; looking at it is not reading it',
      params: ofMessage,
      answers: { 200: { description: 'The message', schema: messageSchema } },
      handle: async (request) => ({
        status: 200,
        body: toMessage(await findMessage(services, request), baseOf(services)),
      }),
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
        body: toAttachments(await findMessage(services, request), baseOf(services)),
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
        const { messageId, attachment } = await findAttachment(services, request);
        return { status: 200, body: toAttachment(messageId, attachment, baseOf(services)) };
      },
    },
  ];
}
