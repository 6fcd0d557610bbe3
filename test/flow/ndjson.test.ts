/** NDJSON: lines are the same wherever the chunks of a file end, and one line never takes more room than it may. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { type Line, readLines } from '../../src/flow/ndjson.ts';

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function linesOf(file: string | Buffer, maxBytes = 100, sizes: readonly number[] = [1 << 20]) {
  const lines: Line[] = [];
  for await (const line of readLines(chunksOf(Buffer.from(file), sizes), maxBytes)) lines.push(line);
  return lines;
}

/** The lines as number and text, for short comparisons. */
async function textsOf(file: string | Buffer, maxBytes?: number, sizes?: readonly number[]) {
  return (await linesOf(file, maxBytes, sizes)).map(({ number, text }) => [number, text?.trim()]);
}

describe('readLines', () => {
  it('gives each line with its number', async () =>
    assert.deepEqual(await linesOf('{"a":1}\n{"b":2}\n'), [
      { number: 1, text: '{"a":1}' },
      { number: 2, text: '{"b":2}' },
    ]));

  it('takes a last line without its end', async () =>
    assert.deepEqual(await textsOf('1\n2'), [
      [1, '1'],
      [2, '2'],
    ]));

  it('passes over blank lines and counts them', async () =>
    assert.deepEqual(await textsOf('\n1\n\n \t\r\n2\n\n'), [
      [2, '1'],
      [5, '2'],
    ]));

  it('gives nothing of an empty file', async () => {
    assert.deepEqual(await linesOf(''), []);
    assert.deepEqual(await linesOf('\n\n'), []);
    assert.deepEqual(await linesOf('\ufeff'), []);
  });

  it('takes CRLF for a line end', async () =>
    assert.deepEqual(
      (await linesOf('{"a":1}\r\n{"b":2}\r\n')).map(({ text }) => JSON.parse(text ?? '') as unknown),
      [{ a: 1 }, { b: 2 }],
    ));

  it('passes over a byte order mark', async () =>
    assert.deepEqual(await linesOf('\ufeff{"a":1}\n'), [{ number: 1, text: '{"a":1}' }]));

  it('gives the same lines wherever the chunks end', async () => {
    const unit = fc.constantFrom('a', 'é', '€', '😀', '\n', '\r\n', ' ', '{}');
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 20 }),
        async (file, sizes, maxBytes) =>
          assert.deepEqual(await linesOf(file, maxBytes, sizes), await linesOf(file, maxBytes)),
      ),
    );
  });

  describe('when a line is too long', () => {
    it('gives its number without its text, and the others whole', async () =>
      assert.deepEqual(await linesOf(`1\n${'x'.repeat(11)}\n3\n`, 10), [
        { number: 1, text: '1' },
        { number: 2, text: undefined },
        { number: 3, text: '3' },
      ]));

    it('counts bytes, not characters, and takes a line that is just as long as it may be', async () => {
      assert.deepEqual(await textsOf(`${'x'.repeat(10)}\n`, 10), [[1, 'x'.repeat(10)]]);
      assert.deepEqual(await textsOf('€€€\n', 9), [[1, '€€€']]);
      assert.deepEqual(await textsOf('€€€\n', 8), [[1, undefined]]);
    });

    it('says so also of the last one without its end', async () =>
      assert.deepEqual(await textsOf(`1\n${'x'.repeat(11)}`, 10), [
        [1, '1'],
        [2, undefined],
      ]));

    it('does not keep it', async () => {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      const given: WeakRef<Buffer>[] = [];
      let kept = 0;
      async function* long(): AsyncGenerator<Buffer> {
        for (let turn = 0; turn < 20; turn += 1) {
          const chunk = Buffer.alloc(1 << 20, 'x');
          given.push(new WeakRef(chunk));
          yield chunk;
        }
        await setImmediate();
        collect();
        kept = given.filter((chunk) => chunk.deref() !== undefined).length;
      }
      const lines: Line[] = [];
      for await (const line of readLines(long(), 1000)) lines.push(line);
      assert.deepEqual(lines, [{ number: 1, text: undefined }]);
      // The last one may still stand in a variable.
      assert.ok(kept <= 2, `${kept} of 20 chunks were kept`);
    });
  });

  describe('when a line is not UTF-8', () => {
    for (const [what, bytes] of Object.entries({
      'a byte that begins nothing': [0xff],
      'a character cut short': [0xe2, 0x82],
      'a character written too long': [0xc0, 0xaf],
      'half a pair': [0xed, 0xa0, 0x80],
      'Latin-1': [0x4e, 0x6f, 0xeb, 0x6c],
    })) {
      it(`gives no text for ${what}, and the next line whole`, async () => {
        const file = Buffer.concat([Buffer.from('1\n'), Buffer.from(bytes), Buffer.from('\n3')]);
        assert.deepEqual(await textsOf(file), [
          [1, '1'],
          [2, undefined],
          [3, '3'],
        ]);
      });
    }
  });

  it('ends when the transfer breaks off, after the lines that came whole', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('1\n2\n3');
      throw new Error('connection reset');
    }
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const { number } of readLines(broken(), 100)) seen.push(number);
    }, /connection reset/);
    assert.deepEqual(seen, [1, 2]);
  });
});
