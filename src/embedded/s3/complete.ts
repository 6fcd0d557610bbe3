/** CompleteMultipartUpload: makes one object of the parts named, in one step for every reader. */
import { createHash } from 'node:crypto';
import { checksumHeaders, versionHeader } from './attributes.ts';
import { type Call, quoted, type Reply, receiveXml, unquoted, xmlReply } from './call.ts';
import {
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type ChecksumAlgorithm,
  createDigest,
  joinChecksums,
  parseAlgorithm,
} from './checksum.ts';
import { checkUnprotected, lockOfRequest } from './lock.ts';
import { copyBody } from './open-file.ts';
import { writeConditionOf } from './precondition.ts';
import { newRecord } from './put.ts';
import type { ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import type { TemporaryFile } from './temporary-file.ts';
import type { PartRecord, Upload } from './uploads.ts';
import { document, type Element, leaf, parseXml, requiredText, textOf } from './xml.ts';

/** S3's least size of every part but the last. */
const LEAST_PART_BYTES = 5 * 1024 ** 2;

/** A part as the client names it. */
interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: readonly (readonly [ChecksumAlgorithm, string])[];
}

interface Joined {
  readonly size: number;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
}

/** Joins the parts, stores the object, and then forgets the upload. Completing twice gives the same answer twice. */
export async function completeUpload(call: Call): Promise<Reply> {
  const { stores, bucket: name, key, headers, query } = call;
  const parts = parseParts(await receiveXml(withoutChecksum(call)));
  const bucket = await stores.buckets.get(name);
  const uploadId = query.get('uploadId') ?? '';
  const upload = await findUpload(call, uploadId, parts);
  if ('etag' in upload) return completeReply(call, upload);
  const file = stores.objects.createFile();
  try {
    const joined = await joinParts(call, upload, parts, file);
    checkClaims(headers, joined);
    const now = stores.now();
    const lock = lockOfRequest(new Map(Object.entries(upload.lockHeaders)), bucket.lock, now);
    const { headers: kept, metadata, tags } = upload;
    const record = newRecord(
      { key, uploadId, ...joined, headers: kept, metadata, tags, ...lock },
      bucket,
      now,
    );
    await stores.objects.publish(name, record, file, writeConditionOf(headers), (current) =>
      checkUnprotected(current, now, false),
    );
    await stores.uploads.remove(name, uploadId);
    return completeReply(call, record);
  } finally {
    await file.discard();
  }
}

/** The upload, or the object it became already: the answer to an earlier request may have been lost. */
async function findUpload(
  { stores, bucket, key }: Call,
  uploadId: string,
  parts: readonly NamedPart[],
): Promise<Upload | ObjectRecord> {
  try {
    return await stores.uploads.get(bucket, key, uploadId);
  } catch (refusal) {
    const record = await stores.objects.read(bucket, key).catch(() => undefined);
    if (record?.uploadId === uploadId && record.etag === etagOf(parts)) return record;
    throw refusal;
  }
}

async function joinParts(
  call: Call,
  upload: Upload,
  parts: readonly NamedPart[],
  file: TemporaryFile,
): Promise<Joined> {
  const whole = upload.checksum?.type === 'FULL_OBJECT' ? createDigest(upload.checksum.algorithm) : undefined;
  const records: PartRecord[] = [];
  for (const [index, part] of parts.entries()) {
    const open = await call.stores.uploads.openPart(call.bucket, upload.uploadId, part.number);
    try {
      if (open === undefined || !isNamed(open.record, part)) throw new Refusal('InvalidPart');
      if (open.record.size < LEAST_PART_BYTES && index < parts.length - 1)
        throw new Refusal('EntityTooSmall');
      records.push(open.record);
      await copyBody(open, (chunk) => {
        whole?.update(chunk);
        return file.write(chunk);
      });
    } finally {
      await open?.handle.close();
    }
  }
  return {
    size: records.reduce((sum, { size }) => sum + size, 0),
    etag: etagOf(parts),
    checksum:
      whole && upload.checksum
        ? { ...upload.checksum, value: whole.digest().toString('base64') }
        : compositeOf(records),
  };
}

