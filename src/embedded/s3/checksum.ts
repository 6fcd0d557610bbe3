/** The checksums a client may send with a body: which one it is, how it is computed, how those of parts are joined. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Refusal } from './refusal.ts';

export const CHECKSUM_ALGORITHMS = ['crc32', 'crc32c', 'sha1', 'sha256'] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of a composite checksum followed by `-` and the number of parts. */
  readonly value: string;
  /** `COMPOSITE` is the checksum of the checksums of the parts. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** A checksum under way. */
export interface Digest {
  update(chunk: Buffer): void;
  digest(): Buffer;
}

/** A checksum the client promised; `value` is missing where it comes in the trailer. */
export interface ChecksumClaim {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string | undefined;
}

const BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { crc32: 4, crc32c: 4, sha1: 20, sha256: 32 };

const PREFIX = 'x-amz-checksum-';
/** Headers of that prefix that say something about checksums but are none. */
const NO_VALUES = new Set(['algorithm', 'mode', 'type']);

/**
 * Reads which checksum the headers promise. Throws `NotImplemented` for an algorithm not known here,
 * `InvalidRequest` for more than one or a promise without a value, `InvalidDigest` for a value of the wrong form.
 */
export function parseChecksumClaim(headers: ReadonlyMap<string, string>): ChecksumClaim | undefined {
  const named = [...headers.keys()]
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => !NO_VALUES.has(name));
  const trailer = headers.get('x-amz-trailer')?.trim().toLowerCase();
  if (trailer !== undefined) {
    if (!trailer.startsWith(PREFIX)) throw new Refusal('MalformedTrailerError');
    if (named.length > 0) throw new Refusal('InvalidRequest', 'Expecting a single x-amz-checksum- header');
    return { algorithm: parseAlgorithm(trailer.slice(PREFIX.length)), value: undefined };
  }
  const [name, ...others] = named;
  if (others.length > 0) throw new Refusal('InvalidRequest', 'Expecting a single x-amz-checksum- header');
  if (name === undefined) {
    if (headers.has('x-amz-sdk-checksum-algorithm')) {
      throw new Refusal(
        'InvalidRequest',
        'x-amz-sdk-checksum-algorithm without an x-amz-checksum- header or trailer',
      );
    }
    return undefined;
  }
  const algorithm = parseAlgorithm(name);
  return { algorithm, value: checkValue(algorithm, headers.get(PREFIX + name) ?? '') };
}

/** Checks the form of a checksum value. Throws `InvalidDigest`. */
export function checkValue(algorithm: ChecksumAlgorithm, value: string): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== BYTES[algorithm] || bytes.toString('base64') !== value)
    throw new Refusal('InvalidDigest');
  return value;
}

/** Tells whether a header gives the checksum of an empty body. */
export function isChecksumOfNothing(header: string, value: string): boolean {
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => checksumHeader(known) === header);
  return algorithm !== undefined && createDigest(algorithm).digest().toString('base64') === value;
}

/** Reads the name of an algorithm in either case. Throws `NotImplemented`. */
export function parseAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name.toLowerCase());
  if (algorithm === undefined)
    throw new Refusal('NotImplemented', `The checksum ${name} is not implemented here.`);
  return algorithm;
}

/** The header a checksum travels in. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return PREFIX + algorithm;
}

/** Starts a checksum. */
export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  switch (algorithm) {
    case 'crc32':
      return digestOf((chunk, value) => crc32(chunk, value));
    case 'crc32c':
      return digestOf(crc32c);
    case 'sha1':
    case 'sha256':
      return createHash(algorithm);
  }
}

/** Joins the checksums of the parts of a multipart upload (base64 each) as S3 does: the checksum of their bytes. */
export function joinChecksums(algorithm: ChecksumAlgorithm, values: readonly string[]): Checksum {
  const digest = createDigest(algorithm);
  for (const value of values) digest.update(Buffer.from(value, 'base64'));
  return { algorithm, value: `${digest.digest().toString('base64')}-${values.length}`, type: 'COMPOSITE' };
}

function digestOf(step: (chunk: Buffer, value: number) => number): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected, one table. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(chunk: Buffer, start: number): number {
  let value = ~start;
  for (const byte of chunk) value = (CRC32C_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}
