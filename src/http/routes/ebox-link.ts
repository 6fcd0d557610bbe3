/** Senders give a message that they published to further recipients. */
import { isUuid } from '../../domain/identifier.ts';
import { brusselsDate, brusselsDateTime } from '../../domain/period.ts';
import { parseSsin } from '../../domain/ssin.ts';
import { type MessageToLink, messageToLinkSchema } from '../../ebox/registry-request.ts';
import { linkResponseSchema } from '../../ebox/registry-schema.ts';
import { linkMessage } from '../../workflows/link-message.ts';
import type { PublishServices } from '../../workflows/publish.ts';
import { senderAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { BASE, consultation, type EboxServices } from './ebox-message.ts';

/** The route of linking. */
export function linkRoute(services: EboxServices & PublishServices): Route {
  return {
    method: 'post',
    path: `${BASE}/linkEboxMessage`,
    operationId: 'linkMessage',
    summary: 'Give a message to further recipients',
    description:
      'Up to 100 recipients a request. The message is one that the caller’s organisation published here, and that is still there. Each recipient gets it as their own, until the same day, with receipts of its own: `searchMessageStatus` names it by the same `messageId` and the recipient. `forTheAttentionOf` is left out. Whoever has the message already keeps it, so a request can be sent again.',
    tag: consultation.tag,
    access: { kind: 'scope', scope: 'ebox:publish', caller: 'client' },
    errors: 'registry',
    body: {
      kind: 'json',
      schema: messageToLinkSchema,
      limit: 64 * 1024,
      examples: {
        citizens: {
          summary: 'Two further recipients',
          value: {
            messageId: '01935b1e-7c00-7000-8000-000000000001',
            recipients: [
              { eboxType: 'citizen', eboxIdValue: '81050003552' },
              { eboxType: 'citizen', eboxIdValue: '81050003354' },
            ],
          },
        },
      },
    },
    answers: { 201: { description: 'Linked, except to those named', schema: linkResponseSchema } },
    handle: async (request) => {
      // The route's schema read it.
      const { messageId, recipients } = request.body as MessageToLink;
      const today = brusselsDate(services.clock());
      const ssins = recipients.map(({ eboxType, eboxIdValue }) =>
        eboxType === 'citizen' ? parseSsin(eboxIdValue, today) : undefined,
      );
      const outcome = isUuid(messageId)
        ? await linkMessage(services, senderAccessOf(request), messageId, ssins)
        : undefined;
      if (outcome === undefined) throw new Refusal(resourceNotFound());
      const errorCases = recipients.filter((_one, at) => outcome.linked[at] !== true);
      return {
        status: 201,
        body: {
          messageId,
          expirationDate: brusselsDateTime(outcome.expiresAt),
          nbSuccessLinks: recipients.length - errorCases.length,
          errorCases,
        },
      };
    },
  };
}
