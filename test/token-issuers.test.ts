/** The file of further token issuers: what may be left out, and what is wrong with it in one sentence. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TokenVerifier } from '../src/access/token.ts';
import { composeTokens } from '../src/compose-tokens.ts';
import { readConfig } from '../src/config.ts';
import { ServiceError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { readTokenIssuers } from '../src/token-issuers.ts';
import { accessToken, clientClaims, type Issuer, makeToken, NOW, startIssuer } from './access/issuer.ts';

const OWN = 'https://idp.example.be';
const PARTNER = { name: 'partner', issuer: 'https://idp.partner.be', vouchesFor: ['organizations'] };
const folder = mkdtempSync(join(tmpdir(), 'token-issuers-'));
const path = join(folder, 'issuers.json');
after(() => rmSync(folder, { recursive: true }));

function read(content: unknown, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readTokenIssuers(readConfig({ OIDC_ISSUER: OWN, TOKEN_ISSUERS_FILE: path, ...environment }), OWN);
}

describe('readTokenIssuers', () => {
  it('gives the own issuer alone where no others are named', () => {
    const [own, ...others] = readTokenIssuers(readConfig({ OIDC_ISSUER: OWN }), OWN);
    assert.deepEqual(others, []);
    assert.deepEqual([own?.issuer, own?.name, own?.vouchesFor], [OWN, undefined, ['client', 'person']]);
  });

  it('has what is left out be as for the own issuer, but for whom one vouches', () => {
    const [own, partner] = read([PARTNER], {
      OIDC_AUDIENCE: 'urn:a',
      OIDC_ALGORITHMS: 'PS256',
      OIDC_PERSON_CLAIM: 'niss',
    });
    assert.equal(partner?.audience, 'urn:a');
    assert.deepEqual(partner?.algorithms, ['PS256']);
    assert.deepEqual(partner?.claims, own?.claims);
    assert.deepEqual(partner?.vouchesFor, ['client']);
    assert.equal(partner?.keys.kind, 'discovered');
    assert.equal(partner?.scopes, undefined);
  });

  it('takes each by its own rules', () => {
    writeFileSync(join(folder, 'keys.json'), '{"keys":[]}');
    const rules = {
      audience: 'urn:b',
      algorithms: ['ES256'],
      organizationClaim: 'kbo',
      scopes: ['register:report'],
    };
    const [, partner] = read([
      { ...PARTNER, ...rules, keysFile: 'keys.json', vouchesFor: ['persons', 'organizations'] },
    ]);
    assert.deepEqual(partner, {
      name: 'partner',
      issuer: 'https://idp.partner.be',
      audience: 'urn:b',
      keys: { kind: 'pinned', keySet: { keys: [] } },
      algorithms: ['ES256'],
      claims: { organization: 'kbo', person: 'egovNRN' },
      vouchesFor: ['client', 'person'],
      scopes: ['register:report'],
    });
  });

  const wrong: Readonly<Record<string, readonly [unknown, RegExp]>> = {
    'no JSON': ['[', /cannot be read/],
    'no list': [{}, /expected array/],
    'an issuer without name': [[{ ...PARTNER, name: undefined }], /0\.name/],
    'a name that could stand in another’s ids': [[{ ...PARTNER, name: 'a/b' }], /0\.name/],
    'nobody to vouch for': [[{ ...PARTNER, vouchesFor: [] }], /0\.vouchesFor/],
    'nothing said of whom it vouches for': [[{ ...PARTNER, vouchesFor: undefined }], /0\.vouchesFor/],
    'an algorithm that is shared': [[{ ...PARTNER, algorithms: ['HS256'] }], /0\.algorithms/],
    'a misspelt rule': [[{ ...PARTNER, scope: ['x'] }], /scope/],
    'an issuer that is no address': [[{ ...PARTNER, issuer: 'partner' }], /0\.issuer/],
    'an issuer twice': [
      [PARTNER, { ...PARTNER, name: 'other' }],
      /issuer https:\/\/idp\.partner\.be is there twice/,
    ],
    'a name twice': [[PARTNER, { ...PARTNER, issuer: 'https://x.example' }], /name partner is there twice/],
    'the own issuer again': [[{ ...PARTNER, issuer: OWN }], /is there twice/],
    'keys that are not there': [[{ ...PARTNER, keysFile: 'none.json' }], /none\.json cannot be read/],
    'an issuer over plain HTTP': [[{ ...PARTNER, issuer: 'http://idp.partner.be' }], /https/],
  };
  for (const [name, [content, sentence]] of Object.entries(wrong))
    it(`refuses ${name}`, () =>
      assert.throws(
        () => read(content),
        (error) =>
          error instanceof ServiceError &&
          error.code === 'configurationInvalid' &&
          sentence.test(error.message),
      ));
});

describe('composeTokens', () => {
  let issuer: Issuer;
  let partner: Issuer;
  before(async () => {
    [issuer, partner] = [await startIssuer(), await startIssuer()];
  });
  after(async () => {
    await issuer.stop();
    await partner.stop();
  });

  const accepts = async (tokens: TokenVerifier, token: string) =>
    (await tokens.verify(`Bearer ${token}`)).kind === 'accepted';

  it('takes further issuers and other keys when they are read again, and keeps what it has when they are wrong', async () => {
    const lines: string[] = [];
    const keys = join(folder, 'own-keys.json');
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const writeKey = (key: typeof next) => {
      const jwk = createPublicKey(key).export({ format: 'jwk' });
      writeFileSync(keys, JSON.stringify({ keys: [{ ...jwk, kid: 'ec' }] }));
    };
    const tokenOf = (one: Issuer, key = one.ec) =>
      makeToken(key, { alg: 'ES256', typ: 'at+jwt', kid: 'ec' }, clientClaims(one));
    writeFileSync(path, '[]');
    writeKey(issuer.ec);
    const config = readConfig({
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'https://ebox.example.be',
      OIDC_KEYS_FILE: keys,
      TOKEN_ISSUERS_FILE: path,
    });
    const log = createLog('info', { write: (line: string) => lines.push(line) });
    const { tokens, reload } = composeTokens(config, issuer.url, () => NOW, log);
    assert.equal(await accepts(tokens, accessToken(issuer)), true);
    assert.equal(await accepts(tokens, accessToken(partner)), false);

    writeFileSync(path, JSON.stringify([{ ...PARTNER, issuer: partner.url }]));
    writeKey(next);
    reload();
    assert.equal(await accepts(tokens, accessToken(partner)), true);
    assert.equal(await accepts(tokens, tokenOf(issuer, next)), true);
    assert.equal(await accepts(tokens, tokenOf(issuer)), false, 'the former key counts no more');

    for (const [file, text] of [
      [path, '[{}]'],
      [keys, '{"keys":[]}'],
    ] as const) {
      writeFileSync(file, text);
      reload();
      assert.equal(await accepts(tokens, accessToken(partner)), true);
    }
    assert.equal(lines.filter((line) => line.includes('token issuers stay as they were')).length, 2);
    assert.equal(issuer.hits('/keys'), 0);
  });
});
