/** NDJSON: one JSON value a line, UTF-8, read as it arrives with a bound on each line. */
import { TextDecoder } from 'node:util';

/** A line of the file; `text` is undefined when the line is too long or not UTF-8. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string | undefined;
}

/** Gives the lines of a file that are not blank. A line over `maxBytes` is passed over without being kept. */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  for await (const block of readLineBlocks(chunks, maxBytes)) yield* block;
}

/** As `readLines`, all lines that end in one chunk at once: each by itself waits for its turn, and that takes longer than reading it. */
export async function* readLineBlocks(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<readonly Line[]> {
  let pending: Buffer[] = [];
  let size = 0;
  let number = 0;
  let block: Line[] = [];
  const add = (text: string | undefined) => {
    number += 1;
    // A byte order mark is passed over, as a reader of JSON may (RFC 8259 §8.1).
    const line = text?.startsWith('\ufeff') ? text.slice(1) : text;
    if (line?.trim() !== '') block.push({ number, text: line });
  };
  const keep = (bytes: Buffer) => {
    size += bytes.length;
    if (size <= maxBytes) pending.push(bytes);
    else pending = [];
  };
  const take = () => {
    add(size > maxBytes ? undefined : decode(Buffer.concat(pending)));
    pending = [];
    size = 0;
  };
  for await (const chunk of chunks) {
    let start = 0;
    let end = chunk.indexOf(10);
    if (end !== -1) {
      keep(chunk.subarray(0, end));
      take();
      start = end + 1;
      const last = chunk.lastIndexOf(10);
      // None of these is too long, so that they are decoded together; where one is no UTF-8, each by itself.
      const texts = last - start > maxBytes ? undefined : decode(chunk.subarray(start, last));
      if (last > start && texts !== undefined) {
        for (const text of texts.split('\n')) add(text);
        start = last + 1;
      }
    }
    for (end = chunk.indexOf(10, start); end !== -1; end = chunk.indexOf(10, start)) {
      keep(chunk.subarray(start, end));
      take();
      start = end + 1;
    }
    keep(chunk.subarray(start));
    if (block.length > 0) yield block;
    block = [];
  }
  if (size > 0) take();
  if (block.length > 0) yield block;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
