/** Readers who take too little of an answer are cut off: whoever holds many answers open gains nothing by it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ReaderPace {
  /** How many bytes a second a reader takes at least, on the average of the window. 0: any number. */
  readonly bytesPerSecond: number;
  /** How long they may take less, in milliseconds: a phone in a tunnel takes nothing for a while. */
  readonly windowMs: number;
}

/** How often connections are looked at within the window. */
const CHECKS = 4;

interface Progress {
  taken: number;
  since: number;
}

/**
 * Makes the watcher of the answers of a server: it is told of each, and closes the connection of one that is taken too
 * slowly. An answer that we are slow to write is not touched: nothing of it waits for its reader.
 */
export function createReaderWatch({ bytesPerSecond, windowMs }: ReaderPace) {
  const leastBytes = (bytesPerSecond * windowMs) / 1000;
  const answered = new Map<Socket, Progress>();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const now = performance.now();
    for (const [socket, progress] of answered) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken - progress.taken >= leastBytes) {
        progress.taken = taken;
        progress.since = now;
      } else if (now - progress.since >= windowMs) {
        socket.destroy();
      }
    }
    if (answered.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
  return ({ socket }: IncomingMessage, response: ServerResponse): void => {
    if (leastBytes === 0) return;
    answered.set(socket, { taken: socket.bytesWritten, since: performance.now() });
    response.once('close', () => answered.delete(socket));
    timer ??= setInterval(look, windowMs / CHECKS).unref();
  };
}
