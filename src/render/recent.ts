/** A memory of what came last, bounded. */

/** How many are remembered, twice over. */
const MOST = 1000;

/** Remembers what was made of texts: the last thousand of them at least. */
export class Recent<T> {
  #recent = new Map<string, T>();
  #former = new Map<string, T>();

  get(text: string): T | undefined {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const former = this.#former.get(text);
    if (former !== undefined) this.set(text, former);
    return former;
  }

  set(text: string, made: T): void {
    if (this.#recent.size >= MOST) {
      this.#former = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, made);
  }
}
