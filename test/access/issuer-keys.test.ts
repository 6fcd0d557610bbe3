/** The keys of an issuer: which of them count, for how long, and how often the issuer is asked for them. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createTokenVerifier } from '../../src/access/token.ts';
import type { KeySource } from '../../src/access/token-issuer.ts';
import { AUDIENCE, accessToken, clientClaims, type Issuer, makeToken, NOW, startIssuer } from './issuer.ts';

let issuer: Issuer;
let now: Date;

beforeEach(async () => {
  issuer = await startIssuer();
  now = NOW;
});
afterEach(() => issuer.stop());

function verifier(keys: KeySource = { kind: 'discovered', fetch: issuer.fetch }) {
  const own = {
    issuer: issuer.url,
    audience: AUDIENCE,
    keys,
    algorithms: ['ES256', 'RS256'] as const,
    claims: { organization: 'cbe-number', person: 'egovNRN' },
    vouchesFor: ['client'] as const,
  };
  const tokens = createTokenVerifier({ issuers: [own], clock: () => now });
  return async (token: string) => {
    const outcome = await tokens.verify(`Bearer ${token}`);
    return outcome.kind === 'invalidAccessToken' ? outcome.reason : outcome.kind;
  };
}

const pass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1000));
const times = () => ({ iat: now.getTime() / 1000, exp: now.getTime() / 1000 + 300 });
const good = () => accessToken(issuer, times());
const unknown = (kid: string) => accessToken(issuer, times(), { kid });
const asked = () => issuer.hits('/keys');
const publicJwk = (key: Parameters<typeof createPublicKey>[0]) =>
  createPublicKey(key).export({ format: 'jwk' });

describe('keys by discovery', () => {
  it('are not read again for key ids that somebody makes up, until half a minute is over', async () => {
    const verdict = verifier();
    assert.equal(await verdict(good()), 'accepted');
    for (let at = 0; at < 200; at += 1) assert.equal(await verdict(unknown(`made-up-${at}`)), 'unknownKey');
    assert.equal(asked(), 1);
    pass(31);
    const flood = Array.from({ length: 50 }, (_, at) => verdict(unknown(`made-up-again-${at}`)));
    assert.deepEqual(new Set(await Promise.all(flood)), new Set(['unknownKey']));
    assert.equal(asked(), 2);
  });

  it('are read again for a key id that is new, so that the issuer may change its key', async () => {
    const verdict = verifier();
    assert.equal(await verdict(good()), 'accepted');
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    issuer.serve('/keys', { keys: [{ ...publicJwk(next.privateKey), kid: 'next' }] });
    pass(31);
    const token = makeToken(
      next.privateKey,
      { alg: 'ES256', typ: 'at+jwt', kid: 'next' },
      clientClaims(issuer, times()),
    );
    assert.equal(await verdict(token), 'accepted');
    assert.equal(await verdict(good()), 'unknownKey', 'the key that is gone counts no more');
  });

  it('count an hour while the issuer is away, which is asked every five seconds at most', async () => {
    const verdict = verifier();
    assert.equal(await verdict(good()), 'accepted');
    issuer.serve('/.well-known/openid-configuration', 503);
    const before = issuer.hits('/.well-known/openid-configuration');
    pass(3000);
    for (let at = 0; at < 20; at += 1) assert.equal(await verdict(good()), 'accepted');
    assert.equal(issuer.hits('/.well-known/openid-configuration') - before, 1);
    pass(601);
    await assert.rejects(verdict(good()), { code: 'tokenIssuerUnavailable' });
    await assert.rejects(verdict(good()), { code: 'tokenIssuerUnavailable' });
    assert.equal(issuer.hits('/.well-known/openid-configuration') - before, 2);
  });

  it('are not asked of anybody for the token of an issuer that is not configured', async () => {
    const verdict = verifier();
    const other = accessToken(issuer, { ...times(), iss: 'https://idp.example.be' });
    assert.equal(await verdict(other), 'issuer');
    assert.equal(issuer.hits('/.well-known/openid-configuration'), 0);
  });
});

describe('keys given beforehand', () => {
  it('are the only ones, and the issuer is never asked', async () => {
    const verdict = verifier({ kind: 'pinned', keySet: { keys: [{ ...publicJwk(issuer.ec), kid: 'ec' }] } });
    assert.equal(await verdict(good()), 'accepted');
    assert.equal(await verdict(unknown('made-up')), 'unknownKey');
    pass(100_000);
    assert.equal(await verdict(good()), 'accepted');
    assert.equal(asked() + issuer.hits('/.well-known/openid-configuration'), 0);
  });

  for (const [name, keySet] of [
    ['no set', { keys: 'none' }],
    ['a list', []],
    ['an empty set', { keys: [] }],
    ['nothing', null],
  ] as const) {
    it(`are refused when they are ${name}`, () =>
      assert.throws(() => verifier({ kind: 'pinned', keySet }), { code: 'configurationInvalid' }));
  }
});

describe('keys that cannot be trusted', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const larger = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const published = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const bad: Readonly<Record<string, object>> = {
    'an RSA key of 1024 bits': { ...publicJwk(short), kid: 'bad' },
    'a key on another curve': { ...publicJwk(larger), kid: 'bad' },
    'a key whose private part stands there for everybody': {
      ...published.export({ format: 'jwk' }),
      kid: 'bad',
    },
    'a secret': { kty: 'oct', k: 'c2VjcmV0', kid: 'bad' },
    'a point beside the curve': { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'bad' },
    'something else': { kid: 'bad', kty: 7 },
  };
  const signers = [
    ['ES256', published],
    ['RS256', short],
  ] as const;
  for (const [name, jwk] of Object.entries(bad)) {
    it(`are left out: ${name}`, async () => {
      issuer.serve('/keys', { keys: [jwk, { ...publicJwk(issuer.ec), kid: 'ec' }] });
      const verdict = verifier();
      assert.equal(await verdict(good()), 'accepted');
      for (const [alg, key] of signers) {
        const token = makeToken(key, { alg, typ: 'at+jwt', kid: 'bad' }, clientClaims(issuer, times()));
        assert.equal(await verdict(token), 'unknownKey');
      }
    });
  }

  it('make the issuer unusable when there are no others', async () => {
    issuer.serve('/keys', { keys: Object.values(bad) });
    await assert.rejects(verifier()(good()), { code: 'tokenIssuerUnavailable' });
  });
});
