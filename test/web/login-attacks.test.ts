/**
 * Logins that are forged, mixed up or played again, over HTTP against the running service and an issuer that can be bent: nobody is
 * logged in, nothing is stored, the security log has a line; the same login without the one thing that is wrong succeeds.
 */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SESSION_COOKIE } from '../../src/access/session.ts';
import {
  base64url,
  type Issuer,
  type Json,
  makeHmacToken,
  makeToken,
  startIssuer,
} from '../access/issuer.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const folder = mkdtempSync(join(tmpdir(), 'login-attacks-'));
let issuer: Issuer;
let service: TestService;

before(async () => {
  issuer = await startIssuer();
  issuer.serve('/.well-known/openid-configuration', {
    issuer: issuer.url,
    jwks_uri: `${issuer.url}/keys`,
    authorization_endpoint: `${issuer.url}/auth`,
    token_endpoint: `${issuer.url}/token`,
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    authorization_response_iss_parameter_supported: true,
  });
  const keyFile = join(folder, 'client.pem');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  service = await startTestService({
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: 'pages',
    OIDC_CLIENT_KEY_FILE: keyFile,
  });
});
after(async () => {
  await service.stop();
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

/** What the issuer was asked for at the beginning of a login. */
interface Begun {
  readonly state: string;
  readonly nonce: string;
}

async function begin(visitor: Visitor): Promise<Begun> {
  const { headers } = await visitor.get('/login?to=/inbox');
  const asked = new URL(String(headers.location)).searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  return { state: asked.get('state') ?? '', nonce: asked.get('nonce') ?? '' };
}

const now = () => Math.floor(Date.now() / 1000);

function idToken(
  { nonce }: Begun,
  changes: Json = {},
  header: Json = {},
  key: KeyObject = issuer.ec,
): string {
  return makeToken(key, { alg: 'ES256', kid: 'ec', ...header }, claimsOf(nonce, changes));
}

function claimsOf(nonce: string, changes: Json = {}): Json {
  const person = { sub: 'lena', egovNRN: demoSsin('lena'), givenName: 'Lena', surname: 'Vermeulen' };
  return { iss: issuer.url, aud: 'pages', iat: now(), exp: now() + 300, nonce, ...person, ...changes };
}

function answerOf({ state }: Begun, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams({ code: 'c', state, iss: issuer.url });
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  return `/login/callback?${query.toString()}`;
}

interface Bent {
  readonly token?: (begun: Begun) => string;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

async function logInWith({ token = idToken, query = {} }: Bent, visitor = createVisitor(service.url)) {
  const begun = await begin(visitor);
  issuer.serve('/token', { access_token: 'opaque', token_type: 'Bearer', id_token: token(begun) });
  return visitor.get(answerOf(begun, query));
}

const sessions = async () => (await service.database.query('select sid from session')).length;
const forger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** Each is sent with what is said here, and once more as it ought to be. */
const ATTACKS: Readonly<Record<string, Bent>> = {
  'the state of nobody': { query: { state: 'x'.repeat(43) } },
  'no state': { query: { state: undefined } },
  'the answer of another issuer (mix-up)': { query: { iss: 'https://evil.example.be' } },
  'no issuer, of one that always says who it is': { query: { iss: undefined } },
  'no code': { query: { code: undefined } },
  'an ID token in the address': { query: { id_token: 'x.y.z' } },
  'an ID token of another nonce': { token: (begun) => idToken(begun, { nonce: 'other' }) },
  'an ID token without nonce': { token: (begun) => idToken(begun, { nonce: undefined }) },
  'an ID token for another audience': { token: (begun) => idToken(begun, { aud: 'other' }) },
  'an ID token for the API': { token: (begun) => idToken(begun, { aud: 'urn:citizen-ebox' }) },
  'an ID token given to another client': {
    token: (begun) => idToken(begun, { aud: ['pages', 'other'], azp: 'other' }),
  },
  'an ID token of another issuer': { token: (begun) => idToken(begun, { iss: 'https://evil.example.be' }) },
  'an ID token that is over': { token: (begun) => idToken(begun, { iat: now() - 900, exp: now() - 600 }) },
  'an ID token without end': { token: (begun) => idToken(begun, { exp: undefined }) },
  'an ID token that nobody signed': {
    token: ({ nonce }) => `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(claimsOf(nonce)))}.`,
  },
  'an ID token signed with the public key': {
    token: ({ nonce }) =>
      makeHmacToken(
        createPublicKey(issuer.ec).export({ format: 'pem', type: 'spki' }),
        { alg: 'HS256', kid: 'ec' },
        claimsOf(nonce),
      ),
  },
  'an ID token of a key of nobody': { token: (begun) => idToken(begun, {}, {}, forger) },
  'an ID token that brings its key along': {
    token: (begun) =>
      idToken(begun, {}, { kid: undefined, jwk: createPublicKey(forger).export({ format: 'jwk' }) }, forger),
  },
  'an ID token whose claims were changed': {
    token: (begun) => {
      const [header, , signature] = idToken(begun).split('.');
      const claims = claimsOf(begun.nonce, { egovNRN: demoSsin('amelie') });
      return `${header}.${base64url(JSON.stringify(claims))}.${signature}`;
    },
  },
  'an ID token of no person': { token: (begun) => idToken(begun, { egovNRN: undefined }) },
  'an ID token of a number that is no SSIN': { token: (begun) => idToken(begun, { egovNRN: '88031499864' }) },
};

describe('a login', () => {
  for (const [name, bent] of Object.entries(ATTACKS)) {
    it(`is refused with ${name}`, async () => {
      const [before, begin] = [await sessions(), service.logLines.length];
      const visitor = createVisitor(service.url);
      const { status, headers, text } = await logInWith(bent, visitor);
      assert.equal(status, 403);
      assert.equal(visitor.cookie(SESSION_COOKIE), undefined);
      assert.equal(await sessions(), before, 'nothing is stored');
      assert.equal((await visitor.get('/inbox')).status, 303, 'nobody is logged in');
      const log = service.logLines.slice(begin);
      const traceId = String(headers['belgov-trace-id']);
      assert.equal(
        log.filter((line) => line.includes('"logger":"security"') && line.includes(traceId)).length,
        1,
      );
      assert.doesNotMatch(text + log.join(), new RegExp(`${demoSsin('lena')}|Vermeulen|88031499864`));

      assert.equal((await logInWith({}, createVisitor(service.url))).status, 303, 'its twin is let in');
    });
  }

  it('is taken once: the same answer again, and its code in another login, log nobody in', async () => {
    const lena = createVisitor(service.url);
    const begun = await begin(lena);
    issuer.serve('/token', { access_token: 'opaque', token_type: 'Bearer', id_token: idToken(begun) });
    assert.equal((await lena.get(answerOf(begun))).status, 303);
    assert.equal((await lena.get(answerOf(begun))).status, 403);
    const other = createVisitor(service.url);
    // The issuer gives for a code what it gave before: the ID token of another login, which has another nonce.
    assert.equal((await other.get(answerOf(await begin(other)))).status, 403);
    issuer.serve('/token', 400);
    const third = createVisitor(service.url);
    assert.equal((await third.get(answerOf(await begin(third)))).status, 403);
  });

  it('does not go on in a session that somebody else put into the browser', async () => {
    const planted = createVisitor(service.url);
    const token = await planted.tokenOn('/verify');
    await planted.sendFile('/verify', { token, file: Buffer.from('%PDF-1.7\n%%EOF\n') });
    const fixed = `${SESSION_COOKIE}=${planted.cookie(SESSION_COOKIE)}`;

    const lena = createVisitor(service.url);
    const begun = await begin(lena);
    const pending = lena.cookies().find((name) => name.startsWith('__Host-login-')) ?? '';
    issuer.serve('/token', { access_token: 'opaque', token_type: 'Bearer', id_token: idToken(begun) });
    const Cookie = `${fixed}; ${pending}=${lena.cookie(pending)}`;
    const { status, headers } = await lena.get(answerOf(begun), { Cookie });
    assert.equal(status, 303);
    const given = [headers['set-cookie']].flat().find((line) => line?.startsWith(SESSION_COOKIE)) ?? '';
    assert.ok(given !== '' && !given.startsWith(fixed), 'the id is new');
    assert.equal((await planted.get('/inbox')).status, 303, 'the planted one is nobody');
    assert.equal((await lena.get('/inbox')).status, 200);
  });
});
