/** Which operation a request means, and what it may say; whatever is not named here is refused, never ignored. */
import {
  deleteTags,
  getLegalHold,
  getRetention,
  getTags,
  putLegalHold,
  putRetention,
  putTags,
} from './amendments.ts';
import type { Run } from './call.ts';
import { completeUpload } from './complete.ts';
import { deleteObjects } from './delete-objects.ts';
import { deleteObject, getObject, headObject, REPLY_PARAMETERS } from './get.ts';
import { listBuckets, listObjects } from './listing.ts';
import { abortUpload, createUpload, listParts, listUploads, putPart } from './multipart.ts';
import { copyObject, putObject } from './put.ts';
import { Refusal } from './refusal.ts';
import type { S3Request } from './request.ts';
import {
  createBucket,
  deleteBucket,
  getLockConfiguration,
  getVersioning,
  headBucket,
  putLockConfiguration,
} from './settings.ts';

export interface Operation {
  /** S3's name of it. */
  readonly name: string;
  readonly run: Run;
  readonly method: string;
  readonly on: 'server' | 'bucket' | 'object';
  /** A parameter or header that must be there for this operation to be meant. */
  readonly marker: string | undefined;
  /** Further parameters and `x-amz-` headers it takes; a header ending in `-` stands for all that begin so. */
  readonly takes: readonly string[];
}

const CHECKSUMS = [
  'x-amz-checksum-',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-trailer',
  'x-amz-decoded-content-length',
];
const ATTRIBUTES = ['x-amz-meta-', 'x-amz-object-lock-', 'x-amz-storage-class', 'x-amz-tagging'];
const COPY = ['x-amz-copy-source-if-', 'x-amz-metadata-directive', 'x-amz-tagging-directive'];
const READ = ['versionId', 'x-amz-checksum-mode', ...Object.keys(REPLY_PARAMETERS)];
const LIST = [
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
];
const LIST_UPLOADS = ['prefix', 'key-marker', 'upload-id-marker', 'max-uploads'];
const BYPASS = 'x-amz-bypass-governance-retention';

/** Of two operations that fit, the first is meant; so those with a marker stand before those without. */
const OPERATIONS: readonly Operation[] = [
  operation('ListBuckets', listBuckets, 'GET', 'server'),
  operation('GetBucketVersioning', getVersioning, 'GET', 'bucket', 'versioning'),
  operation('GetObjectLockConfiguration', getLockConfiguration, 'GET', 'bucket', 'object-lock'),
  operation('ListMultipartUploads', listUploads, 'GET', 'bucket', 'uploads', LIST_UPLOADS),
  operation('ListObjectsV2', listObjects, 'GET', 'bucket', 'list-type', LIST),
  operation('PutObjectLockConfiguration', putLockConfiguration, 'PUT', 'bucket', 'object-lock', CHECKSUMS),
  operation('DeleteObjects', deleteObjects, 'POST', 'bucket', 'delete', [...CHECKSUMS, BYPASS]),
  operation('CreateBucket', createBucket, 'PUT', 'bucket', undefined, [
    ...CHECKSUMS,
    'x-amz-bucket-object-lock-enabled',
  ]),
  operation('HeadBucket', headBucket, 'HEAD', 'bucket'),
  operation('DeleteBucket', deleteBucket, 'DELETE', 'bucket'),
  operation('GetObjectTagging', getTags, 'GET', 'object', 'tagging', ['versionId']),
  operation('GetObjectRetention', getRetention, 'GET', 'object', 'retention', ['versionId']),
  operation('GetObjectLegalHold', getLegalHold, 'GET', 'object', 'legal-hold', ['versionId']),
  operation('ListParts', listParts, 'GET', 'object', 'uploadId', ['max-parts', 'part-number-marker']),
  operation('PutObjectTagging', putTags, 'PUT', 'object', 'tagging', ['versionId', ...CHECKSUMS]),
  operation('PutObjectRetention', putRetention, 'PUT', 'object', 'retention', [
    'versionId',
    BYPASS,
    ...CHECKSUMS,
  ]),
  operation('PutObjectLegalHold', putLegalHold, 'PUT', 'object', 'legal-hold', ['versionId', ...CHECKSUMS]),
  operation('UploadPart', putPart, 'PUT', 'object', 'uploadId', ['partNumber', ...CHECKSUMS]),
  operation('CopyObject', copyObject, 'PUT', 'object', 'x-amz-copy-source', [
    ...ATTRIBUTES,
    ...COPY,
    'x-amz-checksum-algorithm',
  ]),
  operation('PutObject', putObject, 'PUT', 'object', undefined, [...ATTRIBUTES, ...CHECKSUMS]),
  operation('CreateMultipartUpload', createUpload, 'POST', 'object', 'uploads', [
    ...ATTRIBUTES,
    'x-amz-checksum-algorithm',
    'x-amz-checksum-type',
  ]),
  operation('CompleteMultipartUpload', completeUpload, 'POST', 'object', 'uploadId', [
    ...CHECKSUMS,
    'x-amz-mp-object-size',
  ]),
  operation('DeleteObjectTagging', deleteTags, 'DELETE', 'object', 'tagging', ['versionId']),
  operation('AbortMultipartUpload', abortUpload, 'DELETE', 'object', 'uploadId'),
  operation('GetObject', getObject, 'GET', 'object', undefined, READ),
  operation('HeadObject', headObject, 'HEAD', 'object', undefined, READ),
  operation('DeleteObject', deleteObject, 'DELETE', 'object', undefined, ['versionId', BYPASS]),
];

/** What every request may carry: the signature, and what names the client or the operation. */
const COMMON = [
  'x-id',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-user-agent',
  'X-Amz-Algorithm',
  'X-Amz-Content-Sha256',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
];

/**
 * Finds the operation a request means. Throws `MethodNotAllowed`, or `NotImplemented` for an operation, parameter or
 * `x-amz-` header not known to it: an encryption or an access list silently passed over would be a promise broken.
 */
export function findOperation(request: S3Request): Operation {
  const { method, query, headers, headerNames } = request;
  const on = request.key === undefined ? (request.bucket === undefined ? 'server' : 'bucket') : 'object';
  const candidates = OPERATIONS.filter((one) => one.method === method && one.on === on);
  if (candidates.length === 0) throw new Refusal('MethodNotAllowed');
  const found = candidates.find(
    ({ marker }) => marker === undefined || query.has(marker) || headers.has(marker),
  );
  if (found === undefined) throw new Refusal('NotImplemented');
  const { marker = '', takes } = found;
  const taken = new Set([...COMMON, marker, ...takes]);
  const prefixes = takes.filter((name) => name.endsWith('-'));
  const asked = [...query.keys(), ...[...headerNames].filter((name) => name.startsWith('x-amz-'))];
  const unknown = asked.find(
    (name) => !taken.has(name) && !prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (unknown !== undefined) {
    throw new Refusal('NotImplemented', `${unknown} is not implemented here.`);
  }
  return found;
}

function operation(
  name: string,
  run: Run,
  method: string,
  on: Operation['on'],
  marker?: string,
  takes: readonly string[] = [],
): Operation {
  return { name, run, method, on, marker, takes };
}
