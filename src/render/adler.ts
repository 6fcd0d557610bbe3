/** The checksum of a zlib stream (Adler-32, RFC 1950, 8.2), also of texts put together whose checksums are known. */

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

/** The checksum of no bytes. */
export const NOTHING: Checksum = { low: 1, high: 0, length: 0 };

/** Bytes are added up faster than the characters of a text that was put together from parts. */
const bytes = Buffer.allocUnsafe(MOST_AT_ONCE);

/** Adds up a text in Latin-1. */
export function checksumOf(text: string): Checksum {
  const { length } = text;
  let low = 1;
  let high = 0;
  for (let from = 0; from < length; from += MOST_AT_ONCE) {
    const count = bytes.write(
      length <= MOST_AT_ONCE ? text : text.slice(from, from + MOST_AT_ONCE),
      'latin1',
    );
    for (let at = 0; at < count; at += 1) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return { low, high, length };
}

/** Gives the checksum of one text followed by another. */
export function joinChecksums(one: Checksum, other: Checksum): Checksum {
  return {
    low: (one.low + other.low - 1 + MODULUS) % MODULUS,
    high: (one.high + other.high + (one.low - 1 + MODULUS) * (other.length % MODULUS)) % MODULUS,
    length: one.length + other.length,
  };
}

/** Brings sums that were left to grow into the range of a checksum. */
export function reduce({ low, high, length }: Checksum): Checksum {
  return { low: low % MODULUS, high: high % MODULUS, length };
}

/** Writes a checksum as a zlib stream ends, four bytes in Latin-1. */
export function writeChecksum({ low, high }: Checksum): string {
  return String.fromCharCode(high >> 8, high & 0xff, low >> 8, low & 0xff);
}
