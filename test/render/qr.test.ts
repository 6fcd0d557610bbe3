/** The code from tables against a general encoder, and against a scanner. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as assertProperty, property, string, uint8Array } from 'fast-check';
import { encode } from 'uqr';
import { writeCode } from '../../src/render/qr.ts';
import { encodeVersion4, MASK, VERSION_4_BYTES } from '../../src/render/qr-version-4.ts';
import { needsTool } from '../support/needs.ts';
import { scanCode } from './reading.ts';
import { renderer, sample } from './samples.ts';

const FOUR = { ecc: 'M', border: 0, minVersion: 4, maxVersion: 4, maskPattern: MASK } as const;

function assertSame(bytes: Uint8Array): void {
  const expected = encode([...bytes], FOUR);
  const { side, dark } = encodeVersion4(bytes);
  assert.equal(side, expected.size);
  assert.deepEqual([...dark], expected.data.flat().map(Number));
}

describe('encodeVersion4', () => {
  it('equals the general encoder for any bytes that fit', () => {
    assertProperty(property(uint8Array({ maxLength: VERSION_4_BYTES }), assertSame));
  });
  for (const length of [0, 1, VERSION_4_BYTES - 1, VERSION_4_BYTES]) {
    it(`equals it for ${length} bytes`, () => assertSame(Buffer.alloc(length, 'x')));
  }
  it('refuses one byte more', () => {
    assert.throws(() => encodeVersion4(new Uint8Array(VERSION_4_BYTES + 1)), RangeError);
  });
});

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
        const isShort = Buffer.byteLength(text) <= VERSION_4_BYTES;
        const { data } = encode(
          isShort ? [...Buffer.from(text)] : text,
          isShort ? FOUR : { ecc: 'M', border: 0 },
        );
        const expected = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x},${y}`] : [])));
        assert.deepEqual([...draw(writeCode({ text, x: 0, y: 0, size: 100 }))], expected);
      }),
    );
  });
  it('leaves four modules free on each side', () => {
    const [, unit, , x, y] =
      /^q (\S+) 0 0 (\S+) (\S+) (\S+) cm/.exec(writeCode({ text: 'x', x: 10, y: 20, size: 41 })) ?? [];
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
