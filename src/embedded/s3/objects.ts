/** The objects of all buckets: published, replaced, amended and removed so that no reader and no crash sees a half. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FolderSync } from './folders.ts';
import { nameOfKey } from './key-name.ts';
import { type Layout, LOCKS } from './layout.ts';
import { FolderMutex } from './mutex.ts';
import { copyBody, type OpenFile, openFile, readFileRecord } from './open-file.ts';
import { PackedFile, type PackPlace, readPlace } from './pack-place.ts';
import { type LiveObject, PackRoom } from './pack-room.ts';
import { Packs } from './packs.ts';
import { ownProcessId } from './process-id.ts';
import { Publishing } from './publishing.ts';
import { encodeRecord, type ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { isMissing } from './system-error.ts';
import { TemporaryFile } from './temporary-file.ts';
import { isMatch, isVersion, type WriteCondition } from './write-condition.ts';

/** An object in the making that is on the disk and has no name yet. */
type Nameless = Pick<TemporaryFile, 'linkTo' | 'moveTo' | 'discard'>;

/** Throws when the object there must stay as it is. */
type Guard = (current: ObjectRecord) => void;

export class Objects {
  readonly #layout: Layout;
  readonly #sync = new FolderSync();
  readonly #locks: readonly FolderMutex[];
  readonly #publishing = new Publishing();

  readonly #packs: Packs;
  readonly #room: PackRoom;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#packs = new Packs(layout.packs);
    this.#room = new PackRoom({
      packs: this.#packs,
      pathOf: (bucket, key) => this.#pathOf(bucket, key),
      move: (object) => this.#move(object),
    });
    this.#locks = Array.from(
      { length: LOCKS },
      (_, number) => new FolderMutex(layout.lock(number), ownProcessId()),
    );
  }

  /** Opens an object. Throws `NoSuchKey`, or `NoSuchVersion` when `versionId` is given and not that of the object. */
  async open(bucket: string, key: string, versionId?: string): Promise<OpenFile<ObjectRecord>> {
    const path = this.#pathOf(bucket, key);
    const found = await openFile<ObjectRecord>(path, this.#pathOfPack);
    if (found === undefined) throw new Refusal(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
    try {
      if (!isVersion(found.record, versionId)) throw new Refusal('NoSuchVersion');
      // Nobody may act on an object that a power cut could still take back.
      await this.#publishing.settled(path);
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
    return readFileRecord(join(this.#layout.objects(bucket), name), this.#pathOfPack);
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
    const nameless = await this.#bringToDisk(bucket, record, file);
    const path = this.#pathOf(bucket, record.key);
    await this.#publishing.run(path, async () => {
      // A new key needs no lock: the file system lets exactly one link win, also between processes.
      if (condition.etag === undefined && (await linkFile(nameless, path)))
        return this.#settle(path, nameless);
      if (condition.mustBeNew) return this.#refuseExisting(path);
      const before = await this.#lockOf(bucket, record.key).run(async () => {
        const place = readPlace(path);
        await this.#replace(path, nameless, condition, guard);
        return place;
      });
      await this.#winBack(before);
    });
  }

  async #bringToDisk(bucket: string, record: ObjectRecord, file: TemporaryFile): Promise<Nameless> {
    const encoded = encodeRecord(record);
    const small = file.takeSmall();
    if (small !== undefined) {
      const place = await this.#packs.append(bucket, [...small, encoded]);
      return new PackedFile(place, this.#layout.temporary);
    }
    await file.write(encoded);
    await file.seal();
    return file;
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
    let place: PackPlace | undefined;
    const removed = await this.#lockOf(bucket, key).run(async () => {
      place = readPlace(path);
      const current = await readFileRecord<ObjectRecord>(path, this.#pathOfPack);
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
    if (removed !== undefined) await this.#winBack(place);
    return removed;
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
    let place: PackPlace | undefined;
    const changed = await this.#lockOf(bucket, key).run(async () => {
      place = readPlace(path);
      const current = await openFile<ObjectRecord>(path, this.#pathOfPack);
      if (current === undefined) throw new Refusal(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
      const file = this.createFile();
      try {
        if (!isVersion(current.record, versionId)) throw new Refusal('NoSuchVersion');
        const record = change(current.record);
        await copyBody(current, (chunk) => file.write(chunk));
        await (await this.#bringToDisk(bucket, record, file)).moveTo(path);
        await this.#sync.sync(dirname(path));
        return record;
      } finally {
        await current.handle.close();
        await file.discard();
      }
    });
    await this.#winBack(place);
    return changed;
  }

  /** Ends what is written to. */
  close(): Promise<void> {
    return this.#packs.close();
  }

  createFile(): TemporaryFile {
    return new TemporaryFile(this.#layout.temporary);
  }

  /** Under the lock: what exists stays until we replace it, since only lock holders replace or remove. */
  async #replace(path: string, file: Nameless, condition: WriteCondition, guard: Guard): Promise<void> {
    const current = await readFileRecord<ObjectRecord>(path, this.#pathOfPack);
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

  async #settle(path: string, file: Nameless): Promise<void> {
    await Promise.all([this.#sync.sync(dirname(path)), file.discard()]);
  }

  /** Who is told that the object exists may rely on it, whoever is still writing it. */
  async #refuseExisting(path: string): Promise<never> {
    await this.#sync.sync(dirname(path));
    throw new Refusal('PreconditionFailed');
  }

  /** What was asked for is done by now: where this fails, it is tried again with the next object that goes. */
  async #winBack(place: PackPlace | undefined): Promise<void> {
    await this.#room.noteGone(place).catch(() => undefined);
  }

  /** Under the lock, as a replacement: whoever reads it meanwhile has the one or the other, which are the same. */
  async #move({ bucket, key, place, content }: LiveObject): Promise<void> {
    const path = this.#pathOf(bucket, key);
    await this.#lockOf(bucket, key).run(async () => {
      const now = readPlace(path);
      if (now?.pack !== place.pack || now.offset !== place.offset) return;
      const moved = await this.#packs.append(bucket, [content]);
      await new PackedFile(moved, this.#layout.temporary).moveTo(path);
      await this.#sync.sync(dirname(path));
    });
  }

  readonly #pathOfPack = (pack: string): string => this.#packs.pathOf(pack);

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

async function linkFile(file: Nameless, path: string): Promise<boolean> {
  try {
    return await file.linkTo(path);
  } catch (cause) {
    if (isMissing(cause)) throw new Refusal('NoSuchBucket', undefined, { cause });
    throw cause;
  }
}
