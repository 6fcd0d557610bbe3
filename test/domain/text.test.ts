/** The one rule for text of a line: what is refused, and how the rest is written. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  findTextFault,
  isPrintable,
  LONGEST,
  type TextFault,
  unfold,
  writeLine,
} from '../../src/domain/text.ts';

const at = (codePoint: number) => `A${String.fromCodePoint(codePoint)}b`;

describe('findTextFault', () => {
  const unseen: Readonly<Record<string, readonly number[]>> = {
    'control characters': [0, 7, 9, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9f],
    'bidirectional controls': [
      0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
    ],
    'zero-width characters': [
      0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0x34f, 0x180e, 0xfe0f, 0xe0041, 0xe0100,
    ],
    'letters that show nothing': [0x115f, 0x3164, 0xffa0],
    'line and paragraph separators': [0x2028, 0x2029],
    'halves of a surrogate pair': [0xd800, 0xdbff, 0xdc00, 0xdfff],
    'private-use code points': [0xe000, 0xf8ff, 0xf0000, 0x10fffd],
    'unassigned code points': [0x378, 0xfffe, 0xffff, 0x1fffe, 0x10ffff],
    'what stands for a lost character': [0xfffd],
  };
  for (const [what, codePoints] of Object.entries(unseen)) {
    it(`refuses ${what}`, () => {
      for (const codePoint of codePoints)
        assert.equal(findTextFault(at(codePoint), LONGEST.name), 'unprintable', codePoint.toString(16));
    });
  }

  const others: readonly (readonly [string, TextFault | undefined])[] = [
    ['', 'empty'],
    ['   ', 'empty'],
    ['\u00a0\u3000', 'empty'],
    ['\u0301a', 'strayMark'],
    ['a \u0301b', 'strayMark'],
    [`q${'\u0301'.repeat(3)}`, 'strayMark'],
    ['q\u0301\u0323', undefined],
    ['e\u0301\u0301\u0301', undefined],
    ['x'.repeat(200), undefined],
    ['x'.repeat(201), 'tooLong'],
    ['e\u0301'.repeat(200), undefined],
    ['😀'.repeat(200), undefined],
    ['x'.repeat(10_000), 'tooLong'],
    ['\u202e'.repeat(10_000), 'tooLong'],
    ['’t Hooft-D\'Hondt (jr.) & Zn. <BV> \\ "Łőș"', undefined],
    ['O', undefined],
    ['王', undefined],
    ['محمد', undefined],
    ['שרה', undefined],
    ['%%EOF endobj /Sig', undefined],
  ];
  for (const [text, fault] of others) {
    it(`finds ${fault ?? 'nothing'} in ${JSON.stringify(text.slice(0, 30))} of ${text.length}`, () =>
      assert.equal(findTextFault(text, LONGEST.name), fault));
  }

  it('finds nothing more in a line that it let pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        if (findTextFault(text, 40) !== undefined) return;
        const line = writeLine(text);
        assert.equal(findTextFault(line, 40), undefined);
        assert.equal(writeLine(line), line);
        assert.ok(isPrintable(line));
      }),
    );
  });
});

describe('writeLine', () => {
  it('composes, and writes one plain space for any spaces', () =>
    assert.equal(writeLine('\u2003Noe\u0308l \u00a0 de\u3000Smet '), 'Noël de Smet'));
  it('leaves what is no space as it is', () => assert.equal(writeLine('a\tb\nc'), 'a\tb\nc'));
});

describe('unfold', () => {
  it('takes tabs and line ends for spaces', () => assert.equal(unfold('\r\n\tPeeters\n'), '   Peeters '));
});
