/** What a receiver orders of a flow. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { PAGE_LANGUAGES } from '../../domain/language.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { cancelOrder, consultOrder, type OrderWish, orderFlow } from '../../workflows/flow-order.ts';
import { organizationAccessOf } from '../callers.ts';
import { badRequest, inputIssue, Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { type FlowServices, flowCommon, flowParam, flowRefused } from './flow-common.ts';
import { choicesSchema, readChoices } from './flow-schema.ts';
import { deliberationRefused } from './status-query.ts';

const PATH = '/flows/v1/flows/{flowId}/order';
const params = z.strictObject(flowParam);

const shape = {
  deliberationId: z.uuid().meta({ description: 'The deliberation that allows it' }),
  choices: choicesSchema.default({}),
  certificate: z
    .string()
    .max(20_000)
    .optional()
    .meta({ description: 'X.509 in PEM, with a key of RSA or an elliptic curve: files are encrypted to it' }),
  mail: z
    .strictObject({
      address: z.string().max(254).meta({ format: 'email', example: 'data@example.be' }),
      language: z.enum(PAGE_LANGUAGES),
    })
    .optional()
    .meta({ description: 'Where it is told that a run is there' }),
  putsDown: z.boolean().default(false).meta({
    description:
      'Whether files are put down in the S3 bucket of flows too, under `<enterprise number>/<flow>/<run number>/`',
  }),
};
const orderSchema = z.strictObject(shape).meta({ id: 'FlowOrder' });
const shownSchema = z
  .object({
    ...shape,
    choices: choicesSchema,
    putsDown: z.boolean(),
    orderedAt: z.string().meta({ format: 'date-time' }),
  })
  .meta({ id: 'OrderedFlow' });

/** The routes of orders. */
export function flowOrderRoutes(services: FlowServices): Route[] {
  return [putRoute(services), getRoute(services), deleteRoute(services)];
}

function putRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'put',
    path: PATH,
    operationId: 'orderFlow',
    summary: 'Order a flow, in place of what was ordered before',
    description:
      'Says on which deliberation the organisation receives the flow, what it chooses of it, to which key files are encrypted (CMS AuthEnvelopedData, AES-256-GCM) and where it is told. 403 unless the deliberation is in force, of the organisation, for the purpose of the flow, and names the flow with its statuses, attributes and attestation type. Files with data of persons are always encrypted.',
    params,
    body: {
      kind: 'json',
      schema: orderSchema,
      limit: 64 * 1024,
      examples: {
        plain: {
          summary: 'As JSON lines, told by mail',
          value: {
            deliberationId: '01935b1e-7c00-7000-8000-000000000001',
            choices: { format: 'ndjson' },
            mail: { address: 'data@example.be', language: 'nl' },
          },
        },
      },
    },
    answers: { 204: { description: 'It is ordered' } },
    handle: async (request) => {
      // The route's schema read it.
      const body = request.body as z.output<typeof orderSchema>;
      const wish: OrderWish = {
        deliberationId: body.deliberationId,
        choices: readChoices(body.choices),
        certificate: body.certificate === undefined ? undefined : readPem(body.certificate),
        mail: body.mail,
        putsDown: body.putsDown,
      };
      const outcome = await orderFlow(
        services,
        organizationAccessOf(request),
        request.params.flowId ?? '',
        wish,
      );
      switch (outcome.kind) {
        case 'ordered':
          return { status: 204 };
        case 'notFound':
          throw new Refusal(resourceNotFound('flowId'));
        case 'notAllowed':
          throw deliberationRefused();
        case 'faulty':
          throw flowRefused(outcome.issues, '');
      }
    },
  };
}

/** The first certificate of a PEM text, as DER. */
function readPem(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    throw new Refusal(
      badRequest([inputIssue('invalidInput', 'body', 'certificate', 'is no certificate in PEM')]),
    );
  }
}

function getRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'get',
    path: PATH,
    operationId: 'getFlowOrder',
    summary: 'What the caller’s organisation ordered of a flow',
    params,
    body: { kind: 'none' },
    answers: { 200: { description: 'The order', schema: shownSchema } },
    handle: async (request) => {
      const order = await consultOrder(services, organizationAccessOf(request), request.params.flowId ?? '');
      if (order === undefined) throw new Refusal(resourceNotFound('flowId'));
      const { deliberationId, choices, certificate, mail, mailLanguage, putsDown, orderedAt } = order;
      return {
        status: 200,
        body: {
          deliberationId,
          choices,
          ...(certificate && { certificate: new X509Certificate(certificate).toString() }),
          ...(mail !== null && { mail: { address: mail, language: mailLanguage } }),
          putsDown,
          orderedAt: brusselsDateTime(orderedAt),
        },
      };
    },
  };
}

function deleteRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'delete',
    path: PATH,
    operationId: 'cancelFlowOrder',
    summary: 'Order a flow no more: it does not run by itself any longer',
    params,
    body: { kind: 'none' },
    answers: { 204: { description: 'It is ordered no more' } },
    handle: async (request) => {
      const isEnded = await cancelOrder(services, organizationAccessOf(request), request.params.flowId ?? '');
      if (!isEnded) throw new Refusal(resourceNotFound('flowId'));
      return { status: 204 };
    },
  };
}
