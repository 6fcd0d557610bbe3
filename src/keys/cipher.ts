/** Encryption with one symmetric key: AES-256-GCM (NIST SP 800-38D), and small texts with their nonce in front. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import { freshBytes } from '../random.ts';

/** Encrypts and decrypts with one key; `aad` is authenticated with it. Ciphertext ends in the 16-byte tag. */
export interface Cipher {
  encrypt(nonce: Buffer, plaintext: Buffer, aad: Buffer): Buffer;
  /** As `encrypt`, with something before the ciphertext: a large one is copied once. */
  encryptAfter(before: Buffer, nonce: Buffer, plaintext: Buffer, aad: Buffer): Buffer;
  /** Throws `archivedObjectCorrupt` when key, nonce, text or `aad` do not belong together. */
  decrypt(nonce: Buffer, ciphertext: Buffer, aad: Buffer): Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NOTHING = Buffer.alloc(0);

/** Encrypts a small text: nonce and ciphertext in one. */
export function sealWith(cipher: Cipher, plaintext: Buffer, context: string): Buffer {
  const nonce = freshBytes(NONCE_BYTES);
  return cipher.encryptAfter(nonce, nonce, plaintext, Buffer.from(context));
}

/** Decrypts what `sealWith` made. Throws `archivedObjectCorrupt`. */
export function openWith(cipher: Cipher, sealed: Buffer, context: string): Buffer {
  return cipher.decrypt(sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), Buffer.from(context));
}

/** Makes the cipher of a key of 32 bytes. */
export function cipherOf(key: Buffer): Cipher {
  const encryptAfter: Cipher['encryptAfter'] = (before, nonce, plaintext, aad) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    return Buffer.concat([before, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  };
  return {
    encryptAfter,
    encrypt: (nonce, plaintext, aad) => encryptAfter(NOTHING, nonce, plaintext, aad),
    decrypt(nonce, ciphertext, aad) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
          aad,
        );
        decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new ServiceError(
          'archivedObjectCorrupt',
          'stored data do not open with the key they were stored under',
          { cause },
        );
      }
    },
  };
}
