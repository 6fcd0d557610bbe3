/** Programs at the embedded login: how they prove who they are, and tokens that are bound to the certificate they bring. */
import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import type { Login } from '../../../src/embedded/login/login.ts';
import { postMutually } from '../../../src/embedded/login/mutual.ts';
import { clientToken } from '../../../src/embedded/login/tokens.ts';
import { base64url, makeHmacToken } from '../../access/issuer.ts';
import { createAuthority } from '../../support/pki.ts';
import { callTls, createTlsEnd } from '../../support/tls.ts';
import { startDemoLogin } from './demo.ts';

const end = createTlsEnd(createAuthority('Anybody'), 'agency');
const SCOPE = 'dimona:declare';
let folder: string;
let login: Login;
let door: string;
let key: JWK;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'login-'));
  login = await startDemoLogin(folder, { mutualPort: 0 });
  key = JSON.parse(await readFile(join(folder, 'clients', 'agency.jwk'), 'utf8')) as JWK;
  const metadata = (await (await fetch(`${login.issuer}/.well-known/openid-configuration`)).json()) as {
    mtls_endpoint_aliases: { token_endpoint: string };
    tls_client_certificate_bound_access_tokens: boolean;
  };
  assert.equal(metadata.tls_client_certificate_bound_access_tokens, true);
  door = metadata.mtls_endpoint_aliases.token_endpoint;
});
after(async () => {
  await login.stop();
  await rm(folder, { recursive: true });
});

const now = () => Math.floor(Date.now() / 1000);
type Claims = Record<string, unknown>;

function claimsOf(changes: Claims = {}): Claims {
  const own = {
    iss: 'agency',
    sub: 'agency',
    aud: login.issuer,
    jti: randomUUID(),
    iat: now(),
    exp: now() + 60,
  };
  return { ...own, ...changes };
}

async function statement(changes: Claims = {}, alg = 'ES256'): Promise<string> {
  return new SignJWT(claimsOf(changes)).setProtectedHeader({ alg }).sign(await importJWK(key, alg));
}

function formOf(assertion: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    scope: SCOPE,
    client_id: 'agency',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...changes,
  };
}

async function post(form: Record<string, string>): Promise<string> {
  const answer = await fetch(`${login.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { error = 'granted' } = (await answer.json()) as { error?: string };
  return `${answer.status} ${error}`;
}

describe('a token asked for with a certificate', () => {
  it('is bound to it', async () => {
    const token = await clientToken({
      issuer: login.issuer,
      folder,
      clientId: 'agency',
      scope: SCOPE,
      certificate: end,
    });
    assert.deepEqual(decodeJwt(token).cnf, { 'x5t#S256': end.thumbprint });
  });

  it('is bound to nothing when there is none, at either door', async () => {
    const token = await clientToken({ issuer: login.issuer, folder, clientId: 'agency', scope: SCOPE });
    assert.equal(decodeJwt(token).cnf, undefined);
    const ca = await readFile(join(folder, 'tls.crt'), 'utf8');
    const body = new URLSearchParams(formOf(await statement())).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await callTls({ url: door, ca, method: 'POST', headers, body });
    const { access_token: unbound } = JSON.parse(answer.text) as { access_token: string };
    assert.equal(decodeJwt(unbound).cnf, undefined);
  });

  it('is not given for the certificate alone', async () => {
    const { client_assertion: _, client_assertion_type: __, ...form } = formOf('');
    const { status } = await postMutually(door, form, folder, end);
    assert.equal(status, 401);
  });

  it('is not given for a statement that was used at the other door', async () => {
    const used = await statement();
    assert.equal(await post(formOf(used)), '200 granted');
    assert.equal((await postMutually(door, formOf(used), folder, end)).status, 401);
  });
});

describe('a statement by which a program says who it is', () => {
  it('is taken when it is in order', async () =>
    assert.equal(await post(formOf(await statement())), '200 granted'));

  const publicKey = () => createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  const forged: Readonly<Record<string, () => string | Promise<string>>> = {
    'that nobody signed': () => `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(claimsOf()))}.`,
    'signed with the public key in PEM': () =>
      makeHmacToken(publicKey().export({ format: 'pem', type: 'spki' }), { alg: 'HS256' }, claimsOf()),
    'signed with the public key as JWK': () =>
      makeHmacToken(JSON.stringify(publicKey().export({ format: 'jwk' })), { alg: 'HS256' }, claimsOf()),
    'changed after it was signed': async () => {
      const [header, , signature] = (await statement()).split('.');
      return `${header}.${base64url(JSON.stringify(claimsOf()))}.${signature}`;
    },
    'for another audience': () => statement({ aud: 'https://other.example.be' }),
    'for another page of the issuer': () => statement({ aud: `${login.issuer}/x` }),
    'for nobody': () => statement({ aud: undefined }),
    'that is over': () => statement({ iat: now() - 300, exp: now() - 120 }),
    'that has no end': () => statement({ exp: undefined }),
    'that is not yet good': () => statement({ nbf: now() + 600 }),
    'without id': () => statement({ jti: undefined }),
    'of another program': () => statement({ iss: 'desk', sub: 'desk' }),
    'of one program about another': () => statement({ iss: 'desk' }),
    'about nobody': () => statement({ sub: undefined }),
  };
  for (const [name, make] of Object.entries(forged))
    it(`is refused ${name}`, async () =>
      assert.match(await post(formOf(await make())), /^40[01] invalid_(client|request)$/));

  it('is taken once, also when it comes many times at once', async () => {
    const one = await statement();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(formOf(one))));
    assert.equal(answers.filter((answer) => answer === '200 granted').length, 1, answers.join());
  });

  it('is refused under another name, and as another kind of statement', async () => {
    assert.match(await post(formOf(await statement(), { client_id: 'desk' })), /^40[01] /);
    const type = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
    assert.match(await post(formOf(await statement(), { client_assertion_type: type })), /^40[01] /);
  });
});
