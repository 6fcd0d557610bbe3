/** What every bucket of ours does: an object is stored once under its key, whole and checked, and fetched again. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  NoSuchKey,
  type ObjectLockMode,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { describeError, ServiceError } from '../errors.ts';

/** A bucket and who may use it. */
export interface BucketAddress {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const ATTEMPTS = 3;

/** Makes a client. A call is tried up to three times, each of which may stand still for `timeoutMs`. */
export function openClient(address: BucketAddress, timeoutMs: number): S3Client {
  return new S3Client({
    endpoint: address.endpoint,
    region: address.region,
    forcePathStyle: true,
    credentials: { accessKeyId: address.accessKeyId, secretAccessKey: address.secretAccessKey },
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, 5_000),
      // Without the second setting the first one only warns.
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      // The body of an answer is waited for after the request has ended.
      socketTimeout: timeoutMs,
    },
  });
}

/** Makes the bucket where it is not there yet. */
export async function prepareBucket(client: S3Client, bucket: string, isLocked: boolean): Promise<void> {
  if (await findBucket(client, bucket)) return;
  try {
    await client.send(
      new CreateBucketCommand({ Bucket: bucket, ...(isLocked && { ObjectLockEnabledForBucket: true }) }),
    );
  } catch (error) {
    // 409: another process made it at the same moment.
    if (statusOf(error) !== 409 || !(await findBucket(client, bucket))) throw unavailable(error);
  }
}

/** Tells whether the bucket is there. Throws `archiveUnavailable`. */
export async function findBucket(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw unavailable(error);
  }
}

/** Until when nobody, whoever they are, may replace or delete an object. */
export interface Retention {
  readonly ObjectLockMode: ObjectLockMode;
  readonly ObjectLockRetainUntilDate: Date;
}

interface StoreOptions {
  /** Of the object. */
  readonly sha256: Buffer;
  /** Whether it was tried once already, with an answer that leaves open what became of it. */
  readonly isTried?: boolean;
  readonly retention?: Retention;
}

/** Stores an object under a key that has none yet; `existing` where an earlier try stored one. */
export async function storeOnce(
  client: S3Client,
  bucket: string,
  key: string,
  object: Buffer,
  { sha256, isTried = false, retention }: StoreOptions,
): Promise<'stored' | 'existing'> {
  for (let attempt = isTried ? 2 : 1; ; attempt += 1) {
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: object,
          ContentType: 'application/octet-stream',
          ChecksumSHA256: sha256.toString('base64'),
          IfNoneMatch: '*',
          ...retention,
        }),
      );
      return 'stored';
    } catch (error) {
      // 412: the key has an object. 409: another PUT of the same key is under way; who wins is known a moment later.
      if (statusOf(error) === 412) return 'existing';
      if (statusOf(error) !== 409 || attempt === ATTEMPTS) throw unavailable(error);
    }
  }
}

/** Fetches an object. Throws `archiveUnavailable`, or `recordMissing` when there is none under this key. */
export async function fetchObject(client: S3Client, bucket: string, key: string): Promise<Buffer> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (error instanceof NoSuchKey)
      throw new ServiceError('recordMissing', `the archive has no object ${key}`, { cause: error });
    throw unavailable(error);
  }
}

/** Deletes an object; none under this key is as good. Throws `archiveUnavailable`. */
export async function deleteObject(client: S3Client, bucket: string, key: string): Promise<void> {
  try {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    if (statusOf(error) !== 404) throw unavailable(error);
  }
}

/** Gives some keys that begin so and come after `after`, in their order. Throws `archiveUnavailable`. */
export async function listSome(
  client: S3Client,
  bucket: string,
  { prefix, after, limit }: { readonly prefix: string; readonly after: string; readonly limit: number },
): Promise<string[]> {
  const page = await client
    .send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        ...(after !== '' && { StartAfter: after }),
      }),
    )
    .catch((error: unknown) => {
      throw unavailable(error);
    });
  return (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
}

/** Gives the keys that begin so, in their order. Throws `archiveUnavailable`. */
export async function* listKeys(client: S3Client, bucket: string, prefix: string): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch((error: unknown) => {
        throw unavailable(error);
      });
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** What every fault of the store becomes. */
export function unavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'archiveUnavailable',
    `the archive did not take the request: ${describeError(cause)}`,
    { cause },
  );
}
