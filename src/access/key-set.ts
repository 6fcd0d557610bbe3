/** A set of public keys as an issuer publishes it (RFC 7517 §5): what of it may verify tokens. */
import { createPublicKey } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/**
 * Makes the function that finds the key of a token by the token's key id and algorithm. Keys that cannot verify are left
 * out. Throws `Error` when what is given is no key set, or none of its keys can be used.
 */
export function readKeySet(document: unknown): JWTVerifyGetKey {
  const listed: unknown = isRecord(document) ? document.keys : undefined;
  if (!Array.isArray(listed)) throw new Error('it is no key set');
  const keys = listed.filter(isRecord).filter(isUsable);
  if (keys.length === 0) throw new Error('none of its keys can verify a signature');
  // Each was read as a key by `isUsable`.
  return createLocalJWKSet({ keys } as unknown as JSONWebKeySet);
}

type Member = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Member {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RSA with 2048 bits or more (RFC 7518 §3.3), P-256 or Ed25519. One whose private part was published is anybody's. */
function isUsable(jwk: Member): boolean {
  if (jwk.d !== undefined || (jwk.kid !== undefined && typeof jwk.kid !== 'string')) return false;
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
    if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
    return type === 'ec' ? details?.namedCurve === 'prime256v1' : type === 'ed25519';
  } catch {
    return false;
  }
}
