/**
 * One version of the institution's secret, and what derives from it: each purpose has its own key (HKDF, RFC 5869), so
 * that hashes made for one purpose cannot be joined with those of another.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import { type Cipher, cipherOf } from './cipher.ts';

/** A keyed hash, HMAC-SHA-256: 32 bytes. */
export type Hmac = (text: string) => Buffer;

export const KEY_BYTES = 32;

/** What a version does: all of it can be done anew under another one. */
export interface SecretVersion {
  readonly version: number;
  /** Hashes SSINs, to find persons. */
  readonly lookUp: Hmac;
  /** Encrypts what belongs to no single citizen or file. */
  readonly register: Cipher;
  /** Wraps keys. */
  readonly envelope: Cipher;
}

/** Purposes of hashes that cannot be made anew: they stand on paper, or what was hashed is not kept. */
export const LASTING_PURPOSES = [
  'code',
  'typed',
  'attempt',
  'shuffle',
  'message',
  'staged',
  'cookie',
  'actor',
] as const;
export type LastingPurpose = (typeof LASTING_PURPOSES)[number];

/** The keys of the lasting purposes: those of the first secret, kept wrapped ever since. */
export type LastingKeys = Readonly<Record<LastingPurpose, Buffer>>;

/** Names of officials were made with the key of look-up before they had one of their own. */
const LABELS: Partial<Record<LastingPurpose, string>> = { actor: 'look-up' };

/** Derives the key of a purpose. Throws `keyUnfit` when the secret is too short. */
function derive(secret: Buffer, purpose: string): Buffer {
  if (secret.length < KEY_BYTES) {
    throw new ServiceError(
      'keyUnfit',
      'the vault secret has fewer than 32 bytes; make one with: openssl rand 32',
    );
  }
  return Buffer.from(hkdfSync('sha256', secret, '', `citizen-ebox/v1/${purpose}`, KEY_BYTES));
}

/** Derives what a version does. Throws `keyUnfit`. */
export function openVersion(version: number, secret: Buffer): SecretVersion {
  return {
    version,
    lookUp: hmacOf(derive(secret, 'look-up')),
    register: cipherOf(derive(secret, 'register')),
    envelope: cipherOf(derive(secret, 'envelope')),
  };
}

/** Derives the keys that last from the first secret. Throws `keyUnfit`. */
export function deriveLasting(secret: Buffer): LastingKeys {
  const keys = LASTING_PURPOSES.map((purpose) => [purpose, derive(secret, LABELS[purpose] ?? purpose)]);
  // One entry for each purpose of the list.
  return Object.fromEntries(keys) as LastingKeys;
}

/** Tells secrets apart and nothing of them. Throws `keyUnfit`. */
export function fingerprintOf(secret: Buffer): Buffer {
  return derive(secret, 'fingerprint');
}

/** Makes the keyed hash of a key. */
export function hmacOf(key: Buffer): Hmac {
  return (text) => createHmac('sha256', key).update(text).digest();
}
