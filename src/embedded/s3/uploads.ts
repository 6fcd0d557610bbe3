/** Multipart uploads on disk: a folder each, with a file that says what becomes of it and one file per part. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checksum, ChecksumAlgorithm } from './checksum.ts';
import { createFolder, FolderSync, removeFolder } from './folders.ts';
import type { Layout } from './layout.ts';
import { type OpenFile, openFile, readFileRecord } from './open-file.ts';
import { type ByteRecord, encodeRecord, type ObjectAttributes } from './record.ts';
import { Refusal } from './refusal.ts';
import { isMissing } from './system-error.ts';
import { TemporaryFile } from './temporary-file.ts';

/** What was said when the upload began and counts for the object it becomes. */
export interface Upload extends ObjectAttributes {
  readonly key: string;
  readonly uploadId: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum['type'] } | undefined;
  /** The `x-amz-object-lock-` headers, read when the upload is completed. */
  readonly lockHeaders: Readonly<Record<string, string>>;
}

export interface PartRecord extends ByteRecord {
  readonly number: number;
}

export class Uploads {
  readonly #layout: Layout;
  readonly #sync = new FolderSync();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Begins an upload and gives its id, which nobody can guess. Throws `NoSuchBucket`. */
  async create(bucket: string, upload: Omit<Upload, 'uploadId'>): Promise<Upload> {
    const created = { ...upload, uploadId: randomBytes(24).toString('base64url') };
    try {
      const path = this.#layout.upload(bucket, created.uploadId);
      await createFolder(path, this.#layout.temporary, (folder) =>
        writeFile(join(folder, 'upload.json'), JSON.stringify(created), { flush: true }),
      );
      return created;
    } catch (cause) {
      if (isMissing(cause)) throw new Refusal('NoSuchBucket', undefined, { cause });
      throw cause;
    }
  }

  /** Throws `NoSuchUpload`, also when the upload is one of another key. */
  async get(bucket: string, key: string, uploadId: string): Promise<Upload> {
    const upload = await this.#read(bucket, uploadId);
    if (upload?.key !== key) throw new Refusal('NoSuchUpload');
    return upload;
  }

  /** All uploads of a bucket in no order. */
  async list(bucket: string): Promise<Upload[]> {
    const ids = await readdir(this.#layout.uploads(bucket));
    const found = await Promise.all(ids.map((id) => this.#read(bucket, id)));
    return found.filter((upload) => upload !== undefined);
  }

  /** Stores a part, in place of an earlier one of its number. Throws `NoSuchUpload` when the upload has ended meanwhile. */
  async putPart(bucket: string, uploadId: string, part: PartRecord, file: TemporaryFile): Promise<void> {
    const folder = this.#folderOf(bucket, uploadId);
    await file.write(encodeRecord(part));
    await file.seal();
    try {
      await file.moveTo(join(folder, nameOfPart(part.number)));
      await this.#sync.sync(folder);
    } catch (cause) {
      if (isMissing(cause)) throw new Refusal('NoSuchUpload', undefined, { cause });
      throw cause;
    }
  }

  /** Opens a part, or gives nothing where there is none of that number. */
  openPart(bucket: string, uploadId: string, number: number): Promise<OpenFile<PartRecord> | undefined> {
    return openFile<PartRecord>(join(this.#folderOf(bucket, uploadId), nameOfPart(number)));
  }

  /** The parts there are, in ascending order. */
  async listParts(bucket: string, uploadId: string): Promise<PartRecord[]> {
    const folder = this.#folderOf(bucket, uploadId);
    const names = (await readdir(folder)).filter((name) => name.startsWith('part.')).sort();
    const found = await Promise.all(names.map((name) => readFileRecord<PartRecord>(join(folder, name))));
    return found.filter((part) => part !== undefined);
  }

  async remove(bucket: string, uploadId: string): Promise<void> {
    await removeFolder(this.#folderOf(bucket, uploadId), this.#layout.temporary);
  }

  createFile(): TemporaryFile {
    return new TemporaryFile(this.#layout.temporary);
  }

  async #read(bucket: string, uploadId: string): Promise<Upload | undefined> {
    try {
      // Written by `create`.
      return JSON.parse(
        await readFile(join(this.#folderOf(bucket, uploadId), 'upload.json'), 'utf8'),
      ) as Upload;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** An id comes from a client and becomes a path, so it must have the form of those given out. */
  #folderOf(bucket: string, uploadId: string): string {
    if (!/^[A-Za-z0-9_-]{32}$/.test(uploadId)) throw new Refusal('NoSuchUpload');
    return this.#layout.upload(bucket, uploadId);
  }
}

function nameOfPart(number: number): string {
  return `part.${String(number).padStart(5, '0')}`;
}
