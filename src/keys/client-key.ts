/** The key with which the service identifies itself to the token issuer (`private_key_jwt`, RFC 7523 §2.2). */
import { createPrivateKey } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { describeError, ServiceError } from '../errors.ts';

/** A key that signs and cannot be read out again. */
export interface ClientKey {
  readonly key: CryptoKey;
  /** How the issuer names the key, where the file says it. */
  readonly kid?: string;
}

/**
 * Reads a private key, PEM or JWK: EC with P-256 (ES256), or RSA of 2048 bits or more (RS256 unless a JWK says PS256).
 * Throws `keyUnfit` when it is neither. `purpose` stands in the message.
 */
export async function readClientKey(purpose: string, text: string): Promise<ClientKey> {
  try {
    const jwk = text.trimStart().startsWith('{')
      ? parseJwk(text)
      : createPrivateKey(text).export({ format: 'jwk' });
    const key = await importJWK(jwk, algorithmOf(jwk), { extractable: false });
    if (key instanceof Uint8Array || key.type !== 'private') throw new Error('it is no private key');
    if (isShort(key)) throw new Error(`it has fewer than ${RSA_BITS} bits`);
    return { key, ...(typeof jwk.kid === 'string' && { kid: jwk.kid }) };
  } catch (cause) {
    throw new ServiceError('keyUnfit', `${purpose} cannot be used: ${describeError(cause)}`, { cause });
  }
}

/** A parser's complaint may repeat what it read, and that is a private key. */
function parseJwk(text: string): JWK {
  try {
    return JSON.parse(text) as JWK;
  } catch {
    throw new Error('it is neither PEM nor JSON');
  }
}

function algorithmOf({ kty, crv, alg }: JWK): string {
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  if (kty === 'RSA') return alg === 'PS256' ? 'PS256' : 'RS256';
  throw new Error('it is neither RSA nor EC with P-256');
}

/** The fewest bits with which an RSA key may sign (RFC 7518 §3.3, §3.5). */
const RSA_BITS = 2048;

function isShort({ algorithm }: CryptoKey): boolean {
  return 'modulusLength' in algorithm && Number(algorithm.modulusLength) < RSA_BITS;
}
