/** The stitched stream must be what any inflater takes for the whole text, its checksum included. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { array, assert as assertProperty, boolean, integer, property, tuple, uint8Array } from 'fast-check';
import { prepareFixed, stitch } from '../../src/render/stitch.ts';

const inflate = (stream: string) => inflateSync(Buffer.from(stream, 'latin1')).toString('latin1');

describe('stitch', () => {
  it('gives back the parts in order, whatever they are and however often they repeat themselves', () => {
    const bytes = uint8Array({ maxLength: 60 }).map((part) => Buffer.from(part).toString('latin1'));
    const part = tuple(bytes, integer({ min: 1, max: 40 }), boolean());
    assertProperty(
      property(array(part, { maxLength: 12 }), (parts) => {
        const texts = parts.map(([text, times]) => text.repeat(times));
        const stream = stitch(
          texts.map((text, index) => (parts[index]?.[2] === true ? prepareFixed(text) : text)),
        );
        assert.equal(inflate(stream), texts.join(''));
      }),
    );
  });
  it('stores more than one block holds', () => {
    const text = 'é'.repeat(200_000);
    assert.equal(inflate(stitch([text, prepareFixed(text), text])), text.repeat(3));
  });
  it('sums the largest bytes right', () => {
    const text = '\xff'.repeat(65_521);
    assert.equal(inflate(stitch([prepareFixed(text), text, prepareFixed(text)])), text.repeat(3));
  });
  it('gives an empty stream for nothing', () => {
    assert.equal(inflate(stitch([])), '');
  });
});

describe('prepareFixed', () => {
  it('compresses what repeats itself', () => {
    const part = prepareFixed('0 0 1 rg '.repeat(50));
    assert.ok(part.isDeflated && part.bytes.length < 60);
  });
  it('leaves as it is what would become longer', () => {
    assert.deepEqual(prepareFixed('ET\n'), {
      length: 3,
      adler: 0x01_84_00_a4,
      bytes: 'ET\n',
      isDeflated: false,
    });
  });
});
