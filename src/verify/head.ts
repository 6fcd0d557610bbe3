/** Opens the heads of the evidence log with public keys alone: ES256 (RFC 7518 §3.4), one header, one way to write it. */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { HEAD_TYPE, type LogHead, readHead } from '../domain/log-head.ts';

/** Public keys by their names. */
export type HeadKeys = ReadonlyMap<string, KeyObject>;

/** Reads a JWK, or a set of them (RFC 7517); what is no key on P-256 with a name is left out. */
export function readHeadKeys(text: string): HeadKeys {
  const keys = new Map<string, KeyObject>();
  for (const key of listKeys(text)) {
    const { kid, kty, crv, x, y } = key;
    if (typeof kid !== 'string' || kty !== 'EC' || crv !== 'P-256' || !x || !y) continue;
    keys.set(kid, createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
  }
  return keys;
}

function listKeys(text: string): readonly JsonWebKey[] {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return [];
  // Whatever is in it, only texts of a key on P-256 are used.
  return 'keys' in value && Array.isArray(value.keys) ? (value.keys as JsonWebKey[]) : [value as JsonWebKey];
}

/** Opens a sealed head; undefined when it is not whole, of another type, or sealed by nobody we know. */
export function openHead(jws: string, keys: HeadKeys): LogHead | undefined {
  const text = openSealed(jws, HEAD_TYPE, keys);
  return text === undefined ? undefined : readHead(text);
}

/** Opens a statement of a type, sealed by the key of the log; undefined when it is not whole, or sealed by nobody we know. */
export function openSealed(jws: string, type: string, keys: HeadKeys): string | undefined {
  const [header, payload, signature, ...rest] = jws.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
    return undefined;
  // Decoders pass over what is no base64url, and the last character has bits that say nothing.
  if (![header, payload, signature].every(isCanonical)) return undefined;
  const { kid } = readHeader(header) ?? {};
  const key = kid === undefined ? undefined : keys.get(kid);
  if (key === undefined || header !== headerOf(type, kid)) return undefined;
  const isSealed = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return isSealed ? Buffer.from(payload, 'base64url').toString('utf8') : undefined;
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function readHeader(header: string): { readonly kid?: string } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && 'kid' in value && typeof value.kid === 'string'
      ? { kid: value.kid }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The one header that the service writes: nothing in a head chooses how it is checked. */
function headerOf(type: string, kid: string | undefined): string {
  return Buffer.from(JSON.stringify({ alg: 'ES256', typ: type, kid })).toString('base64url');
}
