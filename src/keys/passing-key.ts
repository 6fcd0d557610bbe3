/** A key that is never kept: for what lies on a disk while a request lasts, and nobody can read once it is over. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-ctr';
const KEY_BYTES = 32;
const BLOCK_BYTES = 16;

/** Encrypts and decrypts one run of bytes, chunk by chunk in their order (NIST SP 800-38A §6.5). */
export interface PassingKey {
  encrypt(chunk: Buffer): Buffer;
  /** Begins to decrypt it, from its first byte on; what it gives takes the chunks in their order. */
  decryptor(): (ciphertext: Buffer) => Buffer;
}

/** Makes a key for one run of bytes. It does not authenticate: who reads checks a digest. */
export function createPassingKey(): PassingKey {
  const key = randomBytes(KEY_BYTES);
  const counter = randomBytes(BLOCK_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, counter);
  return {
    encrypt: (chunk) => cipher.update(chunk),
    decryptor: () => {
      const decipher = createDecipheriv(ALGORITHM, key, counter);
      return (ciphertext) => decipher.update(ciphertext);
    },
  };
}
