/** Receipts that senders report of their own messages. */
import { z } from 'zod';
import { logRefusal } from '../../access/security-log.ts';
import { REPORTED_KINDS, type ReceiptFault } from '../../domain/receipt.ts';
import { reportReceipt } from '../../workflows/report-receipt.ts';
import type { Services } from '../../workflows/services.ts';
import { senderAccessOf } from '../callers.ts';
import {
  badRequest,
  inputIssue,
  notInThisState,
  type Problem,
  Refusal,
  resourceNotFound,
} from '../problems.ts';
import type { Request, Route } from '../route.ts';

type ReceiptServices = Pick<Services, 'database' | 'clock' | 'log'>;

const reportSchema = z
  .strictObject({
    eventId: z.uuid().meta({ description: 'Chosen by the sender: the same for the same event' }),
    messageId: z.uuid().meta({ description: 'Of a message of the sender' }),
    kind: z.enum(REPORTED_KINDS).meta({ description: 'What the sender did itself' }),
    eventTime: z.iso
      .datetime({ offset: true, error: 'expected a date and time with offset' })
      .meta({ description: 'When it happened', example: '2026-03-02T09:30:00+01:00' }),
  })
  .meta({ id: 'ReportedReceipt' });

const OPERATION = 'reportReceipt';

/** The route by which a sender reports a receipt. */
export function reportRoute(services: ReceiptServices): Route {
  return {
    tag: 'Receipts',
    access: { kind: 'scope', scope: 'ebox:publish', caller: 'client' },
    errors: 'belgif',
    method: 'post',
    path: '/receipts/v1/receipts',
    operationId: OPERATION,
    summary: 'Report what the sender did with its message itself, such as sending it on paper',
    description:
      'Recorded as the statement of the organisation, with both times. The same report again changes nothing. One dated before the message, in the future, before another that was reported, or after the message was read or expired is refused, as is an event id that was used for something else.',
    body: {
      kind: 'json',
      schema: reportSchema,
      limit: 4096,
      examples: {
        printed: {
          summary: 'Sent on paper',
          value: {
            eventId: '01935b1e-7c00-7000-8000-0000000000aa',
            messageId: '01935b1e-7c00-7000-8000-000000000001',
            kind: 'printed',
            eventTime: '2026-03-02T09:30:00+01:00',
          },
        },
      },
    },
    answers: {
      200: { description: 'The same was reported before' },
      201: { description: 'Recorded' },
    },
    handle: async (request) => {
      // The route's schema read it.
      const { eventTime, ...reported } = request.body as z.output<typeof reportSchema>;
      const outcome = await reportReceipt(services, senderAccessOf(request), {
        ...reported,
        eventTime: new Date(eventTime),
      });
      if (outcome.kind === 'recorded') return { status: 201 };
      if (outcome.kind === 'known') {
        note(services, request, 200, 'replayed');
        return { status: 200 };
      }
      const problem = problemOf(outcome.fault);
      // Whoever names what is not theirs is noted as everywhere else.
      if (outcome.fault !== 'unknownMessage') note(services, request, problem.status, outcome.fault);
      throw new Refusal(problem);
    },
  };
}

/** One line in the security log, without anything that was sent. */
function note({ log }: ReceiptServices, request: Request, status: number, defect: string): void {
  const { traceId, tokenHash, caller } = request;
  const organization = caller?.kind === 'client' ? caller.organization : undefined;
  const who = { clientId: caller?.clientId, organization, tokenHash };
  logRefusal(log, { traceId, operation: OPERATION, status, problem: 'receipt', defect, ...who });
}

function problemOf(fault: ReceiptFault): Problem {
  switch (fault) {
    case 'unknownMessage':
      return resourceNotFound();
    case 'forged':
      return notInThisState('The event id was used for something else');
    case 'outOfOrder':
      return notInThisState('It does not follow what is recorded of the message');
    case 'early':
      return wrongTime('lies before the message');
    case 'future':
      return wrongTime('lies in the future');
  }
}

function wrongTime(detail: string): Problem {
  return badRequest([inputIssue('invalidInput', 'body', 'eventTime', detail)]);
}
