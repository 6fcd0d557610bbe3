/** The archive against a real S3 server: what is stored first stays, and every fault has its code. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Archive, type ArchiveAddress, openArchive } from '../../src/archive/archive.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { type S3Server, startS3 } from '../../src/embedded/s3/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'archive-'));
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
/** Stores an object as its writer does, who knows the hash. */
const put = (into: Archive, key: string, object: Buffer) =>
  into.store(key, object, createHash('sha256').update(object).digest());
const isUnavailable = { name: 'ServiceError', code: 'archiveUnavailable' };

let server: S3Server;
let archive: Archive;

function addressOf(endpoint: string, bucket = 'attestations'): ArchiveAddress {
  return { endpoint, region: 'us-east-1', bucket, ...credentials };
}

before(async () => {
  server = await startS3({ folder, port: 0, ...credentials });
  archive = openArchive(addressOf(server.endpoint));
  await archive.prepare();
});
after(async () => {
  archive.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('prepare', () => {
  it('makes the bucket, and leaves one alone that is there', async () => {
    const other = openArchive(addressOf(server.endpoint, 'prepared'));
    assert.equal(await other.isUp(), false);
    await other.prepare();
    await put(other, 'kept', Buffer.from('kept'));
    await other.prepare();
    assert.deepEqual(await other.fetch('kept'), Buffer.from('kept'));
    other.close();
  });

  it('may be called by several processes at once', async () => {
    const all = Array.from({ length: 10 }, () => openArchive(addressOf(server.endpoint, 'together')));
    await Promise.all(all.map((one) => one.prepare()));
    assert.equal(await all[0]?.isUp(), true);
    for (const one of all) one.close();
  });
});

describe('store and fetch', () => {
  it('give back what was stored, byte by byte', async () => {
    for (const bytes of [1, 1000, 300_000]) {
      const object = randomBytes(bytes);
      assert.equal(await put(archive, `attestations/2026/${bytes}`, object), 'stored');
      assert.ok(object.equals(await archive.fetch(`attestations/2026/${bytes}`)));
    }
  });

  it('keep what was stored first', async () => {
    assert.equal(await put(archive, 'first', Buffer.from('first')), 'stored');
    assert.equal(await put(archive, 'first', Buffer.from('second')), 'existing');
    assert.equal(await put(archive, 'first', Buffer.from('first')), 'existing');
    assert.equal((await archive.fetch('first')).toString(), 'first');
  });

  it('have one winner of twenty that store at once, and that one counts', async () => {
    const objects = Array.from({ length: 20 }, (_, index) => Buffer.alloc(20_000, index));
    const outcomes = await Promise.all(objects.map((object) => put(archive, 'race', object)));
    assert.equal(outcomes.filter((outcome) => outcome === 'stored').length, 1);
    assert.equal(outcomes.filter((outcome) => outcome === 'existing').length, 19);
    const winner = objects[outcomes.indexOf('stored')];
    assert.ok(winner?.equals(await archive.fetch('race')));
  });

  it('say recordMissing for a key that has no object', () =>
    assert.rejects(archive.fetch('nothing'), { name: 'ServiceError', code: 'recordMissing' }));
});

describe('when the store does not do its part', () => {
  it('says archiveUnavailable where nothing listens', async () => {
    const nowhere = openArchive(addressOf(`http://127.0.0.1:${await freePort()}`));
    await assert.rejects(put(nowhere, 'key', Buffer.from('x')), isUnavailable);
    await assert.rejects(nowhere.fetch('key'), isUnavailable);
    await assert.rejects(nowhere.prepare(), isUnavailable);
    assert.equal(await nowhere.isUp(), false);
    nowhere.close();
  });

  it('says archiveUnavailable when the secret is refused', async () => {
    const other = openArchive({ ...addressOf(server.endpoint), secretAccessKey: 'wrong' });
    await assert.rejects(put(other, 'key', Buffer.from('x')), isUnavailable);
    await assert.rejects(other.fetch('first'), isUnavailable);
    assert.equal(await other.isUp(), false);
    other.close();
  });

  it('says archiveUnavailable when the bucket is gone', async () => {
    const other = openArchive(addressOf(server.endpoint, 'not-there'));
    await assert.rejects(put(other, 'key', Buffer.from('x')), isUnavailable);
    await assert.rejects(other.fetch('key'), isUnavailable);
    other.close();
  });

  const answers: Readonly<Record<string, string>> = {
    'takes the connection and never answers': '',
    'stops in the middle of its answer': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
    'closes in the middle of its answer': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
    'answers with status 503': 'HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n',
    'answers what is no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  };
  for (const [what, answer] of Object.entries(answers)) {
    it(`says archiveUnavailable when the server ${what}`, async (t) => {
      const stub = await startStub(answer, what.startsWith('closes'));
      t.after(() => stub.stop());
      const other = openArchive(addressOf(stub.endpoint), { timeoutMs: 300 });
      t.after(() => other.close());
      await assert.rejects(other.fetch('key'), isUnavailable);
    });
  }

  it('says archiveUnavailable when an object changed on its way', async (t) => {
    const object = Buffer.from('altered');
    // The checksum is that of another object.
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${object.length}\r\nx-amz-checksum-sha256: ${'A'.repeat(43)}=\r\n\r\n${object.toString()}`;
    const stub = await startStub(answer, false);
    t.after(() => stub.stop());
    const other = openArchive(addressOf(stub.endpoint), { timeoutMs: 300 });
    t.after(() => other.close());
    await assert.rejects(other.fetch('key'), isUnavailable);
  });
});

describe('when another process does the same at this moment', () => {
  const cases: Readonly<Record<string, { statuses: readonly number[]; isDone: boolean }>> = {
    'goes on when the bucket is there by now': { statuses: [404, 409, 200], isDone: true },
    'says archiveUnavailable when it is not': { statuses: [404, 409, 404], isDone: false },
  };
  for (const [what, { statuses, isDone }] of Object.entries(cases)) {
    it(`prepare ${what}`, async (t) => {
      const stub = await answerWith(statuses);
      t.after(() => stub.stop());
      await (isDone ? stub.archive.prepare() : assert.rejects(stub.archive.prepare(), isUnavailable));
      assert.deepEqual(stub.methods, ['HEAD', 'PUT', 'HEAD']);
    });
  }

  const stores: Readonly<Record<string, { statuses: readonly number[]; outcome: string | undefined }>> = {
    'tries again and stores it': { statuses: [409, 200], outcome: 'stored' },
    'tries again and finds the other one': { statuses: [409, 409, 412], outcome: 'existing' },
    'says archiveUnavailable in the end': { statuses: [409, 409, 409], outcome: undefined },
  };
  for (const [what, { statuses, outcome }] of Object.entries(stores)) {
    it(`store ${what}`, async (t) => {
      const stub = await answerWith(statuses);
      t.after(() => stub.stop());
      const stored = put(stub.archive, 'key', Buffer.from('x'));
      if (outcome === undefined) await assert.rejects(stored, isUnavailable);
      else assert.equal(await stored, outcome);
      assert.equal(stub.methods.length, statuses.length);
    });
  }
});

/** An archive whose server gives these statuses one after the other. */
async function answerWith(statuses: readonly number[]) {
  const methods: (string | undefined)[] = [];
  const stub = createHttpServer((request, response) => {
    request.resume();
    response.statusCode = statuses[methods.length] ?? 500;
    methods.push(request.method);
    response.end();
  });
  await new Promise<void>((resolve) => {
    stub.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address and a port.
  const { port } = stub.address() as AddressInfo;
  const stubbed = openArchive(addressOf(`http://127.0.0.1:${port}`));
  return {
    archive: stubbed,
    methods,
    stop: () => {
      stubbed.close();
      stub.closeAllConnections();
      stub.close();
    },
  };
}

/** A server that sends the same bytes to every request, and then perhaps closes. */
async function startStub(answer: string, closes: boolean) {
  const sockets = new Set<Socket>();
  const stub: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write(answer);
      if (closes) socket.end();
    });
  });
  await new Promise<void>((resolve) => {
    stub.listen(0, '127.0.0.1', resolve);
  });
  const { port } = stub.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      stub.close();
    },
  };
}
