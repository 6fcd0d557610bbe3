/** Several issuers beside each other: each token is judged by the issuer it names, by its rules and keys alone. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createTokenVerifier, type TokenVerifierOptions } from '../../src/access/token.ts';
import type { TokenIssuer } from '../../src/access/token-issuer.ts';
import { accessToken, clientClaims, type Issuer, type Json, makeToken, NOW, startIssuer } from './issuer.ts';

let own: Issuer;
let partner: Issuer;
const PARTNER_AUDIENCE = 'urn:ebox-at-partner';
const PERSON: Json = { 'cbe-number': undefined, egovNRN: '81050003552', niss: undefined };

before(async () => {
  own = await startIssuer();
  partner = await startIssuer();
});
after(async () => {
  await own.stop();
  await partner.stop();
});

function issuers(changes: Partial<TokenIssuer> = {}): TokenIssuer[] {
  return [
    {
      issuer: own.url,
      audience: 'urn:own',
      keys: { kind: 'discovered', fetch: own.fetch },
      algorithms: ['ES256'],
      claims: { organization: 'cbe-number', person: 'egovNRN' },
      vouchesFor: ['client', 'person'],
    },
    {
      issuer: partner.url,
      name: 'partner',
      audience: PARTNER_AUDIENCE,
      keys: { kind: 'discovered', fetch: partner.fetch },
      algorithms: ['RS256'],
      claims: { organization: 'kbo', person: 'niss' },
      vouchesFor: ['client'],
      ...changes,
    },
  ];
}

async function judge(
  token: string,
  changes: Partial<TokenIssuer> = {},
  options: Partial<TokenVerifierOptions> = {},
  thumbprint?: string,
) {
  const tokens = createTokenVerifier({ issuers: issuers(changes), clock: () => NOW, ...options });
  const outcome = await tokens.verify(`Bearer ${token}`, thumbprint);
  return outcome.kind === 'invalidAccessToken' ? outcome.reason : outcome;
}

const ofOwn = (claims: Json = {}, header: Json = {}) =>
  accessToken(own, { aud: 'urn:own', ...claims }, header);

function ofPartner(claims: Json = {}, { rsa } = partner): string {
  const changed = { aud: PARTNER_AUDIENCE, 'cbe-number': undefined, kbo: '0206731645', ...claims };
  return makeToken(rsa, { alg: 'RS256', typ: 'at+jwt', kid: 'rsa' }, clientClaims(partner, changed));
}

describe('several issuers', () => {
  it('are each taken at their word, with clients that are not taken for each other', async () => {
    const [mine, theirs] = [await judge(ofOwn()), await judge(ofPartner())];
    assert.ok(typeof mine === 'object' && mine.kind === 'accepted');
    assert.ok(typeof theirs === 'object' && theirs.kind === 'accepted');
    assert.equal(mine.caller.clientId, 'agency');
    assert.equal(theirs.caller.clientId, 'partner/agency');
  });

  const crossed: readonly (readonly [string, string, () => string])[] = [
    ['signed by the other issuer, whose key is right', 'signature', () => ofPartner({}, own)],
    ['of one issuer that names the other', 'signature', () => ofPartner({ iss: partner.url, sub: 'x' }, own)],
    ['signed as only the other may', 'algorithm', () => ofOwn({ iss: partner.url, aud: PARTNER_AUDIENCE })],
    ['for the audience of the other', 'audience', () => ofPartner({ aud: 'urn:own' })],
    [
      'with the claim names of the other',
      'claims',
      () => ofPartner({ kbo: undefined, 'cbe-number': '0206731645' }),
    ],
    ['of an issuer with a slash more', 'issuer', () => ofOwn({ iss: `${own.url}/` })],
    ['of an issuer in capitals', 'issuer', () => ofOwn({ iss: own.url.toUpperCase() })],
    ['of two issuers', 'issuer', () => ofOwn({ iss: [own.url, partner.url] })],
    ['of an issuer without name', 'issuer', () => ofOwn({ iss: undefined })],
    ['of a name that objects have', 'issuer', () => ofOwn({ iss: 'constructor' })],
  ];
  for (const [name, reason, forge] of crossed)
    it(`do not vouch for each other: a token ${name}`, async () =>
      assert.equal(await judge(forge()), reason));
});

describe('vouchesFor', () => {
  it('is whom an issuer may name', async () => {
    const person = { kbo: undefined, niss: '81050003552' };
    assert.equal(await judge(ofPartner(person)), 'claims');
    assert.equal(await judge(ofPartner(), { vouchesFor: ['person'] }), 'claims');
    const outcome = await judge(ofPartner(person), { vouchesFor: ['person'] });
    assert.ok(typeof outcome === 'object' && outcome.kind === 'accepted' && outcome.caller.kind === 'person');
  });
});

describe('scopes', () => {
  it('are those that the issuer may give', async () => {
    const scope = 'dimona:declare evidence:consult';
    const outcome = await judge(ofPartner({ scope }), { scopes: ['dimona:declare'] });
    assert.ok(typeof outcome === 'object' && outcome.kind === 'accepted');
    assert.deepEqual([...outcome.caller.scopes], ['dimona:declare']);
  });
});

describe('boundScopes', () => {
  const thumbprint = createHash('sha256').update('a certificate').digest('base64url');
  const cnf = { 'x5t#S256': thumbprint };
  const demand = { boundScopes: ['dimona:declare'] as const };

  it('are refused to programs whose token is bound to nothing', async () => {
    assert.equal(await judge(ofOwn(), {}, demand), 'unbound');
    assert.equal(await judge(ofOwn(), {}, demand, thumbprint), 'unbound');
    assert.equal(typeof (await judge(ofOwn({ cnf }), {}, demand, thumbprint)), 'object');
    assert.equal(await judge(ofOwn({ cnf }), {}, demand), 'binding');
  });

  it('do not concern other scopes, nor persons', async () => {
    assert.equal(typeof (await judge(ofOwn({ scope: 'ebox:publish' }), {}, demand)), 'object');
    assert.equal(typeof (await judge(ofOwn({ ...PERSON, scope: 'dimona:declare' }), {}, demand)), 'object');
  });
});

describe('ids of clients and persons', () => {
  for (const claims of [
    { client_id: '' },
    { client_id: 'a\u0000b' },
    { sub: 'é' },
    { sub: 'x'.repeat(256) },
    { client_id: 7 },
  ])
    it(`are refused when they could not be written down: ${JSON.stringify(claims).slice(0, 30)}`, async () =>
      assert.equal(await judge(ofOwn(claims)), 'claims'));
});
