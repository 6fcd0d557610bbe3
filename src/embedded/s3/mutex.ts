/** Mutual exclusion between requests of this process and of others on the same folder, free again when a holder dies. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from './process-id.ts';
import { Refusal } from './refusal.ts';
import { isMissing } from './system-error.ts';

const WAIT_MS = 30_000;
const FREE = 'free';

/**
 * One lock, as a folder that holds one empty file, the token. Its name says who holds the lock: `free` or
 * `<process>.<number>`. Whoever renames it has it: of several renames of one name exactly one succeeds, and no name
 * of a holder is ever used twice, so that taking over from a dead process is as safe as taking a free lock.
 */
export class FolderMutex {
  readonly #folder: string;
  readonly #processId: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, processId: string) {
    this.#folder = folder;
    this.#processId = processId;
  }

  /** Runs `work` alone. Throws what it throws, or `SlowDown` when the lock does not come free in half a minute. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      const token = await this.#take();
      try {
        return await work();
      } finally {
        await rename(token, join(this.#folder, FREE));
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  async #take(): Promise<string> {
    const mine = join(this.#folder, `${this.#processId}.${nextNumber()}`);
    const deadline = Date.now() + WAIT_MS;
    let candidate = FREE;
    while (Date.now() < deadline) {
      if (await tryRename(join(this.#folder, candidate), mine)) return mine;
      const [holder] = await readdir(this.#folder);
      const isHeld = holder !== undefined && holder !== FREE && isProcessAlive(holder.replace(/\.\d+$/, ''));
      candidate = isHeld ? FREE : (holder ?? FREE);
      if (isHeld) await sleep(1 + Math.random() * 3);
    }
    throw new Refusal('SlowDown');
  }
}

/** Makes the folder of a lock that nobody has seen yet. */
export async function createMutexFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, FREE), '');
}

/** Counted over all locks and servers of the process: two of them may share a folder. */
let takes = 0;

function nextNumber(): number {
  takes += 1;
  return takes;
}

async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
