/**
 * Logging in over the wire: at the embedded login as a browser does, and at an issuer whose every answer can be bent.
 */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  createLogin,
  type LoginOptions,
  type LoginProvider,
  type PendingLogin,
} from '../../src/access/login.ts';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { type Browser, createBrowser } from '../../src/embedded/login/browser.ts';
import { type Login, startLogin } from '../../src/embedded/login/login.ts';
import { readClientKey } from '../../src/keys/client-key.ts';
import { PERSONS } from '../embedded/login/demo.ts';
import {
  base64url,
  fetchFrom,
  type Issuer,
  type Json,
  makeHmacToken,
  makeToken,
  startIssuer,
} from './issuer.ts';

const CALLBACK = 'http://127.0.0.1:9/login/answer';
const AFTER_LOGOUT = 'http://127.0.0.1:9/';
const isUnavailable = { name: 'ServiceError', code: 'tokenIssuerUnavailable' };
const organization = parseEnterpriseNumber('0206731645');

type Options = Pick<LoginOptions, 'issuer' | 'key' | 'fetch'> & Partial<LoginOptions>;

function providerOf(options: Options): LoginProvider {
  return createLogin({
    clientId: 'pages',
    redirectUri: CALLBACK,
    afterLogoutUri: AFTER_LOGOUT,
    claims: { organization: 'cbe-number', person: 'egovNRN', rights: 'ebox-rights' },
    clock: () => new Date(),
    ...options,
  });
}

/** What is told of an answer that is not in order, for the log. */
async function refusal(
  provider: LoginProvider,
  query: URLSearchParams,
  pending: PendingLogin,
): Promise<string> {
  const outcome = await provider.complete(query, pending);
  assert.ok(outcome.kind === 'refused', outcome.kind);
  return outcome.reason;
}

