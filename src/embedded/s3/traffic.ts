/** Which connections have requests under way, so that a stop can end the others at once. */
import type { Socket } from 'node:net';

export class Traffic {
  /** Requests under way, by connection. */
  readonly #connections = new Map<Socket, Set<Promise<void>>>();
  #isEnding = false;

  /** Takes note of a new connection. */
  add(socket: Socket): void {
    this.#connections.set(socket, new Set());
    socket.once('close', () => this.#connections.delete(socket));
  }

  /** Follows a request until it is answered. `answered` must not reject. */
  follow(socket: Socket, answered: Promise<void>): void {
    const requests = this.#connections.get(socket) ?? new Set();
    requests.add(answered);
    void this.#finish(socket, requests, answered);
  }

  /** Ends connections without a request now, the others once theirs are answered, and returns when all requests are. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const underWay = [...this.#connections.values()].flatMap((requests) => [...requests]);
    for (const [socket, requests] of this.#connections) {
      if (requests.size === 0) socket.destroy();
    }
    await Promise.all(underWay);
  }

  async #finish(socket: Socket, requests: Set<Promise<void>>, answered: Promise<void>): Promise<void> {
    await answered;
    requests.delete(answered);
    if (this.#isEnding && requests.size === 0) socket.destroySoon();
  }
}
