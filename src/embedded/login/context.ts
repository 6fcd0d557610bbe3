/** Keeps the provider's own way of remembering a request from slowing down everything else in the process. */
import storage from 'oidc-provider/lib/helpers/als.js';

let underWay = 0;

/**
 * Answers one request of a provider. Its first request makes the library follow every promise of the process, and it
 * never lets go of that by itself: before Node.js 24 it costs each of them, on this thread, half a microsecond and more. So
 * it is told to when no request is under way.
 */
export async function inContext(answer: () => Promise<unknown>): Promise<void> {
  underWay += 1;
  try {
    await answer();
  } finally {
    underWay -= 1;
    if (underWay === 0) storage.disable();
  }
}
