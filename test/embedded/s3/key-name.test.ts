import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { keyOfName, nameOfKey } from '../../../src/embedded/s3/key-name.ts';

const anyKey = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });

describe('nameOfKey', () => {
  it('is a file name that is safe on every file system', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        assert.match(nameOfKey(key), /^[kh]\.[a-z0-9._%-]{1,250}$/);
      }),
    );
    for (const key of ['..', '../../etc/passwd', '/', 'a/../b', '\0', 'C:\\x', 'a'.repeat(1024)]) {
      assert.match(nameOfKey(key), /^[kh]\.[a-z0-9._%-]{1,250}$/);
    }
  });

  it('differs for keys that file systems take for the same', () => {
    const keys = [
      'a',
      'A',
      'é',
      'e\u0301',
      'É',
      'a/b',
      'a%2fb',
      'a//b',
      'a/b/',
      'k.a',
      'a\0',
      `${'a'.repeat(400)}1`,
      `${'a'.repeat(400)}2`,
    ];
    assert.equal(new Set(keys.map(nameOfKey)).size, keys.length);
  });
});

describe('keyOfName', () => {
  it('gives the key back, but of names too long to hold it', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const name = nameOfKey(key);
        assert.equal(keyOfName(name), name.startsWith('h.') ? undefined : key);
      }),
    );
    assert.equal(keyOfName(nameOfKey('é'.repeat(100))), undefined);
  });
});
