/** Senders ask what became of their messages. */
import { isUuid } from '../../domain/identifier.ts';
import { brusselsDate, brusselsDateTime } from '../../domain/period.ts';
import { parseSsin } from '../../domain/ssin.ts';
import { type StatusRequest, statusRequestSchema } from '../../ebox/registry-request.ts';
import { statusListSchema } from '../../ebox/registry-schema.ts';
import { type SentMessage, trackMessages } from '../../workflows/track.ts';
import { senderAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { BASE, consultation, type EboxServices } from './ebox-message.ts';

/** The route of message statuses. */
export function statusRoute(services: EboxServices): Route {
  return {
    method: 'post',
    path: `${BASE}/searchMessageStatus`,
    operationId: 'getStatus',
    summary: 'What became of messages that the caller’s organisation sent',
    description:
      'Up to 500 messages, each named by its id and its recipient. Messages of other senders, and ids that do not go with the recipient, are left out; when none is left, the answer is 404. A recipient may be named by a number that was replaced.',
    tag: consultation.tag,
    access: { kind: 'scope', scope: 'ebox:publish', caller: 'client' },
    errors: 'registry',
    body: {
      kind: 'json',
      schema: statusRequestSchema,
      limit: 256 * 1024,
      examples: {
        citizen: {
          summary: 'One message',
          value: [
            {
              messageId: '01935b1e-7c00-7000-8000-000000000001',
              eboxId: { eboxType: 'citizen', eboxIdValue: '81050003552' },
            },
          ],
        },
      },
    },
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
