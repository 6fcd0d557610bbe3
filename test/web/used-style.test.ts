/** What is left out of the style sheet: only rules that no page can need. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namesIn, pruneStyle, tightenStyle } from '../../src/web/used-style.ts';

const USED = namesIn(
  ['<a class="g-link g-link--quiet">', '<input class="g-input g-input--width-<%= width %>">'],
  'g-',
);

describe('pruneStyle', () => {
  for (const [style, kept] of [
    ['.g-link{a:b}.g-table{a:b}', '.g-link{a:b}'],
    ['.g-table,.g-link:hover{a:b}', '.g-link:hover{a:b}'],
    ['.g-link .g-table{a:b}h1{a:b}.own{a:b}', 'h1{a:b}.own{a:b}'],
    ['.g-input--width-10{a:b}.g-inset{a:b}', '.g-input--width-10{a:b}'],
    ['.g-link:not(.g-table,.g-x){a:b}', '.g-link:not(.g-table,.g-x){a:b}'],
    ['@media print{.g-table{a:b}}@media print{.g-table{a:b}.g-link{a:b}}', '@media print{.g-link{a:b}}'],
    ['@charset "x";@page{a:b}@keyframes turn{to{a:b}}', '@charset "x";@page{a:b}@keyframes turn{to{a:b}}'],
    ['.g-link{a:url(data:;{)}.g-table{a:"}"}h1{a:b}', '.g-link{a:url(data:;{)}h1{a:b}'],
  ] as const) {
    it(`leaves ${kept} of ${style}`, () => assert.equal(pruneStyle(style, 'g-', USED), kept));
  }
});

describe('tightenStyle', () => {
  it('takes out comments and the room at the beginning of lines', () =>
    assert.equal(tightenStyle('/* why */\n\na {\n  b: c;\n}\n'), '\na {\nb: c;\n}\n'));
});
