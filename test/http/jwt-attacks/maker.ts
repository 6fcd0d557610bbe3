/** What attacks on access tokens are made of: an attack beside its twin, and tokens that are in order but for what is changed. */
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { base64url, type Issuer, type Json, makeToken } from '../../access/issuer.ts';
import type { TlsEnd } from '../../support/tls.ts';

/** What is sent: a token, or headers and a query around it. */
export type Sent =
  | string
  | { readonly headers: Readonly<Record<string, string | string[]>>; readonly query?: string };

/** `none` and `expired` are told to the caller, everything else is for the security log alone. */
export interface Attack {
  readonly name: string;
  readonly defect: string;
  readonly bad: () => Sent | Promise<Sent>;
  readonly twin: () => Sent | Promise<Sent>;
}

export interface Surroundings {
  readonly issuer: Issuer;
  readonly partner: Issuer;
  /** Where nobody must ever call. */
  readonly trap: string;
  /** Of the client whose tokens are bound. */
  readonly certificate: TlsEnd;
  readonly otherCertificate: TlsEnd;
}

export const AUDIENCE = 'urn:citizen-ebox';
export const SCOPE = 'batches:submit';
export const HEADER: Json = { alg: 'ES256', typ: 'at+jwt', kid: 'ec' };
export const now = () => Math.floor(Date.now() / 1000);

export interface Maker {
  readonly claims: (changes?: Json) => Json;
  /** A token that is in order but for what is changed. */
  readonly token: (claims?: Json, header?: Json, key?: KeyObject) => string;
  readonly partnerToken: (claims?: Json, header?: Json, key?: KeyObject) => string;
}

export function makerOf({ issuer, partner }: Surroundings): Maker {
  const claims = (changes: Json = {}): Json => ({
    iss: issuer.url,
    aud: AUDIENCE,
    sub: 'program',
    client_id: 'program',
    jti: randomUUID(),
    iat: now() - 5,
    exp: now() + 300,
    scope: SCOPE,
    'cbe-number': '1900045601',
    ...changes,
  });
  return {
    claims,
    token: (changes, header = {}, key = issuer.ec) =>
      makeToken(key, { ...HEADER, ...header }, claims(changes)),
    partnerToken: (changes, header = {}, key = partner.rsa) =>
      makeToken(
        key,
        { ...HEADER, alg: 'RS256', kid: 'rsa', ...header },
        claims({ iss: partner.url, aud: 'urn:ebox-at-partner', ...changes }),
      ),
  };
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A token of these texts with somebody's signature: it must be refused before that is looked at. */
export function signedText(other: string, header: string, claims: string): string {
  return `${base64url(header)}.${base64url(claims)}.${other.split('.')[2]}`;
}
