/** A person shows or hides messages of their own eBox. */
import { type MessagesToUpdate, messagesToUpdateSchema } from '../../ebox/registry-request.ts';
import { arrangeMessages } from '../../workflows/arrange.ts';
import { mandateRefused, readerOf } from '../mandate-header.ts';
import { MANDATE_HEADER_NAME } from '../mandate-id.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { BASE, consultation, type EboxServices } from './ebox-message.ts';

/** The route of visibility. */
export function visibilityRoute(services: EboxServices): Route {
  return {
    method: 'patch',
    path: `${BASE}/ebox/messages`,
    operationId: 'patchMessagesByEBoxId',
    summary: 'Show or hide messages',
    description:
      'All messages named are changed, or none: 404 when one of them is not in the eBox. By a mandate nobody may.',
    tag: consultation.tag,
    access: consultation.access,
    errors: 'registry',
    body: {
      kind: 'json',
      mediaTypes: ['application/merge-patch+json', 'application/json'],
      schema: messagesToUpdateSchema,
      limit: 64 * 1024,
    },
    answers: { 200: { description: 'Done' } },
    handle: async (request) => {
      if (request.headers[MANDATE_HEADER_NAME.toLowerCase()] !== undefined) throw mandateRefused();
      const reader = await readerOf(services, request, 'inbox');
      // The route's schema read it.
      const { items } = request.body as MessagesToUpdate;
      const changes = items.map(({ messageId, visible }) => ({ messageId, isVisible: visible }));
      if (reader === undefined || !(await arrangeMessages(services, reader, changes)))
        throw new Refusal(resourceNotFound());
      return { status: 200 };
    },
  };
}
