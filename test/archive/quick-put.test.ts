/** The quick way of storing against a real S3 server: signed as it demands, and unclear wherever anything is amiss. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Archive, openArchive } from '../../src/archive/archive.ts';
import { openQuickPut, type PutAddress, type QuickPut } from '../../src/archive/quick-put.ts';
import { type S3Server, startS3 } from '../../src/embedded/s3/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'quick-put-'));
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };

describe('openQuickPut', () => {
  let server: S3Server;
  let archive: Archive;
  let address: PutAddress;
  const open: QuickPut[] = [];

  before(async () => {
    server = await startS3({ folder, port: 0, ...credentials });
    address = { endpoint: server.endpoint, region: 'us-east-1', bucket: 'quick', ...credentials };
    archive = openArchive(address);
    await archive.prepare();
  });
  after(async () => {
    for (const one of open) one.close();
    archive.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  function put(key: string, object: Buffer, changes: Partial<PutAddress> = {}, hashed = object) {
    const quick = openQuickPut({ ...address, ...changes }, 5_000);
    open.push(quick);
    return quick.put(key, object, createHash('sha256').update(hashed).digest());
  }

  it('stores an object whole, and keeps what was stored first', async () => {
    const object = randomBytes(70_000);
    assert.equal(await put('attestations/2026/one', object), 'stored');
    assert.equal(await put('attestations/2026/one', randomBytes(10)), 'existing');
    assert.ok(object.equals(await archive.fetch('attestations/2026/one')));
  });

  it('stores many at once over few connections', async () => {
    const quick = openQuickPut(address, 5_000);
    open.push(quick);
    const objects = Array.from({ length: 100 }, () => randomBytes(2_000));
    const outcomes = await Promise.all(
      objects.map((object, index) => quick.put(`many/${index}`, object, hashOf(object))),
    );
    assert.deepEqual(new Set(outcomes), new Set(['stored']));
    assert.ok(objects[99]?.equals(await archive.fetch('many/99')));
  });

  it('is unclear where the hash is another’s, the secret is wrong, the bucket is gone, or nobody answers so', async () => {
    const object = Buffer.from('object');
    assert.equal(await put('altered', object, {}, Buffer.from('other')), 'unclear');
    assert.equal(await put('refused', object, { secretAccessKey: 'wrong' }), 'unclear');
    assert.equal(await put('lost', object, { bucket: 'not-there' }), 'unclear');
    const stub = createServer((request) => request.socket.destroy());
    await new Promise<void>((resolve) => {
      stub.listen(0, '127.0.0.1', resolve);
    });
    // A server that listens on TCP has an address and a port.
    const { port } = stub.address() as AddressInfo;
    assert.equal(await put('broken', object, { endpoint: `http://127.0.0.1:${port}` }), 'unclear');
    stub.close();
    for (const key of ['altered', 'refused', 'broken'])
      await assert.rejects(archive.fetch(key), { code: 'recordMissing' });
  });
});

function hashOf(object: Buffer): Buffer {
  return createHash('sha256').update(object).digest();
}
