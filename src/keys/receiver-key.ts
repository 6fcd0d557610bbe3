/** The key of one file for a receiver: wrapped for their certificate, and kept so that the same file can be written again. */
import {
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { FileKey } from './vault.ts';
import { KEY_BYTES } from './vault-secret.ts';

/** As a receiver gets a content key, for whoever writes it down. */
export type KeyForReceiver =
  | { readonly kind: 'rsa'; readonly encryptedKey: Buffer }
  | {
      readonly kind: 'ec';
      /** The public key of the moment, SubjectPublicKeyInfo. */
      readonly ephemeralInfo: Buffer;
      readonly encryptedKey: Buffer;
    };

/** Encrypts one file from its beginning: the same bytes each time, as key and nonce belong to this file alone. */
export interface FileCipher {
  readonly nonce: Buffer;
  update(bytes: Buffer): Buffer;
  /** The authentication code, after the last byte. */
  finish(): Buffer;
}

const NONCE_BYTES = 12;
const RSA_BITS = 2048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Says what keeps a public key (SubjectPublicKeyInfo) from being used; undefined for one that can be. */
export function defectOfReceiverKey(publicKeyInfo: Buffer): string | undefined {
  const key = openPublicKey(publicKeyInfo);
  const { modulusLength = 0, namedCurve = '' } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'rsa')
    return modulusLength < RSA_BITS ? `its key has fewer than ${RSA_BITS} bits` : undefined;
  if (key?.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve)) return undefined;
  return 'its key is neither RSA nor on one of the curves P-256, P-384 and P-521';
}

function openPublicKey(publicKeyInfo: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/**
 * Makes the key of a file: as the receiver gets it, and sealed under the key of its run. `keyWrap` is the
 * AlgorithmIdentifier of the key wrap, which the agreed key is derived with. Throws `keyUnfit`.
 */
export function createContentKey(
  publicKeyInfo: Buffer,
  keyWrap: Buffer,
  runKey: FileKey,
  fileId: string,
): { readonly sealed: Buffer; readonly forReceiver: KeyForReceiver } {
  const receiver = openPublicKey(publicKeyInfo);
  const defect = defectOfReceiverKey(publicKeyInfo);
  if (receiver === undefined || defect !== undefined)
    throw new ServiceError('keyUnfit', `the certificate of a receiver cannot be used: ${defect}`);
  const key = randomBytes(KEY_BYTES);
  const sealed = runKey.seal(Buffer.concat([key, randomBytes(NONCE_BYTES)]), contextOf(fileId));
  const isRsa = receiver.asymmetricKeyType === 'rsa';
  return { sealed, forReceiver: isRsa ? encryptTo(receiver, key) : agreeWith(receiver, keyWrap, key) };
}

function contextOf(fileId: string): string {
  return `content/${fileId}`;
}

function encryptTo(receiver: KeyObject, key: Buffer): KeyForReceiver {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return { kind: 'rsa', encryptedKey: publicEncrypt({ key: receiver, padding, oaepHash: 'sha256' }, key) };
}

/** Agrees on a key with one of the moment (RFC 5753 §3.1) and wraps the content key with it (RFC 3394). */
function agreeWith(receiver: KeyObject, keyWrap: Buffer, key: Buffer): KeyForReceiver {
  const namedCurve = receiver.asymmetricKeyDetails?.namedCurve ?? '';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const secret = diffieHellman({ privateKey, publicKey: receiver });
  const wrap = createCipheriv('id-aes256-wrap', derive(secret, keyWrap), Buffer.alloc(8, 0xa6));
  return {
    kind: 'ec',
    ephemeralInfo: publicKey.export({ format: 'der', type: 'spki' }),
    encryptedKey: Buffer.concat([wrap.update(key), wrap.final()]),
  };
}

/** ECC-CMS-SharedInfo (RFC 5753 §7.2) for a key of 256 bits: one turn of the derivation of ANSI X9.63. */
function derive(secret: Buffer, keyWrap: Buffer): Buffer {
  const bits = Buffer.from([0xa2, 0x06, 0x04, 0x04, 0, 0, 1, 0]);
  const shared = Buffer.concat([Buffer.from([0x30, keyWrap.length + bits.length]), keyWrap, bits]);
  return createHash('sha256')
    .update(secret)
    .update(Buffer.from([0, 0, 0, 1]))
    .update(shared)
    .digest();
}

/** Opens the key of a file, to write it once more. */
export function openContentKey(sealed: Buffer, runKey: FileKey, fileId: string): FileCipher {
  const opened = runKey.open(sealed, contextOf(fileId));
  const nonce = opened.subarray(KEY_BYTES);
  const cipher = createCipheriv('aes-256-gcm', opened.subarray(0, KEY_BYTES), nonce);
  return {
    nonce,
    update: (bytes) => cipher.update(bytes),
    finish: () => Buffer.concat([cipher.final(), cipher.getAuthTag()]),
  };
}
