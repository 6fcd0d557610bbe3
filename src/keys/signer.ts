/** A signing key with its certificates, behind one interface: callers hand in data and get a signature, never the key. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import { ServiceError } from '../errors.ts';

export type KeyAlgorithm = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'p-256' | 'p-384';

/** What everybody may know of a signing key that has a certificate. */
export interface KeyIdentity {
  /** SHA-256 of the certificate, first 16 hexadecimal digits: recorded on what was signed. */
  readonly keyId: string;
  readonly algorithm: KeyAlgorithm;
  /** The signer's certificate, DER. */
  readonly certificate: Buffer;
  /** The certificates between it and the root, nearest first, DER; the root is left out. */
  readonly chain: readonly Buffer[];
}

export interface Signer extends KeyIdentity {
  /** The most bytes a signature of this key takes. */
  readonly signatureBytes: number;
  /** Signs `data` with the hash of `hashOf(algorithm)`: RSASSA-PKCS1-v1_5, or ECDSA in DER (RFC 3279 §2.2.3). */
  sign(data: Buffer): Promise<Buffer>;
}

/** Whether others wait for the thread that signs. */
export type SignerThread = 'shared' | 'own';

const signAsync = promisify(sign);

/**
 * Loads a signer from PEM texts: the private key, and the certificates with the signer's own first.
 * Throws `keyUnfit` in one sentence when key and certificate do not belong together or the algorithm is not allowed.
 * @param thread `own` where nothing else waits for the thread: signing then and there costs less than handing it over
 */
export function loadPemSigner(
  purpose: string,
  keyPem: string,
  certificatesPem: string,
  thread: SignerThread = 'shared',
): Signer {
  const identity = readIdentity(purpose, certificatesPem);
  const own = new X509Certificate(identity.certificate);
  const key = readPrivateKey(purpose, keyPem);
  if (!own.checkPrivateKey(key)) throw mismatch(purpose, own);
  const hash = hashOf(identity.algorithm);
  // A callback runs the signature on libuv's threads, off the event loop.
  const signWith: Signer['sign'] =
    thread === 'own' ? async (data) => sign(hash, data, key) : (data) => signAsync(hash, data, key);
  return signerOf(identity, signWith);
}

/** Reads what a PEM text says of a key, its own certificate first. Throws `keyUnfit` when there is none or its key is not allowed. */
export function readIdentity(purpose: string, certificatesPem: string): KeyIdentity {
  const [own, ...others] = readCertificates(purpose, certificatesPem);
  if (own === undefined)
    throw new ServiceError('keyUnfit', `${purpose}: the certificate file holds no certificate`);
  return {
    keyId: createHash('sha256').update(own.raw).digest('hex').slice(0, 16),
    algorithm: algorithmOf(purpose, own.publicKey),
    certificate: own.raw,
    chain: others.filter((one) => !isSelfSigned(one)).map((one) => one.raw),
  };
}

/** Puts a signer together from what is known of the key and from whatever signs with it: a module, a service, another thread. */
export function signerOf(identity: KeyIdentity, signWith: Signer['sign']): Signer {
  return { ...identity, signatureBytes: SIGNATURE_BYTES[identity.algorithm], sign: signWith };
}

/**
 * Has a key that cannot be looked at sign some bytes, and checks them with its certificate.
 * Throws `keyUnfit` when they do not belong together, and what signing throws.
 */
export async function checkSigner(purpose: string, signer: Signer): Promise<void> {
  const data = Buffer.from(`${purpose} key ${signer.keyId}`);
  const certificate = new X509Certificate(signer.certificate);
  const signature = await signer.sign(data);
  if (!verify(hashOf(signer.algorithm), data, certificate.publicKey, signature))
    throw mismatch(purpose, certificate);
}

function mismatch(purpose: string, { serialNumber }: X509Certificate): ServiceError {
  return new ServiceError(
    'keyUnfit',
    `${purpose}: the private key does not belong to certificate ${serialNumber}`,
  );
}

/** The hash a key signs with: SHA-384 with P-384, SHA-256 with all others (ETSI TS 119 312). */
export function hashOf(algorithm: KeyAlgorithm): 'sha256' | 'sha384' {
  return algorithm === 'p-384' ? 'sha384' : 'sha256';
}

const SIGNATURE_BYTES: Readonly<Record<KeyAlgorithm, number>> = {
  'rsa-2048': 256,
  'rsa-3072': 384,
  'rsa-4096': 512,
  // ECDSA in DER: two integers of at most n+1 bytes with their headers.
  'p-256': 72,
  'p-384': 104,
};

/** Reads a private key, PEM without a passphrase. Throws `keyUnfit`. */
export function readPrivateKey(purpose: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new ServiceError('keyUnfit', `${purpose}: the key file holds no readable PEM private key`, {
      cause,
    });
  }
}

/** Reads every certificate of a PEM text, in its order. */
export function readCertificates(purpose: string, pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new ServiceError('keyUnfit', `${purpose}: the certificate file holds an unreadable certificate`, {
      cause,
    });
  }
}

/** Tells whether a certificate was signed with its own key: a root. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** Names the algorithm of a key, private or public. Throws `keyUnfit` when it is none that may seal. */
export function algorithmOf(purpose: string, key: KeyObject): KeyAlgorithm {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (
    key.asymmetricKeyType === 'rsa' &&
    (modulusLength === 2048 || modulusLength === 3072 || modulusLength === 4096)
  ) {
    return `rsa-${modulusLength}`;
  }
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'p-256';
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'secp384r1') return 'p-384';
  throw new ServiceError(
    'keyUnfit',
    `${purpose}: only RSA-2048, -3072, -4096, P-256 and P-384 keys are allowed`,
  );
}