describe('createLogin at the embedded login', () => {
  let folder: string;
  let login: Login;
  let provider: LoginProvider;

  const start = (port = 0) =>
    startLogin({
      folder,
      port,
      audience: 'https://ebox.example.be',
      clients: [
        {
          kind: 'web',
          clientId: 'pages',
          name: 'Pages',
          confidential: true,
          redirectUris: [CALLBACK],
          postLogoutRedirectUris: [AFTER_LOGOUT],
          scopes: [],
        },
      ],
      persons: PERSONS.map((person) => ({
        ...person,
        ...(person.personId === 'luc' &&
          organization !== undefined && { organization, rights: ['flows:run', 'unknown'] }),
      })),
    });

  const keyOf = async () =>
    readClientKey('the key', await readFile(join(folder, 'clients', 'pages.jwk'), 'utf8'));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'login-'));
    login = await start();
    provider = providerOf({ issuer: login.issuer, key: await keyOf(), fetch: fetchFrom([login.issuer]) });
  });
  after(async () => {
    await login.stop();
    await rm(folder, { recursive: true });
  });

  /** Goes from the login's page to the answer, choosing a person or cancelling. */
  async function answered(
    url: string,
    form: Readonly<Record<string, string>>,
    browser: Browser = createBrowser(login.issuer, CALLBACK),
  ): Promise<URLSearchParams> {
    const page = await browser.open(url);
    assert.ok(page.kind === 'page');
    const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const end = await browser.submit(new URL(action, page.url).href, form);
    assert.ok(end.kind === 'returned');
    return end.parameters;
  }

  /** Logs a person in as far as the answer. */
  async function walked(person = 'an'): Promise<{ query: URLSearchParams; pending: PendingLogin }> {
    const { url, pending } = await provider.begin('/inbox', 'nl');
    return { query: await answered(url, { person }), pending };
  }

  function changed(query: URLSearchParams, changes: Readonly<Record<string, string | undefined>>) {
    const copy = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) copy.delete(name);
      else copy.set(name, value);
    }
    return copy;
  }

  describe('begin', () => {
    it('asks for a code with PKCE, state and nonce, in the language of the page', async () => {
      const { url, pending } = await provider.begin('/inbox?page=2', 'de');
      const challenge = createHash('sha256').update(pending.codeVerifier).digest('base64url');
      assert.equal(pending.returnTo, '/inbox?page=2');
      assert.deepEqual(Object.fromEntries(new URL(url).searchParams), {
        client_id: 'pages',
        response_type: 'code',
        redirect_uri: CALLBACK,
        scope: 'openid profile egovnrn enterprise',
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ui_locales: 'de',
      });
    });

    it('takes other secrets for each login, none of them the other', async () => {
      const logins = [await provider.begin('/', 'nl'), await provider.begin('/', 'nl')];
      const secrets = logins.flatMap(({ pending: { state, nonce, codeVerifier } }) => [
        state,
        nonce,
        codeVerifier,
      ]);
      assert.equal(new Set(secrets).size, 6);
      for (const secret of secrets) assert.match(secret, /^[\w-]{43,}$/);
    });
  });

  describe('complete', () => {
    it('gives who logged in', async () => {
      const { query, pending } = await walked('an');
      assert.deepEqual(await provider.complete(query, pending), {
        kind: 'loggedIn',
        person: { ssin: '81050003552', name: 'An Peeters' },
      });
    });

    it('gives the organisation they may act for, and the name as it is written', async () => {
      const { query, pending } = await walked('luc');
      assert.deepEqual(await provider.complete(query, pending), {
        kind: 'loggedIn',
        person: {
          ssin: '92200006963',
          name: 'Luc <b>Dubois</b> "l\'Aîné"',
          organization: '0206731645',
          rights: ['flows:run'],
        },
      });
    });

    it('takes each code once', async () => {
      const { query, pending } = await walked();
      assert.equal((await provider.complete(query, pending)).kind, 'loggedIn');
      assert.match(await refusal(provider, query, pending), /invalid_grant/);
    });

    it('tells that the person cancelled', async () => {
      const { url, pending } = await provider.begin('/', 'nl');
      const query = await answered(url, { cancel: 'yes' });
      assert.deepEqual(await provider.complete(query, pending), { kind: 'cancelled' });
      const other = changed(query, { state: 'x' });
      assert.match(await refusal(provider, other, pending), /state/, 'but only of this login');
    });

    it('refuses whatever else the issuer answers with', async () => {
      const { query, pending } = await walked();
      const failed = changed(query, { code: undefined, error: 'server_error' });
      assert.match(await refusal(provider, failed, pending), /server_error/);
    });

    const answers: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
      ['of another state', { state: 'x' }, /state/],
      ['without state', { state: undefined }, /state/],
      ['of another issuer', { iss: 'https://evil.example.be' }, /iss/],
      ['without issuer, of one that always says who it is', { iss: undefined }, /iss/],
      ['with a code that is not one', { code: 'x' }, /invalid_grant/],
      ['without code', { code: undefined }, /code/],
      ['with a token in the address', { id_token: 'x' }, /implicit|hybrid/],
    ];
    for (const [name, changes, reason] of answers) {
      it(`refuses an answer ${name}`, async () => {
        const { query, pending } = await walked();
        assert.match(await refusal(provider, changed(query, changes), pending), reason);
      });
    }

    it('refuses an answer with two states, of which one is right', async () => {
      const { query, pending } = await walked();
      query.append('state', 'x');
      assert.match(await refusal(provider, query, pending), /state/);
    });

    it('refuses a code that was asked for with another verifier', async () => {
      const [own, other] = [await walked(), await walked()];
      const mixed = { ...own.pending, codeVerifier: other.pending.codeVerifier };
      assert.match(await refusal(provider, own.query, mixed), /invalid_grant/);
    });

    it('refuses an ID token of another nonce', async () => {
      const [own, other] = [await walked(), await walked()];
      const mixed = { ...own.pending, nonce: other.pending.nonce };
      assert.match(await refusal(provider, own.query, mixed), /nonce/);
    });

    it('is refused itself without the right key', async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const key = await readClientKey('it', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
      const stranger = providerOf({ issuer: login.issuer, key, fetch: fetchFrom([login.issuer]) });
      const { url, pending } = await stranger.begin('/', 'nl');
      const query = await answered(url, { person: 'an' });
      assert.match(await refusal(stranger, query, pending), /invalid_client/);
    });
  });

  describe('endUrl', () => {
    it('leads to where the issuer’s own session ends, and from there back to us', async () => {
      const url = (await provider.endUrl('fr')) ?? '';
      assert.deepEqual(Object.fromEntries(new URL(url).searchParams), {
        client_id: 'pages',
        post_logout_redirect_uri: AFTER_LOGOUT,
        ui_locales: 'fr',
      });
      const browser = createBrowser(login.issuer, CALLBACK);
      await answered((await provider.begin('/', 'fr')).url, { person: 'an' }, browser);
      const page = await browser.open(url);
      assert.equal(page.kind === 'page' && page.html.includes('<html lang="fr">'), true);
      const xsrf = page.kind === 'page' ? /name="xsrf" value="([^"]+)"/.exec(page.html)?.[1] : undefined;
      const confirmed = browser.submit(`${login.issuer}/session/end/confirm`, {
        xsrf: xsrf ?? '',
        logout: 'yes',
      });
      await assert.rejects(confirmed, { message: `the login leads to ${new URL(AFTER_LOGOUT).origin}` });
    });
  });

  describe('when the issuer is away', () => {
    it('says so, and logs people in once it is back', async () => {
      const own = providerOf({ issuer: login.issuer, key: await keyOf(), fetch: fetchFrom([login.issuer]) });
      await login.stop();
      await assert.rejects(own.begin('/', 'nl'), isUnavailable);
      await assert.rejects(own.endUrl('nl'), isUnavailable);
      login = await start(login.port);
      const { url, pending } = await own.begin('/', 'nl');
      const query = await answered(url, { person: 'an' });
      assert.equal((await own.complete(query, pending)).kind, 'loggedIn');
    });

    it('says so also when that happens during a login', async () => {
      const { query, pending } = await walked();
      await login.stop();
      await assert.rejects(provider.complete(query, pending), isUnavailable);
      login = await start(login.port);
      const second = await walked();
      assert.equal((await provider.complete(second.query, second.pending)).kind, 'loggedIn');
    });
  });
});

