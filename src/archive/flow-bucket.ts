/** The bucket where files of flows, encrypted to their receivers, are put down for them to fetch. */
import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type BucketAddress, fetchObject, openClient, prepareBucket, unavailable } from './bucket.ts';

/** A file on its way; its bytes are made as they are sent. */
export interface PutFile {
  /** `<enterprise number>/<flow>/<run number>/<file name>`. */
  readonly key: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly open: () => AsyncIterable<Buffer>;
}

export interface FlowBucket {
  /** Makes the bucket where it is not there yet. */
  prepare(): Promise<void>;
  /** Puts a file down, also in place of one that an earlier try put there. Throws `archiveUnavailable`. */
  put(file: PutFile): Promise<void>;
  /** Fetches a file as its receiver does. Throws `archiveUnavailable`, or `recordMissing`. */
  fetch(key: string): Promise<Buffer>;
  close(): void;
}

/** Opens the bucket. Nothing is connected until the first call. */
export function openFlowBucket(address: BucketAddress, { timeoutMs = 30_000 } = {}): FlowBucket {
  const client = openClient(address, timeoutMs);
  const { bucket } = address;
  return {
    prepare: () => prepareBucket(client, bucket, false),
    put: async ({ key, bytes, sha256, open }) => {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: Readable.from(open(), { objectMode: false }),
            ContentLength: bytes,
            ContentType: 'application/pkcs7-mime',
            ChecksumSHA256: sha256.toString('base64'),
          }),
        );
      } catch (error) {
        throw unavailable(error);
      }
    },
    fetch: (key) => fetchObject(client, bucket, key),
    close: () => client.destroy(),
  };
}
