/** Flows: an institution sees which it may receive, orders them, has them run, and fetches their files. */
import { z } from 'zod';
import { brusselsDateTime } from '../../domain/period.ts';
import {
  askForRun,
  consultRun,
  consultRuns,
  type FlowRun,
  fetchFile,
  listFlows,
  type NamedFile,
} from '../../workflows/flow-consult.ts';
import { needsOf } from '../../workflows/flow-order.ts';
import { organizationAccessOf } from '../callers.ts';
import { pageOf, pageQuery } from '../fields.ts';
import { notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import {
  type FlowServices,
  flowAddress,
  flowCommon,
  flowParam,
  flowRefused,
  runParams,
} from './flow-common.ts';
import { flowOrderRoutes } from './flow-order.ts';
import { choicesSchema, flowsSchema, readChoices, runSchema, runsSchema } from './flow-schema.ts';
import { deliberationRefused } from './status-query.ts';

/** The routes of flows. */
export function flowRoutes(services: FlowServices): Route[] {
  return [
    listRoute(services),
    ...flowOrderRoutes(services),
    startRoute(services),
    runsRoute(services),
    runRoute(services),
    contentRoute(services),
  ];
}

function listRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'get',
    path: '/flows/v1/flows',
    operationId: 'listFlows',
    summary:
      'The flows that the caller’s organisation may receive, and what a deliberation must name for them',
    body: { kind: 'none' },
    answers: { 200: { description: 'The flows', schema: flowsSchema } },
    handle: async (request) => {
      const items = (await listFlows(services, organizationAccessOf(request))).map(({ flow, isOrdered }) => ({
        flowId: flow.id,
        name: flow.name,
        legalContext: flow.legalContext,
        ...needsOf(services, flow),
        columns: flow.columns.map(({ heading, field }) => ({ heading, field })),
        choose: flow.choose,
        differences: flow.differences,
        ...(flow.split && { split: flow.split }),
        isOrdered,
      }));
      return { status: 200, body: { items } };
    },
  };
}

const startSchema = z
  .strictObject({
    choices: choicesSchema.default({}),
    whole: z
      .boolean()
      .default(false)
      .meta({ description: 'All there is, where the flow could tell what changed' }),
  })
  .meta({ id: 'NewFlowRun' });

function startRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'post',
    path: '/flows/v1/flows/{flowId}/runs',
    operationId: 'runFlow',
    summary: 'Run a flow that was ordered',
    description:
      'What is chosen here holds for this run, beside what the order chose. One run of a flow is under way at a time (409). Each person of whom a run tells finds it among the accesses to their data.',
    params: z.strictObject(flowParam),
    body: {
      kind: 'json',
      schema: startSchema,
      limit: 64 * 1024,
      examples: { usual: { summary: 'As ordered', value: {} } },
    },
    answers: { 202: { description: 'It runs', headers: { Location: 'How far it is' } } },
    handle: async (request) => {
      // The route's schema read it.
      const { choices, whole } = request.body as z.output<typeof startSchema>;
      const flowId = request.params.flowId ?? '';
      const wish = { choices: readChoices(choices), isWhole: whole };
      const outcome = await askForRun(services, organizationAccessOf(request), flowId, wish);
      switch (outcome.kind) {
        case 'begun':
          return {
            status: 202,
            headers: { Location: flowAddress(services, `${flowId}/runs/${outcome.runId}`) },
          };
        case 'notFound':
          throw new Refusal(resourceNotFound('flowId'));
        case 'notAllowed':
          throw deliberationRefused();
        case 'faulty':
          throw flowRefused(outcome.issues, 'choices.');
        case 'notOrdered':
          throw new Refusal(notInThisState('The flow is to be ordered first'));
        case 'keyExpired':
          throw new Refusal(
            notInThisState('The certificate of the order is not valid any more: order again'),
          );
        case 'open':
        case 'due':
          throw new Refusal(notInThisState('A run of this flow is under way'));
      }
    },
  };
}

function runsRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'get',
    path: '/flows/v1/flows/{flowId}/runs',
    operationId: 'listFlowRuns',
    summary: 'The runs of a flow for the caller’s organisation, the newest first',
    params: z.strictObject(flowParam),
    query: pageQuery,
    body: { kind: 'none' },
    answers: { 200: { description: 'A page of them', schema: runsSchema } },
    handle: async (request) => {
      const flowId = request.params.flowId ?? '';
      const page = pageOf(request.query);
      const runs = await consultRuns(services, organizationAccessOf(request), flowId, page);
      const next = flowAddress(services, `${flowId}/runs?cursor=${runs.at(-1)?.runId}`);
      const items = runs.map((run) => toRun(services, run));
      return { status: 200, body: { items, ...(runs.length === page.size && { next }) } };
    },
  };
}

function runRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'get',
    path: '/flows/v1/flows/{flowId}/runs/{runId}',
    operationId: 'getFlowRun',
    summary: 'How far a run is, and its files with their control totals',
    params: z.strictObject(runParams),
    body: { kind: 'none' },
    answers: { 200: { description: 'The run', schema: runSchema } },
    handle: async (request) => {
      const { flowId, runId = '' } = request.params;
      const found = await consultRun(services, organizationAccessOf(request), runId);
      if (found === undefined || found.run.flow !== flowId) throw new Refusal(resourceNotFound('runId'));
      const run = toRun(services, found.run);
      return { status: 200, body: { ...run, files: found.files.map((file) => toFile(run.self, file)) } };
    },
  };
}

function toRun(services: FlowServices, run: FlowRun) {
  const { runId, flow, plan, startedAt, doneAt } = run;
  return {
    runId,
    number: run.runNumber,
    state: run.state,
    cause: run.cause,
    extent: plan.differences ? ('differences' as const) : ('whole' as const),
    ...plan.window,
    rows: run.rowCount,
    persons: run.personCount,
    startedAt: brusselsDateTime(startedAt),
    ...(doneAt !== null && { doneAt: brusselsDateTime(doneAt) }),
    self: flowAddress(services, `${flow}/runs/${runId}`),
  };
}

function toFile(runAddress: string, file: NamedFile) {
  const { fileId, name, part, rowCount, personCount, bytes, sha256, handedBytes, handedSha256 } = file;
  const text = (hash: Buffer | null) => hash?.toString('base64url') ?? '';
  return {
    fileId,
    name,
    ...(part !== undefined && { part }),
    rows: rowCount,
    persons: personCount,
    bytes: handedBytes ?? bytes ?? 0,
    sha256: text(handedSha256 ?? sha256),
    contentBytes: bytes ?? 0,
    contentSha256: text(sha256),
    href: `${runAddress}/files/${fileId}/content`,
  };
}

function contentRoute(services: FlowServices): Route {
  return {
    ...flowCommon,
    method: 'get',
    path: '/flows/v1/flows/{flowId}/runs/{runId}/files/{fileId}/content',
    operationId: 'getFlowFileContent',
    summary: 'A file of a run, the same bytes each time',
    description:
      'Encrypted to the key of the order: `openssl cms -decrypt -binary -inform DER -inkey key.pem` opens it. Fetched as often as it is needed, until the key of the run is destroyed (FILE_KEY_DAYS); then 404.',
    params: z.strictObject({ ...runParams, fileId: z.uuid().meta({ description: 'As the run gives it' }) }),
    body: { kind: 'none' },
    answers: {
      200: {
        description: 'The file',
        mediaTypes: [
          'application/pkcs7-mime',
          'text/csv',
          'text/plain',
          'application/xml',
          'application/json',
          'application/x-ndjson',
        ],
      },
    },
    handle: async (request) => {
      const { runId = '', fileId = '' } = request.params;
      const fetched = await fetchFile(services, organizationAccessOf(request), runId, fileId);
      switch (fetched.kind) {
        case 'notAllowed':
          throw deliberationRefused();
        case 'notFound':
        case 'gone':
          throw new Refusal(resourceNotFound('fileId'));
        case 'file': {
          const disposition = `attachment; filename="${fetched.name}"`;
          const headers = {
            'Content-Type': fetched.mediaType,
            'Content-Length': String(fetched.bytes),
            'Content-Disposition': disposition,
          };
          return { status: 200, headers, stream: fetched.content };
        }
      }
    },
  };
}
