/** The signature algorithms and keys that seals, certificates and revocation lists may use; all others are refused. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { element, oid, sequence, TAG } from './der.ts';
import { MalformedDer, readOnly, readSequence } from './der-reader.ts';

const NULL = element(TAG.null);

/** SHA-256 as AlgorithmIdentifier, parameters absent (RFC 5754 §2). */
export const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));

/**
 * What stands as signatureAlgorithm of a seal, per key type: rsaEncryption, which every verifier knows (RFC 5754 §3.2),
 * and ecdsa-with-SHA256 (§3.3), never the bare EC key identifier.
 */
export const SEAL_ALGORITHM = {
  rsa: sequence(oid('1.2.840.113549.1.1.1'), NULL),
  ec: sequence(oid('1.2.840.10045.4.3.2')),
} as const;

export type KeyType = keyof typeof SEAL_ALGORITHM;

/** What a seal is made with: its hash, and the AlgorithmIdentifiers (DER) of hash and signature. */
export interface SealSuite {
  readonly hash: 'sha256' | 'sha384';
  readonly digestAlgorithm: Buffer;
  readonly signatureAlgorithm: Buffer;
}

const RSA_SUITE: SealSuite = {
  hash: 'sha256',
  digestAlgorithm: SHA256,
  signatureAlgorithm: SEAL_ALGORITHM.rsa,
};
const P256_SUITE: SealSuite = {
  hash: 'sha256',
  digestAlgorithm: SHA256,
  signatureAlgorithm: SEAL_ALGORITHM.ec,
};
/** SHA-384 as AlgorithmIdentifier (RFC 5754 §2), and ecdsa-with-SHA384 (§3.3). */
const P384_SUITE: SealSuite = {
  hash: 'sha384',
  digestAlgorithm: sequence(oid('2.16.840.1.101.3.4.2.2')),
  signatureAlgorithm: sequence(oid('1.2.840.10045.4.3.3')),
};

/**
 * The one suite in which a key seals and is accepted, by type and size: SHA-256, and with P-384 SHA-384, for a hash
 * shorter than the curve's order would give away the strength the key was chosen for (FIPS 186-5 §6.1.1). Both are among
 * the suites of ETSI TS 119 312; one suite a key leaves a forger nothing to choose.
 */
export function sealSuiteOf(type: KeyType, bits: number): SealSuite {
  if (type === 'rsa') return RSA_SUITE;
  return bits === 384 ? P384_SUITE : P256_SUITE;
}

interface Algorithm {
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly keyType: KeyType;
}

/** AlgorithmIdentifier in hexadecimal → what it means (RFC 4055 §5, RFC 5758 §3.2). */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  [SEAL_ALGORITHM.rsa.toString('hex'), { hash: 'sha256', keyType: 'rsa' }],
  [SEAL_ALGORITHM.ec.toString('hex'), { hash: 'sha256', keyType: 'ec' }],
  [identifier('1.2.840.113549.1.1.11', NULL), { hash: 'sha256', keyType: 'rsa' }],
  [identifier('1.2.840.113549.1.1.12', NULL), { hash: 'sha384', keyType: 'rsa' }],
  [identifier('1.2.840.113549.1.1.13', NULL), { hash: 'sha512', keyType: 'rsa' }],
  [identifier('1.2.840.10045.4.3.3'), { hash: 'sha384', keyType: 'ec' }],
  [identifier('1.2.840.10045.4.3.4'), { hash: 'sha512', keyType: 'ec' }],
]);

const EC_KEY = oid('1.2.840.10045.2.1');
/** AlgorithmIdentifier of a key in hexadecimal → its type; a curve must be named, not described (RFC 5480 §2.1.1). */
const KEY_TYPES: ReadonlyMap<string, KeyType> = new Map([
  [SEAL_ALGORITHM.rsa.toString('hex'), 'rsa'],
  [sequence(EC_KEY, oid('1.2.840.10045.3.1.7')).toString('hex'), 'ec'],
  [sequence(EC_KEY, oid('1.3.132.0.34')).toString('hex'), 'ec'],
]);
const LEAST_RSA_BITS = 2048;
/** Beyond this a signature check costs so much that a hostile key could be meant to. */
const MOST_RSA_BITS = 8192;

export interface PublicKey {
  readonly key: KeyObject;
  readonly type: KeyType;
  /** Modulus of RSA, field of an elliptic curve. */
  readonly bits: number;
}

/**
 * Opens a SubjectPublicKeyInfo (DER) whose key is strong enough to rely on: RSA from 2048 to 8192 bits, P-256 or P-384
 * as a named curve. Gives undefined for every other key and for bytes that are none.
 */
export function openPublicKey(publicKeyInfo: Buffer): PublicKey | undefined {
  const opened = openedKeys.get(publicKeyInfo) ?? readPublicKey(publicKeyInfo);
  if (opened !== undefined) openedKeys.set(publicKeyInfo, opened);
  return opened;
}

/** Opening a key costs more than checking a signature with it: each is kept as long as its certificate. */
const openedKeys = new WeakMap<Buffer, PublicKey>();

function readPublicKey(publicKeyInfo: Buffer): PublicKey | undefined {
  const type = KEY_TYPES.get(keyAlgorithmOf(publicKeyInfo)?.toString('hex') ?? '');
  const key = type === undefined ? undefined : readKey(publicKeyInfo);
  if (type === undefined || key === undefined) return undefined;
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (type === 'ec') return { key, type, bits: namedCurve === 'prime256v1' ? 256 : 384 };
  const isRightSize = modulusLength >= LEAST_RSA_BITS && modulusLength <= MOST_RSA_BITS;
  return isRightSize ? { key, type, bits: modulusLength } : undefined;
}

/** Tells whether `signature` is that of `data` by this key under this AlgorithmIdentifier (DER); false when either is not allowed. */
export function isSignature(
  publicKeyInfo: Buffer,
  algorithmIdentifier: Buffer,
  data: Buffer,
  signature: Buffer,
): boolean {
  const algorithm = ALGORITHMS.get(algorithmIdentifier.toString('hex'));
  const opened = openPublicKey(publicKeyInfo);
  if (algorithm === undefined || opened?.type !== algorithm.keyType) return false;
  return verify(algorithm.hash, data, opened.key, signature);
}

function readKey(publicKeyInfo: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' });
  } catch {
    // Whatever OpenSSL cannot read is no key we rely on; why is of no use to anybody.
    return undefined;
  }
}

function keyAlgorithmOf(publicKeyInfo: Buffer): Buffer | undefined {
  try {
    return readSequence(readOnly(publicKeyInfo))[0]?.raw;
  } catch (error) {
    if (error instanceof MalformedDer) return undefined;
    throw error;
  }
}

function identifier(dotted: string, ...parameters: readonly Buffer[]): string {
  return sequence(oid(dotted), ...parameters).toString('hex');
}
