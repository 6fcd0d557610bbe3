/** What a message says beside its files: its body, and what is to be paid. */
import { paymentDataSchema, translatedSchema } from '../../ebox/registry-schema.ts';
import { readBody } from '../../workflows/read.ts';
import { readerOf } from '../mandate-header.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { BASE, consultation, type EboxServices, findMessage, ofMessage } from './ebox-message.ts';

/** The routes of body and payment data. */
export function bodyRoutes(services: EboxServices): Route[] {
  return [
    {
      ...consultation,
      method: 'get',
      path: `${BASE}/ebox/messages/{messageId}/body`,
      operationId: 'getBodyContent',
      summary: 'The body of a message; where it is the main content, opening it makes the message read',
      description: '404 for a message without one. HEAD leaves the message unread.',
      params: ofMessage,
      answers: { 200: { description: 'The body, in the language of the message', schema: translatedSchema } },
      handle: async (request) => {
        if (request.method === 'head') {
          const { content } = await findMessage(services, request);
          if (content?.body === undefined) throw new Refusal(resourceNotFound('messageId'));
          return { status: 200, body: {} };
        }
        const reader = await readerOf(services, request, 'inbox');
        const body = reader && (await readBody(services, reader, request.params.messageId ?? ''));
        if (body === undefined) throw new Refusal(resourceNotFound('messageId'));
        return { status: 200, body: { [body.language]: body.text } };
      },
    },
    {
      ...consultation,
      method: 'get',
      path: `${BASE}/ebox/messages/{messageId}/paymentData`,
      operationId: 'getPaymentDataByMessageId',
      summary: 'What is to be paid because of a message',
      description: '404 for a message that asks for nothing.',
      params: ofMessage,
      answers: { 200: { description: 'Amount, account and date', schema: paymentDataSchema } },
      handle: async (request) => {
        const { content } = await findMessage(services, request);
        if (content?.paymentData === undefined) throw new Refusal(resourceNotFound('messageId'));
        return { status: 200, body: content.paymentData };
      },
    },
  ];
}
