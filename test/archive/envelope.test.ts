/** The archived object: opens with its citizen key only, and not at all once a single byte changed. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { openObject, readHeader, wrapObject } from '../../src/archive/envelope.ts';
import { uuidv7 } from '../../src/domain/identifier.ts';
import { createVault } from '../../src/keys/vault.ts';

const vault = createVault(randomBytes(32));
const isCorrupt = { name: 'ServiceError', code: 'archivedObjectCorrupt' };

function newId(): string {
  return uuidv7(new Date(), randomBytes(10));
}

function newKey(citizenKeyId: string) {
  return vault.openCitizenKey(citizenKeyId, vault.createCitizenKey(citizenKeyId));
}

const ids = { documentId: newId(), citizenKeyId: newId() };
const citizenKey = newKey(ids.citizenKeyId);
const pdf = Buffer.from('%PDF-1.7 a sealed attestation');
const object = wrapObject(pdf, ids, citizenKey);

describe('wrapObject and openObject', () => {
  it('give back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const wrapped = wrapObject(Buffer.from(bytes), ids, citizenKey);
        assert.deepEqual(openObject(wrapped, ids.documentId, citizenKey), Buffer.from(bytes));
      }),
    );
  });

  it('use another key and another nonce for each object', () => {
    const others = Array.from({ length: 50 }, () => readHeader(wrapObject(pdf, ids, citizenKey)));
    for (const part of ['wrappedDataKey', 'nonce'] as const)
      assert.equal(new Set(others.map((header) => header[part].toString('hex'))).size, 50);
  });

  it('show nothing of the document', () => {
    for (let at = 0; at + 8 <= pdf.length; at += 1) assert.ok(!object.includes(pdf.subarray(at, at + 8)));
  });

  it('refuse every flip of a bit', () => {
    for (let at = 0; at < object.length; at += 1) {
      for (const bit of [0x01, 0x80]) {
        const altered = Buffer.from(object);
        altered.writeUInt8(altered.readUInt8(at) ^ bit, at);
        assert.throws(() => openObject(altered, ids.documentId, citizenKey), isCorrupt, `byte ${at}`);
      }
    }
  });

  it('refuse every object that was cut short or added to', () => {
    for (let length = 0; length < object.length; length += 1)
      assert.throws(() => openObject(object.subarray(0, length), ids.documentId, citizenKey), isCorrupt);
    const longer = Buffer.concat([object, Buffer.of(0)]);
    assert.throws(() => openObject(longer, ids.documentId, citizenKey), isCorrupt);
  });

  it('refuse any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const format = Buffer.concat([object.subarray(0, 4), Buffer.from(bytes)]);
        for (const other of [Buffer.from(bytes), format])
          assert.throws(() => openObject(other, ids.documentId, citizenKey), isCorrupt);
      }),
    );
  });

  it('refuse the object of another attestation', () =>
    assert.throws(() => openObject(object, newId(), citizenKey), isCorrupt));

  it('refuse the key of another citizen', () =>
    assert.throws(() => openObject(object, ids.documentId, newKey(newId())), isCorrupt));

  it('refuse the document of one object under the header of another', () => {
    const other = wrapObject(Buffer.from('%PDF-1.7 another'), ids, citizenKey);
    const { bytes } = readHeader(object);
    const mixed = Buffer.concat([object.subarray(0, bytes), other.subarray(readHeader(other).bytes)]);
    assert.throws(() => openObject(mixed, ids.documentId, citizenKey), isCorrupt);
  });
});

describe('readHeader', () => {
  const header = readHeader(object);

  it('gives the ids under which the object was wrapped', () => {
    assert.deepEqual({ documentId: header.documentId, citizenKeyId: header.citizenKeyId }, { ...ids });
  });

  it('says where the ciphertext begins: the document and 16 bytes more', () =>
    assert.equal(object.length - header.bytes, pdf.length + 16));

  it('gives a data key that opens with the citizen key, and a nonce of 12 bytes', () => {
    const cipher = citizenKey.openDataKey(header.wrappedDataKey);
    assert.equal(header.nonce.length, 12);
    const opened = cipher.decrypt(
      header.nonce,
      object.subarray(header.bytes),
      object.subarray(0, header.bytes),
    );
    assert.deepEqual(opened, pdf);
  });

  it('begins every object with the name and the number of the format', () =>
    assert.equal(object.subarray(0, 4).toString('latin1'), 'EBX\u0001'));

  it('refuses an object of another format or number', () => {
    for (const start of ['EBX\u0002', 'EBY\u0001', '%PDF']) {
      const other = Buffer.concat([Buffer.from(start, 'latin1'), object.subarray(4)]);
      assert.throws(() => readHeader(other), isCorrupt);
    }
  });
});
