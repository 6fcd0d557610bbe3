import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bitString,
  boolean,
  element,
  generalizedTime,
  integer,
  oid,
  printableString,
  sequence,
  setOf,
  TAG,
  tagged,
  time,
  utf8String,
} from '../../src/pades/der.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');

describe('element', () => {
  it('writes short lengths in one byte', () => {
    assert.equal(hex(element(TAG.octetString, Buffer.alloc(0x7f)).subarray(0, 2)), '047f');
  });

  it('writes longer lengths in as few bytes as they need', () => {
    assert.equal(hex(element(TAG.octetString, Buffer.alloc(0x80)).subarray(0, 3)), '048180');
    assert.equal(hex(element(TAG.octetString, Buffer.alloc(0xff)).subarray(0, 3)), '0481ff');
    assert.equal(hex(element(TAG.octetString, Buffer.alloc(0x100)).subarray(0, 4)), '04820100');
    assert.equal(hex(element(TAG.octetString, Buffer.alloc(0x10000)).subarray(0, 5)), '0483010000');
  });
});

describe('integer', () => {
  it('writes the fewest bytes that stay non-negative', () => {
    assert.equal(hex(integer(0)), '020100');
    assert.equal(hex(integer(127)), '02017f');
    assert.equal(hex(integer(128)), '02020080');
    assert.equal(hex(integer(256)), '02020100');
    assert.equal(hex(integer(Buffer.from('0000ff', 'hex'))), '020200ff');
  });
});

describe('oid', () => {
  it('writes arcs in base 128', () => {
    assert.equal(hex(oid('1.2.840.113549.1.7.2')), '06092a864886f70d010702');
    assert.equal(hex(oid('2.5.4.97')), '0603550461');
  });

  it('writes a second arc beyond 39 under 2', () => {
    assert.equal(hex(oid('2.999.1')), '0603883701');
  });
});

describe('setOf', () => {
  it('sorts its elements by their bytes', () => {
    assert.equal(hex(setOf(integer(300), integer(2), integer(1))), '310a0201010201020202012c');
  });
});

describe('time', () => {
  it('writes two digits of the year until 2049', () => {
    assert.equal(time(new Date('2049-12-31T23:59:59Z')).toString('latin1', 2), '491231235959Z');
  });

  it('writes four digits of the year from 2050', () => {
    assert.equal(time(new Date('2050-01-01T00:00:00Z')).toString('latin1', 2), '20500101000000Z');
  });
});

describe('generalizedTime', () => {
  it('drops fractions of a second', () => {
    assert.equal(
      generalizedTime(new Date('2026-03-01T09:00:00.999Z')).toString('latin1', 2),
      '20260301090000Z',
    );
  });
});

describe('the other writers', () => {
  it('write what X.690 says', () => {
    assert.equal(hex(boolean(true)), '0101ff');
    assert.equal(hex(boolean(false)), '010100');
    assert.equal(hex(bitString(Buffer.from([0xc0]), 6)), '030206c0');
    assert.equal(hex(utf8String('é')), '0c02c3a9');
    assert.equal(hex(printableString('BE')), '13024245');
    assert.equal(hex(tagged(3, sequence())), 'a3023000');
  });
});
