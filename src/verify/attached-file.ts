/** Takes out the file that is attached to a document whose structure was found to be ours. */
import { inflateSync } from 'node:zlib';
import { readLayout } from './layout.ts';
import { asDictionary, asName, MalformedPdf } from './syntax.ts';

/** The most that an attached file may have once it is inflated. */
const MAX_BYTES = 5_000_000;

/** Gives the text of the attached file; undefined when there is none, or it cannot be read. */
export function readAttachedFile(pdf: Buffer): string | undefined {
  try {
    const { objects, streams } = readLayout(pdf);
    for (const [number, value] of objects) {
      const stream = streams.get(number);
      if (stream === undefined || asName(asDictionary(value)?.get('Type')) !== 'EmbeddedFile') continue;
      const bytes = pdf.subarray(stream.start, stream.end);
      return inflateSync(bytes, { maxOutputLength: MAX_BYTES }).toString('utf8');
    }
    return undefined;
  } catch (error) {
    const isUnreadable = error instanceof MalformedPdf || (error as { code?: unknown }).code !== undefined;
    if (isUnreadable) return undefined;
    throw error;
  }
}
