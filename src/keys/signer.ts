/** A signing key with its certificates, behind one interface: callers hand in data and get a signature, never the key. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import { ServiceError } from '../errors.ts';

export type KeyAlgorithm = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'p-256' | 'p-384';

export interface Signer {
  /** SHA-256 of the certificate, first 16 hexadecimal digits: recorded on what was signed. */
  readonly keyId: string;
  readonly algorithm: KeyAlgorithm;
  /** The signer's certificate, DER. */
  readonly certificate: Buffer;
  /** The certificates between it and the root, nearest first, DER; the root is left out. */
  readonly chain: readonly Buffer[];
  /** The most bytes a signature of this key takes. */
  readonly signatureBytes: number;
  /** Signs SHA-256 of `data`: RSASSA-PKCS1-v1_5, or ECDSA in DER (RFC 3279 §2.2.3). */
  sign(data: Buffer): Promise<Buffer>;
}

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
  thread: 'shared' | 'own' = 'shared',
): Signer {
  const certificates = readCertificates(purpose, certificatesPem);
  const [own, ...others] = certificates;
  if (own === undefined)
    throw new ServiceError('keyUnfit', `${purpose}: the certificate file holds no certificate`);
  const key = readPrivateKey(purpose, keyPem);
  if (!own.checkPrivateKey(key)) {
    throw new ServiceError(
      'keyUnfit',
      `${purpose}: the private key does not belong to certificate ${own.serialNumber}`,
    );
  }
  const algorithm = algorithmOf(purpose, key);
  return {
    keyId: createHash('sha256').update(own.raw).digest('hex').slice(0, 16),
    algorithm,
    certificate: own.raw,
    chain: others.filter((one) => !isSelfSigned(one)).map((one) => one.raw),
    signatureBytes: SIGNATURE_BYTES[algorithm],
    // A callback runs the signature on libuv's threads, off the event loop.
    sign:
      thread === 'own' ? async (data) => sign('sha256', data, key) : (data) => signAsync('sha256', data, key),
  };
}

const SIGNATURE_BYTES: Readonly<Record<KeyAlgorithm, number>> = {
  'rsa-2048': 256,
  'rsa-3072': 384,
  'rsa-4096': 512,
  // ECDSA in DER: two integers of at most n+1 bytes with their headers.
  'p-256': 72,
  'p-384': 104,
};

function readPrivateKey(purpose: string, pem: string): KeyObject {
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

function algorithmOf(purpose: string, key: KeyObject): KeyAlgorithm {
  const { modulusLength, namedCurve } = createPublicKey(key).asymmetricKeyDetails ?? {};
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
