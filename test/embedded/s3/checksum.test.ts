import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ChecksumAlgorithm,
  createDigest,
  isChecksumOfNothing,
  joinChecksums,
  parseChecksumClaim,
} from '../../../src/embedded/s3/checksum.ts';
import { Refusal, type RefusalCode } from '../../../src/embedded/s3/refusal.ts';

const refusedWith = (code: RefusalCode) => (error: unknown) =>
  error instanceof Refusal && error.code === code;

describe('createDigest', () => {
  // The check values of the CRC catalogue, and of FIPS 180.
  const known: readonly (readonly [ChecksumAlgorithm, string, string])[] = [
    ['crc32', '123456789', 'cbf43926'],
    ['crc32c', '123456789', 'e3069283'],
    ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ];
  for (const [algorithm, text, expected] of known) {
    it(`computes ${algorithm}, in one piece or in several`, () => {
      const whole = createDigest(algorithm);
      whole.update(Buffer.from(text));
      assert.equal(whole.digest().toString('hex'), expected);
      const pieces = createDigest(algorithm);
      for (const character of text) pieces.update(Buffer.from(character));
      assert.equal(pieces.digest().toString('hex'), expected);
    });
  }
});

describe('parseChecksumClaim', () => {
  const parse = (headers: Record<string, string>) => parseChecksumClaim(new Map(Object.entries(headers)));

  it('finds the checksum among headers that only speak of checksums', () => {
    const headers = { 'x-amz-checksum-mode': 'ENABLED', 'x-amz-checksum-crc32': 'AAAAAA==' };
    assert.deepEqual(parse(headers), { algorithm: 'crc32', value: 'AAAAAA==' });
    assert.equal(parse({ 'x-amz-checksum-mode': 'ENABLED' }), undefined);
  });

  it('finds one promised for the trailer', () => {
    assert.deepEqual(parse({ 'x-amz-trailer': 'x-amz-checksum-sha256' }), {
      algorithm: 'sha256',
      value: undefined,
    });
  });

  it('refuses algorithms it does not compute', () => {
    for (const name of ['crc64nvme', 'sha512', 'xxhash64']) {
      assert.throws(() => parse({ [`x-amz-checksum-${name}`]: 'AAAA' }), refusedWith('NotImplemented'));
      assert.throws(
        () => parse({ 'x-amz-trailer': `x-amz-checksum-${name}` }),
        refusedWith('NotImplemented'),
      );
    }
  });

  it('refuses two checksums, also when one comes in the trailer', () => {
    const crc32 = { 'x-amz-checksum-crc32': 'AAAAAA==' };
    assert.throws(
      () => parse({ ...crc32, 'x-amz-checksum-crc32c': 'AAAAAA==' }),
      refusedWith('InvalidRequest'),
    );
    assert.throws(
      () => parse({ ...crc32, 'x-amz-trailer': 'x-amz-checksum-crc32' }),
      refusedWith('InvalidRequest'),
    );
  });

  it('refuses the name of an algorithm without a value', () => {
    assert.throws(() => parse({ 'x-amz-sdk-checksum-algorithm': 'CRC32' }), refusedWith('InvalidRequest'));
  });

  it('refuses a value of the wrong length or not in base64', () => {
    for (const value of ['AAAA', '????????', 'AAAAAA', '']) {
      assert.throws(() => parse({ 'x-amz-checksum-crc32': value }), refusedWith('InvalidDigest'));
    }
  });
});

describe('joinChecksums', () => {
  it('is the checksum of the bytes of the checksums, with their number', () => {
    const digest = createDigest('crc32');
    digest.update(Buffer.from('0102030405060708', 'hex'));
    const values = ['01020304', '05060708'].map((hex) => Buffer.from(hex, 'hex').toString('base64'));
    assert.deepEqual(joinChecksums('crc32', values), {
      algorithm: 'crc32',
      value: `${digest.digest().toString('base64')}-2`,
      type: 'COMPOSITE',
    });
  });
});

describe('isChecksumOfNothing', () => {
  it('knows that of an empty body from every other', () => {
    assert.equal(isChecksumOfNothing('x-amz-checksum-crc32', 'AAAAAA=='), true);
    assert.equal(isChecksumOfNothing('x-amz-checksum-crc32', 'AAAAAQ=='), false);
    assert.equal(
      isChecksumOfNothing('x-amz-checksum-sha256', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='),
      true,
    );
    assert.equal(isChecksumOfNothing('x-amz-checksum-mode', ''), false);
  });
});
