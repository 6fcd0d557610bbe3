/** Bytes put together in a memory that is used again and again: what a document costs least to be written into. */
import type { Sum } from './adler.ts';

/** Up to this length a text is written faster here than by whoever must first be called. */
const SHORT = 64;

/** Grows at its end. */
export class Bytes {
  #memory = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Gives up what stands from `length` on. */
  cutTo(length: number): void {
    this.#length = length;
  }

  add(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#memory.set(bytes, at);
  }

  /** Adds a text in Latin-1, one byte a character. */
  addText(text: string): void {
    const at = this.#grow(text.length);
    const memory = this.#memory;
    if (text.length > SHORT) {
      memory.write(text, at, 'latin1');
      return;
    }
    for (let index = 0; index < text.length; index += 1) memory[at + index] = text.charCodeAt(index);
  }

  /** Writes over what stands there. */
  set(at: number, value: number): void {
    this.#memory[at] = value;
  }

  /** Adds what stands from `from` on to a checksum. */
  sum(sum: Sum, from: number): void {
    sum.addBytes(this.#memory, from, this.#length);
  }

  /** Gives a part as it lies here: good until something is added, or written over it. */
  view(from = 0): Buffer {
    return this.#memory.subarray(from, this.#length);
  }

  /** Makes room, and gives where it begins. */
  #grow(by: number): number {
    const at = this.#length;
    this.#length += by;
    if (this.#length > this.#memory.length) {
      const memory = Buffer.allocUnsafeSlow(2 * this.#length);
      memory.set(this.#memory.subarray(0, at));
      this.#memory = memory;
    }
    return at;
  }
}
