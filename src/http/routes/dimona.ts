/** Dimona: declarations one by one as JSON, and whole files as XML. */
import { z } from 'zod';
import { answerSchema, toAnswer } from '../../dimona/answer.ts';
import { toDeclaration } from '../../dimona/json.ts';
import { type DeclarationBody, declarationSchema } from '../../dimona/json-schema.ts';
import { isAnomalyCode } from '../../domain/anomaly.ts';
import { type ConsultedDeclaration, consultDeclaration } from '../../workflows/consult.ts';
import { type Report, reportDeclaration } from '../../workflows/report.ts';
import { senderOf } from '../callers.ts';
import { IDEMPOTENCY_HEADER, messageKeyOf } from '../idempotency.ts';
import { declarantOf, MANDATE_HEADER, mandateRefused } from '../mandate-header.ts';
import { idempotencyKeyReused, Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { consulting, type DimonaServices, declarationAddress } from './dimona-file.ts';
import { dimonaFileRoutes } from './dimona-files.ts';

/** The routes of Dimona. */
export function dimonaRoutes(services: DimonaServices): Route[] {
  return [reportRoute(services), answerRoute(services), ...dimonaFileRoutes(services)];
}

function reportRoute(services: DimonaServices): Route {
  return {
    method: 'post',
    path: '/dimona/v2/declarations',
    operationId: 'reportDeclaration',
    summary: 'Declare: IN, OUT, UPDATE or CANCEL',
    description:
      'The declaration is judged and kept with its answer before this answers. The body holds exactly one of `dimonaIn`, `dimonaOut`, `dimonaUpdate` and `dimonaCancel`. What is no declaration at all is refused with 400; whatever the NSSO has an anomaly for is taken in and answered with that anomaly.',
    tag: consulting.tag,
    access: { kind: 'scope', scope: 'dimona:declare', caller: 'client' },
    errors: 'belgif',
    requestHeaders: { ...IDEMPOTENCY_HEADER, ...MANDATE_HEADER },
    body: { kind: 'json', schema: declarationSchema, limit: 64 * 1024, examples: EXAMPLES },
    answers: {
      201: { description: 'Taken in, or taken in before', headers: { Location: 'Where the answer is' } },
    },
    handle: async (request) => {
      const outcome = await reportDeclaration(services, toReport(request, services.clock()));
      if (outcome.kind === 'keyReused') throw new Refusal(idempotencyKeyReused());
      if (outcome.kind === 'notMandated') throw mandateRefused();
      return { status: 201, headers: { Location: declarationAddress(services, outcome.declarationId) } };
    },
  };
}

const EXAMPLES = {
  in: {
    summary: 'IN: one day in quarantine',
    value: {
      employer: { enterpriseNumber: '0206731645' },
      worker: { ssin: '81050003552' },
      dimonaIn: {
        startDate: '2020-09-01',
        endDate: '2020-09-01',
        features: { jointCommissionNumber: '144', workerType: 'QUA' },
      },
    },
  },
  update: {
    summary: 'UPDATE: the day was another one',
    value: { dimonaUpdate: { periodId: 900000000178, startDate: '2020-09-02', endDate: '2020-09-02' } },
  },
  cancel: { summary: 'CANCEL: there was no such day', value: { dimonaCancel: { periodId: 900000000178 } } },
};

function toReport(request: Request, receivedAt: Date): Report {
  return {
    // The route's schema read it.
    declaration: toDeclaration(request.body as DeclarationBody, receivedAt),
    body: request.bytes,
    channel: 'json',
    lane: 'single',
    messageKey: messageKeyOf(request),
    sender: senderOf(request),
    receivedAt,
  };
}

function answerRoute(services: DimonaServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/dimona/v2/declarations/{declarationId}',
    operationId: 'getDeclaration',
    summary: 'The answer to a declaration of the caller’s organisation',
    description:
      '404 for a declaration of another organisation, as for one that is not there. The result `S` turns into `A`, `W` or `B` once the worker is in the register.',
    requestHeaders: MANDATE_HEADER,
    params: z.strictObject({
      declarationId: z.uuid().meta({ description: 'From the `Location` of the declaration' }),
    }),
    answers: { 200: { description: 'The declaration and its answer', schema: answerSchema } },
    handle: async (request) => {
      const declarationId = request.params.declarationId ?? '';
      const found = await consultDeclaration(services, await declarantOf(services, request), declarationId);
      if (found === undefined) throw new Refusal(resourceNotFound('declarationId'));
      return { status: 200, body: toBody(services, found) };
    },
  };
}

function toBody(services: DimonaServices, { row, declaration }: ConsultedDeclaration): unknown {
  return toAnswer({
    declarationId: row.declarationId,
    href: declarationAddress(services, row.declarationId),
    declaration,
    result: row.result,
    anomalies: row.anomalies.filter(isAnomalyCode).map((code) => ({ code })),
    ...(row.periodId !== null && { period: { periodId: row.periodId } }),
  });
}
