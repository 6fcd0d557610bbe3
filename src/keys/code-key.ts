/** The key that signs offline codes and status lists: P-256 with ES256, of its own, never the key of the seal. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Es256Signer } from '../code/offline-code.ts';
import type { PublicCodeKey } from '../code/public-key.ts';
import { describeError, ServiceError } from '../errors.ts';

/** The texts of the files with the key and those before it. */
export interface CodeKeyTexts {
  /** PEM, or JWK; `nbf` and `exp` of a JWK say when it counts. */
  readonly key: string;
  /** A set of public keys, as `/verifications/v1/keys` gives it. */
  readonly formerKeys: string | undefined;
}

/** What signs codes, and the key they are checked with. */
export interface CodeSigner extends Es256Signer {
  readonly publicKey: PublicCodeKey;
}

const signAsync = promisify(sign);

/** Loads the key from PEM or JWK. Throws `keyUnfit` when it cannot be used, or does not count `now`. */
export function loadCodeSigner(text: string, now: Date): CodeSigner {
  const { privateKey, nbf, exp } = readKey(text);
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const keyId = thumbprintOf(x, y);
  const [validFrom, validUntil] = [instantOf(nbf), instantOf(exp)];
  const publicKey = {
    keyId: keyId.toString('base64url'),
    x,
    y,
    ...(validFrom && { validFrom }),
    ...(validUntil && { validUntil }),
  };
  if (now < (validFrom ?? now) || now > (validUntil ?? now)) {
    throw new ServiceError(
      'keyUnfit',
      `code key ${publicKey.keyId} does not count now; put another in its place, and it among the former ones`,
    );
  }
  return {
    keyId,
    publicKey,
    // A callback runs the signature on libuv's threads, off the event loop.
    sign: (data) => signAsync('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

function instantOf(seconds: unknown): Date | undefined {
  if (seconds === undefined) return undefined;
  if (typeof seconds === 'number' && Number.isInteger(seconds)) return new Date(seconds * 1000);
  throw new ServiceError('keyUnfit', 'code key: nbf and exp must be whole seconds');
}

/** Eight bytes are enough to tell a handful of keys apart, and a code has to stay small. */
const KEY_ID_BYTES = 8;

/** The first bytes of the key's thumbprint (RFC 7638 §3): anybody can compute it from the key. */
function thumbprintOf(x: string, y: string): Buffer {
  const members = JSON.stringify({ crv: 'P-256', kty: 'EC', x, y });
  return createHash('sha256').update(members).digest().subarray(0, KEY_ID_BYTES);
}

interface ReadKey {
  readonly privateKey: KeyObject;
  readonly nbf?: unknown;
  readonly exp?: unknown;
}

function readKey(text: string): ReadKey {
  try {
    const jwk = text.trimStart().startsWith('{') ? parseJwk(text) : undefined;
    const privateKey =
      jwk === undefined ? createPrivateKey(text) : createPrivateKey({ key: jwk, format: 'jwk' });
    if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
      throw new Error('it is no EC key on P-256');
    return { privateKey, ...(jwk && { nbf: jwk['nbf'], exp: jwk['exp'] }) };
  } catch (cause) {
    throw new ServiceError('keyUnfit', `code key: it cannot be used: ${describeError(cause)}`, { cause });
  }
}

/** A parser's complaint may repeat what it read, and that is a private key. */
function parseJwk(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error('it is neither PEM nor JSON');
  }
}
