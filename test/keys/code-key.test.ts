/** The key of offline codes: what is taken, what is published of it, and how one follows another. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { readCodeKeys, writeCodeJwk } from '../../src/code/public-key.ts';
import { ServiceError } from '../../src/errors.ts';
import { loadCodeSigner } from '../../src/keys/code-key.ts';
import { codeKeyText, SIGNED_AT } from '../support/offline.ts';

const seconds = (hours: number) => SIGNED_AT.getTime() / 1000 + hours * 3600;

function load(key: string) {
  return loadCodeSigner(key, SIGNED_AT);
}

function assertUnfit(key: string): void {
  assert.throws(
    () => load(key),
    (error) =>
      error instanceof ServiceError && error.code === 'keyUnfit' && !error.message.includes('secret'),
  );
}

describe('loadCodeSigner', () => {
  it('takes PEM of both kinds and JWK, and signs what the published key verifies', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const texts = [
      String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
      String(privateKey.export({ format: 'pem', type: 'sec1' })),
      JSON.stringify(privateKey.export({ format: 'jwk' })),
    ];
    for (const text of texts) {
      const signer = load(text);
      const jwk = { ...writeCodeJwk(signer.publicKey) };
      const signature = await signer.sign(Buffer.from('data'));
      const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
      assert.equal(verify('sha256', Buffer.from('data'), key, signature), true);
      assert.ok(!('d' in jwk));
    }
  });

  it('names a key by the first eight bytes of its thumbprint', () => {
    const signer = load(codeKeyText());
    const { x, y, keyId } = signer.publicKey;
    const digest = createHash('sha256').update(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`).digest();
    assert.equal(keyId, digest.subarray(0, 8).toString('base64url'));
    assert.deepEqual(Buffer.from(signer.keyId), digest.subarray(0, 8));
  });

  it('says when it counts', () => {
    const { publicKey } = load(codeKeyText({ nbf: seconds(-10), exp: seconds(10) }));
    const { nbf, exp } = writeCodeJwk(publicKey);
    assert.deepEqual([nbf, exp], [seconds(-10), seconds(10)]);
    assert.deepEqual(readCodeKeys({ keys: [writeCodeJwk(publicKey)] }), [publicKey]);
  });

  it('refuses another curve, another kind, and what is no key', () => {
    const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
      String(key.export({ format: 'pem', type: 'pkcs8' }));
    assertUnfit(pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey));
    assertUnfit(pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey));
    for (const text of ['', 'x', '{', '{}', '{"kty":"EC","d":"secret"']) assertUnfit(text);
  });

  it('refuses a key that does not count yet, or no more, or says so unreadably', () => {
    for (const more of [{ nbf: seconds(1) }, { exp: seconds(-1) }, { nbf: 'now' }])
      assertUnfit(codeKeyText(more));
    assert.ok(load(codeKeyText({ nbf: seconds(-1), exp: seconds(1) })));
  });
});
