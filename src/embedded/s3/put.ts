/** Operations that store an object: PutObject and CopyObject. */
import { createHash, randomUUID } from 'node:crypto';
import { attributesOfRequest, checksumHeaders, tagsOfHeader, versionHeader } from './attributes.ts';
import { receiveBody } from './body.ts';
import type { Bucket } from './buckets.ts';
import { type Call, quoted, type Reply, receiveNothing, xmlReply } from './call.ts';
import { type Checksum, type ChecksumAlgorithm, createDigest, parseAlgorithm } from './checksum.ts';
import { checkUnprotected, lockOfRequest } from './lock.ts';
import { copyBody, type OpenFile } from './open-file.ts';
import { checkReadConditions, writeConditionOf } from './precondition.ts';
import type { ObjectAttributes, ObjectLock, ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { parseCopySource } from './request.ts';
import { document, leaf } from './xml.ts';

/** The most bytes of one PUT or part: 5 GiB, as in S3. */
export const PUT_BYTES = 5 * 1024 ** 3;

/** Stores the body of the request under its key and returns when that is on the disk. */
export async function putObject(call: Call): Promise<Reply> {
  const { stores, bucket: name, key, headers } = call;
  const bucket = await stores.buckets.get(name);
  const attributes = attributesOfRequest(headers);
  const condition = writeConditionOf(headers);
  lockOfRequest(headers, bucket.lock, stores.now());
  const file = stores.objects.createFile();
  try {
    const body = await receiveBody(call, PUT_BYTES, (chunk) => file.write(chunk), 'anyHash');
    const now = stores.now();
    const lock = lockOfRequest(headers, bucket.lock, now);
    if (!body.isVouchedFor) checkVouched(lock);
    const { size, etag, checksum } = body;
    const record = newRecord({ key, size, etag, checksum, ...attributes, ...lock }, bucket, now);
    await stores.objects.publish(name, record, file, condition, (current) =>
      checkUnprotected(current, now, false),
    );
    return {
      status: 200,
      headers: { ETag: quoted(etag), ...checksumHeaders(record), ...versionHeader(record) },
    };
  } finally {
    await file.discard();
  }
}

/** Stores the bytes of one object under another key, or under its own with other attributes. */
export async function copyObject(call: Call): Promise<Reply> {
  const { stores, bucket: name, key, headers } = call;
  await receiveNothing(call);
  const bucket = await stores.buckets.get(name);
  const source = parseCopySource(headers.get('x-amz-copy-source') ?? '');
  const isReplaced = directiveOf(headers, 'x-amz-metadata-directive');
  if (source.bucket === name && source.key === key && !isReplaced) {
    throw new Refusal('InvalidRequest', 'A copy of an object onto itself must change its attributes.');
  }
  await stores.buckets.get(source.bucket);
  const open = await stores.objects.open(source.bucket, source.key, source.versionId);
  const file = stores.objects.createFile();
  try {
    checkReadConditions(headers, open.record, 'x-amz-copy-source-');
    const attributes = attributesOfCopy(headers, open.record, isReplaced);
    const { etag, checksum } = await copyBytes(open, headers, (chunk) => file.write(chunk));
    const now = stores.now();
    const lock = lockOfRequest(headers, bucket.lock, now);
    const { size } = open.record;
    const record = newRecord({ key, size, etag, checksum, ...attributes, ...lock }, bucket, now);
    await stores.objects.publish(name, record, file, writeConditionOf(headers), (current) =>
      checkUnprotected(current, now, false),
    );
    return copyReply(record, open.record);
  } finally {
    await open.handle.close();
    await file.discard();
  }
}

/** Completes a record with what the server adds: time, and a version where the bucket has object lock. */
export function newRecord(
  record: Omit<ObjectRecord, 'modified' | 'versionId'>,
  bucket: Bucket,
  now: number,
): ObjectRecord {
  // HTTP dates have whole seconds; a listing must not tell another time.
  const modified = Math.floor(now / 1000) * 1000;
  return { ...record, modified, versionId: bucket.lock && randomUUID() };
}

/** S3 takes an object under retention or hold only with Content-MD5 or a checksum. Throws `InvalidRequest`. */
function checkVouched(lock: ObjectLock): void {
  if (lock.retention !== undefined || lock.hasLegalHold !== undefined) {
    throw new Refusal(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  }
}

function attributesOfCopy(
  headers: ReadonlyMap<string, string>,
  source: ObjectRecord,
  isReplaced: boolean,
): ObjectAttributes {
  const own = attributesOfRequest(headers);
  const tags = directiveOf(headers, 'x-amz-tagging-directive')
    ? tagsOfHeader(headers.get('x-amz-tagging'))
    : source.tags;
  const { headers: kept, metadata } = isReplaced ? own : source;
  return { headers: kept, metadata, tags };
}

/** Whether a directive says REPLACE and not COPY. Throws `InvalidArgument`. */
function directiveOf(headers: ReadonlyMap<string, string>, name: string): boolean {
  const directive = headers.get(name) ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw new Refusal('InvalidArgument', `${name} is not known.`);
  return directive === 'REPLACE';
}

/** ETag and checksum are computed anew: those of a multipart object say how it came, not what it is. */
async function copyBytes(
  source: OpenFile<ObjectRecord>,
  headers: ReadonlyMap<string, string>,
  sink: (chunk: Buffer) => Promise<void> | void,
): Promise<{ etag: string; checksum: Checksum | undefined }> {
  const asked = headers.get('x-amz-checksum-algorithm');
  const algorithm: ChecksumAlgorithm | undefined =
    asked === undefined ? source.record.checksum?.algorithm : parseAlgorithm(asked);
  const md5 = createHash('md5');
  const digest = algorithm && createDigest(algorithm);
  await copyBody(source, (chunk) => {
    md5.update(chunk);
    digest?.update(chunk);
    return sink(chunk);
  });
  const checksum: Checksum | undefined = algorithm &&
    digest && { algorithm, value: digest.digest().toString('base64'), type: 'FULL_OBJECT' };
  return { etag: md5.digest('hex'), checksum };
}

function copyReply(record: ObjectRecord, source: ObjectRecord): Reply {
  const { checksum } = record;
  return xmlReply(
    document(
      'CopyObjectResult',
      leaf('ETag', quoted(record.etag)),
      leaf('LastModified', new Date(record.modified).toISOString()),
      checksum === undefined ? '' : leaf(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value),
      leaf('ChecksumType', checksum?.type),
    ),
    {
      ...versionHeader(record),
      ...(source.versionId !== undefined && { 'x-amz-copy-source-version-id': source.versionId }),
    },
  );
}
