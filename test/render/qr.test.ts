/** The code on the page: its modules as rectangles, and what a scanner reads. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as assertProperty, property, string } from 'fast-check';
import { encodeQr } from '../../src/code/qr.ts';
import { writeCode } from '../../src/render/qr.ts';
import { needsTool } from '../support/needs.ts';
import { scanCode } from './reading.ts';
import { renderer, sample } from './samples.ts';

describe('writeCode', () => {
  /** Reads the rectangles back into modules. */
  const draw = (operators: string): Set<string> => {
    const modules = new Set<string>();
    for (const [, x, y, width] of operators.matchAll(/^(\d+) (\d+) (\d+) 1 re$/gm))
      for (let column = 0; column < Number(width); column += 1) modules.add(`${Number(x) + column},${y}`);
    return modules;
  };
  it('draws each dark module, once and nothing else', () => {
    assertProperty(
      property(string({ maxLength: 90 }), (text) => {
        const { side, dark } = encodeQr(text);
        const expected = [...dark].flatMap((isDark, at) =>
          isDark === 1 ? [`${at % side},${Math.floor(at / side)}`] : [],
        );
        assert.deepEqual([...draw(writeCode({ text, x: 0, y: 0, size: 100 }))], expected);
      }),
    );
  });
  it('leaves four modules free on each side', () => {
    const [, unit, , x, y] =
      /^q (\S+) 0 0 (\S+) (\S+) (\S+) cm/.exec(writeCode({ text: 'x', x: 10, y: 20, size: 29 })) ?? [];
    assert.deepEqual([unit, x, y], ['1', '14', '24']);
  });
  for (const length of [30, 61, 62, 63, 64, 120]) {
    it(`is read by a scanner when the address has ${length} characters`, async (t) => {
      if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
      const verificationUrl = 'https://example.org/v/'.padEnd(length, 'Zx3fK9qLr7TgUw2PbN5cVA');
      assert.equal(await scanCode(await renderer.render(sample({ verificationUrl }))), verificationUrl);
    });
  }
});
