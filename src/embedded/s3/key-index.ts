/** The keys of a bucket in order. The folder is the index; what is kept here only spares reading it again. */
import { readdir, stat } from 'node:fs/promises';
import { keyOfName } from './key-name.ts';
import type { Layout } from './layout.ts';
import type { Objects } from './objects.ts';
import { Refusal } from './refusal.ts';
import { isMissing } from './system-error.ts';

/** Two changes within this time may leave one time of change behind, so a scan so young proves nothing. */
const COARSE_CLOCK_MS = 2000;

interface Scan {
  /** The folder's time of change before it was read, and when that was. */
  readonly changed: bigint;
  readonly started: number;
  readonly keys: readonly string[];
}

export class KeyIndex {
  readonly #layout: Layout;
  readonly #objects: Objects;
  readonly #scans = new Map<string, Scan>();
  /** Keys of names that do not tell them, by bucket and name; a name never changes its key. */
  readonly #longKeys = new Map<string, string>();

  constructor(layout: Layout, objects: Objects) {
    this.#layout = layout;
    this.#objects = objects;
  }

  /** All keys in the order of their UTF-8 bytes, as of this call, whichever process made them. Throws `NoSuchBucket`. */
  async keys(bucket: string): Promise<readonly string[]> {
    const folder = this.#layout.objects(bucket);
    try {
      const started = Date.now();
      const { mtimeNs } = await stat(folder, { bigint: true });
      const known = this.#scans.get(bucket);
      if (known?.changed === mtimeNs && Number(mtimeNs / 1_000_000n) < known.started - COARSE_CLOCK_MS) {
        return known.keys;
      }
      const keys = await this.#keysOf(bucket, await readdir(folder));
      keys.sort(compareKeys);
      this.#scans.set(bucket, { changed: mtimeNs, started, keys });
      return keys;
    } catch (cause) {
      if (isMissing(cause)) throw new Refusal('NoSuchBucket', undefined, { cause });
      throw cause;
    }
  }

  async #keysOf(bucket: string, names: readonly string[]): Promise<string[]> {
    const keys: string[] = [];
    for (const name of names) {
      const key = keyOfName(name) ?? (await this.#longKey(bucket, name));
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  async #longKey(bucket: string, name: string): Promise<string | undefined> {
    const id = `${bucket}/${name}`;
    const key = this.#longKeys.get(id) ?? (await this.#objects.readFile(bucket, name))?.key;
    if (key !== undefined) this.#longKeys.set(id, key);
    return key;
  }
}

/**
 * Compares by UTF-8 bytes, which is by code points. JavaScript compares UTF-16 units, which differs in one thing:
 * surrogates (D800-DFFF) stand for code points above all others, so they count as higher than E000-FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [unitA, unitB] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
