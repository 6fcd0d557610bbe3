/** Reports of statuses that are held: the institution sees them and decides. */
import { z } from 'zod';
import { DELIVERY_DOUBTS, DOUBTS } from '../../domain/status-report.ts';
import {
  consultHeld,
  type DecisionOutcome,
  decideHeldDelivery,
  decideHeldReport,
} from '../../workflows/decide-held.ts';
import { institutionOf } from '../callers.ts';
import { freeText } from '../fields.ts';
import { notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import type { RegisterServices } from './register.ts';

/** The routes of what is held. */
export function heldStatusRoutes(services: RegisterServices): Route[] {
  return [heldRoute(services), decideReportRoute(services), decideDeliveryRoute(services)];
}

const common = {
  tag: 'Register',
  errors: 'belgif',
  access: { kind: 'scope', scope: 'access:manage', caller: 'client' },
} as const;

const heldSchema = z
  .object({
    deliveries: z.array(
      z.object({
        file: z.uuid(),
        source: z.string().meta({ example: 'onem' }),
        whole: z.string().meta({ example: 'temporaryUnemployment' }),
        changedAt: z.iso.datetime(),
        doubts: z.array(z.enum(DELIVERY_DOUBTS)),
      }),
    ),
    reports: z.array(
      z.object({
        file: z.uuid(),
        row: z.int().meta({ example: 1 }),
        source: z.string().meta({ example: 'onem' }),
        status: z.string().meta({ example: 'temporaryUnemployment' }),
        reference: z.string().meta({ description: 'The source’s own name of the fact' }),
        changedAt: z.iso.datetime(),
        validFrom: z.iso.date(),
        validUntil: z.iso.date().optional(),
        withdrawn: z.boolean(),
        doubts: z.array(z.enum(DOUBTS)),
      }),
    ),
  })
  .meta({ id: 'HeldStatuses' });

function heldRoute(services: RegisterServices): Route {
  return {
    ...common,
    method: 'get',
    path: '/register/v1/held',
    operationId: 'listHeldStatuses',
    summary: 'Reports and deliveries that wait for a person, the first hundred of each',
    description: 'For the institution. They are told by the references of their sources, without a person.',
    body: { kind: 'none' },
    answers: { 200: { description: 'What is held', schema: heldSchema } },
    handle: async (request) => {
      const { deliveries, reports } = await consultHeld(services, institutionOf(services, request));
      const body = {
        deliveries: deliveries.map(({ fileId: file, source, wholeOf: whole, changedAt, doubts }) => {
          return { file, source, whole, changedAt: changedAt.toISOString(), doubts };
        }),
        reports: reports.map((report) => ({
          file: report.fileId,
          row: report.rowNumber,
          source: report.source,
          status: report.code,
          reference: report.reference,
          changedAt: report.changedAt.toISOString(),
          validFrom: report.validFrom,
          ...(report.validUntil !== null && { validUntil: report.validUntil }),
          withdrawn: report.isWithdrawn,
          doubts: report.doubts,
        })),
      };
      return { status: 200, body };
    },
  };
}

const decisionSchema = z
  .strictObject({
    decision: z.enum(['release', 'drop']),
    decidedBy: freeText(100).meta({
      type: 'string',
      description: 'Who decided, as evidence calls them',
      example: 'hanne',
    }),
    reason: freeText(500).meta({
      type: 'string',
      description: 'In words that name nobody',
      example: 'Confirmed by telephone',
    }),
  })
  .meta({ id: 'HeldDecision' });

const decide = {
  ...common,
  method: 'post',
  body: { kind: 'json', schema: decisionSchema, limit: 16 * 1024 },
  answers: { 204: { description: 'It was decided' } },
} as const;

const fileId = z.uuid().meta({ description: 'The file it came with' });

function decideReportRoute(services: RegisterServices): Route {
  return {
    ...decide,
    path: '/register/v1/files/{fileId}/held/{row}/decision',
    operationId: 'decideHeldStatus',
    summary: 'Release or drop a report that is held',
    description:
      'For the institution. Released, it is kept unless the source said something later. 409 while the register does not know the person: load them first.',
    params: z.strictObject({
      fileId,
      row: z
        .string()
        .regex(/^[1-9]\d{0,8}$/, 'expected the number of a row')
        .meta({ description: 'Its row in the file, from 1', example: '1' }),
    }),
    handle: async (request) => {
      const institution = institutionOf(services, request);
      const place = { fileId: request.params.fileId ?? '', rowNumber: Number(request.params.row) };
      return answerTo(await decideHeldReport(services, institution, place, readDecision(request.body)));
    },
  };
}

function decideDeliveryRoute(services: RegisterServices): Route {
  return {
    ...decide,
    path: '/register/v1/files/{fileId}/decision',
    operationId: 'decideHeldDelivery',
    summary: 'Release or drop a whole delivery that is held',
    description: 'For the institution.',
    params: z.strictObject({ fileId }),
    handle: async (request) => {
      const institution = institutionOf(services, request);
      const decision = readDecision(request.body);
      return answerTo(await decideHeldDelivery(services, institution, request.params.fileId ?? '', decision));
    },
  };
}

function readDecision(body: unknown) {
  // The route's schema read it.
  const { decision, decidedBy, reason } = body as z.output<typeof decisionSchema>;
  return { isReleased: decision === 'release', decidedBy, reason };
}

function answerTo(outcome: DecisionOutcome) {
  if (outcome === 'notFound') throw new Refusal(resourceNotFound('fileId'));
  if (outcome === 'unknownPerson')
    throw new Refusal(notInThisState('The register does not know the person of this report'));
  return { status: 204 };
}
