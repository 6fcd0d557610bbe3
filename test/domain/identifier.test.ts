import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isUuid, uuidv7 } from '../../src/domain/identifier.ts';

const moment = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 }).map((bytes) => Buffer.from(bytes));

describe('uuidv7', () => {
  it('writes the example of RFC 9562, appendix A.6', () => {
    const bytes = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
    assert.equal(uuidv7(new Date('2022-02-22T19:22:22.000Z'), bytes), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('has version 7, the variant of the RFC, and the form of a UUID', () =>
    fc.assert(
      fc.property(moment, random, (at, bytes) => {
        const uuid = uuidv7(at, bytes);
        assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.ok(isUuid(uuid));
      }),
    ));

  it('sorts by its moment', () =>
    fc.assert(
      fc.property(moment, moment, random, random, (one, other, bytes, more) => {
        if (one.getTime() < other.getTime()) assert.ok(uuidv7(one, bytes) < uuidv7(other, more));
      }),
    ));

  it('keeps every random bit but the six of version and variant', () =>
    fc.assert(
      fc.property(moment, random, fc.integer({ min: 0, max: 79 }), (at, bytes, bit) => {
        const other = Buffer.from(bytes);
        other.writeUInt8(other.readUInt8(bit >> 3) ^ (0x80 >> (bit & 7)), bit >> 3);
        const isFixed = bit < 4 || bit === 16 || bit === 17;
        assert.equal(uuidv7(at, bytes) === uuidv7(at, other), isFixed);
      }),
    ));
});

describe('isUuid', () => {
  it('takes any version in lower case', () => assert.ok(isUuid(randomUUID())));

  for (const text of [
    '',
    '0198F1C2-7A3B-7C11-8D22-123456789012',
    '0198f1c27a3b7c118d22123456789012',
    '{0198f1c2-7a3b-7c11-8d22-123456789012}',
    '0198f1c2-7a3b-7c11-8d22-12345678901',
    '0198f1c2-7a3b-7c11-8d22-1234567890123',
    '0198f1c2-7a3b-7c11-8d22-12345678901g',
    '0198f1c2-7a3b-7c11-8d22-123456789012\n',
    ' 0198f1c2-7a3b-7c11-8d22-123456789012',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(isUuid(text), false));
  }
});
