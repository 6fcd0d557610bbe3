/** Files in the making: written aside, brought to the disk, and only then given the name under which others see them. */
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, temporaryPath } from './folders.ts';
import { hasCode, ignoreMissing } from './system-error.ts';

/** How much a temporary file gathers before it writes; a body shorter than this is written once. */
const GATHER_BYTES = 256 * 1024;

/** A file in the making: nobody sees it before `linkTo` or `moveTo`. */
export class TemporaryFile {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #exists = false;

  constructor(folder: string) {
    this.#path = temporaryPath(folder);
  }

  /** Takes over `chunk`, which must not change afterwards. */
  write(chunk: Buffer): Promise<void> | void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= GATHER_BYTES) return this.#flush().then(() => undefined);
  }

  /** Gives what was written as long as it is so little that it has not seen the disk; nothing once it has. */
  takeSmall(): readonly Buffer[] | undefined {
    if (this.#exists) return undefined;
    const gathered = this.#gathered;
    this.#gathered = [];
    return gathered;
  }

  /** Writes what is left and returns when all of it is on the disk. */
  async seal(): Promise<void> {
    const handle = await this.#flush();
    await handle.datasync();
    this.#handle = undefined;
    await handle.close();
  }

  /** Publishes it under a name that has no file yet. False, and nothing done, where there is one. */
  async linkTo(path: string): Promise<boolean> {
    try {
      await link(this.#path, path);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** Publishes it in place of whatever has that name. */
  async moveTo(path: string): Promise<void> {
    await rename(this.#path, path);
    this.#exists = false;
  }

  /** Removes the temporary name; what was published stays. May be called at any time, more than once. */
  async discard(): Promise<void> {
    this.#gathered = [];
    await this.#handle?.close();
    this.#handle = undefined;
    if (!this.#exists) return;
    this.#exists = false;
    await unlink(this.#path).catch(ignoreMissing);
  }

  async #flush(): Promise<FileHandle> {
    this.#handle ??= await open(this.#path, 'wx', 0o600);
    this.#exists = true;
    const [first = Buffer.alloc(0), ...others] = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    // `writeFile` on a handle goes on from where the last one ended, and writes all of it.
    await this.#handle.writeFile(others.length === 0 ? first : Buffer.concat([first, ...others]));
    return this.#handle;
  }
}

/** Writes a small file so that readers see the old or the new text, whole, also after a power cut. */
export async function replaceFile(path: string, text: string, temporaryFolder: string): Promise<void> {
  const file = new TemporaryFile(temporaryFolder);
  try {
    await file.write(Buffer.from(text));
    await file.seal();
    await file.moveTo(path);
    await syncFolder(dirname(path));
  } finally {
    await file.discard();
  }
}
