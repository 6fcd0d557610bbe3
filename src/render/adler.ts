/** The checksum of a zlib stream (Adler-32, RFC 1950, 8.2), also of parts put together whose checksums are known. */

/** Both sums and how many bytes they are of. */
export interface Checksum {
  readonly low: number;
  readonly high: number;
  readonly length: number;
}

/** The largest prime below 65 536. */
const MODULUS = 65_521;
/** So many bytes can be added up before the sums outgrow 30 bits, and numbers are no longer of the fastest kind. */
const MOST_AT_ONCE = 2500;
/** Sums grow up to here before they are brought into range: dividing takes longer than all else. */
const MOST = 2 ** 50;

/** A checksum being added up. */
export class Sum {
  #low = 1;
  #high = 0;

  /** Adds bytes from one place until another. */
  addBytes(bytes: Uint8Array, from = 0, until = bytes.length): void {
    for (let start = from; start < until; start += MOST_AT_ONCE) {
      const end = Math.min(start + MOST_AT_ONCE, until);
      let low = 0;
      let high = 0;
      for (let at = start; at < end; at += 1) {
        low += bytes[at] ?? 0;
        high += low;
      }
      this.addSums(low, high, end - start);
    }
  }

  /** Adds bytes whose checksum is known. */
  add({ low, high, length }: Checksum): void {
    this.addSums(low - 1, high - length, length);
  }

  /** Adds bytes of which the sums are known as they are when nothing stands before, at most 65 535 of them. */
  addSums(low: number, high: number, length: number): void {
    this.#high += high + this.#low * length;
    this.#low += low;
    if (this.#high > MOST) {
      this.#high %= MODULUS;
      this.#low %= MODULUS;
    }
  }

  /** Gives the checksum of so many bytes. */
  of(length: number): Checksum {
    return { low: this.#low % MODULUS, high: this.#high % MODULUS, length };
  }

  /** Writes it as a zlib stream ends, four characters in Latin-1. */
  write(): string {
    const { low, high } = this.of(0);
    return String.fromCharCode(high >> 8, high & 0xff, low >> 8, low & 0xff);
  }
}

/** Adds up bytes. */
export function checksumOf(bytes: Uint8Array): Checksum {
  const sum = new Sum();
  sum.addBytes(bytes);
  return sum.of(bytes.length);
}

/** Brings sums that were left to grow into the range of a checksum. */
export function reduce({ low, high, length }: Checksum): Checksum {
  return { low: low % MODULUS, high: high % MODULUS, length };
}
