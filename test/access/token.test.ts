/** Tests of the access token check: what is accepted, and every forgery we could think of. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  createTokenVerifier,
  type TokenDefect,
  type TokenOutcome,
  type TokenVerifier,
  type TokenVerifierOptions,
  tokenHash,
} from '../../src/access/token.ts';
import type { TokenIssuer } from '../../src/access/token-issuer.ts';
import { ServiceError } from '../../src/errors.ts';
import {
  AUDIENCE,
  accessToken,
  base64url,
  clientClaims,
  fetchFrom,
  type Issuer,
  type Json,
  makeHmacToken,
  makeToken,
  NOW,
  startIssuer,
} from './issuer.ts';

let issuer: Issuer;
/** Counts whoever follows an address found in a token. */
let canary: { readonly url: string; hits: number; stop(): void };

before(async () => {
  issuer = await startIssuer();
  canary = await startCanary();
});

after(async () => {
  await issuer.stop();
  canary.stop();
});

const NOW_SECONDS = NOW.getTime() / 1000;

function issuerOf(
  { url, fetch }: Pick<Issuer, 'url' | 'fetch'>,
  changes: Partial<TokenIssuer> = {},
): TokenIssuer {
  return {
    issuer: url,
    audience: AUDIENCE,
    keys: { kind: 'discovered', fetch },
    algorithms: ['RS256', 'PS256', 'ES256'],
    claims: { organization: 'cbe-number', person: 'egovNRN' },
    vouchesFor: ['client', 'person'],
    ...changes,
  };
}

function verifier(
  changes: Partial<TokenIssuer> = {},
  options: Partial<TokenVerifierOptions> = {},
): TokenVerifier {
  return createTokenVerifier({ issuers: [issuerOf(issuer, changes)], clock: () => NOW, ...options });
}

/** The verifier of another issuer, whose time a test may move on. */
function verifierOf(own: Issuer, fetch = own.fetch) {
  let now = NOW;
  const verify = createTokenVerifier({ issuers: [issuerOf({ url: own.url, fetch })], clock: () => now });
  return { ...verify, pass: (seconds: number) => (now = new Date(now.getTime() + seconds * 1000)) };
}

function verify(token: string): Promise<TokenOutcome> {
  return verifier().verify(`Bearer ${token}`);
}

