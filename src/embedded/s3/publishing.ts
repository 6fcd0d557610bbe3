/** What is being published: seen by readers already, but perhaps not yet on the disk. */

export class Publishing {
  readonly #underWay = new Map<string, Set<Promise<unknown>>>();

  /** Runs what publishes under a path. */
  async run(path: string, work: () => Promise<void>): Promise<void> {
    const publishing = this.#underWay.get(path) ?? new Set();
    this.#underWay.set(path, publishing);
    const result = work();
    const settled = result.catch(() => {});
    publishing.add(settled);
    try {
      await result;
    } finally {
      publishing.delete(settled);
      if (publishing.size === 0) this.#underWay.delete(path);
    }
  }

  /** Returns when all that was being published under a path before the call is done. */
  async settled(path: string): Promise<void> {
    await Promise.all(this.#underWay.get(path) ?? []);
  }
}
