/** The set of public keys: what is read of it, and what is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isEs256, readCodeKeys, writeCodeJwk } from '../../src/code/public-key.ts';
import { codeKeys } from '../support/offline.ts';

const { signer } = codeKeys();
const jwk = writeCodeJwk(signer.publicKey);

describe('readCodeKeys', () => {
  it('reads a set and a single key', () => {
    assert.deepEqual(readCodeKeys({ keys: [jwk, jwk] }), [signer.publicKey, signer.publicKey]);
    assert.deepEqual(readCodeKeys(jwk), [signer.publicKey]);
    assert.deepEqual(readCodeKeys({ keys: [] }), []);
  });

  const others: readonly unknown[] = [
    undefined,
    null,
    'x',
    {},
    { keys: 1 },
    { keys: [null] },
    { ...jwk, kty: 'RSA' },
    { ...jwk, crv: 'P-384' },
    { ...jwk, x: jwk.x.slice(1) },
    { ...jwk, kid: 1 },
    { ...jwk, nbf: 'now' },
    { keys: [jwk, { ...jwk, kty: 'OKP' }] },
  ];
  for (const [at, one] of others.entries())
    it(`refuses other things (${at})`, () => assert.equal(readCodeKeys(one), undefined));
});

describe('isEs256', () => {
  it('is true for a signature of the key alone', async () => {
    const data = Buffer.from('data');
    const signature = await signer.sign(data);
    assert.equal(await isEs256(jwk, data, signature), true);
    assert.equal(await isEs256(jwk, Buffer.from('other'), signature), false);
    assert.equal(await isEs256(codeKeys().signer.publicKey, data, signature), false);
    assert.equal(await isEs256(jwk, data, signature.subarray(1)), false);
  });

  it('is false for a key that is no point of the curve', async () => {
    const key = { ...jwk, x: jwk.y };
    assert.equal(await isEs256(key, Buffer.from('data'), new Uint8Array(64)), false);
  });
});
