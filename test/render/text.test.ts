/** Breaking text into lines. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { array, assert as assertProperty, integer, property, stringMatching } from 'fast-check';
import { wrap } from '../../src/render/text.ts';

/** Every character is one wide. */
const lengthOf = (text: string) => text.length;

describe('wrap', () => {
  it('breaks at spaces, which stay at the end of the line', () => {
    assert.deepEqual(wrap('een attest van aangifte', 10, lengthOf), ['een attest ', 'van ', 'aangifte']);
  });
  it('breaks after hyphens and slashes', () => {
    assert.deepEqual(wrap('Dimona-aangifte', 9, lengthOf), ['Dimona-', 'aangifte']);
    assert.deepEqual(wrap('https://example.org/v/abc', 20, lengthOf), ['https://example.org/', 'v/abc']);
  });
  it('keeps a no-break space whole', () => {
    assert.deepEqual(wrap('une question\u00a0?', 12, lengthOf), ['une ', 'question\u00a0?']);
  });
  it('breaks a word only where it is wider than a line', () => {
    assert.deepEqual(wrap('a abcdefghij', 4, lengthOf), ['a ', 'abcd', 'efgh', 'ij']);
  });
  it('breaks no character from its accents', () => {
    assert.deepEqual(wrap('J̌J̌J̌', 3, lengthOf), ['J̌', 'J̌', 'J̌']);
  });
  it('gives no line for nothing', () => {
    assert.deepEqual(wrap('', 10, lengthOf), []);
  });
  it('loses nothing, and makes no line wider than asked but for its last space', () => {
    const texts = array(stringMatching(/^[a-z\-/]{1,15}$/), { minLength: 1 }).map((words) => words.join(' '));
    assertProperty(
      property(texts, integer({ min: 1, max: 30 }), (text, width) => {
        const lines = wrap(text, width, lengthOf);
        assert.equal(lines.join(''), text);
        for (const line of lines) assert.ok(line.trimEnd().length <= width, line);
      }),
    );
  });
});
