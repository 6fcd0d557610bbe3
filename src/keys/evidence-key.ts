/** The key that seals the heads of the evidence log: statements as compact JWS (RFC 7515), ES256. */
import { createPrivateKey } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { describeError, ServiceError } from '../errors.ts';

/** The public half, as it is handed out. */
export interface EvidencePublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A key that seals statements and cannot be read out again. */
export interface EvidenceKey {
  readonly publicKey: EvidencePublicKey;
  /** Gives a compact JWS over a text, its type as `typ`. */
  seal(type: string, text: string): Promise<string>;
}

/**
 * Reads a private key on P-256, PEM or JWK. Its name is its thumbprint (RFC 7638), so that no two keys share one.
 * Throws `keyUnfit` when it is none.
 */
export async function readEvidenceKey(text: string): Promise<EvidenceKey> {
  try {
    const jwk = text.trimStart().startsWith('{')
      ? (JSON.parse(text) as JWK)
      : createPrivateKey(text).export({ format: 'jwk' });
    const { crv, x, y, d } = jwk;
    if (crv !== 'P-256' || x === undefined || y === undefined || d === undefined)
      throw new Error('it is no private key on P-256');
    const key = await importJWK({ kty: 'EC', crv, x, y, d }, 'ES256', { extractable: false });
    const kid = await calculateJwkThumbprint({ kty: 'EC', crv, x, y });
    return {
      publicKey: { kty: 'EC', crv, x, y, kid, alg: 'ES256', use: 'sig' },
      seal: (typ, statement) =>
        new CompactSign(Buffer.from(statement)).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(key),
    };
  } catch (cause) {
    // A parser's complaint may repeat what it read, and that is a private key.
    const reason = cause instanceof SyntaxError ? 'it is neither PEM nor JSON' : describeError(cause);
    throw new ServiceError('keyUnfit', `evidence: the key cannot be used: ${reason}`, { cause: undefined });
  }
}
