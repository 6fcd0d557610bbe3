/** Bytes put together in a memory that is used again and again: what a document costs least to be written into. */
import type { Sum } from './adler.ts';

/** Up to this length a text is written faster here than by whoever must first be called. */
const SHORT = 64;

const ZERO = 0x30;

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

  /** Adds a text in Latin-1, one byte a character; to a checksum too, if one is being added up. */
  addText(text: string, sum?: Sum): void {
    const at = this.#grow(text.length);
    const memory = this.#memory;
    if (text.length > SHORT) {
      memory.write(text, at, 'latin1');
      sum?.addBytes(memory, at, at + text.length);
      return;
    }
    let low = 0;
    let high = 0;
    for (let index = 0; index < text.length; index += 1) {
      const character = text.charCodeAt(index);
      memory[at + index] = character;
      low += character;
      high += low;
    }
    sum?.addSums(low, high, text.length);
  }

  /** Writes over what stands there. */
  set(at: number, value: number): void {
    this.#memory[at] = value;
  }

  /** Writes a number in so many decimal digits over what stands there. */
  setDigits(at: number, digits: number, value: number): void {
    let left = value;
    for (let place = at + digits - 1; place >= at; place -= 1) {
      this.#memory[place] = ZERO + (left % 10);
      left = Math.floor(left / 10);
    }
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
