/** The evidence log for those who supervise: who did what on whom and why, and proofs that nothing was changed since. */
import { z } from 'zod';
import { parseLeafName } from '../../domain/leaf.ts';
import { brusselsDate } from '../../domain/period.ts';
import { parseSsin } from '../../domain/ssin.ts';
import type { Services } from '../../workflows/services.ts';
import { listLogHeads, openLeaf, queryEntries } from '../../workflows/supervise.ts';
import { supervisorAccessOf } from '../callers.ts';
import { badRequest, inputIssue, Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import {
  entriesSchema,
  entryQuerySchema,
  headsSchema,
  proofSchema,
  toEntry,
  toHead,
  toProof,
} from './evidence-schema.ts';

type EvidenceServices = Pick<
  Services,
  'database' | 'vault' | 'catalogue' | 'evidenceKey' | 'clock' | 'settings'
>;

const common = {
  tag: 'Evidence',
  access: { kind: 'scope', scope: 'evidence:consult', caller: 'client' },
  errors: 'belgif',
} as const;

/** The routes of the evidence log. */
export function evidenceRoutes(services: EvidenceServices): Route[] {
  return [queryRoute(services), headsRoute(services), proofRoute(services)];
}

function queryRoute(services: EvidenceServices): Route {
  return {
    ...common,
    method: 'post',
    path: '/evidence/v1/auditEntries/query',
    operationId: 'queryAuditEntries',
    summary: 'Entries of the evidence log, the last first',
    description:
      'The institution that runs the service sees all entries, any other organisation those of its own. Each person of whom an answer tells finds this query among the accesses to their data.',
    body: {
      kind: 'json',
      schema: entryQuerySchema,
      limit: 16 * 1024,
      examples: { person: { summary: 'What was done on a person', value: { ssin: '81050003552' } } },
    },
    answers: { 200: { description: 'A page of entries', schema: entriesSchema } },
    handle: async (request) => {
      // The route's schema read it.
      const { ssin, onBehalfOf, actions, from, until, cursor, pageSize } = request.body as z.output<
        typeof entryQuerySchema
      >;
      const entries = await queryEntries(services, supervisorAccessOf(request), {
        ssin: ssin === undefined ? undefined : checkSsin(ssin, services.clock()),
        organization: onBehalfOf,
        actions,
        from: from === undefined ? undefined : new Date(from),
        until: until === undefined ? undefined : new Date(until),
        before: cursor,
        size: pageSize,
      });
      const nextCursor = entries.length === pageSize ? entries.at(-1)?.auditEntryId : undefined;
      return {
        status: 200,
        body: { items: entries.map(toEntry), ...(nextCursor !== undefined && { nextCursor }) },
      };
    },
  };
}

function checkSsin(text: string, now: Date) {
  const ssin = parseSsin(text, brusselsDate(now));
  if (ssin === undefined)
    throw new Refusal(badRequest([inputIssue('invalidInput', 'body', 'ssin', 'the check digits are wrong')]));
  return ssin;
}

const HEADS_A_PAGE = 100;

const headsQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the cursor of a page')
    .optional()
    .meta({ description: 'As the page before gives it' }),
});

function headsRoute(services: EvidenceServices): Route {
  return {
    ...common,
    method: 'get',
    path: '/evidence/v1/heads',
    operationId: 'listLogHeads',
    summary: 'The sealed heads of the evidence log, the last first',
    query: headsQuery,
    body: { kind: 'none' },
    answers: { 200: { description: `Up to ${HEADS_A_PAGE} heads`, schema: headsSchema } },
    handle: async (request) => {
      const { cursor } = request.query as z.output<typeof headsQuery>;
      const before = cursor === undefined ? undefined : Number(cursor);
      const heads = await listLogHeads(services, { size: HEADS_A_PAGE, before });
      const items = heads.map(({ timeStamp, ...head }) => ({
        ...toHead(head),
        ...(timeStamp !== null && { timeStamp: timeStamp.toString('base64') }),
      }));
      const next = `${services.settings.publicUrl}/evidence/v1/heads?cursor=${heads.at(-1)?.headNumber}`;
      const keys = [services.evidenceKey.publicKey];
      return { status: 200, body: { items, ...(heads.length === HEADS_A_PAGE && { next }), keys } };
    },
  };
}

const ofLeaf = z.strictObject({
  leafId: z
    .string()
    .regex(/^(audit|receipt|issued)\.[0-9a-f-]{1,36}$/, 'expected the name of a leaf')
    .meta({
      description: 'Kind and id: of an audit entry, a receipt, or an issued attestation',
      example: 'audit.1042',
    }),
});

function proofRoute(services: EvidenceServices): Route {
  return {
    ...common,
    method: 'get',
    path: '/evidence/v1/leaves/{leafId}/inclusionProof',
    operationId: 'getInclusionProof',
    summary: 'Proof that a record is in the log, unchanged',
    description: '404 until a head covers it, which takes as long as a head is apart from the next.',
    params: ofLeaf,
    body: { kind: 'none' },
    answers: { 200: { description: 'The proof, with what opens the leaf', schema: proofSchema } },
    handle: async (request) => {
      const leaf = parseLeafName(request.params.leafId ?? '');
      const proof = leaf && (await openLeaf(services, supervisorAccessOf(request), leaf));
      if (proof === undefined) throw new Refusal(resourceNotFound('leafId'));
      return { status: 200, body: toProof(proof) };
    },
  };
}
