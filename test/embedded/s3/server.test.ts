import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startS3 } from '../../../src/embedded/s3/server.ts';
import { ServiceError } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import {
  codeOf,
  credentials,
  newFolder,
  refusalOf,
  sendByHand,
  signByHand,
  start,
  startFixture,
} from './fixture.ts';

const isStartFailure = (error: unknown) =>
  error instanceof ServiceError && error.code === 'embeddedPartFailed';

/** Begins a PUT of ten bytes by hand and sends the first of them. */
async function beginPut(endpoint: string, path: string): Promise<Socket> {
  const { port } = new URL(endpoint);
  const payload = 'UNSIGNED-PAYLOAD';
  const { headers } = signByHand(endpoint, { method: 'PUT', path, payload });
  const lines = Object.entries({ host: new URL(endpoint).host, 'content-length': '10', ...headers });
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `PUT ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n01234`,
  );
  return socket;
}

async function textUntilClosed(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('startS3', () => {
  describe('when it cannot start', () => {
    it('refuses a port that is taken', async () => {
      const folder = newFolder();
      const first = await start(folder);
      await assert.rejects(start(folder, { port: first.port }), isStartFailure);
      await first.stop();
      rmSync(folder, { recursive: true });
    });

    it('refuses a folder that is a file', async () => {
      const folder = newFolder();
      writeFileSync(join(folder, 'file'), '');
      await assert.rejects(start(join(folder, 'file')), isStartFailure);
      rmSync(folder, { recursive: true });
    });
  });

  it('makes the folder, for its owner only to write, and listens on loopback', async () => {
    const folder = newFolder();
    const server = await start(join(folder, 'deep', 'store'));
    assert.equal(server.endpoint, `http://127.0.0.1:${server.port}`);
    assert.deepEqual(readdirSync(join(folder, 'deep', 'store')).sort(), ['buckets', 'locks', 'packs', 'tmp']);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  describe('when a request is none of S3', () => {
    it('answers in S3’s words, to those who may ask', async () => {
      const fixture = await startFixture();
      const { endpoint } = fixture.server;
      const answer = async (method: string, path: string, query = '') => {
        const response = await sendByHand(endpoint, { method, path, query });
        return [response.status, await codeOf(response)];
      };
      assert.deepEqual(await answer('PATCH', '/bucket/key'), [405, 'MethodNotAllowed']);
      assert.deepEqual(await answer('POST', '/'), [405, 'MethodNotAllowed']);
      assert.deepEqual(await answer('POST', '/bucket/key', 'restore='), [501, 'NotImplemented']);
      assert.deepEqual(await answer('GET', '/bucket/%FF'), [400, 'InvalidURI']);
      assert.deepEqual(await answer('GET', '/Bucket/key'), [400, 'InvalidBucketName']);
      await fixture.stop();
    });
  });

  describe('when a client stops sending', () => {
    it('drops it, and keeps nothing of what it sent', async () => {
      const fixture = await startFixture({ idleTimeout: 300 });
      const bucket = await fixture.bucket();
      const socket = await beginPut(fixture.server.endpoint, `/${bucket}/half`);
      assert.equal(await textUntilClosed(socket), '');
      const head = fixture.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'half' }));
      assert.equal((await refusalOf(head)).status, 404);
      await fixture.server.stop();
      assert.deepEqual(readdirSync(join(fixture.folder, 'tmp')), []);
      await fixture.stop();
    });
  });

  describe('when a client stops reading', () => {
    it('drops it', async () => {
      const lines = new PassThrough();
      const fixture = await startFixture({ idleTimeout: 300, log: createLog('debug', lines) });
      const bucket = await fixture.bucket();
      // More than any socket buffers on the way hold.
      const Body = Buffer.alloc(40 * 1024 * 1024);
      await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'large', Body }));
      const { headers } = signByHand(fixture.server.endpoint, { path: `/${bucket}/large` });
      const dropped = new Promise<void>((resolve) => {
        lines.on('data', (line: Buffer) => {
          if (line.includes('reply not delivered')) resolve();
        });
      });
      const socket = connect(fixture.server.port, '127.0.0.1')
        .pause()
        .on('error', () => {});
      const lead = Object.entries({ host: new URL(fixture.server.endpoint).host, ...headers });
      socket.write(
        `GET /${bucket}/large HTTP/1.1\r\n${lead.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      );
      await dropped;
      socket.destroy();
      await fixture.stop();
    });
  });

  describe('when it is stopped', () => {
    it('finishes the request under way, and takes no other', async () => {
      const fixture = await startFixture();
      const bucket = await fixture.bucket();
      const socket = await beginPut(fixture.server.endpoint, `/${bucket}/slow`);
      const answer = textUntilClosed(socket);
      // The request has reached the server once a later one was answered.
      await fixture.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'later', Body: 'x' }));
      const stopped = fixture.server.stop();
      await assert.rejects(fetch(fixture.server.endpoint));
      socket.write('56789');
      assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n/);
      await stopped;
      const again = await start(fixture.folder);
      const path = `/${bucket}/slow`;
      assert.equal(await (await sendByHand(again.endpoint, { path })).text(), '0123456789');
      await again.stop();
      await fixture.stop();
    });

    it('does not wait for clients that only keep their connection', async () => {
      const fixture = await startFixture();
      await fixture.bucket();
      const socket = connect(fixture.server.port, '127.0.0.1');
      await once(socket, 'connect');
      const closed = once(socket, 'close');
      await fixture.stop();
      await closed;
    });
  });

  it('logs what was done and never a key', async () => {
    const folder = newFolder();
    const lines = new PassThrough();
    const server = await startS3({ folder, port: 0, ...credentials, log: createLog('debug', lines) });
    for (const path of ['/some-bucket', '/some-bucket/secret-key', '/some-bucket/refused-key']) {
      const method = path.includes('refused') ? 'GET' : 'PUT';
      await (await sendByHand(server.endpoint, { method, path }, method === 'PUT' ? '' : undefined)).text();
    }
    await server.stop();
    const text = String(lines.read());
    const logged = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      logged.map(({ operation, code, status }) => [operation ?? code, status]),
      [
        ['CreateBucket', 200],
        ['PutObject', 200],
        ['NoSuchKey', 404],
      ],
    );
    assert.doesNotMatch(text, /-key|-bucket/);
    rmSync(folder, { recursive: true });
  });
});
