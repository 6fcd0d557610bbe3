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
  // It passes over a byte order mark, as a reader of JSON may (RFC 8259 §8.1).
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending: Buffer[] = [];
  let size = 0;
  let number = 0;
  const take = (): Line => {
    const bytes = Buffer.concat(pending);
    const isTooLong = size > maxBytes;
    pending = [];
    size = 0;
    number += 1;
    return { number, text: isTooLong ? undefined : decode(decoder, bytes) };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      size += end - start;
      if (size <= maxBytes) pending.push(chunk.subarray(start, end));
      const line = take();
      if (line.text?.trim() !== '') yield line;
      start = end + 1;
    }
    size += chunk.length - start;
    if (size <= maxBytes) pending.push(chunk.subarray(start));
    else pending = [];
  }
  if (size > 0) {
    const line = take();
    if (line.text?.trim() !== '') yield line;
  }
}

function decode(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
