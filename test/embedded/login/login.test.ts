/** Tests of the embedded login: tokens for machines and persons, checked by the verifier that the service uses. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, SignJWT } from 'jose';
import { createTokenVerifier, type TokenVerifier } from '../../../src/access/token.ts';
import { type Login, startLogin } from '../../../src/embedded/login/login.ts';
import { clientToken, personToken } from '../../../src/embedded/login/tokens.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { createGuardedFetch } from '../../../src/remote/guarded-fetch.ts';
import { projectRoot } from '../../support/needs.ts';
import { AUDIENCE, CALLBACK, CLIENTS, PERSONS, startDemoLogin } from './demo.ts';

let folder: string;
let login: Login;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'login-'));
  login = await startDemoLogin(folder);
});

after(async () => {
  await login.stop();
  await rm(folder, { recursive: true });
});

/** What the service is configured with: issuer and audience, and nothing else that depends on the provider. */
function verifierOf(issuer: string, audience: string = AUDIENCE): TokenVerifier {
  const fetch = createGuardedFetch({
    allowedOrigins: [new URL(issuer).origin],
    allowLoopback: true,
    timeoutMs: 10_000,
    maxBytes: 100_000,
  });
  return createTokenVerifier({
    issuers: [
      {
        issuer,
        audience,
        keys: { kind: 'discovered', fetch },
        algorithms: ['ES256'],
        claims: { organization: 'cbe-number', person: 'egovNRN' },
        vouchesFor: ['client', 'person'],
      },
    ],
  });
}

const agencyToken = (scope = 'dimona:declare', issuer = login.issuer, keys = folder) =>
  clientToken({ issuer, folder: keys, clientId: 'agency', scope });

const citizenToken = (personId = 'an', scope = 'ebox:consult') =>
  personToken({ issuer: login.issuer, clientId: 'pages', redirectUri: CALLBACK, personId, scope });

