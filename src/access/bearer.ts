/** Reads an `Authorization` header as far as it can be read without trusting anything in it (RFC 6750 §2.1). */
import { parseStrictJson } from '../flow/strict-json.ts';

/** A token in the compact form of RFC 7515 §7.1, its parts read and none of them believed. */
export interface BearerToken {
  readonly text: string;
  readonly header: Readonly<Record<string, unknown>>;
  /** The issuer that it names itself, by which alone it is judged. */
  readonly issuer: unknown;
}

export type Bearer =
  | { readonly kind: 'token'; readonly token: BearerToken }
  | { readonly kind: 'noAccessToken' }
  | { readonly kind: 'malformed' };

/** The most characters a token may have. */
const LONGEST = 8192;

/** Another scheme than Bearer is the same as none: the caller did not try to authenticate here (RFC 6750 §3.1). */
export function readBearer(header: string | undefined): Bearer {
  if (header === undefined || !/^bearer(\s|$)/i.test(header)) return { kind: 'noAccessToken' };
  const text = /^bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(header)?.[1];
  const token = text === undefined || text.length > LONGEST ? undefined : readToken(text);
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}

/**
 * Why strict: a token must not be readable in two ways, by names given twice (RFC 7519 §4), nor writable in two, by bits
 * that base64url leaves over (RFC 4648 §3.5): its hash stands for it in evidence.
 */
function readToken(text: string): BearerToken | undefined {
  const parts = text.split('.').map((part) => ({ part, bytes: Buffer.from(part, 'base64url') }));
  if (parts.some(({ part, bytes }) => bytes.toString('base64url') !== part)) return undefined;
  const [header, claims] = parts
    .map(({ bytes }) => bytes)
    .slice(0, 2)
    .map(readObject);
  if (header === undefined || claims === undefined) return undefined;
  // The library passes over a key id that is no text, and would look for any key that fits.
  if (header.kid !== undefined && typeof header.kid !== 'string') return undefined;
  return { text, header, issuer: claims.iss };
}

function readObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  const read = parseStrictJson(bytes);
  const isObject =
    read.kind === 'value' &&
    typeof read.value === 'object' &&
    read.value !== null &&
    !Array.isArray(read.value);
  return isObject ? { ...read.value } : undefined;
}