describe('createLogin at an issuer that errs', () => {
  const DISCOVERY = '/.well-known/openid-configuration';
  const client = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let issuer: Issuer;
  let provider: LoginProvider;

  /** How often the issuer was asked for a page in this test. */
  let asked: (path: string) => number;
  let keySet: unknown;

  before(async () => {
    issuer = await startIssuer();
    keySet = await (await fetch(`${issuer.url}/keys`)).json();
  });
  beforeEach(async () => {
    issuer.serve(DISCOVERY, metadata());
    issuer.serve('/keys', keySet);
    provider = await newProvider();
    const earlier = new Map([DISCOVERY, '/me'].map((path) => [path, issuer.hits(path)]));
    asked = (path) => issuer.hits(path) - (earlier.get(path) ?? 0);
  });
  after(() => issuer.stop());

  function metadata(changes: Json = {}): Json {
    const { url } = issuer;
    return {
      issuer: url,
      jwks_uri: `${url}/keys`,
      authorization_endpoint: `${url}/auth`,
      token_endpoint: `${url}/token`,
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
      ...changes,
    };
  }

  async function newProvider(changes: Partial<LoginOptions> = {}): Promise<LoginProvider> {
    const text = client.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const key = await readClientKey('the key', text);
    return providerOf({ issuer: issuer.url, key, fetch: issuer.fetch, ...changes });
  }

  /** Claims of an ID token that is in order, some of them changed; a claim of `undefined` is left out. */
  function claimsOf({ nonce }: PendingLogin, changes: Json = {}): Json {
    const now = Math.floor(Date.now() / 1000);
    const person = { sub: 'an', egovNRN: '81050003552', givenName: 'An', surname: 'Peeters' };
    return { iss: issuer.url, aud: 'pages', iat: now, exp: now + 300, nonce, ...person, ...changes };
  }

  function serveToken(idToken: string): void {
    issuer.serve('/token', { access_token: 'opaque', token_type: 'Bearer', id_token: idToken });
  }

  const signed = (claims: Json, key: KeyObject = issuer.ec, header: Json = {}) =>
    makeToken(key, { alg: 'ES256', kid: 'ec', ...header }, claims);

  async function began(): Promise<{ query: URLSearchParams; pending: PendingLogin }> {
    const { pending } = await provider.begin('/', 'nl');
    return { query: new URLSearchParams({ code: 'c', state: pending.state, iss: issuer.url }), pending };
  }

  /** Logs in with claims that are in order but for some. */
  async function outcomeWith(changes: Json) {
    const { query, pending } = await began();
    serveToken(signed(claimsOf(pending, changes)));
    return provider.complete(query, pending);
  }

  async function refusalOf(tokenOf: (claims: Json) => string, changes: Json = {}): Promise<string> {
    const { query, pending } = await began();
    serveToken(tokenOf(claimsOf(pending, changes)));
    return refusal(provider, query, pending);
  }

  it('logs in with an ID token that is in order', async () => {
    const outcome = await outcomeWith({});
    assert.deepEqual(outcome, { kind: 'loggedIn', person: { ssin: '81050003552', name: 'An Peeters' } });
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  const faults: readonly (readonly [string, Json, RegExp])[] = [
    ['for another audience', { aud: 'other' }, /"aud"/],
    ['for us and another, given to the other', { aud: ['pages', 'other'], azp: 'other' }, /"azp"/],
    ['of another issuer', { iss: 'https://evil.example.be' }, /"iss"/],
    ['of another login', { nonce: 'x' }, /"nonce"/],
    ['without nonce', { nonce: undefined }, /"nonce"/],
    ['that has expired', { exp: past }, /"exp"|timestamp/],
    ['without end', { exp: undefined }, /"exp"/],
    ['without subject', { sub: undefined }, /"sub"/],
  ];
  for (const [name, changes, reason] of faults) {
    it(`refuses an ID token ${name}`, async () => {
      assert.match(await refusalOf((claims) => signed(claims), changes), reason);
    });
  }

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const forged: readonly (readonly [string, (claims: Json) => string, RegExp])[] = [
    [
      'that nobody signed',
      (claims) => `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(claims))}.`,
      /"alg"/,
    ],
    [
      'signed with what everybody knows',
      (claims) => makeHmacToken(publicPem(issuer.ec), { alg: 'HS256', kid: 'ec' }, claims),
      /"alg"/,
    ],
    ['signed with a key that is not the issuer’s', (claims) => signed(claims, stranger), /signature/],
    ['of a key of no known name', (claims) => signed(claims, stranger, { kid: 'x' }), /no applicable keys/],
    [
      'with a key of its own',
      (claims) => {
        const jwk = createPublicKey(stranger).export({ format: 'jwk' });
        return signed(claims, stranger, { jwk, kid: undefined });
      },
      /signature/,
    ],
    [
      'whose claims were changed afterwards',
      (claims) => {
        const [header, , signature] = signed(claims).split('.');
        return [header, base64url(JSON.stringify({ ...claims, egovNRN: '92200006963' })), signature].join(
          '.',
        );
      },
      /signature/,
    ],
    ['that is none', () => 'x.y.z', /JWT/],
  ];
  for (const [name, tokenOf, reason] of forged) {
    it(`refuses an ID token ${name}`, async () => {
      assert.match(await refusalOf(tokenOf), reason);
    });
  }

  describe('when the person is to be asked again', () => {
    /** Logs in anew; `auth_time` is when the issuer asked the person, as far as it says. */
    async function anewWith(changes: Json) {
      const { url, pending } = await provider.begin('/', 'nl', true);
      assert.equal(new URL(url).searchParams.get('prompt'), 'login');
      serveToken(signed(claimsOf(pending, changes)));
      const query = new URLSearchParams({ code: 'c', state: pending.state, iss: issuer.url });
      return provider.complete(query, pending);
    }
    const seconds = () => Math.floor(Date.now() / 1000);

    it('takes an issuer that just did so, or does not say when', async () => {
      assert.equal((await anewWith({ auth_time: seconds() })).kind, 'loggedIn');
      assert.equal((await anewWith({})).kind, 'loggedIn');
    });

    it('refuses a login of earlier, which a browser gets that leaves the wish away', async () => {
      const outcome = await anewWith({ auth_time: seconds() - 600 });
      assert.deepEqual(outcome, { kind: 'refused', reason: 'the person was not asked again' });
      assert.equal((await outcomeWith({ auth_time: seconds() - 600 })).kind, 'loggedIn');
    });
  });

  describe('when a way to log in is demanded', () => {
    const strong = 'urn:be:fedict:iam:fas:Level450';
    async function logInWith(changes: Json) {
      const demanding = await newProvider({ acrValues: [strong, 'other'] });
      const { url, pending } = await demanding.begin('/', 'nl');
      assert.equal(new URL(url).searchParams.get('acr_values'), `${strong} other`);
      serveToken(signed(claimsOf(pending, changes)));
      const query = new URLSearchParams({ code: 'c', state: pending.state, iss: issuer.url });
      return demanding.complete(query, pending);
    }

    it('takes a login that was made so', async () =>
      assert.equal((await logInWith({ acr: strong })).kind, 'loggedIn'));

    for (const acr of ['urn:be:fedict:iam:fas:Level100', undefined, [strong], '']) {
      it(`refuses one of ${JSON.stringify(acr)}`, async () =>
        assert.equal((await logInWith({ acr })).kind, 'refused'));
    }
  });

  it('refuses an answer of the issuer without an ID token', async () => {
    const { query, pending } = await began();
    issuer.serve('/token', { access_token: 'opaque', token_type: 'Bearer' });
    assert.match(await refusal(provider, query, pending), /id_token/);
  });

  describe('the person', () => {
    it('may act for an organisation whose number lost its zero', async () => {
      const outcome = await outcomeWith({ 'cbe-number': '206731645' });
      assert.ok(outcome.kind === 'loggedIn');
      assert.equal(outcome.person.organization, '0206731645');
    });

    it('is named in either way of naming claims, as far as they are', async () => {
      const names = async (changes: Json) => {
        const outcome = await outcomeWith({ givenName: undefined, surname: undefined, ...changes });
        return outcome.kind === 'loggedIn' ? outcome.person.name : outcome.kind;
      };
      assert.equal(await names({ given_name: 'Ana', family_name: 'Maes' }), 'Ana Maes');
      assert.equal(await names({ surname: 'Maes' }), 'Maes');
      assert.equal(await names({ surname: 7 }), '');
    });

    const unfit: Readonly<Record<string, Json>> = {
      'without number': { egovNRN: undefined },
      'with a number of wrong digits': { egovNRN: '81050003553' },
      'with a number that is no text': { egovNRN: 81050003552 },
      'with an enterprise number of wrong digits': { 'cbe-number': '0206731646' },
      'with an enterprise number that is no text': { 'cbe-number': 206731645 },
    };
    for (const [name, changes] of Object.entries(unfit)) {
      it(`is refused ${name}, which the reason does not repeat`, async () => {
        const outcome = await outcomeWith(changes);
        assert.ok(outcome.kind === 'refused');
        assert.doesNotMatch(outcome.reason, /\d/);
      });
    }

    describe('when only the userinfo endpoint says who they are', () => {
      beforeEach(() => issuer.serve(DISCOVERY, metadata({ userinfo_endpoint: `${issuer.url}/me` })));

      it('is who it says', async () => {
        issuer.serve('/me', {
          sub: 'an',
          egovNRN: '92200006963',
          'cbe-number': '206731645',
          surname: 'Dubois',
          'ebox-rights': 'access:manage statistics:read everything',
        });
        const outcome = await outcomeWith({ egovNRN: undefined });
        assert.deepEqual(outcome, {
          kind: 'loggedIn',
          person: {
            ssin: '92200006963',
            name: 'An Dubois',
            organization: '0206731645',
            rights: ['statistics:read', 'access:manage'],
          },
        });
      });

      it('is refused when it speaks of somebody else, or not at all', async () => {
        issuer.serve('/me', { sub: 'luc', egovNRN: '92200006963' });
        assert.equal((await outcomeWith({ egovNRN: undefined })).kind, 'refused');
        issuer.serve('/me', 401);
        assert.equal((await outcomeWith({ egovNRN: undefined })).kind, 'refused');
      });

      it('is not asked about when the ID token says it already', async () => {
        issuer.serve('/me', 500);
        assert.equal((await outcomeWith({})).kind, 'loggedIn');
        assert.equal(asked('/me'), 0);
        await assert.rejects(outcomeWith({ egovNRN: undefined }), isUnavailable);
      });
    });
  });

  describe('when the issuer cannot be asked', () => {
    for (const [name, answer] of [
      ['fails', 500],
      ['has no such page', 404],
      ['redirects', 302],
      ['answers with other words', '<html>'],
      ['names another issuer', { issuer: 'https://evil.example.be' }],
      ['says nothing of where to log in', { authorization_endpoint: undefined }],
    ] as const) {
      it(`says tokenIssuerUnavailable, and asks again at the next login: it ${name}`, async () => {
        issuer.serve(DISCOVERY, typeof answer === 'object' ? metadata(answer) : answer);
        await assert.rejects(provider.begin('/', 'nl'), isUnavailable);
        issuer.serve(DISCOVERY, metadata());
        await provider.begin('/', 'nl');
        await provider.begin('/', 'nl');
        assert.equal(asked(DISCOVERY), 2, 'and what it said of itself is remembered');
      });
    }

    for (const path of ['/token', '/keys']) {
      it(`says tokenIssuerUnavailable when ${path} fails`, async () => {
        const { query, pending } = await began();
        serveToken(signed(claimsOf(pending)));
        issuer.serve(path, 503);
        await assert.rejects(provider.complete(query, pending), isUnavailable);
      });
    }
  });

  it('asks nothing before somebody logs in', async () => {
    assert.equal(provider.origin, issuer.url);
    assert.equal(asked(DISCOVERY), 0);
  });

  it('knows no place to log out where there is none', async () => {
    assert.equal(await provider.endUrl('nl'), undefined);
    assert.equal(asked(DISCOVERY), 1);
  });
});

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
}
