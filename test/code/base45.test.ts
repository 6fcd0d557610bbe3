/**
 * Base45 against the examples of RFC 9285, against text that is none, and against another implementation, which does not
 * refuse such text but serves as a second opinion on all other.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import other from 'base45';
import { assert as assertProperty, property, string, uint8Array } from 'fast-check';
import { decodeBase45, encodeBase45 } from '../../src/code/base45.ts';

/** RFC 9285 §4.3 and §4.4. */
const EXAMPLES = [
  ['AB', 'BB8'],
  ['Hello!!', '%69 VD92EX0'],
  ['base-45', 'UJCLQE7W581'],
  ['ietf!', 'QED8WEX0'],
] as const;

describe('encodeBase45', () => {
  for (const [text, code] of EXAMPLES)
    it(`writes ${text} as the RFC does`, () => assert.equal(encodeBase45(Buffer.from(text)), code));
  it('writes any bytes as another implementation does', () => {
    assertProperty(property(uint8Array(), (bytes) => assert.equal(encodeBase45(bytes), other.encode(bytes))));
  });
});

describe('decodeBase45', () => {
  for (const [text, code] of EXAMPLES)
    it(`reads ${code} as the RFC does`, () =>
      assert.equal(Buffer.from(decodeBase45(code) ?? []).toString(), text));
  it('reads back any bytes', () => {
    assertProperty(
      property(uint8Array(), (bytes) => assert.deepEqual(decodeBase45(encodeBase45(bytes)), bytes)),
    );
  });
  it('reads no text that would be written differently', () => {
    assertProperty(
      property(string(), (text) => {
        const bytes = decodeBase45(text);
        if (bytes !== undefined) assert.equal(encodeBase45(bytes), text);
      }),
    );
  });
  for (const code of ['A', 'GGW', ':::', '::', 'bb8', 'A_B', 'BB8A'])
    it(`refuses ${code}`, () => assert.equal(decodeBase45(code), undefined));
});
