/** Mandates: recorded by the institution, or by an employer for itself; revoked; seen by those whom they concern. */
import { z } from 'zod';
import { MANDATE_RIGHTS, type MandateFault } from '../../domain/mandate.ts';
import {
  consultMandate,
  consultMandates,
  type GivenMandate,
  type MandateRow,
  recordMandate,
  withdrawMandate,
} from '../../workflows/mandate.ts';
import type { Services } from '../../workflows/services.ts';
import { organizationAccessOf } from '../callers.ts';
import { checkSsin, enterpriseNumber, localDate, pageOf, pageQuery, ssinText } from '../fields.ts';
import {
  badRequest,
  inputIssue,
  missingPermission,
  notInThisState,
  Refusal,
  resourceNotFound,
} from '../problems.ts';
import type { Route } from '../route.ts';
import { accessAddress, accessCommon, BODY_LIMIT, reasonsSchema, toPage } from './access-common.ts';
import { mandateSchema, toMandate } from './mandate-schema.ts';

type MandateServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'newId' | 'clock' | 'settings'>;

/** The routes of mandates. */
export function mandateRoutes(services: MandateServices): Route[] {
  return [recordRoute(services), listRoute(services), findRoute(services), revokeRoute(services)];
}

const PATH = '/access/v1/mandates';
const oneMandate = z.strictObject({
  mandateId: z.uuid().meta({ description: 'From the `Location` of the mandate' }),
});
const term = {
  validFrom: localDate('The first day', '2026-01-01'),
  validUntil: localDate('The last day; missing: until it is revoked', '2027-12-31').optional(),
};
const newMandateSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('employer'),
      agent: enterpriseNumber('The organisation that acts', '1900045601'),
      employer: enterpriseNumber('For whom'),
      rights: z.array(z.enum(MANDATE_RIGHTS.employer)).min(1).max(2),
      ...term,
    }),
    z.strictObject({
      kind: z.enum(['parent', 'administrator']),
      agentSsin: ssinText('Who acts'),
      representedSsin: ssinText('For whom'),
      rights: z.array(z.enum(MANDATE_RIGHTS.parent)).min(1).max(2),
      ...term,
    }),
  ])
  .meta({ id: 'NewMandate' });

function recordRoute(services: MandateServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: PATH,
    operationId: 'recordMandate',
    summary: 'Record a mandate',
    description:
      'An organisation acts for an employer: recorded by the institution, or by the employer itself. A parent or an administrator acts for another person: recorded by the institution. A parent’s mandate ends the day before the child is of age.',
    body: {
      kind: 'json',
      schema: newMandateSchema,
      limit: BODY_LIMIT,
      examples: {
        employer: {
          summary: 'A social secretariat for an employer',
          value: {
            kind: 'employer',
            agent: '1900045601',
            employer: '0206731645',
            rights: ['declare', 'consult'],
            validFrom: '2026-01-01',
          },
        },
      },
    },
    answers: { 201: { description: 'It was recorded', headers: { Location: 'The mandate' } } },
    handle: async (request) => {
      const given = readMandate(request.body, services.clock());
      const outcome = await recordMandate(services, organizationAccessOf(request), given);
      switch (outcome.kind) {
        case 'notAllowed':
          throw new Refusal(missingPermission('This mandate is recorded by others'));
        case 'unknownPerson':
          throw invalid(`${outcome.party}Ssin`, 'is not in the register');
        case 'faulty':
          throw invalid(...FAULTS[outcome.fault]);
        case 'recorded': {
          const location = accessAddress(services, `mandates/${outcome.mandateId}`);
          return { status: 201, headers: { Location: location } };
        }
      }
    },
  };
}

const FAULTS: Readonly<Record<MandateFault, readonly [string, string]>> = {
  periodInverted: ['validUntil', 'lies before the first day'],
  ofAge: ['validFrom', 'the child is of age by then'],
  sameParty: ['agent', 'nobody acts for themselves'],
};

function invalid(name: string, detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'body', name, detail)]));
}

function readMandate(body: unknown, now: Date): GivenMandate {
  // The route's schema read it.
  const read = body as z.output<typeof newMandateSchema>;
  const { rights, validFrom, validUntil } = read;
  const dated = { rights, term: { validFrom, ...(validUntil !== undefined && { validUntil }) } };
  if (read.kind === 'employer') {
    const { kind, agent, employer } = read;
    return { parties: { kind, agent, employer }, ...dated };
  }
  const agent = checkSsin(read.agentSsin, 'agentSsin', now);
  const represented = checkSsin(read.representedSsin, 'representedSsin', now);
  return { parties: { kind: read.kind, agent, represented }, ...dated };
}

function listRoute(services: MandateServices): Route {
  return {
    ...accessCommon,
    method: 'get',
    path: PATH,
    operationId: 'listMandates',
    summary: 'Mandates for employers, the newest first',
    description: 'The institution sees all, any other organisation those that it gave or has.',
    query: pageQuery,
    body: { kind: 'none' },
    answers: {
      200: {
        description: 'A page of mandates',
        schema: z.object({
          items: z.array(mandateSchema),
          next: z.string().optional().meta({ format: 'uri', description: 'The next page' }),
        }),
      },
    },
    handle: async (request) => {
      const page = pageOf(request.query);
      const rows = await consultMandates(services, organizationAccessOf(request), page);
      const idOf = (row: MandateRow) => row.mandateId;
      return { status: 200, body: toPage(services, 'mandates', rows, page, toMandate, idOf) };
    },
  };
}

function findRoute(services: MandateServices): Route {
  return {
    ...accessCommon,
    method: 'get',
    path: `${PATH}/{mandateId}`,
    operationId: 'getMandate',
    summary: 'A mandate',
    description: '404 for one that the organisation neither gave nor has, as for one that is not there.',
    params: oneMandate,
    body: { kind: 'none' },
    answers: { 200: { description: 'The mandate', schema: mandateSchema } },
    handle: async (request) => {
      const access = organizationAccessOf(request);
      const row = await consultMandate(services, access, request.params.mandateId ?? '');
      if (row === undefined) throw new Refusal(resourceNotFound('mandateId'));
      return { status: 200, body: toMandate(row) };
    },
  };
}

function revokeRoute(services: MandateServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: `${PATH}/{mandateId}/revocation`,
    operationId: 'revokeMandate',
    summary: 'Revoke a mandate from now on',
    description: 'By the institution, by the employer who gave it, or by the organisation that has it.',
    params: oneMandate,
    body: { kind: 'json', schema: reasonsSchema, limit: BODY_LIMIT },
    answers: { 204: { description: 'Nobody acts by it any more' } },
    handle: async (request) => {
      const { reasons } = request.body as z.output<typeof reasonsSchema>;
      const access = organizationAccessOf(request);
      const outcome = await withdrawMandate(services, access, request.params.mandateId ?? '', reasons);
      if (outcome === 'notFound') throw new Refusal(resourceNotFound('mandateId'));
      if (outcome === 'revokedBefore') throw new Refusal(notInThisState('It was revoked before'));
      return { status: 204 };
    },
  };
}
