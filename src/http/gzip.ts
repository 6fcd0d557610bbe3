/** Bodies that come compressed: unpacked as they arrive, and refused as soon as they turn out to be a bomb. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { payloadTooLarge } from './limits.ts';
import { badRequest, inputIssue, Refusal } from './problems.ts';

/** So many bytes may come of each that arrives: rows of text come to 10 or 20, a bomb to a thousand. */
const LARGEST_RATIO = 100;
/** Before so many bytes were unpacked, no ratio is looked at. */
const FREE_BYTES = 1024 * 1024;

/**
 * Unpacks a gzip stream (RFC 1952). Throws a `Refusal` for one that is none or is cut short, that comes to more than
 * `limit` bytes, or to a hundred times of what arrived.
 */
export async function* unpackGzip(packed: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let [taken, given] = [0, 0];
  const source = Readable.from(countEach(packed, (bytes) => (taken += bytes)));
  const gunzip = createGunzip();
  // A fault of the source is one of whoever reads what is unpacked.
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      given += chunk.length;
      if (given > limit) throw new Refusal(payloadTooLarge(limit));
      if (given > FREE_BYTES && given > taken * LARGEST_RATIO)
        throw refusal('it unpacks to far more than it is');
      yield chunk;
    }
  } catch (error) {
    if (isOfZlib(error)) throw refusal('it is no gzip, or is cut short');
    throw error;
  } finally {
    source.destroy();
  }
}

async function* countEach(
  chunks: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

function refusal(detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'body', undefined, detail)]));
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
