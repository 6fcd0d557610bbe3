/** Bytes that are always the same but for a few places: written once, and copied with those filled in. */

export interface Form {
  readonly bytes: Buffer;
  /** Where each content goes. */
  readonly places: readonly number[];
}

/**
 * Finds the form of what `write` gives for contents of these lengths, by having it write two that differ in every byte.
 * @param write gives bytes in which each content stands once, in this order and as it is
 */
export function formOf(lengths: readonly number[], write: (contents: readonly Buffer[]) => Buffer): Form {
  const bytes = write(lengths.map((length) => Buffer.alloc(length)));
  const other = write(lengths.map((length) => Buffer.alloc(length, 0xff)));
  const places: number[] = [];
  let from = 0;
  for (const length of lengths) {
    while (from < bytes.length && bytes[from] === other[from]) from += 1;
    places.push(from);
    from += length;
  }
  if (bytes.length !== other.length || !bytes.subarray(from).equals(other.subarray(from)))
    throw new RangeError('what was written has no form');
  return { bytes, places };
}

/** Fills a form with contents of its lengths. */
export function fillForm({ bytes, places }: Form, contents: readonly Buffer[]): Buffer {
  const filled = Buffer.from(bytes);
  for (const [at, content] of contents.entries()) filled.set(content, places[at]);
  return filled;
}
