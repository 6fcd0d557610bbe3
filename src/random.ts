/** Random bytes: of many small wishes the generator is asked once, because asking costs more than the bytes. */
import { randomBytes, randomFillSync } from 'node:crypto';

const drawn = Buffer.alloc(8192);
let next = drawn.length;

/** Gives so many random bytes, each given once. For what is no key: nonces, salts, ids. */
export function freshBytes(count: number): Buffer {
  if (count > drawn.length / 8) return randomBytes(count);
  if (next + count > drawn.length) {
    randomFillSync(drawn);
    next = 0;
  }
  const bytes = Buffer.from(drawn.subarray(next, next + count));
  // What was given is known to whoever got it, and to nobody who looks here later.
  drawn.fill(0, next, next + count);
  next += count;
  return bytes;
}
