/** Rows written in blocks, in their order: one block is written while the next one is read, and never more than that. */

export interface WriteBehind<Row> {
  /** Takes a row; where a block is full, waits for the one before. Throws what writing that one threw. */
  add(row: Row): Promise<void> | undefined;
  /** Writes what is left. Throws what writing threw. */
  flush(): Promise<void>;
  /** Waits until nothing is written any more, however it ended. */
  settled(): Promise<void>;
}

/** Hands rows to `write`, `size` at a time. */
export function writeBehind<Row>(
  size: number,
  write: (block: readonly Row[]) => Promise<void>,
): WriteBehind<Row> {
  let block: Row[] = [];
  let written: Promise<void> = Promise.resolve();
  const begin = async () => {
    const full = block;
    block = [];
    await written;
    if (full.length === 0) return;
    written = write(full);
    // Whoever waits for it is told; until then it is not unheard.
    written.catch(() => undefined);
  };
  return {
    add: (row) => {
      block.push(row);
      return block.length < size ? undefined : begin();
    },
    flush: async () => {
      await begin();
      await written;
    },
    settled: () => written.catch(() => undefined),
  };
}
