/** The vault: keys by purpose, and envelopes that open with their own key and context only. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createVault } from '../../src/keys/vault.ts';

const secret = randomBytes(32);
const vault = createVault(secret);
const text = Buffer.from('81050003552');
const isCorrupt = { name: 'ServiceError', code: 'archivedObjectCorrupt' };

/** Every buffer that differs from one in a single byte, is shorter, or is longer. */
function alterations(sealed: Buffer): Buffer[] {
  const flipped = [...sealed.keys()].map((at) => {
    const copy = Buffer.from(sealed);
    copy.writeUInt8(copy.readUInt8(at) ^ 0x01, at);
    return copy;
  });
  const cut = [...sealed.keys()].map((length) => sealed.subarray(0, length));
  return [...flipped, ...cut, Buffer.concat([sealed, Buffer.of(0)]), sealed.subarray(1)];
}

describe('createVault', () => {
  for (const length of [0, 16, 31]) {
    it(`refuses a secret of ${length} bytes`, () =>
      assert.throws(() => createVault(Buffer.alloc(length, 1)), { code: 'keyUnfit' }));
  }

  it('is the same vault for the same secret', () => {
    const again = createVault(Buffer.from(secret));
    assert.deepEqual(again.lookUp('a'), vault.lookUp('a'));
    assert.deepEqual(again.open(vault.seal(text, 'ssin'), 'ssin'), text);
  });

  it('is another vault for a secret that differs in one byte anywhere', () => {
    for (const altered of alterations(secret).filter(({ length }) => length >= 32)) {
      const other = createVault(altered);
      assert.notDeepEqual(other.lookUp('a'), vault.lookUp('a'));
      assert.throws(() => other.open(vault.seal(text, 'ssin'), 'ssin'), isCorrupt);
    }
  });
});

describe('keyed hashes', () => {
  const purposes = ['lookUp', 'code', 'message'] as const;

  it('have 32 bytes and differ from text to text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.equal(vault.lookUp(one).length, 32);
        assert.equal(vault.lookUp(one).equals(vault.lookUp(other)), one === other);
      }),
    );
  });

  it('differ from purpose to purpose, so that nobody joins what was hashed for two', () => {
    const hashes = purposes.map((purpose) => vault[purpose]('81050003552').toString('hex'));
    assert.equal(new Set(hashes).size, purposes.length);
  });
});

describe('seal and open', () => {
  it('give back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const plaintext = Buffer.from(bytes);
        assert.deepEqual(vault.open(vault.seal(plaintext, context), context), plaintext);
      }),
    );
  });

  it('never make the same ciphertext twice', () => {
    const sealed = Array.from({ length: 100 }, () => vault.seal(text, 'ssin').toString('hex'));
    assert.equal(new Set(sealed).size, 100);
    assert.equal(new Set(sealed.map((one) => one.slice(0, 24))).size, 100);
  });

  it('show nothing of the text', () => assert.ok(!vault.seal(text, 'ssin').includes(text)));

  it('refuse another context', () =>
    assert.throws(() => vault.open(vault.seal(text, 'ssin'), 'name'), isCorrupt));

  it('refuse whatever was altered, cut or added to', () => {
    for (const altered of alterations(vault.seal(text, 'ssin')))
      assert.throws(() => vault.open(altered, 'ssin'), isCorrupt);
  });
});

describe('citizen keys', () => {
  const ID = '0198f1c2-7a3b-7c11-8d22-123456789012';
  const OTHER_ID = '0198f1c2-7a3b-7c11-8d22-123456789013';
  const wrapped = vault.createCitizenKey(ID);
  const key = vault.openCitizenKey(ID, wrapped);
  const nonce = randomBytes(12);
  const aad = Buffer.from('header');

  it('are each another key', () => {
    const other = vault.openCitizenKey(ID, vault.createCitizenKey(ID));
    assert.throws(() => other.open(key.seal(text, 'facts'), 'facts'), isCorrupt);
  });

  it('open again from their wrapped form', () => {
    const again = vault.openCitizenKey(ID, wrapped);
    assert.deepEqual(again.open(key.seal(text, 'facts'), 'facts'), text);
  });

  it('do not open under another id, nor when altered', () => {
    assert.throws(() => vault.openCitizenKey(OTHER_ID, wrapped), isCorrupt);
    for (const altered of alterations(wrapped))
      assert.throws(() => vault.openCitizenKey(ID, altered), isCorrupt);
  });

  it('are wrapped for that purpose only', () => {
    assert.throws(() => vault.open(wrapped, ID), isCorrupt);
    assert.throws(() => vault.openCitizenKey(ID, vault.seal(randomBytes(32), ID)), isCorrupt);
  });

  it('seal for their own context only', () => {
    const sealed = key.seal(text, 'facts');
    assert.throws(() => key.open(sealed, 'other'), isCorrupt);
    for (const altered of alterations(sealed)) assert.throws(() => key.open(altered, 'facts'), isCorrupt);
  });

  it('make a key for each document, which opens again from what is stored beside it', () => {
    const { wrapped: stored, cipher } = key.createDataKey();
    const ciphertext = cipher.encrypt(nonce, text, aad);
    assert.deepEqual(key.openDataKey(stored).decrypt(nonce, ciphertext, aad), text);
    assert.throws(() => key.createDataKey().cipher.decrypt(nonce, ciphertext, aad), isCorrupt);
  });

  it('leave a document closed to any other citizen key', () => {
    const other = vault.openCitizenKey(OTHER_ID, vault.createCitizenKey(OTHER_ID));
    assert.throws(() => other.openDataKey(key.createDataKey().wrapped), isCorrupt);
  });

  it('refuse a document whose nonce, text or header was altered', () => {
    const { cipher } = key.createDataKey();
    const ciphertext = cipher.encrypt(nonce, text, aad);
    for (const altered of alterations(ciphertext))
      assert.throws(() => cipher.decrypt(nonce, altered, aad), isCorrupt);
    for (const altered of alterations(aad))
      assert.throws(() => cipher.decrypt(nonce, ciphertext, altered), isCorrupt);
    for (const altered of alterations(nonce))
      assert.throws(() => cipher.decrypt(altered, ciphertext, aad), isCorrupt);
  });

  it('do not take a sealed text for the key of a document', () =>
    assert.throws(() => key.openDataKey(key.seal(randomBytes(32), 'facts')), isCorrupt));
});
