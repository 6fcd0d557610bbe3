import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { isSignature, openPublicKey, SEAL_ALGORITHM } from '../../src/pades/algorithm.ts';
import { element, oid, sequence, TAG } from '../../src/pades/der.ts';

const spki = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa2048 = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 });

describe('openPublicKey', () => {
  it('opens RSA from 2048 bits, P-256 and P-384', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    assert.deepEqual(openPublicKey(spki(rsa2048.publicKey))?.bits, 2048);
    assert.deepEqual(openPublicKey(spki(p256.publicKey))?.bits, 256);
    assert.deepEqual(openPublicKey(spki(p384.publicKey))?.bits, 384);
  });

  it('refuses weaker keys, other curves and other algorithms', () => {
    const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const ed25519 = generateKeyPairSync('ed25519');
    for (const { publicKey } of [rsa1024, secp256k1, explicit, pss, ed25519]) {
      assert.equal(openPublicKey(spki(publicKey)), undefined);
    }
  });

  it('gives undefined for bytes that are no key', () => {
    assert.equal(openPublicKey(Buffer.from('3000', 'hex')), undefined);
  });
});

describe('isSignature', () => {
  const data = Buffer.from('signed');
  const byEc = sign('sha256', data, p256.privateKey);
  const byRsa = sign('sha256', data, rsa2048.privateKey);

  it('accepts a signature under its own key and algorithm', () => {
    assert.equal(isSignature(spki(p256.publicKey), SEAL_ALGORITHM.ec, data, byEc), true);
    assert.equal(isSignature(spki(rsa2048.publicKey), SEAL_ALGORITHM.rsa, data, byRsa), true);
  });

  it('refuses other data, another key and the algorithm of another kind of key', () => {
    assert.equal(isSignature(spki(p256.publicKey), SEAL_ALGORITHM.ec, Buffer.from('other'), byEc), false);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.equal(isSignature(spki(other.publicKey), SEAL_ALGORITHM.ec, data, byEc), false);
    assert.equal(isSignature(spki(p256.publicKey), SEAL_ALGORITHM.rsa, data, byEc), false);
  });

  it('refuses algorithms with SHA-1 or MD5, even when the signature is right', () => {
    const sha1WithRsa = sequence(oid('1.2.840.113549.1.1.5'), element(TAG.null));
    const bySha1 = sign('sha1', data, rsa2048.privateKey);
    assert.equal(isSignature(spki(rsa2048.publicKey), sha1WithRsa, data, bySha1), false);
    assert.equal(isSignature(spki(rsa2048.publicKey), SEAL_ALGORITHM.rsa, data, bySha1), false);
  });

  it('refuses RSA-1024, even when the signature is right', () => {
    const weak = sign('sha256', data, rsa1024.privateKey);
    assert.equal(isSignature(spki(rsa1024.publicKey), SEAL_ALGORITHM.rsa, data, weak), false);
  });

  it('refuses the two integers of ECDSA without DER around them', () => {
    const raw = sign('sha256', data, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' });
    assert.equal(isSignature(spki(p256.publicKey), SEAL_ALGORITHM.ec, data, raw), false);
  });
});
