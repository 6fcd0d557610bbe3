/** Batches: an agency sends a file of declarations, has it checked and run, and follows each row to its outcome. */
import { z } from 'zod';
import { ROW_OUTCOMES } from '../../domain/batch.ts';
import { approveBatch, listBatches, listRows } from '../../workflows/batch-consult.ts';
import { awaitsSecond } from '../../workflows/batch-guard.ts';
import { agencyAccessOf } from '../callers.ts';
import { notInThisState, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import {
  type BatchServices,
  batchAddress,
  batchCommon,
  batchSchema,
  findBatch,
  oneBatch,
  rowsSchema,
  toBatch,
  toRow,
} from './batch.ts';
import { controlRoutes, progressRoute } from './batch-control.ts';
import { rejectsRoute, reportRoute, templateRoute } from './batch-download.ts';
import { forecastRoute } from './batch-forecast.ts';
import { submitRoute } from './batch-submit.ts';
import { type SelectionServices, selectionRoute } from './selections.ts';
import { uploadRoutes } from './uploads.ts';

/** The routes of batches; those that go on and on end when `stopping` says so. */
export function batchRoutes(services: SelectionServices, stopping: AbortSignal): Route[] {
  return [
    submitRoute(services),
    templateRoute(),
    listRoute(services),
    batchRoute(services),
    rowsRoute(services),
    forecastRoute(services),
    progressRoute(services, stopping),
    approvalRoute(services),
    ...controlRoutes(services),
    reportRoute(services),
    rejectsRoute(services),
    ...uploadRoutes(services),
    selectionRoute(services),
  ];
}

const LISTED_BATCHES = 100;

function listRoute(services: BatchServices): Route {
  return {
    ...batchCommon,
    method: 'get',
    path: '/batches/v1/batches',
    operationId: 'listBatches',
    summary: `The last ${LISTED_BATCHES} batches of the caller’s organisation, newest first`,
    body: { kind: 'none' },
    answers: {
      200: { description: 'The batches', schema: z.object({ items: z.array(batchSchema) }) },
    },
    handle: async (request) => {
      const batches = await listBatches(services, agencyAccessOf(request), LISTED_BATCHES);
      return { status: 200, body: { items: batches.map((batch) => toBatch(services, batch)) } };
    },
  };
}

function batchRoute(services: BatchServices): Route {
  return {
    ...oneBatch,
    method: 'get',
    path: '/batches/v1/batches/{batchId}',
    operationId: 'getBatch',
    summary: 'How far a batch is',
    answers: { 200: { description: 'The batch', schema: batchSchema } },
    handle: async (request) => ({
      status: 200,
      body: toBatch(services, await findBatch(services, request)),
    }),
  };
}

const ROWS_A_PAGE = 500;

const rowsQuery = z.strictObject({
  outcome: z.enum(ROW_OUTCOMES).optional().meta({ description: 'Only rows that ended so' }),
  afterRow: z
    .string()
    .regex(/^\d{1,9}$/, 'expected a row number')
    .default('0')
    .meta({ description: 'The last row of the page before' }),
});

function rowsRoute(services: BatchServices): Route {
  return {
    ...oneBatch,
    method: 'get',
    path: '/batches/v1/batches/{batchId}/rows',
    operationId: 'getBatchRows',
    summary: 'The rows of a batch, or those with one outcome',
    query: rowsQuery,
    answers: { 200: { description: `Up to ${ROWS_A_PAGE} rows`, schema: rowsSchema } },
    handle: async (request) => {
      const batch = await findBatch(services, request);
      const { outcome, afterRow } = request.query as z.output<typeof rowsQuery>;
      const page = { outcome, after: Number(afterRow), limit: ROWS_A_PAGE };
      const rows = await listRows(services, agencyAccessOf(request), batch, page);
      const filter = outcome === undefined ? '' : `outcome=${outcome}&`;
      const next = `${batchAddress(services, batch.batchId)}/rows?${filter}afterRow=${rows.at(-1)?.rowNumber}`;
      return { status: 200, body: { items: rows.map(toRow), ...(rows.length === ROWS_A_PAGE && { next }) } };
    },
  };
}

function approvalRoute(services: BatchServices): Route {
  return {
    ...oneBatch,
    method: 'post',
    path: '/batches/v1/batches/{batchId}/approval',
    operationId: 'approveBatch',
    summary: 'Start a batch that was only checked',
    access: { kind: 'scope', scope: 'batches:approve', caller: 'client' },
    answers: { 202: { description: 'It runs', headers: { Location: 'How far it is' } } },
    handle: async (request) => {
      const batch = await findBatch(services, request);
      if (!(await approveBatch(services, agencyAccessOf(request), batch.batchId))) {
        const detail = awaitsSecond(services, batch)
          ? 'It has to be started by another official or program than the one that sent it'
          : 'Only a batch that is checked and not started yet can be started';
        throw new Refusal(notInThisState(detail));
      }
      return { status: 202, headers: { Location: batchAddress(services, batch.batchId) } };
    },
  };
}
