import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { toDerSignature } from '../../src/keys/ecdsa.ts';
import { loadRawSigner } from '../../src/keys/raw-signer.ts';

const pairs = ['P-256', 'P-384', 'P-521'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }));
const pem = (at: number) => String(pairs[at]?.privateKey.export({ format: 'pem', type: 'pkcs8' }));

describe('toDerSignature', () => {
  it('gives what verifies, whatever zeros the numbers begin with', () => {
    for (const { privateKey, publicKey } of pairs)
      for (let turn = 0; turn < 300; turn += 1) {
        const data = Buffer.from([turn]);
        const sideBySide = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        assert.ok(verify('sha256', data, publicKey, toDerSignature(sideBySide)));
      }
  });

  it('writes small and high numbers as DER demands', () => {
    const halves = Buffer.concat([Buffer.from('00000001', 'hex'), Buffer.from('80000000', 'hex')]);
    assert.equal(toDerSignature(halves).toString('hex'), '300a02010102050080000000');
    assert.equal(toDerSignature(Buffer.alloc(8)).toString('hex'), '3006020100020100');
  });
});

describe('loadRawSigner', () => {
  it('signs in 64 bytes', async () => {
    const signer = loadRawSigner('code', pem(0));
    const data = Buffer.from('code');
    const signature = await signer.sign(data);
    const key = { key: signer.publicJwk, format: 'jwk', dsaEncoding: 'ieee-p1363' } as const;
    assert.equal(signature.length, 64);
    assert.ok(verify('sha256', data, key, signature));
    assert.equal(signer.publicJwk.d, undefined);
    assert.equal(signer.keyId.length, 8);
  });

  it('says keyUnfit for another curve, and for a text that is no key', () => {
    assert.throws(() => loadRawSigner('code', pem(1)), { code: 'keyUnfit' });
    assert.throws(() => loadRawSigner('code', 'text'), { code: 'keyUnfit' });
  });
});
