/** Compressed bodies: unpacked as they arrive, and never to more than they may. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { unpackGzip } from '../../src/http/gzip.ts';
import { Refusal } from '../../src/http/problems.ts';

const MIB = 1024 * 1024;

async function unpack(packed: Buffer, limit = 100 * MIB, pieceBytes = 1000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const arriving = (async function* () {
    for (let at = 0; at < packed.length; at += pieceBytes) yield packed.subarray(at, at + pieceBytes);
  })();
  for await (const chunk of unpackGzip(arriving, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function refusedWith(status: number, detail: RegExp) {
  return (error: unknown) =>
    error instanceof Refusal &&
    error.problem.status === status &&
    detail.test([error.problem.detail, ...(error.problem.issues ?? []).map((issue) => issue.detail)].join());
}

describe('unpackGzip', () => {
  it('gives what was packed, however it is cut', async () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, row) => `row ${row}\r\n`).join(''));
    assert.ok((await unpack(gzipSync(text))).equals(text));
    assert.ok((await unpack(gzipSync(text), 100 * MIB, 1)).equals(text));
  });

  it('refuses a bomb long before it is unpacked, and what passes the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * MIB));
    await assert.rejects(unpack(bomb), refusedWith(400, /far more/));
    await assert.rejects(unpack(gzipSync(Buffer.alloc(4000)), 3999), refusedWith(413, /3999/));
  });

  it('refuses what is no gzip, and what is cut short', async () => {
    await assert.rejects(unpack(Buffer.from('reference;ssin\r\n')), refusedWith(400, /no gzip/));
    await assert.rejects(
      unpack(gzipSync(Buffer.from('text')).subarray(0, -3)),
      refusedWith(400, /cut short/),
    );
  });

  it('fails as its source does', async () => {
    const broken = (async function* () {
      yield gzipSync(Buffer.from('text')).subarray(0, 5);
      throw new RangeError('the caller went away');
    })();
    await assert.rejects(
      async () => {
        for await (const _ of unpackGzip(broken, MIB)) assert.fail('nothing is whole yet');
      },
      { name: 'RangeError' },
    );
  });
});
