/** The archive: one S3 bucket, where each object is stored once, for good; what was never named is removed. */
import {
  type BucketAddress,
  deleteObject,
  fetchObject,
  findBucket,
  listKeys,
  listSome,
  openClient,
  prepareBucket,
  storeOnce,
} from './bucket.ts';
import { openQuickPut } from './quick-put.ts';

export type ArchiveAddress = BucketAddress;

export interface Archive {
  /** Makes the bucket where it is not there yet. */
  prepare(): Promise<void>;
  /**
   * Stores an object under a key that has none yet (`If-None-Match: *`, its SHA-256 sent along).
   * `existing` means that an earlier try stored one: that object counts, not this one.
   * Throws `archiveUnavailable`.
   */
  store(key: string, object: Buffer, sha256: Buffer): Promise<'stored' | 'existing'>;
  /** Fetches an object. Throws `archiveUnavailable`, or `recordMissing` when there is none under this key. */
  fetch(key: string): Promise<Buffer>;
  /** Gives the keys of all objects, in their order. Throws `archiveUnavailable`. */
  list(): AsyncGenerator<string>;
  /**
   * Gives the keys in a folder that come after `after`, in their order: `limit` of them (at most 1 000), fewer at the end
   * of the folder. Throws `archiveUnavailable`.
   */
  listFolder(folder: string, after: string, limit: number): Promise<readonly string[]>;
  /** Removes an object that nothing names, if it is there. Throws `archiveUnavailable`. */
  remove(key: string): Promise<void>;
  isUp(): Promise<boolean>;
  close(): void;
}

/**
 * Opens the archive. Nothing is connected until the first call; a call is tried up to three times, each of which may
 * stand still for `timeoutMs`.
 */
export function openArchive(address: ArchiveAddress, { timeoutMs = 30_000 } = {}): Archive {
  const client = openClient(address, timeoutMs);
  const quick = openQuickPut(address, timeoutMs);
  const { bucket } = address;
  return {
    prepare: () => prepareBucket(client, bucket, false),
    store: async (key, object, sha256) => {
      const outcome = await quick.put(key, object, sha256);
      if (outcome !== 'unclear') return outcome;
      return storeOnce(client, bucket, key, object, { sha256, isTried: true });
    },
    fetch: (key) => fetchObject(client, bucket, key),
    list: () => listKeys(client, bucket, ''),
    listFolder: (folder, after, limit) => listSome(client, bucket, { prefix: `${folder}/`, after, limit }),
    remove: (key) => deleteObject(client, bucket, key),
    isUp: () =>
      findBucket(client, bucket).then(
        (isThere) => isThere,
        () => false,
      ),
    close: () => {
      quick.close();
      client.destroy();
    },
  };
}
