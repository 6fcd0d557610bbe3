/** The key with which the service identifies itself to the issuer: which files are taken, and what is said of the others. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { describe, it } from 'node:test';
import type { CryptoKey } from 'jose';
import { ServiceError } from '../../src/errors.ts';
import { readClientKey } from '../../src/keys/client-key.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

type KeyFormat = 'pkcs8' | 'sec1' | 'pkcs1';

function pem(key: KeyObject, type: KeyFormat = 'pkcs8'): string {
  return key.export({ format: 'pem', type }).toString();
}

function publicPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

function jwk(key: KeyObject, changes: Record<string, unknown> = {}): string {
  return JSON.stringify({ ...key.export({ format: 'jwk' }), ...changes });
}

/** How the platform signs with the key, and checks with the public half. */
const HOW: Readonly<Record<string, webcrypto.EcdsaParams | webcrypto.RsaPssParams | { name: string }>> = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
};

const IMPORTED: Readonly<Record<string, webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
};

/** Tells whether what the key signs is good under a public key, by one algorithm. */
async function signsAs(algorithm: string, key: CryptoKey, publicKey: KeyObject): Promise<boolean> {
  const [how, imported] = [HOW[algorithm] ?? { name: '' }, IMPORTED[algorithm] ?? { name: '' }];
  const text = Buffer.from('statement');
  const signature = await webcrypto.subtle.sign(how, key, text);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const half = await webcrypto.subtle.importKey('spki', spki, imported, false, ['verify']);
  return webcrypto.subtle.verify(how, half, signature, text);
}

describe('readClientKey', () => {
  const taken: readonly (readonly [string, string, string, KeyObject])[] = [
    ['P-256 in PKCS#8', pem(ec.privateKey), 'ES256', ec.publicKey],
    ['P-256 in SEC 1', pem(ec.privateKey, 'sec1'), 'ES256', ec.publicKey],
    ['P-256 as JWK', `\n ${jwk(ec.privateKey)}\n`, 'ES256', ec.publicKey],
    ['RSA in PKCS#8', pem(rsa.privateKey), 'RS256', rsa.publicKey],
    ['RSA in PKCS#1', pem(rsa.privateKey, 'pkcs1'), 'RS256', rsa.publicKey],
    ['RSA as JWK', jwk(rsa.privateKey), 'RS256', rsa.publicKey],
    ['RSA as JWK for RS256', jwk(rsa.privateKey, { alg: 'RS256' }), 'RS256', rsa.publicKey],
    ['RSA as JWK for PS256', jwk(rsa.privateKey, { alg: 'PS256' }), 'PS256', rsa.publicKey],
  ];
  for (const [name, text, algorithm, publicKey] of taken) {
    it(`takes ${name}, signs with ${algorithm} and gives the key to nobody`, async () => {
      const { key } = await readClientKey('the client key', text);
      assert.equal(await signsAs(algorithm, key, publicKey), true);
      assert.equal(key.extractable, false);
      await assert.rejects(webcrypto.subtle.exportKey('jwk', key));
    });
  }

  it('keeps the name that a JWK gives the key', async () => {
    assert.equal((await readClientKey('it', jwk(ec.privateKey, { kid: 'k1' }))).kid, 'k1');
    assert.equal('kid' in (await readClientKey('it', jwk(ec.privateKey))), false);
    assert.equal('kid' in (await readClientKey('it', jwk(ec.privateKey, { kid: 7 }))), false);
    assert.equal('kid' in (await readClientKey('it', pem(ec.privateKey))), false);
  });

  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const edwards = generateKeyPairSync('ed25519').privateKey;
  const locked = ec.privateKey
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  const refused: Readonly<Record<string, string>> = {
    'a public key in PEM': publicPem(ec.publicKey),
    'a public key as JWK': jwk(ec.publicKey),
    'a public RSA key as JWK': jwk(rsa.publicKey),
    'another curve': pem(otherCurve),
    'another curve as JWK': jwk(otherCurve),
    'an Edwards key': pem(edwards),
    'an RSA key of 1024 bits': pem(small),
    'an RSA key of 1024 bits as JWK': jwk(small),
    'a key that is locked': locked,
    'a shared secret': JSON.stringify({
      kty: 'oct',
      k: Buffer.from('a secret of ours').toString('base64url'),
    }),
    'a key that may not sign': jwk(ec.privateKey, { key_ops: ['deriveBits'] }),
    'PEM that breaks off': pem(ec.privateKey).slice(0, 90),
    'JSON that breaks off': jwk(ec.privateKey).slice(0, -3),
    // Whose parser repeats what stands around the mistake.
    'JSON whose secret lost its quotation mark': jwk(ec.privateKey).replace('"d":"', '"d":X'),
    'a JWK without its private part': jwk(ec.privateKey, { d: 7 }),
    'a JWK whose private part is too short': jwk(ec.privateKey, { d: 'c2hvcnQ' }),
    'a JWK without members': '{}',
    'other words': 'the quick brown fox',
    nothing: '',
  };
  for (const [name, text] of Object.entries(refused)) {
    it(`refuses ${name}, and repeats nothing of it`, async () => {
      await assert.rejects(readClientKey('the client key', text), (error) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.code, 'keyUnfit');
        assert.match(error.message, /^the client key /);
        const told = messagesOf(error).join('\n');
        for (const part of secretParts(text)) assert.ok(!told.includes(part), told);
        return true;
      });
    });
  }
});

/** The message of an error, and those of its causes. */
function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];
}

/** What is secret stands in runs of base64, in either kind of file; every eight characters of them in a row. */
function secretParts(text: string): string[] {
  const runs = text.match(/[\w+/-]{12,}/g) ?? [];
  return runs.flatMap((run) => Array.from({ length: run.length - 7 }, (_, at) => run.slice(at, at + 8)));
}
