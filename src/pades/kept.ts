/** Remembers what was read from bytes that come again and again: the certificates, lists and answers of our own issuers. */
import { createHash } from 'node:crypto';

/** Larger things come rarely, and hostile ones must not fill the memory. */
const MOST_BYTES = 16 * 1024;

/**
 * Gives `read` with a memory of the `most` results used last. The same bytes give the same object, so that what was found
 * out about it (`isSignedBy`) is known as well; it holds a copy of them, not the file they came in.
 */
export function keepLatest<T extends object>(most: number, read: (bytes: Buffer) => T): (bytes: Buffer) => T {
  const latest = new Map<string, T>();
  return (bytes) => {
    if (bytes.length > MOST_BYTES) return read(bytes);
    const digest = createHash('sha256').update(bytes).digest('base64');
    const found = latest.get(digest) ?? read(Buffer.from(bytes));
    // The one used longest ago stands first.
    latest.delete(digest);
    latest.set(digest, found);
    for (const oldest of latest.keys()) {
      if (latest.size <= most) break;
      latest.delete(oldest);
    }
    return found;
  };
}
