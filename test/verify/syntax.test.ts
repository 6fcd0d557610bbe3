import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  asDictionary,
  asName,
  asReference,
  MalformedPdf,
  openCursor,
  readValue,
} from '../../src/verify/syntax.ts';

const read = (text: string) => readValue(openCursor(Buffer.from(text, 'latin1')));

describe('readValue', () => {
  it('reads scalars', () => {
    assert.deepEqual(['true', 'false', 'null', '0', '-12.5', '.5', '+3', '4.'].map(read), [
      true,
      false,
      null,
      0,
      -12.5,
      0.5,
      3,
      4,
    ]);
  });

  it('reads names, with escapes resolved', () => {
    assert.equal(asName(read('/Open#41ction')), 'OpenAction');
    assert.equal(asName(read('/ ')), '');
  });

  it('reads references', () => {
    assert.equal(asReference(read('12 0 R')), 12);
    assert.equal(asReference(read('12')), undefined);
  });

  it('reads arrays and dictionaries within each other', () => {
    const dictionary = asDictionary(read('<</A[1 2 0 R/B(c)]/D<</E<00>>>>>'));
    assert.deepEqual(dictionary?.get('A'), [1, { object: 2 }, { name: 'B' }, { start: 14, end: 17 }]);
    assert.deepEqual(asDictionary(dictionary?.get('D'))?.get('E'), { start: 24, end: 28 });
  });

  it('ends a string at its own parenthesis', () => {
    assert.deepEqual(read('(a(b)\\)\\\\)c'), { start: 0, end: 10 });
  });

  for (const text of [
    '',
    '<<',
    '<</A',
    '<</A 1',
    '<<1 2>>',
    '<</A 1/A 2>>',
    '[1',
    '(a',
    '(a\\)',
    '<0g>',
    '<00',
    '/A#4',
    'truest',
    '1.2.3',
    '--1',
    '1 0 Rx',
    '%comment\n1',
    ')',
    '{}',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => {
        const cursor = openCursor(Buffer.from(text, 'latin1'));
        readValue(cursor);
        if (cursor.at < text.length) throw new MalformedPdf('bytes are left');
      }, MalformedPdf);
    });
  }

  it('throws nothing but MalformedPdf', () => {
    const piece = fc.constantFrom(
      '<<',
      '>>',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '/A',
      ' ',
      '1',
      ' 0 R',
      'true',
      '\\',
      '#',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          read(pieces.join(''));
        } catch (error) {
          assert.ok(error instanceof MalformedPdf);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
