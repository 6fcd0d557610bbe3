/** Attestations for organisations that a deliberation lets consult them: no more of the facts than it allows. */
import { z } from 'zod';
import { brusselsDateTime } from '../../domain/period.ts';
import {
  type ConsultedAttestation,
  consultAttestation,
  queryAttestations,
} from '../../workflows/consult-attestations.ts';
import type { Services } from '../../workflows/services.ts';
import { deliberatedAccessOf } from '../callers.ts';
import { checkSsin, legalContext, ssinText } from '../fields.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { deliberationRefused } from './status-query.ts';

type QueryServices = Pick<Services, 'database' | 'vault' | 'catalogue' | 'clock'>;

/** The routes by which attestations are consulted. */
export function attestationQueryRoutes(services: QueryServices): Route[] {
  return [queryRoute(services), findRoute(services)];
}

const common = {
  tag: 'Attestations',
  access: { kind: 'scope', scope: 'attestations:consult', caller: 'client' },
  errors: 'belgif',
} as const;

const named = {
  deliberationId: z.uuid().meta({ description: 'The deliberation on which the caller asks' }),
  legalContext,
};

const questionSchema = z
  .strictObject({
    ...named,
    ssin: ssinText('Of whom'),
    type: z
      .string()
      .regex(/^[a-z][A-Za-z]*(-[A-Za-z]+)*$/, 'expected an attestation type')
      .meta({ example: 'quarantine' }),
    cursor: z.uuid().optional().meta({ description: 'As the page before gives it' }),
    pageSize: z.int().min(1).max(100).default(50),
  })
  .meta({ id: 'AttestationQuestion' });

const text = z.string().optional();
const employerSchema = z.object({ name: text, enterpriseNumber: text, nssoNumber: text }).optional();
/** A text, or an address by its parts. */
const attributeSchema = z.union([z.string(), z.record(z.string(), z.string())]);
const factsSchema = z.object({
  holder: z.object({ familyName: text, givenName: text, ssin: text }).optional(),
  employer: employerSchema,
  month: text,
  rule: text,
  referenceDate: text,
  numberOfDays: z.int().optional(),
  days: z
    .array(z.object({ date: text, reference: text, jointCommittee: text, usingEmployer: text }))
    .optional(),
  numberOfPeriods: z.int().optional(),
  periods: z
    .array(
      z.object({
        startDate: text,
        endDate: text,
        source: text,
        reference: text,
        employer: employerSchema,
        attributes: z.record(z.string(), attributeSchema).optional(),
      }),
    )
    .optional(),
});

const attestationSchema = z
  .object({
    attestationId: z.uuid(),
    type: z.string().meta({ example: 'quarantine' }),
    state: z.enum(['issued', 'superseded', 'revoked']),
    endedAt: z.string().optional().meta({ format: 'date-time' }),
    number: text,
    issuedAt: z.string().optional().meta({ format: 'date-time' }),
    supersedes: text,
    facts: factsSchema.optional().meta({ description: 'Missing once they were erased' }),
  })
  .meta({ id: 'ConsultedAttestation', description: 'As far as the deliberation lets it be seen' });

function toAttestation({ endedAt, issuedAt, ...rest }: ConsultedAttestation) {
  return {
    ...rest,
    ...(endedAt && { endedAt: brusselsDateTime(endedAt) }),
    ...(issuedAt && { issuedAt: brusselsDateTime(issuedAt) }),
  };
}

function queryRoute(services: QueryServices): Route {
  return {
    ...common,
    method: 'post',
    path: '/attestations/v1/attestations/query',
    operationId: 'queryAttestations',
    summary: 'The attestations of a person, the newest first',
    description:
      'Rests on a deliberation that the caller names; 403 unless one in force lets the organisation consult this type for this purpose. The answer is empty for a person whom it does not cover, as for one without attestations. Facts are those that the deliberation names. The person finds the query among the accesses to their data.',
    body: {
      kind: 'json',
      schema: questionSchema,
      limit: 16 * 1024,
      examples: {
        one: {
          summary: 'Of one person',
          value: {
            deliberationId: '01935b1e-7c00-7000-8000-000000000001',
            legalContext: 'CITY:SUPPORT_GRANT',
            ssin: '81050003552',
            type: 'quarantine',
          },
        },
      },
    },
    answers: {
      200: {
        description: 'A page of attestations',
        schema: z.object({
          items: z.array(attestationSchema),
          nextCursor: z.string().optional().meta({ description: 'Of the next page' }),
        }),
      },
    },
    handle: async (request) => {
      // The route's schema read it.
      const asked = request.body as z.output<typeof questionSchema>;
      const { type, cursor: before, pageSize: size } = asked;
      const ssin = checkSsin(asked.ssin, 'ssin', services.clock());
      const question = { ssin, type, size, before };
      const found = await queryAttestations(services, deliberatedAccessOf(request, asked), question);
      if (found === undefined) throw deliberationRefused();
      const nextCursor = found.length === size ? found.at(-1)?.attestationId : undefined;
      const items = found.map(toAttestation);
      return { status: 200, body: { items, ...(nextCursor !== undefined && { nextCursor }) } };
    },
  };
}

function findRoute(services: QueryServices): Route {
  return {
    ...common,
    method: 'get',
    path: '/attestations/v1/attestations/{attestationId}',
    operationId: 'getAttestation',
    summary: 'One attestation',
    description:
      'Rests on a deliberation that the caller names; 404 without one in force that covers type, person and purpose, as for an attestation that is not there.',
    params: z.strictObject({
      attestationId: z.uuid().meta({ description: 'From a query' }),
    }),
    query: z.strictObject(named),
    body: { kind: 'none' },
    answers: { 200: { description: 'The attestation', schema: attestationSchema } },
    handle: async (request) => {
      const query = request.query as { readonly deliberationId: string; readonly legalContext: string };
      const access = deliberatedAccessOf(request, query);
      const found = await consultAttestation(services, access, request.params.attestationId ?? '');
      if (found === undefined) throw new Refusal(resourceNotFound('attestationId'));
      return { status: 200, body: toAttestation(found) };
    },
  };
}
