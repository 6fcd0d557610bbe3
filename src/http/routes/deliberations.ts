/** Deliberations: recorded by the institution, changed by new versions, ended early; each agency sees its own. */
import { z } from 'zod';
import {
  changeDeliberation,
  consultDeliberation,
  consultDeliberations,
  type DeliberationRow,
  recordDeliberation,
  terminateDeliberation,
} from '../../workflows/deliberate.ts';
import type { Services } from '../../workflows/services.ts';
import { institutionOf, organizationAccessOf } from '../callers.ts';
import { pageOf, pageQuery } from '../fields.ts';
import { notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { accessAddress, accessCommon, BODY_LIMIT, reasonsSchema, toPage } from './access-common.ts';
import { useRefused } from './data-use-schema.ts';
import {
  changeSchema,
  DELIBERATION_EXAMPLE,
  deliberationSchema,
  deliberationsSchema,
  newDeliberationSchema,
  readChange,
  readDeliberation,
  toDeliberation,
} from './deliberation-schema.ts';

type DeliberationServices = Pick<Services, 'database' | 'catalogue' | 'newId' | 'settings'>;

/** The routes of deliberations. */
export function deliberationRoutes(services: DeliberationServices): Route[] {
  return [
    recordRoute(services),
    listRoute(services),
    ...findRoutes(services),
    changeRoute(services),
    endRoute(services),
  ];
}

const PATH = '/access/v1/deliberations';
const deliberationId = z.uuid().meta({ description: 'From the `Location` of the deliberation' });
const oneDeliberation = z.strictObject({ deliberationId });

function addressOf(services: DeliberationServices, id: string, version: number): string {
  return accessAddress(services, `deliberations/${id}/versions/${version}`);
}

function recordRoute(services: DeliberationServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: PATH,
    operationId: 'recordDeliberation',
    summary: 'Record a decision of the Information Security Committee',
    description: 'Only the institution that runs the service records one.',
    body: {
      kind: 'json',
      schema: newDeliberationSchema,
      limit: BODY_LIMIT,
      examples: { city: { summary: 'A city for its own inhabitants', value: DELIBERATION_EXAMPLE } },
    },
    answers: {
      201: { description: 'It was recorded', headers: { Location: 'Its first version' } },
    },
    handle: async (request) => {
      const institution = institutionOf(services, request);
      const outcome = await recordDeliberation(services, institution, readDeliberation(request.body));
      if (outcome.kind === 'faulty') throw useRefused(outcome.issues);
      const location = addressOf(services, outcome.deliberationId, outcome.version);
      return { status: 201, headers: { Location: location } };
    },
  };
}

function listRoute(services: DeliberationServices): Route {
  return {
    ...accessCommon,
    method: 'get',
    path: PATH,
    operationId: 'listDeliberations',
    summary: 'Deliberations in their last version, the newest first',
    description: 'The institution sees all, any other organisation its own.',
    query: pageQuery,
    body: { kind: 'none' },
    answers: { 200: { description: 'A page of deliberations', schema: deliberationsSchema } },
    handle: async (request) => {
      const page = pageOf(request.query);
      const rows = await consultDeliberations(services, organizationAccessOf(request), page);
      const idOf = (row: DeliberationRow) => row.deliberationId;
      return { status: 200, body: toPage(services, 'deliberations', rows, page, toDeliberation, idOf) };
    },
  };
}

function findRoutes(services: DeliberationServices): Route[] {
  const common = {
    ...accessCommon,
    method: 'get',
    body: { kind: 'none' },
    answers: { 200: { description: 'The deliberation', schema: deliberationSchema } },
  } as const;
  const find = async (request: Request) => {
    const { deliberationId: id = '', version } = request.params;
    const number = version === undefined ? undefined : Number(version);
    const row = await consultDeliberation(services, organizationAccessOf(request), id, number);
    if (row === undefined) throw new Refusal(resourceNotFound('deliberationId'));
    return { status: 200, body: toDeliberation(row) };
  };
  return [
    {
      ...common,
      path: `${PATH}/{deliberationId}`,
      operationId: 'getDeliberation',
      summary: 'The last version of a deliberation',
      description: '404 for that of another organisation, as for one that is not there.',
      params: oneDeliberation,
      handle: find,
    },
    {
      ...common,
      path: `${PATH}/{deliberationId}/versions/{version}`,
      operationId: 'getDeliberationVersion',
      summary: 'A deliberation as it was in one version',
      params: oneDeliberation.extend({
        version: z
          .string()
          .regex(/^[1-9]\d{0,5}$/, 'expected the number of a version')
          .meta({ description: 'Which version, from 1', example: '1' }),
      }),
      handle: find,
    },
  ];
}

function changeRoute(services: DeliberationServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: `${PATH}/{deliberationId}/versions`,
    operationId: 'changeDeliberation',
    summary: 'Change a deliberation by a new version',
    description:
      'The new version rules from its first day on; until then the one before does. Versions before it stay readable. 409 when another change came first.',
    params: oneDeliberation,
    body: { kind: 'json', schema: changeSchema, limit: BODY_LIMIT },
    answers: { 201: { description: 'It was changed', headers: { Location: 'The new version' } } },
    handle: async (request) => {
      const institution = institutionOf(services, request);
      const { changed, change } = readChange(request.body);
      const named = { deliberationId: request.params.deliberationId ?? '', version: changed };
      const outcome = await changeDeliberation(services, institution, named, change);
      switch (outcome.kind) {
        case 'faulty':
          throw useRefused(outcome.issues);
        case 'notFound':
          throw new Refusal(resourceNotFound('deliberationId'));
        case 'ended':
          throw new Refusal(notInThisState('A deliberation that was ended is not changed any more'));
        case 'outdated':
          throw new Refusal(notInThisState(`The last version is ${outcome.lastVersion}`));
        case 'recorded': {
          const location = addressOf(services, outcome.deliberationId, outcome.version);
          return { status: 201, headers: { Location: location } };
        }
      }
    },
  };
}

function endRoute(services: DeliberationServices): Route {
  return {
    ...accessCommon,
    method: 'post',
    path: `${PATH}/{deliberationId}/termination`,
    operationId: 'endDeliberation',
    summary: 'End a deliberation before its time, from now on',
    params: oneDeliberation,
    body: { kind: 'json', schema: reasonsSchema, limit: BODY_LIMIT },
    answers: { 204: { description: 'It allows nothing any more' } },
    handle: async (request) => {
      const institution = institutionOf(services, request);
      const { reasons } = request.body as z.output<typeof reasonsSchema>;
      const id = request.params.deliberationId ?? '';
      const outcome = await terminateDeliberation(services, institution, id, reasons);
      if (outcome === 'notFound') throw new Refusal(resourceNotFound('deliberationId'));
      if (outcome === 'endedBefore') throw new Refusal(notInThisState('It was ended before'));
      return { status: 204 };
    },
  };
}
