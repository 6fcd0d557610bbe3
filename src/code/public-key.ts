/** The public keys that check offline codes and status lists, as JWK (RFC 7517). Without any API of Node. */
import { fromBase64Url } from './base64url.ts';

/** One P-256 key, and when codes could be signed with it. */
export interface PublicCodeKey {
  /** The first eight bytes of its thumbprint (RFC 7638), base64url. */
  readonly keyId: string;
  /** Coordinates, base64url. */
  readonly x: string;
  readonly y: string;
  readonly validFrom?: Date;
  /** Codes that say they were signed later are not believed. */
  readonly validUntil?: Date;
}

/** One key of the published set; `nbf` and `exp` are seconds, as in a JWT. */
export interface CodeJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
  readonly nbf?: number;
  readonly exp?: number;
}

/** Writes a key as it is published. */
export function writeCodeJwk({ keyId, x, y, validFrom, validUntil }: PublicCodeKey): CodeJwk {
  return {
    kty: 'EC',
    crv: 'P-256',
    x,
    y,
    kid: keyId,
    alg: 'ES256',
    use: 'sig',
    ...(validFrom && { nbf: Math.floor(validFrom.getTime() / 1000) }),
    ...(validUntil && { exp: Math.floor(validUntil.getTime() / 1000) }),
  };
}

/** Reads a published set, or a single key; undefined when any key in it is no P-256 key with an id. */
export function readCodeKeys(value: unknown): readonly PublicCodeKey[] | undefined {
  const listed: unknown =
    typeof value === 'object' && value !== null && 'keys' in value ? value.keys : [value];
  if (!Array.isArray(listed)) return undefined;
  const keys = listed.map(readCodeKey);
  const read = keys.filter((key) => key !== undefined);
  return read.length === keys.length ? read : undefined;
}

/** Reads a set from its JSON text; undefined as above. */
export function parseCodeKeys(text: string): readonly PublicCodeKey[] | undefined {
  try {
    return readCodeKeys(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function readCodeKey(value: unknown): PublicCodeKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kty, crv, x, y, kid, nbf, exp } = value as Record<string, unknown>;
  if (kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) return undefined;
  if (typeof kid !== 'string') return undefined;
  if (!isInstant(nbf) || !isInstant(exp)) return undefined;
  return {
    keyId: kid,
    x,
    y,
    ...(nbf !== undefined && { validFrom: new Date(nbf * 1000) }),
    ...(exp !== undefined && { validUntil: new Date(exp * 1000) }),
  };
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && fromBase64Url(value)?.length === 32;
}

function isInstant(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isInteger(value) && value < 2 ** 40);
}

/** Tells whether a signature (r and s, 64 bytes) over SHA-256 of the data is this key's. */
export async function isEs256(
  { x, y }: Pick<PublicCodeKey, 'x' | 'y'>,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const jwk = { kty: 'EC', crv: 'P-256', x, y };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']).catch(() => undefined);
  if (key === undefined) return false;
  return crypto.subtle.verify(algorithm, key, Uint8Array.from(signature), Uint8Array.from(data));
}
