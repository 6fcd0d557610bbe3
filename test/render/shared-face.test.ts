/** The tables of a shared face against the face itself. */
import assert, { fail } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { array, assert as assertProperty, constantFrom, property } from 'fast-check';
import { create } from 'fontkit';
import { fonts } from './samples.ts';

const LETTERS = Array.from(
  ' !"#%&\'()*+,-./0123456789:;?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]_abcdefghijklmnopqrstuvwxyz' +
    '\u00a0«»°·ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸàâäçéèêëîïôöùûüÿßœŒæÆñåøÝ–—‘’‚“”„€' +
    'ĄąĆćČčĎďĐđĒēĘęĚěĞğĢģĪīİıĶķĹĺĽľŁłŃńŇňŐőŘřŚśŞşŠšŤťŪūŮůŰűŹźŻżŽžȘșȚțŴŵŶŷẀẁẞ',
);
const text = array(constantFrom(...LETTERS), { maxLength: 24 }).map((letters) => letters.join(''));

for (const face of ['regular', 'bold'] as const) {
  const { font, shared, unitsPerEm } = fonts[face];
  const show = (whole: string) => shared.set(whole)?.shown ?? fail(whole);
  const alphabetOf = (whole: string) => shared.set(whole)?.alphabet;
  /** As pdfkit lays out: each word with its space by itself. */
  const layoutOf = (whole: string) => whole.split(/(?<= )/).map((word) => font.layout(word));

  describe(`shared face, ${face}`, () => {
    it('has every letter of Latin Europe', () => {
      for (const letter of LETTERS) assert.notEqual(alphabetOf(letter), undefined, letter);
      assert.ok(shared.has(LETTERS.join('')));
    });
    it('lacks what needs more than one glyph after the other', () => {
      for (const other of ['J̌', 'Ольга', 'Ελένη', 'ơ̂', '\u202e', '\n', '李'])
        assert.deepEqual([alphabetOf(`An ${other}`), shared.has(`An ${other}`)], [undefined, false], other);
    });
    it('asks for a larger alphabet only when a text needs it', () => {
      const texts = ['Zoë Müller', 'Peña', 'Łena', 'Ştefan', 'Ŵyn', '25 %', ''];
      assert.deepEqual(texts.map(alphabetOf), [0, 1, 1, 1, 2, 2, 0]);
    });
    it('measures as the face does', () => {
      assertProperty(
        property(text, (whole) => {
          const expected = layoutOf(whole).reduce((sum, { advanceWidth }) => sum + advanceWidth, 0);
          assert.equal(shared.set(whole)?.width, expected);
        }),
        { numRuns: 300 },
      );
    });
    it('shows the glyphs of the face, kerned as it kerns', () => {
      assertProperty(
        property(text, (whole) => {
          const expected = layoutOf(whole).flatMap(({ glyphs, positions }) =>
            glyphs.map(({ id, advanceWidth }, at) => [id, (positions[at]?.xAdvance ?? 0) - advanceWidth]),
          );
          const shown = readShown(show(whole)).map(([code, kerning]) => {
            const [character = 0] = shared.embeddings.at(-1)?.unicode[code] ?? [];
            return [font.glyphForCodePoint(character).id, Math.round((-kerning * unitsPerEm) / 1000) + 0];
          });
          assert.deepEqual(
            shown,
            expected.map(([id, kerning]) => [id, kerning]),
          );
        }),
        { numRuns: 300 },
      );
    });
    it('embeds under each code the glyph of its character, with its width', () => {
      for (const { file, widths, unicode } of shared.embeddings) {
        const embedded = create(Buffer.from(file));
        assert.ok('getGlyph' in embedded);
        for (const [code, [character = 0]] of unicode.entries()) {
          if (code === 0) continue;
          const glyph = font.glyphForCodePoint(character);
          assert.equal(
            embedded.getGlyph(code).path.toSVG(),
            glyph.path.toSVG(),
            String.fromCodePoint(character),
          );
          assert.equal(widths[code], (glyph.advanceWidth * 1000) / unitsPerEm);
        }
      }
    });
  });
}

/** Codes with the adjustment behind each, as ISO 32000-1 (7.3.4.2 and 9.4.3) has a reader read them. */
function readShown(operator: string): [number, number][] {
  const shown: [number, number][] = [];
  for (const [, literal = '', adjustment] of operator.matchAll(/\(((?:\\[^]|[^\\()])*)\)(-?[\d.]+)?/g)) {
    const bytes = literal.replace(/\\([^])/g, (_, escaped: string) => (escaped === 'r' ? '\r' : escaped));
    assert.ok(!literal.includes('\r') && bytes.length % 2 === 0);
    for (let at = 0; at < bytes.length; at += 2)
      shown.push([bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1), 0]);
    const last = shown.at(-1);
    if (last !== undefined && adjustment !== undefined) last[1] = Number(adjustment);
  }
  return shown;
}
