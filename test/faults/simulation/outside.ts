/** The archive and the other registry of a simulation, which outlive every process. */
import type { RegistryAnswer } from '../../../src/ebox/relay.ts';

export class Outside {
  readonly archive = new Map<string, string>();
  /** By key of the publication. */
  readonly published = new Map<string, { readonly messageId: string; readonly id: string }>();
  readonly #answers: number[];
  readonly #refused: string | undefined;
  #names = 0;

  /** `answers`: statuses that the next calls get instead of their effect; `refused`: the message that is never taken. */
  constructor(answers: readonly number[], refused: string | undefined) {
    this.#answers = [...answers];
    this.#refused = refused;
  }

  newName(what: string): string {
    this.#names += 1;
    return `${what}-${this.#names}`;
  }

  /** As `If-None-Match: *` does it; gives whether it was stored. */
  put(key: string, content: string): boolean {
    if (this.archive.has(key)) return false;
    this.archive.set(key, content);
    return true;
  }

  /** Answers a publication as the contract says: the first message of a key stays. */
  publish(key: string, messageId: string): RegistryAnswer {
    const refusal = messageId === this.#refused ? 422 : this.#answers.shift();
    if (refusal !== undefined) return answer(refusal, {});
    const known = this.published.get(key);
    const entry = known ?? { messageId, id: this.newName('there') };
    this.published.set(key, entry);
    return answer(known ? 409 : 201, { messageId: entry.id });
  }
}

function answer(status: number, body: object): RegistryAnswer {
  return { status, location: undefined, retryAfter: undefined, body: JSON.stringify(body) };
}