/** Sends a form to the token endpoint and gives status and error code. */
async function askDirectly(form: Record<string, string>): Promise<string> {
  const answer = await fetch(`${login.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { error } = (await answer.json()) as { error?: string };
  return `${answer.status} ${error}`;
}

describe('startLogin', () => {
  describe('when a machine asks', () => {
    it('gives a token that the service accepts, for its organisation', async () => {
      const outcome = await verifierOf(login.issuer).verify(`Bearer ${await agencyToken()}`);
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(outcome.caller, {
        kind: 'client',
        clientId: 'agency',
        organization: '0206731645',
        scopes: new Set(['dimona:declare']),
      });
    });

    it('gives a short-lived token of RFC 9068', async () => {
      const token = await agencyToken('dimona:declare ebox:publish');
      const claims = decodeJwt(token);
      assert.equal(decodeProtectedHeader(token).typ, 'at+jwt');
      assert.equal(claims.aud, AUDIENCE);
      assert.equal(claims.scope, 'dimona:declare ebox:publish');
      assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 600);
    });

    it('takes the audience named as resource, and no other', async () => {
      const form = async (resource: string) =>
        askDirectly({
          grant_type: 'client_credentials',
          scope: 'dimona:declare',
          resource,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion({}),
        });
      assert.equal(await form(AUDIENCE), '200 undefined');
      assert.equal(await form('https://other.example.be'), '400 invalid_target');
    });

    for (const scope of ['ebox:consult', 'dimona:declare statistics:read', 'evidence:consult']) {
      it(`refuses the scope ${scope}, which it does not have`, async () => {
        await assert.rejects(agencyToken(scope), { code: 'tokenRefused' });
      });
    }

    const now = Math.floor(Date.now() / 1000);
    const faults: readonly (readonly [string, Record<string, unknown>])[] = [
      ['in the name of another client', { sub: 'desk', iss: 'desk' }],
      ['for another audience', { aud: 'https://other.example.be' }],
      ['that is over', { exp: now - 3600, iat: now - 3700 }],
      ['without end', { exp: undefined }],
      ['without id', { jti: undefined }],
    ];
    for (const [name, claims] of faults) {
      it(`refuses an assertion ${name}`, async () => {
        assert.match(await askWith(await assertion(claims)), /^40[01] invalid_(client|request)$/);
      });
    }

    it('refuses an assertion signed with another key, or used before', async () => {
      const other = JSON.parse(await readFile(join(folder, 'clients', 'desk.jwk'), 'utf8')) as JWK;
      assert.equal(await askWith(await assertion({}, other)), '401 invalid_client');
      const good = await assertion({});
      assert.equal(await askWith(good), '200 undefined');
      assert.equal(await askWith(good), '401 invalid_client');
    });

    it('refuses a client without key, and one that is not there', async () => {
      assert.equal(
        await askDirectly({ grant_type: 'client_credentials', client_id: 'agency' }),
        '401 invalid_client',
      );
      const nobody = clientToken({ issuer: login.issuer, folder, clientId: 'nobody', scope: '' });
      await assert.rejects(nobody, { code: 'tokenRefused' });
      const traversal = clientToken({ issuer: login.issuer, folder, clientId: '../signing-keys', scope: '' });
      await assert.rejects(traversal, { code: 'configurationInvalid' });
    });
  });

  describe('when a person logs in', () => {
    it('gives a token that the service accepts, for that person', async () => {
      const outcome = await verifierOf(login.issuer).verify(`Bearer ${await citizenToken()}`);
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(outcome.caller, {
        kind: 'person',
        clientId: 'pages',
        subject: 'an',
        ssin: '81050003552',
        scopes: new Set(['ebox:consult']),
      });
    });

    it('tells the language the person prefers', async () => {
      assert.equal(decodeJwt(await citizenToken('an')).prefLanguage, 'nl');
      assert.equal(decodeJwt(await citizenToken('luc')).prefLanguage, 'fr');
    });

    it('lets a confidential client trade the code in with its key only', async () => {
      const request = {
        issuer: login.issuer,
        clientId: 'desk',
        redirectUri: `${CALLBACK}/desk`,
        personId: 'an',
        scope: 'statistics:read',
      };
      assert.equal(decodeJwt(await personToken({ ...request, folder })).scope, 'statistics:read');
      await assert.rejects(personToken(request), { code: 'tokenRefused' });
    });

    it('gives no scope that the application does not have', async () => {
      await assert.rejects(citizenToken('an', 'dimona:declare'), { code: 'tokenRefused' });
    });

    it('refuses a person who is not on the page, and an address that is not registered', async () => {
      await assert.rejects(citizenToken('nobody'), { code: 'tokenRefused' });
      const elsewhere = { issuer: login.issuer, clientId: 'pages', personId: 'an', scope: 'ebox:consult' };
      for (const redirectUri of [
        'http://127.0.0.1:9/',
        `${CALLBACK}/more`,
        'https://evil.example.be/callback',
      ]) {
        await assert.rejects(personToken({ ...elsewhere, redirectUri }), { code: 'tokenRefused' });
      }
    });
  });

  describe('when the service is pointed at another issuer', () => {
    let otherFolder: string;
    let other: Login;

    before(async () => {
      otherFolder = await mkdtemp(join(tmpdir(), 'login-'));
      other = await startDemoLogin(otherFolder);
    });

    after(async () => {
      await other.stop();
      await rm(otherFolder, { recursive: true });
    });

    it('accepts the tokens of that issuer and of no other', async () => {
      const tokens = {
        own: await agencyToken(),
        other: await agencyToken('dimona:declare', other.issuer, otherFolder),
      };
      const refused = { kind: 'invalidAccessToken', reason: 'issuer' };
      assert.equal((await verifierOf(login.issuer).verify(`Bearer ${tokens.own}`)).kind, 'accepted');
      assert.deepEqual(await verifierOf(login.issuer).verify(`Bearer ${tokens.other}`), refused);
      assert.equal((await verifierOf(other.issuer).verify(`Bearer ${tokens.other}`)).kind, 'accepted');
      assert.deepEqual(await verifierOf(other.issuer).verify(`Bearer ${tokens.own}`), refused);
    });

    it('gives nothing for an assertion meant for the other issuer', async () => {
      await assert.rejects(agencyToken('dimona:declare', other.issuer, folder), { code: 'tokenRefused' });
    });

    it('refuses tokens made for another service', async () => {
      const outcome = await verifierOf(login.issuer, 'https://other.example.be').verify(
        `Bearer ${await agencyToken()}`,
      );
      assert.deepEqual(outcome, { kind: 'invalidAccessToken', reason: 'audience' });
    });
  });

  describe('when it is started again', () => {
    it('keeps its keys, so that tokens stay good and clients stay known', async () => {
      const own = await mkdtemp(join(tmpdir(), 'login-'));
      const first = await startDemoLogin(own, { port: await freePort() });
      const token = await agencyToken('dimona:declare', first.issuer, own);
      await first.stop();
      const second = await startDemoLogin(own, { port: first.port });
      assert.equal((await verifierOf(second.issuer).verify(`Bearer ${token}`)).kind, 'accepted');
      assert.ok(await agencyToken('dimona:declare', second.issuer, own));
      await second.stop();
      await rm(own, { recursive: true });
    });

    it('keeps keys where only the owner reads them, and publishes no private part', async () => {
      for (const path of ['signing-keys.json', 'clients/agency.jwk', 'clients/desk.jwk']) {
        assert.equal((await stat(join(folder, path))).mode & 0o777, 0o600, path);
      }
      const { keys } = (await (await fetch(`${login.issuer}/jwks`)).json()) as { keys: JWK[] };
      assert.ok(keys.length > 0 && keys.every((key) => key.d === undefined));
    });

    it('makes no key for a client that has none', async () => {
      await assert.rejects(stat(join(folder, 'clients', 'pages.jwk')), { code: 'ENOENT' });
    });

    it('says so when a kept key is damaged', async () => {
      const own = await mkdtemp(join(tmpdir(), 'login-'));
      await writeFile(join(own, 'signing-keys.json'), '{"keys":[');
      await assert.rejects(startDemoLogin(own), { code: 'keyUnfit' });
      await rm(own, { recursive: true });
    });
  });

  describe('when it cannot be had', () => {
    it('says which port is taken, and listens on loopback only', async () => {
      const options = { folder, audience: AUDIENCE, clients: CLIENTS, persons: PERSONS };
      await assert.rejects(startLogin({ ...options, port: login.port }), { code: 'embeddedPartFailed' });
      for (const host of ['0.0.0.0', '::', '192.0.2.1', 'localhost']) {
        await assert.rejects(startLogin({ ...options, port: 0, host }), { code: 'embeddedPartFailed' });
      }
    });

    it('makes asking for a token fail with tokenIssuerUnavailable', async () => {
      const issuer = 'http://127.0.0.1:9';
      await assert.rejects(clientToken({ issuer, folder, clientId: 'agency', scope: '' }), {
        code: 'tokenIssuerUnavailable',
      });
    });
  });

  it('lets no script of another origin have a token', async () => {
    const form = { client_id: 'pages', grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK };
    const headers = { origin: 'http://evil.example.be' };
    const request = { method: 'POST', headers, body: new URLSearchParams(form) };
    const answer = await fetch(`${login.issuer}/token`, request);
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });

  it('prints nothing', () => {
    const program = `
      import { startDemoLogin } from ${JSON.stringify(join(projectRoot, 'test', 'embedded', 'login', 'demo.ts'))};
      import { clientToken, personToken } from ${JSON.stringify(join(projectRoot, 'src', 'embedded', 'login', 'tokens.ts'))};
      const folder = ${JSON.stringify(join(folder, 'quiet'))};
      const { issuer, stop } = await startDemoLogin(folder);
      await clientToken({ issuer, folder, clientId: 'agency', scope: 'dimona:declare' });
      await personToken({ issuer, clientId: 'pages', redirectUri: ${JSON.stringify(CALLBACK)}, personId: 'an', scope: 'ebox:consult' });
      const form = { client_id: 'pages', grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' };
      const origin = 'http://evil.example.be';
      await fetch(issuer + '/token', { method: 'POST', headers: { origin }, body: new URLSearchParams(form) });
      await fetch(issuer + '/session/end');
      await stop();
    `;
    const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    assert.deepEqual([run.status, run.stdout, run.stderr], [0, '', '']);
  });
});

/** A client assertion of the agency, some claims changed or left out. */
async function assertion(claims: Record<string, unknown>, key?: JWK): Promise<string> {
  const jwk = key ?? (JSON.parse(await readFile(join(folder, 'clients', 'agency.jwk'), 'utf8')) as JWK);
  const now = Math.floor(Date.now() / 1000);
  const good = {
    iss: 'agency',
    sub: 'agency',
    aud: login.issuer,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 60,
  };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(await importJWK(jwk, 'ES256'));
}

function askWith(clientAssertion: string): Promise<string> {
  return askDirectly({
    grant_type: 'client_credentials',
    scope: 'dimona:declare',
    client_id: 'agency',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: clientAssertion,
  });
}
