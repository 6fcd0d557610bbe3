import assert from 'node:assert/strict';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createMutexFolder, FolderMutex } from '../../../src/embedded/s3/mutex.ts';
import { isProcessAlive, ownProcessId } from '../../../src/embedded/s3/process-id.ts';
import { newFolder } from './fixture.ts';

describe('FolderMutex', () => {
  const folder = newFolder();
  let number = 0;
  const newLock = async () => {
    number += 1;
    const lock = join(folder, String(number));
    await createMutexFolder(lock);
    return lock;
  };
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('runs the work of several servers one at a time', async () => {
    const lock = await newLock();
    const mutexes = [1, 2, 3].map(() => new FolderMutex(lock, ownProcessId()));
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
    };
    await Promise.all(mutexes.flatMap((mutex) => Array.from({ length: 30 }, () => mutex.run(work))));
    assert.deepEqual([most, running], [1, 0]);
    assert.deepEqual(readdirSync(lock), ['free']);
  });

  it('is free again after work that failed', async () => {
    const mutex = new FolderMutex(await newLock(), ownProcessId());
    await assert.rejects(
      mutex.run(() => Promise.reject(new Error('failed'))),
      /failed/,
    );
    assert.equal(await mutex.run(() => Promise.resolve('done')), 'done');
  });

  it('lets exactly one at a time in after its holder died', async () => {
    const lock = await newLock();
    const [pid, , boot] = ownProcessId().split('-');
    // This process, but started at another time: its number has come round again.
    renameSync(join(lock, 'free'), join(lock, `${pid}-1-${boot}.7`));
    let inside = 0;
    const mutexes = Array.from({ length: 10 }, () => new FolderMutex(lock, ownProcessId()));
    const seen = await Promise.all(
      mutexes.map((mutex) =>
        mutex.run(async () => {
          inside += 1;
          const count = inside;
          await setImmediate();
          inside -= 1;
          return count;
        }),
      ),
    );
    assert.deepEqual(new Set(seen), new Set([1]));
    assert.deepEqual(readdirSync(lock), ['free']);
  });
});

describe('isProcessAlive', () => {
  let own: string;
  before(() => {
    own = ownProcessId();
  });

  it('knows a running process from one that had its number, of another boot, or none', () => {
    const [pid, start, boot] = own.split('-');
    assert.equal(isProcessAlive(own), true);
    assert.equal(isProcessAlive(`${pid}-${Number(start) + 1}-${boot}`), false);
    assert.equal(isProcessAlive(`${pid}-${start}-00000000`), false);
    assert.equal(isProcessAlive('free'), false);
    assert.equal(isProcessAlive(''), false);
  });
});
