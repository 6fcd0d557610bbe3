/** The objects of all buckets: published, replaced, amended and removed so that no reader and no crash sees a half. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FolderSync } from './folders.ts';
import { nameOfKey } from './key-name.ts';
import { type Layout, LOCKS } from './layout.ts';
import { FolderMutex } from './mutex.ts';
import { copyBody, type OpenFile, openFile, readFileRecord } from './open-file.ts';
import { ownProcessId } from './process-id.ts';
import { encodeRecord, type ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { isMissing } from './system-error.ts';
import { TemporaryFile } from './temporary-file.ts';

/** What must hold of the key when an object is published or removed. */
export interface WriteCondition {
  /** `If-None-Match: *` */
  readonly mustBeNew: boolean;
  /** `If-Match`: an ETag without quotes, or `*`. */
  readonly etag: string | undefined;
}

/** Throws when the object there must stay as it is. */
type Guard = (current: ObjectRecord) => void;

export class Objects {
  readonly #layout: Layout;
  readonly #sync = new FolderSync();
  readonly #locks: readonly FolderMutex[];
  /** What is being published: seen by readers already, but perhaps not yet on the disk. */
  readonly #publishing = new Map<string, Set<Promise<unknown>>>();

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#locks = Array.from(
      { length: LOCKS },
      (_, number) => new FolderMutex(layout.lock(number), ownProcessId()),
    );
  }

  /** Opens an object. Throws `NoSuchKey`, or `NoSuchVersion` when `versionId` is given and not that of the object. */
  async open(bucket: string, key: string, versionId?: string): Promise<OpenFile<ObjectRecord>> {
    const path = this.#pathOf(bucket, key);
    const found = await openFile<ObjectRecord>(path);
    if (found === undefined) throw new Refusal(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
    try {
      if (!isVersion(found.record, versionId)) throw new Refusal('NoSuchVersion');
      // Nobody may act on an object that a power cut could still take back.
      await Promise.all(this.#publishing.get(path) ?? []);
      return found;
    } catch (error) {
      await found.handle.close();
      throw error;
    }
  }

  /** The record of an object. Throws as `open` does. */
  async read(bucket: string, key: string, versionId?: string): Promise<ObjectRecord> {
    const { record, handle } = await this.open(bucket, key, versionId);
    await handle.close();
    return record;
  }

  /** The record in a file of the bucket's folder, or nothing where the file is gone. */
  readFile(bucket: string, name: string): Promise<ObjectRecord | undefined> {
    return readFileRecord(join(this.#layout.objects(bucket), name));
  }

  /**
   * Publishes `file`, which holds the body, as the object of `record.key`, and returns when that is on the disk.
   * Where the key has an object, `guard` decides whether it may be replaced.
   * Throws `PreconditionFailed`, `NoSuchKey` (`If-Match` without an object), `NoSuchBucket`, and what `guard` throws.
   */
  async publish(
    bucket: string,
    record: ObjectRecord,
    file: TemporaryFile,
    condition: WriteCondition,
    guard: Guard,
  ): Promise<void> {
    await file.write(encodeRecord(record));
    await file.seal();
    const path = this.#pathOf(bucket, record.key);
    await this.#whilePublishing(path, async () => {
      // A new key needs no lock: the file system lets exactly one link win, also between processes.
      if (condition.etag === undefined && (await linkFile(file, path))) return this.#settle(path, file);
      if (condition.mustBeNew) return this.#refuseExisting(path);
      return this.#lockOf(bucket, record.key).run(() => this.#replace(path, file, condition, guard));
    });
  }

  /** Removes an object and returns when that is on the disk. Nothing happens where there is none, unless `If-Match` asks. */
  async remove(
    bucket: string,
    key: string,
    versionId: string | undefined,
    etag: string | undefined,
    guard: Guard,
  ): Promise<ObjectRecord | undefined> {
    const path = this.#pathOf(bucket, key);
    return this.#lockOf(bucket, key).run(async () => {
      const current = await readFileRecord<ObjectRecord>(path);
      if (current === undefined || !isVersion(current, versionId)) {
        if (etag !== undefined) throw new Refusal('NoSuchKey');
        return undefined;
      }
      if (!isMatch(current, etag)) throw new Refusal('PreconditionFailed');
      guard(current);
      await unlink(path);
      await this.#sync.sync(dirname(path));
      return current;
    });
  }

  /**
   * Changes what is recorded of an object; its bytes stay. The file is copied, because record and body are one unit.
   * Throws `NoSuchKey`, `NoSuchVersion` and what `change` throws.
   */
  async amend(
    bucket: string,
    key: string,
    versionId: string | undefined,
    change: (current: ObjectRecord) => ObjectRecord,
  ): Promise<ObjectRecord> {
    const path = this.#pathOf(bucket, key);
    return this.#lockOf(bucket, key).run(async () => {
      const current = await openFile<ObjectRecord>(path);
      if (current === undefined) throw new Refusal(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
      const file = this.createFile();
      try {
        if (!isVersion(current.record, versionId)) throw new Refusal('NoSuchVersion');
        const changed = change(current.record);
        await copyBody(current, (chunk) => file.write(chunk));
        await file.write(encodeRecord(changed));
        await file.seal();
        await file.moveTo(path);
        await this.#sync.sync(dirname(path));
        return changed;
      } finally {
        await current.handle.close();
        await file.discard();
      }
    });
  }

  createFile(): TemporaryFile {
    return new TemporaryFile(this.#layout.temporary);
  }

  /** Under the lock: what exists stays until we replace it, since only lock holders replace or remove. */
  async #replace(path: string, file: TemporaryFile, condition: WriteCondition, guard: Guard): Promise<void> {
    const current = await readFileRecord<ObjectRecord>(path);
    if (current === undefined) {
      if (condition.etag !== undefined) throw new Refusal('NoSuchKey');
      if (await linkFile(file, path)) return this.#settle(path, file);
      return this.#replace(path, file, condition, guard);
    }
    if (!isMatch(current, condition.etag)) throw new Refusal('PreconditionFailed');
    guard(current);
    await file.moveTo(path);
    await this.#sync.sync(dirname(path));
  }

  async #settle(path: string, file: TemporaryFile): Promise<void> {
    await Promise.all([this.#sync.sync(dirname(path)), file.discard()]);
  }

  /** Who is told that the object exists may rely on it, whoever is still writing it. */
  async #refuseExisting(path: string): Promise<never> {
    await this.#sync.sync(dirname(path));
    throw new Refusal('PreconditionFailed');
  }

  async #whilePublishing(path: string, work: () => Promise<void>): Promise<void> {
    const publishing = this.#publishing.get(path) ?? new Set();
    this.#publishing.set(path, publishing);
    const result = work();
    const settled = result.catch(() => {});
    publishing.add(settled);
    try {
      await result;
    } finally {
      publishing.delete(settled);
      if (publishing.size === 0) this.#publishing.delete(path);
    }
  }

  #pathOf(bucket: string, key: string): string {
    return join(this.#layout.objects(bucket), nameOfKey(key));
  }

  /** By names and not by path, which another process may write differently. */
  #lockOf(bucket: string, key: string): FolderMutex {
    const number = (createHash('sha256').update(`${bucket}/${key}`).digest()[0] ?? 0) % LOCKS;
    // There are exactly LOCKS of them.
    return this.#locks[number] as FolderMutex;
  }
}

/** `null` is S3's name for the version of an object in a bucket without versions. */
function isVersion(record: ObjectRecord, versionId: string | undefined): boolean {
  return versionId === undefined || versionId === (record.versionId ?? 'null');
}

function isMatch(record: ObjectRecord, etag: string | undefined): boolean {
  return etag === undefined || etag === '*' || etag === record.etag;
}

async function linkFile(file: TemporaryFile, path: string): Promise<boolean> {
  try {
    return await file.linkTo(path);
  } catch (cause) {
    if (isMissing(cause)) throw new Refusal('NoSuchBucket', undefined, { cause });
    throw cause;
  }
}
