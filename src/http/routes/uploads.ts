/**
 * Large files in parts, after the IETF draft “Resumable Uploads for HTTP”: made by POST, added to by PATCH at an offset,
 * whose place HEAD tells; each part with its digest (RFC 9530). What broke off goes on where it was.
 */
import { z } from 'zod';
import { BATCH_FORMS } from '../../domain/batch.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import {
  consultUpload,
  dropUpload,
  keepPart,
  openUpload,
  type StoredUpload,
  submitUpload,
} from '../../workflows/upload.ts';
import { agencyAccessOf } from '../callers.ts';
import { unpackGzip } from '../gzip.ts';
import { MANDATE_HEADER, representedOf } from '../mandate-header.ts';
import { badRequest, inputIssue, notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { type BatchServices, batchAddress, batchCommon } from './batch.ts';
import { LARGEST_FILE_BYTES, refuseFile, SUBMIT_QUERY } from './batch-submit.ts';

const PART_TYPE = 'application/partial-upload';
const LARGEST_PART_BYTES = 8 * 1024 * 1024;
const LIMITS = `max-size=${LARGEST_FILE_BYTES}, max-append-size=${LARGEST_PART_BYTES}`;

const oneUpload = {
  ...batchCommon,
  params: z.strictObject({ uploadId: z.uuid().meta({ description: 'From the `Location` of the upload' }) }),
} as const;

/** The routes of uploads. */
export function uploadRoutes(services: BatchServices): Route[] {
  return [
    openRoute(services),
    offsetRoute(services),
    partRoute(services),
    dropRoute(services),
    endRoute(services),
  ];
}

function openRoute(services: BatchServices): Route {
  return {
    ...batchCommon,
    method: 'post',
    path: '/batches/v1/uploads',
    operationId: 'openUpload',
    summary: 'Begin a file that is sent in parts',
    description:
      'What broke off goes on where it was, over any connection. Parts are kept encrypted; an upload that nobody goes on with is forgotten after 24 hours.',
    body: { kind: 'none' },
    answers: {
      201: {
        description: 'Parts may be sent there',
        headers: { Location: 'Where parts are sent', 'Upload-Limit': 'The largest file and part, in bytes' },
      },
    },
    handle: async (request) => {
      const uploadId = await openUpload(services, agencyAccessOf(request));
      if (uploadId === undefined)
        throw new Refusal(
          notInThisState('Too many uploads of this organisation are open; finish or delete some'),
        );
      const headers = {
        Location: addressOf(services, uploadId),
        'Upload-Offset': '0',
        'Upload-Limit': LIMITS,
      };
      return { status: 201, headers };
    },
  };
}

const uploadSchema = z
  .object({
    self: z.url(),
    received: z.int().meta({ description: 'Bytes, without a gap from the first' }),
    expiresAt: z.string().meta({ format: 'date-time', description: 'Later with each part' }),
    batch: z.url().optional().meta({ description: 'The batch that was made of it' }),
  })
  .meta({ id: 'Upload' });

function offsetRoute(services: BatchServices): Route {
  return {
    ...oneUpload,
    method: 'get',
    path: '/batches/v1/uploads/{uploadId}',
    operationId: 'getUpload',
    summary: 'How far an upload is',
    description: '`HEAD` gives the same headers.',
    body: { kind: 'none' },
    answers: {
      200: {
        description: 'The upload',
        schema: uploadSchema,
        headers: { 'Upload-Offset': 'Bytes received' },
      },
    },
    handle: async (request) => {
      const upload = await findUpload(services, request);
      const body: z.input<typeof uploadSchema> = {
        self: addressOf(services, upload.uploadId),
        received: upload.received,
        expiresAt: brusselsDateTime(upload.expiresAt),
        ...(upload.batchId !== null && { batch: batchAddress(services, upload.batchId) }),
      };
      return { status: 200, headers: { ...stateOf(upload), 'Cache-Control': 'no-store' }, body };
    },
  };
}

function partRoute(services: BatchServices): Route {
  return {
    ...oneUpload,
    method: 'patch',
    path: '/batches/v1/uploads/{uploadId}',
    operationId: 'addPart',
    summary: 'Add a part to an upload',
    description: `Up to ${LARGEST_PART_BYTES} bytes. It is kept as a whole or not at all. 409 with \`Upload-Offset\` where it does not begin there.`,
    requestHeaders: {
      'Upload-Offset': 'Where the part begins, in bytes from the beginning of the file',
      'Content-Digest': 'Of the part: `sha-256=:…:` (RFC 9530)',
    },
    body: { kind: 'bytes', mediaTypes: [PART_TYPE], limit: LARGEST_PART_BYTES },
    answers: { 204: { description: 'It is kept', headers: { 'Upload-Offset': 'Bytes received' } } },
    handle: async (request) => {
      const upload = await findUpload(services, request);
      const part = { offset: offsetIn(request), sha256: digestIn(request), bytes: request.bytes };
      if (part.offset + part.bytes.length > LARGEST_FILE_BYTES)
        throw refused('Upload-Offset', `a file has at most ${LARGEST_FILE_BYTES} bytes`);
      const outcome = await keepPart(services, upload, part);
      if (outcome === 'changedOnTheWay') throw refused('Content-Digest', 'the part is not what it says');
      const now = await findUpload(services, request);
      if (outcome === 'elsewhere')
        throw new Refusal({ ...notInThisState('The upload is at another offset'), headers: stateOf(now) });
      return { status: 204, headers: stateOf(now) };
    },
  };
}

function dropRoute(services: BatchServices): Route {
  return {
    ...oneUpload,
    method: 'delete',
    path: '/batches/v1/uploads/{uploadId}',
    operationId: 'deleteUpload',
    summary: 'Forget an upload',
    body: { kind: 'none' },
    answers: { 204: { description: 'It is forgotten; a batch that was made of it stays' } },
    handle: async (request) => {
      await dropUpload(services, await findUpload(services, request));
      return { status: 204 };
    },
  };
}

const endQuery = SUBMIT_QUERY.extend({
  form: z.enum(BATCH_FORMS).meta({ description: 'Of the file' }),
  gzip: z.enum(['true', 'false']).default('false').meta({ description: 'Whether the file is packed' }),
});

function endRoute(services: BatchServices): Route {
  return {
    ...oneUpload,
    method: 'post',
    path: '/batches/v1/uploads/{uploadId}/completion',
    operationId: 'completeUpload',
    summary: 'Make a batch of an upload',
    description:
      'As `POST /batches/v1/batches` does of a file. Asked again it gives the same batch. Of a file that is refused the upload stays.',
    requestHeaders: MANDATE_HEADER,
    query: endQuery,
    body: { kind: 'none' },
    answers: { 202: { description: 'The file was taken in', headers: { Location: 'How far the batch is' } } },
    handle: async (request) => {
      const { dryRun, fileName, canary, form, gzip } = request.query as z.output<typeof endQuery>;
      const upload = await findUpload(services, request);
      const canaryRows = canary === undefined ? undefined : Number(canary);
      const file = { form, fileName, runsAtOnce: dryRun === 'false', canaryRows };
      const acting = await representedOf(services, request);
      const access = { ...agencyAccessOf(request), ...(acting && { acting }) };
      const unpack = (parts: AsyncIterable<Buffer>) =>
        gzip === 'true' ? unpackGzip(parts, LARGEST_FILE_BYTES) : parts;
      const batchId = await submitUpload(services, access, upload, file, unpack).catch(refuseFile);
      return { status: 202, headers: { Location: batchAddress(services, batchId) } };
    },
  };
}

/** Finds the upload that the path names; throws a `Refusal` (404) for one that is not the caller's organisation's. */
async function findUpload(services: BatchServices, request: Request): Promise<StoredUpload> {
  const upload = await consultUpload(services, agencyAccessOf(request), request.params.uploadId ?? '');
  if (upload === undefined) throw new Refusal(resourceNotFound('uploadId'));
  return upload;
}

function addressOf({ settings }: BatchServices, uploadId: string): string {
  return `${settings.publicUrl}/batches/v1/uploads/${uploadId}`;
}

/** The draft writes whether all of it came as a boolean of structured fields (RFC 9651). */
function stateOf({ received, batchId }: StoredUpload): Record<string, string> {
  return { 'Upload-Offset': String(received), 'Upload-Complete': batchId === null ? '?0' : '?1' };
}

function offsetIn({ headers }: Request): number {
  const text = headers['upload-offset'] ?? '';
  if (!/^\d{1,12}$/.test(text)) throw refused('Upload-Offset', 'expected a whole number of bytes');
  return Number(text);
}

function digestIn({ headers }: Request): Buffer {
  const [, text] = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(headers['content-digest'] ?? '') ?? [];
  if (text === undefined) throw refused('Content-Digest', 'expected sha-256=:…:');
  return Buffer.from(text, 'base64');
}

function refused(name: string, detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'header', name, detail)]));
}