function attacker(): ReturnType<typeof generateKeyPairSync> {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

describe('createTokenVerifier', () => {
  describe('when a client sends its token', () => {
    it('gives the client, its organisation and the scopes we know', async () => {
      const token = accessToken(issuer, { scope: 'openid dimona:declare unknown:scope' });
      const outcome = await verify(token);
      assert.equal(outcome.kind, 'accepted');
      assert.equal(outcome.tokenHash, createHash('sha256').update(token).digest('hex'));
      assert.deepEqual(outcome.caller, {
        kind: 'client',
        clientId: 'agency',
        organization: '0206731645',
        scopes: new Set(['dimona:declare']),
      });
    });

    for (const [name, written] of [
      ['without its leading zero', '206731645'],
      ['in full', '0206731645'],
    ] as const) {
      it(`reads an enterprise number written ${name}`, async () => {
        const outcome = await verify(accessToken(issuer, { 'cbe-number': written }));
        assert.ok(outcome.kind === 'accepted' && outcome.caller.kind === 'client');
        assert.equal(outcome.caller.organization, '0206731645');
      });
    }

    it('accepts a token without any scope, with no scopes', async () => {
      const outcome = await verify(accessToken(issuer, { scope: undefined }));
      assert.ok(outcome.kind === 'accepted');
      assert.equal(outcome.caller.scopes.size, 0);
    });

    for (const [algorithm, kid] of [
      ['RS256', 'rsa'],
      ['PS256', 'rsa'],
      ['ES256', 'ec'],
    ] as const) {
      it(`accepts ${algorithm}`, async () => {
        const key = kid === 'rsa' ? issuer.rsa : issuer.ec;
        const token = makeToken(key, { alg: algorithm, typ: 'at+jwt', kid }, clientClaims(issuer));
        assert.equal((await verify(token)).kind, 'accepted');
      });
    }

    it('accepts EdDSA only where it is configured', async () => {
      const token = makeToken(issuer.ed, { alg: 'EdDSA', typ: 'at+jwt', kid: 'ed' }, clientClaims(issuer));
      assert.deepEqual(await verify(token), { kind: 'invalidAccessToken', reason: 'algorithm' });
      const outcome = await verifier({ algorithms: ['EdDSA'] }).verify(`Bearer ${token}`);
      assert.equal(outcome.kind, 'accepted');
    });

    it('accepts the long form of the type and one audience of several', async () => {
      const token = accessToken(
        issuer,
        { aud: ['https://other.example.be', AUDIENCE] },
        { typ: 'application/AT+JWT' },
      );
      assert.equal((await verify(token)).kind, 'accepted');
    });

    it('accepts the scheme in any case', async () => {
      assert.equal((await verifier().verify(`bEARER  ${accessToken(issuer)}`)).kind, 'accepted');
    });

    it('accepts clocks that differ by less than the tolerance', async () => {
      const late = { exp: NOW_SECONDS - 29, iat: NOW_SECONDS - 300 };
      const early = { nbf: NOW_SECONDS + 29, iat: NOW_SECONDS + 29 };
      assert.equal((await verify(accessToken(issuer, late))).kind, 'accepted');
      assert.equal((await verify(accessToken(issuer, early))).kind, 'accepted');
    });
  });

  describe('when a person sends a token', () => {
    const person: Json = { 'cbe-number': undefined, egovNRN: '81050003552', sub: 'p1', client_id: 'pages' };

    it('gives the person and the application through which they came', async () => {
      const outcome = await verify(accessToken(issuer, { ...person, scope: 'ebox:consult' }));
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(outcome.caller, {
        kind: 'person',
        clientId: 'pages',
        subject: 'p1',
        ssin: '81050003552',
        scopes: new Set(['ebox:consult']),
      });
    });

    it('refuses a number that is no SSIN', async () => {
      for (const egovNRN of ['81043103522', '81130103578', '', 81050003552, ['81050003552']]) {
        assert.deepEqual(await verify(accessToken(issuer, { ...person, egovNRN })), {
          kind: 'invalidAccessToken',
          reason: 'claims',
        });
      }
    });

    it('demands the way in which the person showed who they are, where the settings name one', async () => {
      const strict = verifier({ acrValues: ['level450', 'level500'] });
      const outcomeOf = (claims: Json) => strict.verify(`Bearer ${accessToken(issuer, claims)}`);
      assert.equal((await outcomeOf({ ...person, acr: 'level500' })).kind, 'accepted');
      for (const acr of ['level100', undefined, ['level450'], 'level450 level500'])
        assert.deepEqual(await outcomeOf({ ...person, acr }), {
          kind: 'invalidAccessToken',
          reason: 'strength',
        });
      assert.equal((await outcomeOf({})).kind, 'accepted', 'programs show a key');
    });

    it('refuses a token that names a person and an organisation', async () => {
      assert.deepEqual(await verify(accessToken(issuer, { egovNRN: '81050003552' })), {
        kind: 'invalidAccessToken',
        reason: 'claims',
      });
    });
  });

  describe('when the issuer uses other claim names', () => {
    it('reads them there and nowhere else', async () => {
      const claims = { organization: 'https://idp.example.be/kbo', person: 'niss' };
      const token = accessToken(issuer, { 'cbe-number': undefined, [claims.organization]: '0206731645' });
      assert.equal((await verifier({ claims }).verify(`Bearer ${token}`)).kind, 'accepted');
      assert.equal(
        (await verifier({ claims }).verify(`Bearer ${accessToken(issuer)}`)).kind,
        'invalidAccessToken',
      );
    });
  });

  describe('when there is no bearer token', () => {
    for (const header of [undefined, '', 'Basic dXNlcjpwYXNz', 'DPoP a.b.c', 'BearerX a.b.c', 'a.b.c']) {
      it(`answers noAccessToken to ${JSON.stringify(header)}`, async () => {
        assert.deepEqual(await verifier().verify(header), { kind: 'noAccessToken' });
      });
    }
  });

  describe('when the token is bound to a client certificate', () => {
    const thumbprint = createHash('sha256').update('the certificate').digest('base64url');

    it('accepts it with that certificate only', async () => {
      const header = `Bearer ${accessToken(issuer, { cnf: { 'x5t#S256': thumbprint } })}`;
      const refused = { kind: 'invalidAccessToken', reason: 'binding' };
      assert.equal((await verifier().verify(header, thumbprint)).kind, 'accepted');
      assert.deepEqual(await verifier().verify(header), refused);
      assert.deepEqual(await verifier().verify(header, thumbprint.toUpperCase()), refused);
    });

    for (const cnf of [null, {}, [], 'x', { jkt: thumbprint }, { 'x5t#S256': thumbprint, jkt: thumbprint }]) {
      it(`refuses the binding ${JSON.stringify(cnf).slice(0, 20)}`, async () => {
        const header = `Bearer ${accessToken(issuer, { cnf })}`;
        assert.deepEqual(await verifier().verify(header, thumbprint), {
          kind: 'invalidAccessToken',
          reason: 'binding',
        });
      });
    }

    it('refuses a binding without value when there is no certificate', async () => {
      const header = `Bearer ${accessToken(issuer, { cnf: { 'x5t#S256': null } })}`;
      assert.equal((await verifier().verify(header)).kind, 'invalidAccessToken');
    });
  });

  describe('when the token is out of its time', () => {
    it('answers expiredAccessToken once it is over', async () => {
      const claims = { exp: NOW_SECONDS - 31, iat: NOW_SECONDS - 300 };
      assert.deepEqual(await verify(accessToken(issuer, claims)), { kind: 'expiredAccessToken' });
    });

    it('answers expiredAccessToken to a token made more than a day ago, however long it lives', async () => {
      const claims = { iat: NOW_SECONDS - 24 * 3600 - 31, exp: NOW_SECONDS + 1e9 };
      assert.deepEqual(await verify(accessToken(issuer, claims)), { kind: 'expiredAccessToken' });
    });
  });

  describe('when the token is forged or meant for something else', () => {
    const attacks: readonly (readonly [string, TokenDefect, () => string])[] = [
      [
        'algorithm none, without signature',
        'malformed',
        () =>
          `${base64url('{"alg":"none","typ":"at+jwt"}')}.${base64url(JSON.stringify(clientClaims(issuer)))}.`,
      ],
      ...['none', 'None', 'NONE', 'nOnE'].map(
        (alg) =>
          [
            `algorithm ${alg}, with a signature`,
            'algorithm',
            () => makeHmacToken('', { alg, typ: 'at+jwt', kid: 'ec' }, clientClaims(issuer)),
          ] as const,
      ),
      [
        'HS256 with the RSA public key in PEM as secret',
        'algorithm',
        () =>
          makeHmacToken(
            createPublicKey(issuer.rsa).export({ format: 'pem', type: 'spki' }),
            { alg: 'HS256', typ: 'at+jwt', kid: 'rsa' },
            clientClaims(issuer),
          ),
      ],
      [
        'HS256 with the RSA public key in DER as secret',
        'algorithm',
        () =>
          makeHmacToken(
            createPublicKey(issuer.rsa).export({ format: 'der', type: 'spki' }),
            { alg: 'HS256', typ: 'at+jwt', kid: 'rsa' },
            clientClaims(issuer),
          ),
      ],
      [
        'HS256 with the modulus as secret',
        'algorithm',
        () =>
          makeHmacToken(
            createPublicKey(issuer.rsa).export({ format: 'jwk' }).n ?? '',
            { alg: 'HS256', typ: 'at+jwt', kid: 'rsa' },
            clientClaims(issuer),
          ),
      ],
      [
        'HMAC under the name of an asymmetric algorithm',
        'signature',
        () =>
          makeHmacToken(
            createPublicKey(issuer.rsa).export({ format: 'pem', type: 'spki' }),
            { alg: 'RS256', typ: 'at+jwt', kid: 'rsa' },
            clientClaims(issuer),
          ),
      ],
      [
        'an algorithm that is not configured',
        'algorithm',
        () => makeToken(issuer.rsa, { alg: 'RS512', typ: 'at+jwt', kid: 'rsa' }, clientClaims(issuer)),
      ],
      [
        'an algorithm that does not fit the named key',
        'unknownKey',
        () => makeToken(issuer.rsa, { alg: 'RS256', typ: 'at+jwt', kid: 'ec' }, clientClaims(issuer)),
      ],
      [
        "another's key under a known key id",
        'signature',
        () =>
          makeToken(attacker().privateKey, { alg: 'ES256', typ: 'at+jwt', kid: 'ec' }, clientClaims(issuer)),
      ],
      ['a key id that nobody knows', 'unknownKey', () => accessToken(issuer, {}, { kid: 'other' })],
      ['a key id that is a path', 'unknownKey', () => accessToken(issuer, {}, { kid: '../../../dev/null' })],
      ['a key id that is a query', 'unknownKey', () => accessToken(issuer, {}, { kid: "' or '1'='1" })],
      ['a key id that is a number', 'malformed', () => accessToken(issuer, {}, { kid: 1 })],
      [
        'jku of an attacker who signed',
        'signature',
        () =>
          makeToken(
            attacker().privateKey,
            { alg: 'ES256', typ: 'at+jwt', kid: 'ec', jku: `${canary.url}/keys` },
            clientClaims(issuer),
          ),
      ],
      [
        'jku with a key id of the attacker',
        'unknownKey',
        () => accessToken(issuer, {}, { kid: 'attacker', jku: `${canary.url}/keys` }),
      ],
      [
        'x5u of an attacker who signed',
        'signature',
        () =>
          makeToken(
            attacker().privateKey,
            { alg: 'ES256', typ: 'at+jwt', kid: 'ec', x5u: `${canary.url}/certificate` },
            clientClaims(issuer),
          ),
      ],
      [
        'the key that signed, embedded as jwk',
        'signature',
        () => {
          const { privateKey } = attacker();
          const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
          return makeToken(
            privateKey,
            { alg: 'ES256', typ: 'at+jwt', kid: 'ec', jwk: { ...jwk, kid: 'ec' } },
            clientClaims(issuer),
          );
        },
      ],
      [
        'the key that signed, embedded as x5c',
        'signature',
        () =>
          makeToken(
            attacker().privateKey,
            { alg: 'ES256', typ: 'at+jwt', kid: 'ec', x5c: ['MIIB'] },
            clientClaims(issuer),
          ),
      ],
      [
        'a critical extension nobody knows',
        'criticalHeader',
        () => accessToken(issuer, {}, { crit: ['exp2'], exp2: 1 }),
      ],
      [
        'a critical extension the library knows',
        'criticalHeader',
        () => accessToken(issuer, {}, { crit: ['b64'], b64: true }),
      ],
      ['an empty list of critical extensions', 'criticalHeader', () => accessToken(issuer, {}, { crit: [] })],
      [
        'an unencoded payload',
        'criticalHeader',
        () => accessToken(issuer, {}, { crit: ['b64'], b64: false }),
      ],
      ['another audience', 'audience', () => accessToken(issuer, { aud: 'https://other.example.be' })],
      [
        'an audience that only begins like ours',
        'audience',
        () => accessToken(issuer, { aud: `${AUDIENCE}.evil.be` }),
      ],
      ['no audience', 'claims', () => accessToken(issuer, { aud: undefined })],
      ['an audience that is an object', 'audience', () => accessToken(issuer, { aud: { 0: AUDIENCE } })],
      ['an empty list of audiences', 'audience', () => accessToken(issuer, { aud: [] })],
      ['another issuer', 'issuer', () => accessToken(issuer, { iss: 'https://idp.example.be' })],
      ['the issuer with a slash more', 'issuer', () => accessToken(issuer, { iss: `${issuer.url}/` })],
      ['no issuer', 'issuer', () => accessToken(issuer, { iss: undefined })],
      ['a list of issuers', 'issuer', () => accessToken(issuer, { iss: [issuer.url] })],
      ['a validity that has not begun', 'time', () => accessToken(issuer, { nbf: NOW_SECONDS + 31 })],
      ['an issue time in the future', 'time', () => accessToken(issuer, { iat: NOW_SECONDS + 31 })],
      [
        'an end before its beginning',
        'time',
        () => accessToken(issuer, { iat: NOW_SECONDS + 20, exp: NOW_SECONDS - 20 }),
      ],
      ['no end', 'claims', () => accessToken(issuer, { exp: undefined })],
      ['an end that is a text', 'claims', () => accessToken(issuer, { exp: '9999999999' })],
      ['an end that is null', 'claims', () => accessToken(issuer, { exp: null })],
      ['no issue time', 'claims', () => accessToken(issuer, { iat: undefined })],
      ['no token id', 'claims', () => accessToken(issuer, { jti: undefined })],
      ['no client', 'claims', () => accessToken(issuer, { client_id: undefined })],
      ['a client that is a list', 'claims', () => accessToken(issuer, { client_id: ['agency'] })],
      ['no subject', 'claims', () => accessToken(issuer, { sub: undefined })],
      ['scopes that are a list', 'claims', () => accessToken(issuer, { scope: ['dimona:declare'] })],
      ['neither person nor organisation', 'claims', () => accessToken(issuer, { 'cbe-number': undefined })],
      [
        'an enterprise number with wrong check digits',
        'claims',
        () => accessToken(issuer, { 'cbe-number': '0206731646' }),
      ],
      ['an establishment unit number', 'claims', () => accessToken(issuer, { 'cbe-number': '2297964444' })],
      ['an ID token', 'type', () => accessToken(issuer, {}, { typ: 'JWT' })],
      ['an ID token without type', 'type', () => accessToken(issuer, {}, { typ: undefined })],
      ['a logout token', 'type', () => accessToken(issuer, {}, { typ: 'logout+jwt' })],
      ['a type that is no text', 'type', () => accessToken(issuer, {}, { typ: ['at+jwt'] })],
      [
        'the signature of another token',
        'signature',
        () => swapSignature(accessToken(issuer), accessToken(issuer)),
      ],
      ['claims changed after signing', 'signature', () => swapClaims(accessToken(issuer))],
      ['a header changed after signing', 'signature', () => swapHeader(accessToken(issuer))],
      ['a signature cut short', 'signature', () => accessToken(issuer).slice(0, -6)],
      ['a signature of zeros', 'signature', () => zeroSignature(accessToken(issuer))],
      ['an empty signature', 'malformed', () => accessToken(issuer).replace(/[^.]+$/, '')],
      ['two parts only', 'malformed', () => accessToken(issuer).split('.').slice(0, 2).join('.')],
      ['five parts, as if encrypted', 'malformed', () => `${accessToken(issuer)}.e30.e30`],
      ['padding in base64url', 'malformed', () => `${accessToken(issuer)}==`],
      ['a line break inside', 'malformed', () => accessToken(issuer).replace('.', '.\n')],
      ['a second token behind a comma', 'malformed', () => `${accessToken(issuer)},${accessToken(issuer)}`],
      ['a payload that is no JSON', 'malformed', () => makeToken(issuer.ec, goodHeader, 'not json')],
      ['a payload that is a list', 'malformed', () => makeToken(issuer.ec, goodHeader, '[]')],
      ['a payload that is null', 'malformed', () => makeToken(issuer.ec, goodHeader, 'null')],
      [
        'claims that hide in the prototype',
        'malformed',
        () => makeToken(issuer.ec, goodHeader, `{"__proto__":${JSON.stringify(clientClaims(issuer))}}`),
      ],
      [
        'a header that is no JSON',
        'malformed',
        () => `e30x.${accessToken(issuer).split('.').slice(1).join('.')}`,
      ],
      ['a header without algorithm', 'malformed', () => accessToken(issuer, {}, { alg: undefined })],
      ['8 kB and more', 'malformed', () => accessToken(issuer, { filler: 'x'.repeat(8192) })],
      ['nothing behind Bearer', 'malformed', () => ''],
    ];

    for (const [name, reason, forge] of attacks) {
      it(`refuses ${name}`, async () => {
        assert.deepEqual(await verify(forge()), { kind: 'invalidAccessToken', reason });
      });
    }

    it('takes both forms of an ECDSA signature for the same caller: one has the same right as the other', async () => {
      const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
      const token = accessToken(issuer);
      const [header, claims, signature = ''] = token.split('.');
      const bytes = Buffer.from(signature, 'base64url');
      const mirrored = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
      const other = Buffer.concat([
        bytes.subarray(0, 32),
        Buffer.from(mirrored.toString(16).padStart(64, '0'), 'hex'),
      ]);
      const twin = `${header}.${claims}.${other.toString('base64url')}`;
      assert.notEqual(twin, token);
      const [one, same] = [await verify(token), await verify(twin)];
      assert.ok(one.kind === 'accepted' && same.kind === 'accepted');
      assert.deepEqual(same.caller, one.caller);
      assert.deepEqual([one.tokenHash, same.tokenHash], [tokenHash(token), tokenHash(twin)]);
    });

    it('never followed an address that stood in a token', () => {
      assert.equal(canary.hits, 0);
    });

    it('ignores addresses and keys in the header of a good token', async () => {
      const jwk = createPublicKey(attacker().privateKey).export({ format: 'jwk' });
      const token = accessToken(issuer, {}, { jku: `${canary.url}/keys`, x5u: `${canary.url}/x`, jwk });
      assert.equal((await verify(token)).kind, 'accepted');
      assert.equal(canary.hits, 0);
    });
  });

  describe('when the issuer is asked', () => {
    let own: Issuer;
    before(async () => {
      own = await startIssuer();
    });
    after(() => own.stop());

    it('reads metadata and keys once for many tokens', async () => {
      const before = own.hits('/keys');
      const one = verifierOf(own);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => one.verify(`Bearer ${accessToken(own)}`)),
      );
      assert.ok(outcomes.every((outcome) => outcome.kind === 'accepted'));
      await one.verify(`Bearer ${accessToken(own, {}, { kid: 'unknown' })}`);
      await one.verify(`Bearer ${accessToken(own, {}, { kid: 'unknown too' })}`);
      assert.equal(own.hits('/keys') - before, 1);
    });

    const bent: readonly (readonly [string, (url: string) => unknown])[] = [
      ['names another issuer', (url) => ({ issuer: 'https://idp.example.be', jwks_uri: `${url}/keys` })],
      ['names itself with a slash more', (url) => ({ issuer: `${url}/`, jwks_uri: `${url}/keys` })],
      ['puts its keys on another origin', (url) => ({ issuer: url, jwks_uri: `${canary.url}/keys` })],
      ['gives no address of its keys', (url) => ({ issuer: url })],
      ['gives an address that is none', (url) => ({ issuer: url, jwks_uri: '/keys' })],
      ['answers with a list', () => []],
      ['answers without JSON', () => '<html>'],
      ['answers 404', () => 404],
      ['answers 503', () => 503],
    ];
    for (const [name, answer] of bent) {
      it(`throws tokenIssuerUnavailable when its metadata ${name}, and asks again a little later`, async () => {
        // Also with an outgoing call that would reach it, an origin other than the issuer's is not asked.
        const one = verifierOf(own, fetchFrom([own.url, canary.url]));
        const token = `Bearer ${accessToken(own)}`;
        own.serve('/.well-known/openid-configuration', answer(own.url));
        await assert.rejects(one.verify(token), (error) => {
          return error instanceof ServiceError && error.code === 'tokenIssuerUnavailable';
        });
        own.serve('/.well-known/openid-configuration', { issuer: own.url, jwks_uri: `${own.url}/keys` });
        one.pass(6);
        assert.equal((await one.verify(token)).kind, 'accepted');
        assert.equal(canary.hits, 0);
      });
    }

    it('throws tokenIssuerUnavailable while its keys cannot be read, and recovers with it', async () => {
      const good = await (await own.fetch(`${own.url}/keys`)).json();
      const one = verifierOf(own);
      for (const answer of [404, 500, 'no json', { keys: 'none' }]) {
        own.serve('/keys', answer);
        await assert.rejects(one.verify(`Bearer ${accessToken(own)}`), { code: 'tokenIssuerUnavailable' });
        one.pass(6);
      }
      own.serve('/keys', good);
      assert.equal((await one.verify(`Bearer ${accessToken(own)}`)).kind, 'accepted');
    });

    it('throws tokenIssuerUnavailable when its origin is not a configured outgoing origin', async () => {
      const one = verifierOf(own, issuer.fetch);
      await assert.rejects(one.verify(`Bearer ${accessToken(own)}`), { code: 'tokenIssuerUnavailable' });
    });

    it('refuses a malformed token without asking', async () => {
      const before = own.hits('/.well-known/openid-configuration');
      const fresh = verifierOf(own);
      await fresh.verify('Bearer nonsense');
      await fresh.verify(`Bearer ${makeHmacToken('x', { alg: 'HS256', typ: 'at+jwt' }, clientClaims(own))}`);
      assert.equal(own.hits('/.well-known/openid-configuration'), before);
    });
  });
});

describe('tokenHash', () => {
  it('is SHA-256 in hexadecimal', () => {
    assert.equal(tokenHash('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

const goodHeader: Json = { alg: 'ES256', typ: 'at+jwt', kid: 'ec' };

function parts(token: string): [string, string, string] {
  return token.split('.') as [string, string, string];
}

function swapSignature(token: string, other: string): string {
  return [...parts(token).slice(0, 2), parts(other)[2]].join('.');
}

function swapClaims(token: string): string {
  const [header, payload, signature] = parts(token);
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), 'cbe-number': '0202239951' };
  return `${header}.${base64url(JSON.stringify(claims))}.${signature}`;
}

function swapHeader(token: string): string {
  const [, payload, signature] = parts(token);
  return `${base64url(JSON.stringify({ ...goodHeader, note: 1 }))}.${payload}.${signature}`;
}

function zeroSignature(token: string): string {
  const [header, payload] = parts(token);
  return `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`;
}

async function startCanary(): Promise<{ readonly url: string; hits: number; stop(): void }> {
  const server = createServer((_, response) => {
    result.hits += 1;
    response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const result = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits: 0,
    stop: () => {
      server.close();
    },
  };
  return result;
}
