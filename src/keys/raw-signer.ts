/** A P-256 key for codes and tokens: signs in the form of COSE and JOSE, where a key has no certificate. */
import { createHash, createPublicKey, type JsonWebKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { ServiceError } from '../errors.ts';
import { algorithmOf, readPrivateKey } from './signer.ts';

export interface RawSigner {
  /** SHA-256 of the SubjectPublicKeyInfo, first 8 bytes: names the key in what it signed. */
  readonly keyId: Buffer;
  /** The public key as a JWK (RFC 7517). */
  readonly publicJwk: JsonWebKey;
  /** Signs SHA-256 of `data`: ES256, 64 bytes, the two numbers side by side (RFC 7518 §3.4, RFC 9053 §2.1). */
  sign(data: Buffer): Promise<Buffer>;
}

const signAsync = promisify(sign);

/** Loads a P-256 private key from PEM. Throws `keyUnfit` when it is none; `purpose` stands in the message. */
export function loadRawSigner(purpose: string, keyPem: string): RawSigner {
  const key = readPrivateKey(purpose, keyPem);
  if (algorithmOf(purpose, key) !== 'p-256')
    throw new ServiceError('keyUnfit', `${purpose}: the key must be P-256`);
  const publicKey = createPublicKey(key);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    keyId: createHash('sha256').update(spki).digest().subarray(0, 8),
    publicJwk: publicKey.export({ format: 'jwk' }),
    sign: (data) => signAsync('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
  };
}
