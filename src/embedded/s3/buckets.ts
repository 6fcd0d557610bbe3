/** Buckets: a folder each, with a small file that says what is configured. */
import { statSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolder, removeFolder, syncFolder } from './folders.ts';
import type { Layout } from './layout.ts';
import type { BucketLock } from './lock.ts';
import { Refusal } from './refusal.ts';
import { isBucketName } from './request.ts';
import { hasCode, isMissing } from './system-error.ts';
import { replaceFile } from './temporary-file.ts';

export interface Bucket {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Present, even if empty, where object lock is on; it cannot be switched off. */
  readonly lock?: BucketLock | undefined;
}

/** The buckets of one folder. What another process changes there is seen at the next call. */
export class Buckets {
  readonly #layout: Layout;
  readonly #known = new Map<string, { readonly stamp: string; readonly bucket: Bucket }>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Throws `NoSuchBucket`. */
  async get(name: string): Promise<Bucket> {
    const path = this.#layout.configuration(name);
    try {
      // Each configuration is a new file, so that another number or time means another content. Asked with every
      // request, it lies in the kernel's cache, where going through the thread pool would cost many times the call.
      const { ino, mtimeNs } = statSync(path, { bigint: true });
      const stamp = `${ino}.${mtimeNs}`;
      const known = this.#known.get(name);
      if (known?.stamp === stamp) return known.bucket;
      // Written by `write` below or `create`.
      const bucket = JSON.parse(await readFile(path, 'utf8')) as Bucket;
      this.#known.set(name, { stamp, bucket });
      return bucket;
    } catch (cause) {
      if (isMissing(cause)) throw new Refusal('NoSuchBucket', undefined, { cause });
      throw cause;
    }
  }

  async list(): Promise<Bucket[]> {
    const names = (await readdir(this.#layout.buckets)).filter(isBucketName).sort();
    const found = await Promise.allSettled(names.map((name) => this.get(name)));
    return found.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  }

  /** False where there is one of that name. */
  async create(bucket: Bucket): Promise<boolean> {
    await this.#removeRemains(bucket.name);
    return createFolder(this.#layout.bucket(bucket.name), this.#layout.temporary, async (folder) => {
      const draft = join(folder, 'bucket.json');
      await mkdir(join(folder, 'objects'));
      await mkdir(join(folder, 'uploads'));
      await writeFile(draft, JSON.stringify(bucket), { flush: true });
    });
  }

  async write(bucket: Bucket): Promise<void> {
    await replaceFile(
      this.#layout.configuration(bucket.name),
      JSON.stringify(bucket),
      this.#layout.temporary,
    );
  }

  /** Throws `NoSuchBucket` or `BucketNotEmpty`. */
  async remove(name: string): Promise<void> {
    await this.get(name);
    try {
      // Fails where an object is left, and from here on no object can come.
      await rmdir(this.#layout.objects(name));
    } catch (cause) {
      if (hasCode(cause, 'ENOTEMPTY') || hasCode(cause, 'EEXIST')) {
        throw new Refusal('BucketNotEmpty', undefined, { cause });
      }
      if (!isMissing(cause)) throw cause;
    }
    await syncFolder(this.#layout.bucket(name)).catch(() => {});
    await removeFolder(this.#layout.bucket(name), this.#layout.temporary);
  }

  /** Finishes a removal that was cut short: the folder is there, its objects folder is not. */
  async #removeRemains(name: string): Promise<void> {
    const exists = (path: string) =>
      stat(path).then(
        () => true,
        () => false,
      );
    if ((await exists(this.#layout.bucket(name))) && !(await exists(this.#layout.objects(name)))) {
      await removeFolder(this.#layout.bucket(name), this.#layout.temporary);
    }
  }
}
