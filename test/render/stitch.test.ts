/** Pages deflated by pieces: whoever inflates them finds the content, checksum included. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { array, assert as assertProperty, integer, oneof, property, string, tuple } from 'fast-check';
import { Bytes } from '../../src/render/bytes.ts';
import { deflateCode, writeCode } from '../../src/render/qr.ts';
import { type Piece, type Stitched, sew, stitch, storeWhole } from '../../src/render/stitch.ts';

const inflate = (stream: Uint8Array): string => inflateSync(stream).toString('latin1');
/** Fills all slots, with pieces where there are any, behind what stands there already. */
const sewn = (content: Stitched, textOf: (slot: number) => string, pieceOf?: () => Piece): Uint8Array => {
  const to = new Bytes();
  to.addText('before');
  const piece = (): Piece | undefined => pieceOf?.();
  sew(content, { write: (slot, bytes, sum) => bytes.addText(textOf(slot), sum), piece }, to);
  return to.view('before'.length);
};
const latin1 = (most: number) =>
  string({ unit: 'binary', maxLength: most }).map((text) => Buffer.from(text).toString('latin1'));
/** Some worth deflating, some not. */
const piece = oneof(
  latin1(40),
  tuple(latin1(12), integer({ min: 1, max: 900 })).map(([text, times]) => text.repeat(times)),
);
const mark = (text: string) => ({ text, x: 62.362, y: 700.25, size: 99.2 });

describe('sew', () => {
  for (const [name, parts] of [
    ['by pieces', 40],
    ['as a whole', 200],
  ] as const) {
    it(`gives what the content holds, deflated ${name}`, () => {
      assertProperty(
        property(array(tuple(piece, latin1(80)), { minLength: parts / 4, maxLength: parts / 2 }), (pairs) => {
          const padded = parts > 120 ? [...pairs, ...pairs] : pairs;
          const content = padded.flatMap(([text], slot) => [text, slot]);
          const fill = (slot: number) => padded[slot]?.[1] ?? '';
          const expected = padded.map((pair) => pair.join('')).join('');
          assert.equal(inflate(sewn(stitch(content), fill)), expected);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('takes a code in its deflated form', () => {
    assertProperty(
      property(string({ maxLength: 400 }), latin1(20), (text, around) => {
        const content = stitch([around, 0, around]);
        const code = mark(text);
        const stream = sewn(
          content,
          () => '',
          () => deflateCode(code),
        );
        assert.equal(inflate(stream), around + writeCode(code) + around);
      }),
    );
  });

  it('keeps text that is longer than a stored block can be', () => {
    const text = 'x'.repeat(200_000);
    assert.equal(inflate(sewn(stitch(['', 0, '']), () => text)), text);
  });

  it('gives nothing of nothing', () => {
    assert.equal(inflate(sewn(stitch(['']), () => '')), '');
  });
});

describe('storeWhole', () => {
  it('is read by zlib', () => {
    assertProperty(
      property(latin1(5000), (text) => assert.equal(inflate(storeWhole(Buffer.from(text, 'latin1'))), text)),
    );
  });
});

describe('deflateCode', () => {
  it('is a third as long as what it stands for', () => {
    const code = mark('https://ebox.example.be/v/Zx3fK9qLr7TgUw2PbN5cVA');
    assert.ok(deflateCode(code).deflated.length * 3 < writeCode(code).length + 40);
  });
});
