/** A token issuer on loopback whose every answer a test can bend: discovery, key set and the tokens themselves. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuardedFetch, type GuardedFetch } from '../../src/remote/guarded-fetch.ts';

export const AUDIENCE = 'https://ebox.example.be';
export const NOW = new Date('2026-11-20T12:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1000;

export type Json = Record<string, unknown>;

export interface Issuer {
  readonly url: string;
  readonly fetch: GuardedFetch;
  readonly rsa: KeyObject;
  readonly ec: KeyObject;
  readonly ed: KeyObject;
  /** Replaces what is served at a path; a number is an empty answer of that status. */
  serve(path: string, answer: unknown): void;
  hits(path: string): number;
  stop(): Promise<void>;
}

/** Starts an issuer with one RSA, one P-256 and one Ed25519 key; key ids `rsa`, `ec`, `ed`. */
export async function startIssuer(): Promise<Issuer> {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const answers = new Map<string, unknown>();
  const hits = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    hits.set(path, (hits.get(path) ?? 0) + 1);
    const answer = answers.get(path) ?? 404;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else if (typeof answer === 'string') response.end(answer);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answers.set('/.well-known/openid-configuration', { issuer: url, jwks_uri: `${url}/keys` });
  answers.set('/keys', {
    keys: [
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', use: 'sig' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig', alg: 'ES256' },
      { ...ed.publicKey.export({ format: 'jwk' }), kid: 'ed', use: 'sig', alg: 'EdDSA' },
    ],
  });
  return {
    url,
    fetch: fetchFrom([url]),
    rsa: rsa.privateKey,
    ec: ec.privateKey,
    ed: ed.privateKey,
    serve: (path, answer) => answers.set(path, answer),
    hits: (path) => hits.get(path) ?? 0,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The way out to some origins on loopback. */
export function fetchFrom(allowedOrigins: readonly string[]): GuardedFetch {
  return createGuardedFetch({ allowedOrigins, allowLoopback: true, timeoutMs: 10_000, maxBytes: 100_000 });
}

/** The claims of a client's token that is in order, some of them changed; a claim of `undefined` is left out. */
export function clientClaims(issuer: Issuer, changes: Json = {}): Json {
  return {
    iss: issuer.url,
    aud: AUDIENCE,
    sub: 'agency',
    client_id: 'agency',
    jti: randomUUID(),
    iat: NOW_SECONDS - 60,
    exp: NOW_SECONDS + 240,
    scope: 'dimona:declare ebox:publish',
    'cbe-number': '0206731645',
    ...changes,
  };
}

/** Signs claims as they are, without any of the checks that a library would make. */
export function makeToken(key: KeyObject, header: Json, claims: Json | string): string {
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  return `${input}.${signatureOf(String(header.alg), key, input)}`;
}

/** An ES256 access token that is in order, with changed claims or header parameters. */
export function accessToken(issuer: Issuer, claims: Json = {}, header: Json = {}): string {
  return makeToken(
    issuer.ec,
    { alg: 'ES256', typ: 'at+jwt', kid: 'ec', ...header },
    clientClaims(issuer, claims),
  );
}

/** HMAC-SHA-256 over a token's input, as a forger makes it who has only public material. */
export function makeHmacToken(secret: string | Buffer, header: Json, claims: Json): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function signatureOf(algorithm: string, key: KeyObject, input: string): string {
  const data = Buffer.from(input);
  if (algorithm === 'EdDSA') return sign(null, data, key).toString('base64url');
  if (algorithm.startsWith('ES'))
    return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  // 6 is RSA_PKCS1_PSS_PADDING, 1 is RSA_PKCS1_PADDING.
  const padding = algorithm.startsWith('PS') ? 6 : 1;
  return sign('sha256', data, { key, padding, saltLength: 32 }).toString('base64url');
}

export function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
