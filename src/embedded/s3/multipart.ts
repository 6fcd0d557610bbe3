/** Operations of a multipart upload: create, put a part, list, abort. */
import { attributesOfRequest, checksumHeaders } from './attributes.ts';
import { receiveBody } from './body.ts';
import { type Call, numberParameter, quoted, type Reply, receiveNothing, xmlReply } from './call.ts';
import { parseAlgorithm } from './checksum.ts';
import { compareKeys } from './key-index.ts';
import { lockOfRequest } from './lock.ts';
import { PUT_BYTES } from './put.ts';
import { Refusal } from './refusal.ts';
import type { PartRecord, Upload } from './uploads.ts';
import { branch, document, leaf } from './xml.ts';

const PARTS = 10_000;
const PAGE = 1000;

/** Begins an upload. What the object gets besides its bytes is said here. */
export async function createUpload(call: Call): Promise<Reply> {
  const { stores, bucket: name, key, headers } = call;
  await receiveNothing(call);
  const bucket = await stores.buckets.get(name);
  lockOfRequest(headers, bucket.lock, stores.now());
  const upload = await stores.uploads.create(name, {
    ...attributesOfRequest(headers),
    key,
    initiated: stores.now(),
    checksum: checksumOfUpload(headers),
    lockHeaders: Object.fromEntries(
      [...headers].filter(([header]) => header.startsWith('x-amz-object-lock-')),
    ),
  });
  const { uploadId, checksum } = upload;
  return xmlReply(
    document(
      'InitiateMultipartUploadResult',
      leaf('Bucket', name),
      leaf('Key', key),
      leaf('UploadId', uploadId),
    ),
    checksum === undefined
      ? {}
      : {
          'x-amz-checksum-algorithm': checksum.algorithm.toUpperCase(),
          'x-amz-checksum-type': checksum.type,
        },
  );
}

/** Stores one part, in place of an earlier one of the same number. */
export async function putPart(call: Call): Promise<Reply> {
  const { stores, bucket, key, query } = call;
  const uploadId = query.get('uploadId') ?? '';
  const number = numberParameter(call, 'partNumber', 1, PARTS);
  if (number === undefined) throw new Refusal('InvalidArgument', 'partNumber is missing.');
  await stores.buckets.get(bucket);
  const upload = await stores.uploads.get(bucket, key, uploadId);
  const file = stores.uploads.createFile();
  try {
    const body = await receiveBody(call, PUT_BYTES, (chunk) => file.write(chunk));
    const { size, etag, checksum } = body;
    if (upload.checksum !== undefined && upload.checksum.algorithm !== checksum?.algorithm) {
      throw new Refusal(
        'InvalidRequest',
        'Each part needs a checksum of the algorithm the upload began with.',
      );
    }
    const modified = Math.floor(stores.now() / 1000) * 1000;
    const part: PartRecord = { number, size, etag, checksum, modified };
    await stores.uploads.putPart(bucket, uploadId, part, file);
    return { status: 200, headers: { ETag: quoted(etag), ...checksumHeaders(part) } };
  } finally {
    await file.discard();
  }
}

/** Forgets an upload and its parts. */
export async function abortUpload(call: Call): Promise<Reply> {
  const { stores, bucket, key, query } = call;
  await receiveNothing(call);
  const { uploadId } = await stores.uploads.get(bucket, key, query.get('uploadId') ?? '');
  await stores.uploads.remove(bucket, uploadId);
  return { status: 204 };
}

/** Lists the parts an upload has so far. */
export async function listParts(call: Call): Promise<Reply> {
  const { stores, bucket, key, query } = call;
  await receiveNothing(call);
  const { uploadId } = await stores.uploads.get(bucket, key, query.get('uploadId') ?? '');
  const marker = numberParameter(call, 'part-number-marker', 0, PARTS) ?? 0;
  const most = Math.min(numberParameter(call, 'max-parts', 1, 2 ** 31 - 1) ?? PAGE, PAGE);
  const left = (await stores.uploads.listParts(bucket, uploadId)).filter(({ number }) => number > marker);
  const page = left.slice(0, most);
  return xmlReply(
    document(
      'ListPartsResult',
      leaf('Bucket', bucket),
      leaf('Key', key),
      leaf('UploadId', uploadId),
      leaf('PartNumberMarker', marker),
      leaf('NextPartNumberMarker', page.at(-1)?.number),
      leaf('MaxParts', most),
      leaf('IsTruncated', left.length > page.length),
      ...page.map(partElement),
      leaf('StorageClass', 'STANDARD'),
    ),
  );
}

/** Lists the uploads of a bucket that have neither been completed nor aborted. */
export async function listUploads(call: Call): Promise<Reply> {
  const { stores, bucket, query } = call;
  await receiveNothing(call);
  await stores.buckets.get(bucket);
  const prefix = query.get('prefix') ?? '';
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const most = Math.min(numberParameter(call, 'max-uploads', 1, 2 ** 31 - 1) ?? PAGE, PAGE);
  const isAfter = ({ key, uploadId }: Upload) => {
    const order = compareKeys(key, keyMarker);
    return order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker);
  };
  const left = (await stores.uploads.list(bucket))
    .filter((upload) => upload.key.startsWith(prefix) && isAfter(upload))
    .sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.uploadId, b.uploadId));
  const page = left.slice(0, most);
  const last = left.length > page.length ? page.at(-1) : undefined;
  return xmlReply(
    document(
      'ListMultipartUploadsResult',
      leaf('Bucket', bucket),
      leaf('Prefix', prefix),
      leaf('KeyMarker', keyMarker),
      leaf('UploadIdMarker', idMarker),
      leaf('NextKeyMarker', last?.key),
      leaf('NextUploadIdMarker', last?.uploadId),
      leaf('MaxUploads', most),
      leaf('IsTruncated', last !== undefined),
      ...page.map(uploadElement),
    ),
  );
}

function checksumOfUpload(headers: ReadonlyMap<string, string>): Upload['checksum'] {
  const name = headers.get('x-amz-checksum-algorithm');
  const type = headers.get('x-amz-checksum-type');
  if (name === undefined) {
    if (type !== undefined) throw new Refusal('InvalidRequest', 'x-amz-checksum-type needs an algorithm.');
    return undefined;
  }
  const algorithm = parseAlgorithm(name);
  if (type !== undefined && type !== 'COMPOSITE' && type !== 'FULL_OBJECT')
    throw new Refusal('InvalidArgument');
  if (type === 'FULL_OBJECT' && !algorithm.startsWith('crc')) {
    throw new Refusal('InvalidRequest', `The FULL_OBJECT checksum type cannot be used with ${name}.`);
  }
  return { algorithm, type: type ?? 'COMPOSITE' };
}

function partElement({ number, modified, etag, size, checksum }: PartRecord): string {
  return branch(
    'Part',
    leaf('PartNumber', number),
    leaf('LastModified', new Date(modified).toISOString()),
    leaf('ETag', quoted(etag)),
    leaf('Size', size),
    checksum === undefined ? '' : leaf(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value),
  );
}

function uploadElement({ key, uploadId, initiated, checksum }: Upload): string {
  return branch(
    'Upload',
    leaf('Key', key),
    leaf('UploadId', uploadId),
    leaf('Initiated', new Date(initiated).toISOString()),
    leaf('StorageClass', 'STANDARD'),
    leaf('ChecksumAlgorithm', checksum?.algorithm.toUpperCase()),
    leaf('ChecksumType', checksum?.type),
  );
}
