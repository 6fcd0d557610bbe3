/** Requests: an agency asks for data and follows what becomes of it; the institution analyses and decides. */
import { z } from 'zod';
import { type Decision, REQUEST_STATES } from '../../domain/access-request.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import {
  analyseRequest,
  askForData,
  consultRequest,
  consultRequests,
  decideRequest,
  type RequestRow,
  type StepOutcome,
  stateOfRequest,
} from '../../workflows/request-access.ts';
import type { Services } from '../../workflows/services.ts';
import { institutionOf, organizationAccessOf } from '../callers.ts';
import { freeText, pageOf, pageQuery } from '../fields.ts';
import { IDEMPOTENCY_HEADER, messageKeyOf } from '../idempotency.ts';
import {
  badRequest,
  idempotencyKeyReused,
  inputIssue,
  notInThisState,
  Refusal,
  resourceNotFound,
} from '../problems.ts';
import type { Reply, Route } from '../route.ts';
import { accessAddress, accessCommon, BODY_LIMIT, toPage } from './access-common.ts';
import { readUse, shownUseShape, toUse, USE_EXAMPLE, useRefused, useShape } from './data-use-schema.ts';

type RequestServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'newId' | 'settings'>;

/** The routes of requests. */
export function requestRoutes(services: RequestServices): Route[] {
  return [
    askRoute(services),
    listRoute(services),
    findRoute(services),
    analyseRoute(services),
    decideRoute(services),
  ];
}

const PATH = '/access/v1/requests';
const oneRequest = z.strictObject({
  requestId: z.uuid().meta({ description: 'From the `Location` of the request' }),
});
const newRequestSchema = z.strictObject(useShape).meta({ id: 'NewDataRequest' });

function askRoute(services: RequestServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: PATH,
    operationId: 'askForData',
    summary: 'Ask for data: for which purpose, which facts, of whom, from when to when',
    description:
      'The organisation asks for itself. Nothing may be used before the request is granted and its deliberation is in force.',
    requestHeaders: IDEMPOTENCY_HEADER,
    body: {
      kind: 'json',
      schema: newRequestSchema,
      limit: BODY_LIMIT,
      examples: { city: { summary: 'A city for its own inhabitants', value: USE_EXAMPLE } },
    },
    answers: {
      201: { description: 'Asked, or asked before', headers: { Location: 'What becomes of it' } },
    },
    handle: async (request) => {
      const outcome = await askForData(services, organizationAccessOf(request), {
        // The route's schema read it.
        use: readUse(request.body as z.output<typeof newRequestSchema>),
        body: request.bytes,
        messageKey: messageKeyOf(request),
      });
      if (outcome.kind === 'faulty') throw useRefused(outcome.issues);
      if (outcome.kind === 'keyReused') throw new Refusal(idempotencyKeyReused());
      const location = accessAddress(services, `requests/${outcome.requestId}`);
      return { status: 201, headers: { Location: location } };
    },
  };
}

const dateTime = z.string().meta({ format: 'date-time' });
const requestSchema = z
  .object({
    requestId: z.uuid(),
    organization: z.string().meta({ example: '0206731645' }),
    state: z.enum(REQUEST_STATES),
    ...shownUseShape,
    askedAt: dateTime,
    steps: z.array(
      z.object({
        state: z.enum(REQUEST_STATES),
        at: dateTime,
        reasons: z.string().optional(),
        deliberationId: z.uuid().optional(),
        deliberationVersion: z.int().optional(),
      }),
    ),
  })
  .meta({ id: 'DataRequest' });

function toRequest(row: RequestRow) {
  const { requestId, organization, askedAt, steps } = row;
  return {
    requestId,
    organization,
    state: stateOfRequest(row),
    ...toUse(row),
    askedAt: brusselsDateTime(askedAt),
    steps: steps.map(({ state, takenAt, reasons, deliberationId, deliberationVersion }) => ({
      state,
      at: brusselsDateTime(new Date(takenAt)),
      ...(reasons !== null && { reasons }),
      ...(deliberationId !== null && { deliberationId }),
      ...(deliberationVersion !== null && { deliberationVersion }),
    })),
  };
}

