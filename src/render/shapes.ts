/** Remembers what was made for each shape of document, the latest used; the rest is made anew when it is needed. */

/** What decides how a document is laid out; see `Layout.key`. */
export type Shape = readonly (string | number)[];

interface Entry<T> {
  readonly shape: Shape;
  readonly made: Promise<T>;
}

/** A bounded memory by shape. */
export class Shapes<T> {
  readonly #limit: number;
  /** By hash, the one used longest ago first. Of two shapes with one hash the later takes the place. */
  readonly #entries = new Map<number, Entry<T>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Gives what was made for this shape, else makes it; who asks meanwhile waits for the same. A failure is forgotten. */
  get(shape: Shape, make: () => Promise<T>): Promise<T> {
    const hash = hashOf(shape);
    const found = this.#entries.get(hash);
    this.#entries.delete(hash);
    const entry = found && isSame(found.shape, shape) ? found : { shape, made: this.#make(hash, make) };
    this.#entries.set(hash, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) break;
      this.#entries.delete(oldest);
    }
    return entry.made;
  }

  async #make(hash: number, make: () => Promise<T>): Promise<T> {
    try {
      return await make();
    } catch (error) {
      this.#entries.delete(hash);
      throw error;
    }
  }
}

function isSame(one: Shape, other: Shape): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** Spreads well enough to choose a place; whether two shapes are the same is compared value by value. */
function hashOf(shape: Shape): number {
  let hash = 0;
  for (const value of shape) {
    const part = typeof value === 'number' ? value * 1024 : value.length;
    hash = Math.imul(hash ^ part, 0x01000193);
  }
  return hash;
}
