import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { spool } from '../../src/archive/spool.ts';

async function* chunksOf(bytes: Buffer, size: number, fault?: Error): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
  if (fault !== undefined) throw fault;
}

describe('spool', () => {
  for (const size of [0, 1, 256 * 1024, 256 * 1024 + 1, 1_000_003]) {
    it(`gives back ${size} bytes, as often as asked, and says what they are`, async () => {
      const bytes = randomBytes(size);
      const file = await spool(chunksOf(bytes, 60_000), randomUUID());
      assert.deepEqual([file.bytes, file.sha256], [size, createHash('sha256').update(bytes).digest()]);
      assert.deepEqual(await file.open((whole) => whole), bytes);
      assert.deepEqual(await file.open((whole) => whole), bytes);
      await file.discard();
    });
  }

  it('leaves no name on the disk, not even while it holds a file', async () => {
    const name = randomUUID();
    const file = await spool(chunksOf(randomBytes(1_000_000), 60_000), name);
    assert.deepEqual(
      readdirSync(tmpdir()).filter((entry) => entry.includes(name)),
      [],
    );
    await file.discard();
  });

  it('has two large files in memory at the same time, however many are asked for', async () => {
    const bytes = randomBytes(300_000);
    const files = await Promise.all(
      Array.from({ length: 6 }, () => spool(chunksOf(bytes, 60_000), randomUUID())),
    );
    let open = 0;
    const seen: number[] = [];
    let second = () => {};
    const isSecondThere = new Promise<void>((resolve) => {
      second = resolve;
    });
    const look = async (whole: Buffer) => {
      open += 1;
      seen.push(open);
      if (open === 2) second();
      await isSecondThere;
      open -= 1;
      return whole.equals(bytes);
    };
    const found = await Promise.all(files.map((file) => file.open(look)));
    assert.deepEqual(
      found,
      files.map(() => true),
    );
    assert.equal(Math.max(...seen), 2);
    for (const file of files) await file.discard();
  });

  it('lets the next one in when work on a file fails', async () => {
    const file = await spool(chunksOf(randomBytes(300_000), 60_000), randomUUID());
    const fail = () => Promise.reject(new Error('no'));
    for (let turn = 0; turn < 3; turn += 1) await assert.rejects(file.open(fail), /no/);
    assert.equal(await file.open((whole) => whole.length), 300_000);
    await file.discard();
  });

  it('throws on what the file breaks off with', async () => {
    const fault = new Error('broken off');
    await assert.rejects(spool(chunksOf(randomBytes(600_000), 60_000, fault), randomUUID()), fault);
  });
});
