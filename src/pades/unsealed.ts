/** A PDF on its way from rendering to sealing, with the hash of how it begins: many documents share that. */
import { createHash, type Hash } from 'node:crypto';
import { CONTENTS, KEY, type SealPlace } from './byte-range.ts';

/** A rendered PDF whose signature is still empty. Whoever seals it owns `bytes` and writes into them. */
export interface Unsealed {
  readonly bytes: Buffer;
  /** How many bytes of the beginning are hashed already; 0 for none. */
  readonly prefixBytes: number;
  /** SHA-256 of that beginning, still open: each document goes on with a copy, so that the beginning is hashed once. */
  readonly prefixHash: Hash;
  /** Where its seal goes, if whoever rendered it knows. */
  readonly place?: SealPlace;
}

/**
 * Hashes the beginning that many documents share.
 * @throws RangeError when it holds what sealing writes over: the hash would be that of other bytes than are released
 */
export function hashPrefix(prefix: Buffer): Hash {
  if (prefix.includes(KEY.trimEnd()) || prefix.includes(CONTENTS))
    throw new RangeError('the beginning of a PDF holds its signature, so it cannot be hashed before that');
  return createHash('sha256').update(prefix);
}

/** Takes a PDF of which nothing was hashed. */
export function unhashed(bytes: Buffer): Unsealed {
  return { bytes, prefixBytes: 0, prefixHash: createHash('sha256') };
}
