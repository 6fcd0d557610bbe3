/**
 * Symmetric keys by purpose: keyed hashes for look-up and codes, and the envelope that encrypts persons' data.
 * Callers get functions, never key bytes. Each purpose has its own key, derived by HKDF (RFC 5869) from one secret,
 * so that hashes made for one purpose cannot be joined with those of another.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { ServiceError } from '../errors.ts';

/** A keyed hash, HMAC-SHA-256: 32 bytes. */
export type Hmac = (text: string) => Buffer;

/** Encrypts and decrypts with one key; `aad` is authenticated with it. Ciphertext ends in the 16-byte tag. */
export interface Cipher {
  encrypt(nonce: Buffer, plaintext: Buffer, aad: Buffer): Buffer;
  /** Throws `archivedObjectCorrupt` when key, nonce, text or `aad` do not belong together. */
  decrypt(nonce: Buffer, ciphertext: Buffer, aad: Buffer): Buffer;
}

/** The key of one citizen: opens every data key of that citizen's documents, and nothing when destroyed. */
export interface CitizenKey {
  /** Makes the key of one document, and the form in which it is stored beside it. */
  createDataKey(): { readonly wrapped: Buffer; readonly cipher: Cipher };
  openDataKey(wrapped: Buffer): Cipher;
  /** For small texts stored in the register: nonce and ciphertext in one. */
  seal(plaintext: Buffer, context: string): Buffer;
  open(sealed: Buffer, context: string): Buffer;
}

export interface Vault {
  /** Finds persons by SSIN without storing it. */
  readonly lookUp: Hmac;
  /** Makes the code printed on a document from its attestation id. */
  readonly code: Hmac;
  /** Makes the code that is typed by hand from the attestation number. */
  readonly typed: Hmac;
  /** Names who typed a code, or for which number, without storing either. */
  readonly attempt: Hmac;
  /** Shuffles the places of a status list. */
  readonly shuffle: Hmac;
  /** Tells whether two bodies are the same message. */
  readonly message: Hmac;
  /** Makes the secret that signs the cookies of a kind. */
  readonly cookie: Hmac;
  /** For what belongs to no single citizen: SSINs in the person table, declarations as received. */
  seal(plaintext: Buffer, context: string): Buffer;
  open(sealed: Buffer, context: string): Buffer;
  /** Makes a citizen key and gives it wrapped, ready to be stored. */
  createCitizenKey(citizenKeyId: string): Buffer;
  openCitizenKey(citizenKeyId: string, wrapped: Buffer): CitizenKey;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Builds the vault from the institution's secret of at least 32 bytes. Throws `keyUnfit` when it is shorter. */
export function createVault(secret: Buffer): Vault {
  if (secret.length < KEY_BYTES) {
    throw new ServiceError(
      'keyUnfit',
      'the vault secret has fewer than 32 bytes; make one with: openssl rand 32',
    );
  }
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `citizen-ebox/v1/${purpose}`, KEY_BYTES));
  const envelope = cipherOf(derive('envelope'));
  const register = cipherOf(derive('register'));
  return {
    lookUp: hmacOf(derive('look-up')),
    code: hmacOf(derive('code')),
    typed: hmacOf(derive('typed')),
    attempt: hmacOf(derive('attempt')),
    shuffle: hmacOf(derive('shuffle')),
    message: hmacOf(derive('message')),
    cookie: hmacOf(derive('cookie')),
    seal: (plaintext, context) => sealWith(register, plaintext, context),
    open: (sealed, context) => openWith(register, sealed, context),
    createCitizenKey: (citizenKeyId) => sealWith(envelope, randomBytes(KEY_BYTES), citizenKeyId),
    openCitizenKey: (citizenKeyId, wrapped) => citizenKeyOf(openWith(envelope, wrapped, citizenKeyId)),
  };
}

function citizenKeyOf(key: Buffer): CitizenKey {
  const cipher = cipherOf(key);
  return {
    createDataKey: () => {
      const dataKey = randomBytes(KEY_BYTES);
      return { wrapped: sealWith(cipher, dataKey, 'data-key'), cipher: cipherOf(dataKey) };
    },
    openDataKey: (wrapped) => cipherOf(openWith(cipher, wrapped, 'data-key')),
    seal: (plaintext, context) => sealWith(cipher, plaintext, context),
    open: (sealed, context) => openWith(cipher, sealed, context),
  };
}

function hmacOf(key: Buffer): Hmac {
  return (text) => createHmac('sha256', key).update(text).digest();
}

function sealWith(cipher: Cipher, plaintext: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  return Buffer.concat([nonce, cipher.encrypt(nonce, plaintext, Buffer.from(context))]);
}

function openWith(cipher: Cipher, sealed: Buffer, context: string): Buffer {
  return cipher.decrypt(sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), Buffer.from(context));
}

/** AES-256-GCM (NIST SP 800-38D). */
function cipherOf(key: Buffer): Cipher {
  return {
    encrypt(nonce, plaintext, aad) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
      return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
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
          {
            cause,
          },
        );
      }
    },
  };
}