/** A checksum of the object exists only where all parts have one of the same kind. */
function compositeOf(parts: readonly PartRecord[]): Checksum | undefined {
  const algorithm = parts[0]?.checksum?.algorithm;
  const values = parts.map(({ checksum }) =>
    checksum?.algorithm === algorithm ? checksum?.value : undefined,
  );
  const known = values.filter((value) => value !== undefined);
  return algorithm !== undefined && known.length === parts.length
    ? joinChecksums(algorithm, known)
    : undefined;
}

/** S3's ETag of a multipart object: the MD5 of the MD5s of its parts, and their number. */
function etagOf(parts: readonly NamedPart[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

function isNamed(record: PartRecord, part: NamedPart): boolean {
  return (
    record.etag === part.etag &&
    part.checksums.every(
      ([algorithm, value]) => record.checksum?.algorithm === algorithm && record.checksum.value === value,
    )
  );
}

/** Throws `MalformedXML`, `InvalidPart` or `InvalidPartOrder`. */
function parseParts(text: string): NamedPart[] {
  const parts = parseXml(text, 'CompleteMultipartUpload').children.map(parsePart);
  if (parts.length === 0) throw new Refusal('MalformedXML');
  const isAscending = parts.every(
    (part, index) => index === 0 || part.number > (parts[index - 1]?.number ?? 0),
  );
  if (!isAscending) throw new Refusal('InvalidPartOrder');
  return parts;
}

function parsePart(element: Element): NamedPart {
  const number = Number(requiredText(element, 'PartNumber'));
  const etag = unquoted(requiredText(element, 'ETag'));
  if (element.name !== 'Part' || !Number.isInteger(number)) throw new Refusal('MalformedXML');
  if (number < 1 || !/^[0-9a-f]{32}$/.test(etag)) throw new Refusal('InvalidPart');
  const checksums = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = textOf(element, `Checksum${algorithm.toUpperCase()}`);
    return value === undefined ? [] : [[algorithm, value] as const];
  });
  return { number, etag, checksums };
}

/** The checksum headers of this request speak of the object, not of its own body. */
function withoutChecksum(call: Call): Call {
  const headers = new Map([...call.headers].filter(([name]) => !name.startsWith('x-amz-checksum-')));
  return { ...call, request: { ...call.request, headers } };
}

function checkClaims(headers: ReadonlyMap<string, string>, { size, checksum }: Joined): void {
  const claimedSize = headers.get('x-amz-mp-object-size');
  if (claimedSize !== undefined && Number(claimedSize) !== size) {
    throw new Refusal('InvalidRequest', 'x-amz-mp-object-size is not the size of the parts together.');
  }
  const type = headers.get('x-amz-checksum-type');
  if (type !== undefined && type !== checksum?.type) {
    throw new Refusal('InvalidRequest', 'x-amz-checksum-type is not that of the upload.');
  }
  for (const [name, value] of headers) {
    const [, algorithm] = /^x-amz-checksum-(?!type$|algorithm$)(.*)$/.exec(name) ?? [];
    if (algorithm === undefined) continue;
    const isSame =
      parseAlgorithm(algorithm) === checksum?.algorithm &&
      withoutCount(value) === withoutCount(checksum.value);
    if (!isSame) throw new Refusal('BadDigest');
  }
}

/** A composite checksum may be sent with the number of parts or without. */
function withoutCount(value: string): string {
  return value.replace(/-\d+$/, '');
}

function completeReply({ bucket, key }: Call, record: ObjectRecord): Reply {
  const { etag, checksum } = record;
  const headers = { ...versionHeader(record), ...checksumHeaders(record) };
  return xmlReply(
    document(
      'CompleteMultipartUploadResult',
      leaf('Bucket', bucket),
      leaf('Key', key),
      leaf('ETag', quoted(etag)),
      checksum === undefined ? '' : leaf(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value),
      leaf('ChecksumType', checksum?.type),
    ),
    headers,
  );
}
