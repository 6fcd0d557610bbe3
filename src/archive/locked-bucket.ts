/** A bucket under object lock: what was stored in it can be neither replaced nor deleted by anybody before its time. */
import { createHash } from 'node:crypto';
import { GetObjectLockConfigurationCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ServiceError } from '../errors.ts';
import {
  type BucketAddress,
  fetchObject,
  listKeys,
  openClient,
  prepareBucket,
  storeOnce,
  unavailable,
} from './bucket.ts';

export interface LockedBucket {
  /** Makes the bucket where it is not there yet. Throws `configurationInvalid` for one without object lock. */
  prepare(): Promise<void>;
  /**
   * Stores an object in mode COMPLIANCE until a moment: nobody can shorten that, the owner of the bucket included.
   * `existing` means that the key has an object already. Throws `archiveUnavailable`.
   */
  store(key: string, object: Buffer, until: Date): Promise<'stored' | 'existing'>;
  /** Fetches an object. Throws `archiveUnavailable`, or `recordMissing` when there is none under this key. */
  fetch(key: string): Promise<Buffer>;
  /** Gives the keys that begin so, in their order. Throws `archiveUnavailable`. */
  list(prefix: string): AsyncGenerator<string>;
  close(): void;
}

/** Opens a locked bucket. Nothing is connected until the first call. */
export function openLockedBucket(address: BucketAddress, { timeoutMs = 30_000 } = {}): LockedBucket {
  const client = openClient(address, timeoutMs);
  const { bucket } = address;
  return {
    prepare: async () => {
      await prepareBucket(client, bucket, true);
      await checkLock(client, bucket);
    },
    store: (key, object, until) =>
      storeOnce(client, bucket, key, object, {
        sha256: createHash('sha256').update(object).digest(),
        retention: { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until },
      }),
    fetch: (key) => fetchObject(client, bucket, key),
    list: (prefix) => listKeys(client, bucket, prefix),
    close: () => client.destroy(),
  };
}

/** Object lock is a property with which a bucket is made; where it is missing, everything in it could be deleted. */
async function checkLock(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof S3ServiceException) || error.name !== 'ObjectLockConfigurationNotFoundError')
      throw unavailable(error);
    throw new ServiceError(
      'configurationInvalid',
      `EVIDENCE_BUCKET ${bucket} has no object lock; name another bucket or make it with object lock`,
      { cause: error },
    );
  }
}