function listRoute(services: RequestServices): Route {
  return {
    ...accessCommon,
    method: 'get',
    path: PATH,
    operationId: 'listDataRequests',
    summary: 'Requests, the newest first',
    description: 'The institution sees all, any other organisation its own.',
    query: pageQuery,
    body: { kind: 'none' },
    answers: {
      200: {
        description: 'A page of requests',
        schema: z.object({
          items: z.array(requestSchema),
          next: z.string().optional().meta({ format: 'uri', description: 'The next page' }),
        }),
      },
    },
    handle: async (request) => {
      const page = pageOf(request.query);
      const rows = await consultRequests(services, organizationAccessOf(request), page);
      const body = toPage(services, 'requests', rows, page, toRequest, ({ requestId }) => requestId);
      return { status: 200, body };
    },
  };
}

function findRoute(services: RequestServices): Route {
  return {
    ...accessCommon,
    method: 'get',
    path: `${PATH}/{requestId}`,
    operationId: 'getDataRequest',
    summary: 'A request and what became of it',
    description: '404 for that of another organisation, as for one that is not there.',
    params: oneRequest,
    body: { kind: 'none' },
    answers: { 200: { description: 'The request', schema: requestSchema } },
    handle: async (request) => {
      const access = organizationAccessOf(request);
      const row = await consultRequest(services, access, request.params.requestId ?? '');
      if (row === undefined) throw new Refusal(resourceNotFound('requestId'));
      return { status: 200, body: toRequest(row) };
    },
  };
}

function analyseRoute(services: RequestServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: `${PATH}/{requestId}/analysis`,
    operationId: 'analyseDataRequest',
    summary: 'Begin to analyse a request',
    description: 'For the institution that runs the service.',
    params: oneRequest,
    body: { kind: 'none' },
    answers: { 204: { description: 'It is being analysed' } },
    handle: async (request) => {
      const institution = institutionOf(services, request);
      return replyTo(await analyseRequest(services, institution, request.params.requestId ?? ''));
    },
  };
}

const reasons = freeText(1000);
const decisionSchema = z
  .discriminatedUnion('outcome', [
    z.strictObject({
      outcome: z.literal('granted'),
      deliberationId: z.uuid().meta({ description: 'The deliberation that allows all that was asked' }),
      reasons: reasons.optional(),
    }),
    z.strictObject({ outcome: z.literal('refused'), reasons }),
  ])
  .meta({ id: 'DataRequestDecision' });

function decideRoute(services: RequestServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: `${PATH}/{requestId}/decision`,
    operationId: 'decideDataRequest',
    summary: 'Grant a request on a deliberation, or refuse it with reasons',
    description: 'For the institution that runs the service. A decision is final: an agency may ask again.',
    params: oneRequest,
    body: { kind: 'json', schema: decisionSchema, limit: BODY_LIMIT },
    answers: { 204: { description: 'It is decided' } },
    handle: async (request) => {
      const institution = institutionOf(services, request);
      const read = request.body as z.output<typeof decisionSchema>;
      const { reasons: why, ...rest } = read;
      // Reasons are missing only where the schema lets them be.
      const decision = { ...rest, ...(why !== undefined && { reasons: why }) } as Decision;
      return replyTo(await decideRequest(services, institution, request.params.requestId ?? '', decision));
    },
  };
}

function replyTo(outcome: StepOutcome): Reply {
  switch (outcome.kind) {
    case 'taken':
      return { status: 204 };
    case 'notFound':
      throw new Refusal(resourceNotFound('requestId'));
    case 'notInThisState':
      throw new Refusal(notInThisState('The request is past this step'));
    case 'notCovered': {
      const detail = `the deliberation does not cover this request: ${outcome.faults.join(', ')}`;
      throw new Refusal(badRequest([inputIssue('invalidInput', 'body', 'deliberationId', detail)]));
    }
  }
}
