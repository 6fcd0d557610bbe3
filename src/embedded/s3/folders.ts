/** Folders that last: their entries brought to the disk, and whole folders made or taken away in one step. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownProcessId } from './process-id.ts';
import { hasCode, ignoreMissing } from './system-error.ts';

const processId = ownProcessId();

/** A new path for a file or folder in the making; its name says whose it is, so that a later start can clean up. */
export function temporaryPath(folder: string): string {
  return join(folder, `${processId}.${randomUUID()}`);
}

/** Makes the entries of folders last. Callers that come while one synchronisation runs share the next one. */
export class FolderSync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #queued = new Map<string, Promise<void>>();

  /** Returns when every entry made or removed in `folder` before the call is on the disk. */
  sync(folder: string): Promise<void> {
    const queued = this.#queued.get(folder);
    if (queued !== undefined) return queued;
    const before = this.#running.get(folder) ?? Promise.resolve();
    const next = before
      .catch(() => {})
      .then(() => {
        this.#queued.delete(folder);
        this.#running.set(folder, next);
        return syncFolder(folder);
      })
      .finally(() => {
        if (this.#running.get(folder) === next) this.#running.delete(folder);
      });
    this.#queued.set(folder, next);
    return next;
  }
}

/** Returns when the entries of a folder are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder with its content in one step: `fill` works in a temporary one, which is then moved into place.
 * False, and nothing done, where the place is taken.
 */
export async function createFolder(
  path: string,
  temporaryFolder: string,
  fill: (folder: string) => Promise<void>,
): Promise<boolean> {
  const folder = temporaryPath(temporaryFolder);
  try {
    await mkdir(folder, { mode: 0o700 });
    await fill(folder);
    await syncFolder(folder);
    await rename(folder, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes a folder away in one step and then empties it. Nothing happens where there is none. */
export async function removeFolder(path: string, temporaryFolder: string): Promise<void> {
  const doomed = temporaryPath(temporaryFolder);
  try {
    await rename(path, doomed);
  } catch (error) {
    return ignoreMissing(error);
  }
  await syncFolder(dirname(path));
  await rm(doomed, { recursive: true, force: true });
}
