import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillForm, formOf } from '../../src/pades/form.ts';

const write = ([one = Buffer.alloc(0), other = Buffer.alloc(0)]: readonly Buffer[]) =>
  Buffer.concat([Buffer.from('\x00before'), one, Buffer.from('\xffbetween\x00', 'latin1'), other]);

describe('fillForm', () => {
  it('gives what is written for the contents, also where they look like what is around them', () => {
    const form = formOf([2, 3], write);
    for (const contents of [
      ['ab', 'cde'],
      ['\x00\x00', '\x00\x00\x00'],
      ['\xff\xff', '\xff\x00\xff'],
    ]) {
      const bytes = contents.map((text) => Buffer.from(text, 'latin1'));
      assert.deepEqual(fillForm(form, bytes), write(bytes));
    }
  });
});

describe('formOf', () => {
  for (const [what, writeOther] of [
    ['a content stands twice', (contents: readonly Buffer[]) => Buffer.concat([...contents, ...contents])],
    ['the length differs', ([one]: readonly Buffer[]) => Buffer.alloc(4 + (one?.[0] ?? 0))],
  ] as const) {
    it(`refuses when ${what}`, () => {
      assert.throws(() => formOf([4], writeOther), RangeError);
    });
  }
});
