/** Connections: an upload may take as long as it needs while its bytes keep coming; one that falls silent is closed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createListener } from '../../src/http/listener.ts';
import { until } from '../support/client.ts';

const IDLE_MS = 1500;
const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n';
let server: Server;
let port: number;
/** How the bodies of requests ended, in their order. */
const ends: string[] = [];

before(async () => {
  server = createListener({ idleMs: IDLE_MS });
  server.on(
    'request',
    (request: IncomingMessage, response: ServerResponse) => void handle(request, response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => void ends.splice(0));

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A reader who is slower than the sender.
  if (request.url === '/late') await pause(IDLE_MS * 3);
  try {
    let size = 0;
    for await (const chunk of request) size += (chunk as Buffer).length;
    ends.push(String(size));
  } catch {
    ends.push('broken off');
    return;
  }
  if (request.url === '/slow') {
    for (let part = 0; part < 4; part += 1) {
      await pause(IDLE_MS);
      response.write('x');
    }
  }
  response.end('done');
}

interface Line {
  readonly socket: Socket;
  /** What was answered so far. */
  readonly answer: () => string;
  readonly closed: Promise<unknown>;
}

function open(): Line {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  return { socket, answer: () => answer, closed: once(socket, 'close') };
}

describe('createListener', () => {
  const unreadable = {
    'its address is too long': [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    'its headers are too long': [`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    'it is none': ['hello\r\n\r\n', 400],
    'a header has no value': ['GET / HTTP/1.1\r\nHost: x\r\nX A\r\n\r\n', 400],
  } as const;
  for (const [what, [sent, status]] of Object.entries(unreadable)) {
    it(`answers a request with a problem when ${what}`, async () => {
      const { socket, answer, closed } = open();
      socket.write(sent);
      await closed;
      const [head = '', body = ''] = answer().split('\r\n\r\n');
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(head, /\r\nContent-Type: application\/problem\+json\r\n/);
      const problem = JSON.parse(body);
      assert.equal(problem.status, status);
      assert.match(problem.type, /^urn:problem-type:/);
      assert.ok(head.includes(`BelGov-Trace-Id: ${problem.instance.slice('urn:uuid:'.length)}`));
    });
  }

  it('sets no bound on how long a request takes, and one on its head', () => {
    assert.equal(server.requestTimeout, 0);
    assert.ok(server.headersTimeout > 0 && server.headersTimeout <= 60_000);
  });

  for (const [what, start] of Object.entries({
    'none of its body came': 'Content-Length: 10\r\n\r\n',
    'some of its body came': 'Content-Length: 10\r\n\r\nabc',
    'some of its body came in chunks': 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  })) {
    it(`closes a connection that falls silent when ${what}`, { timeout: 60_000 }, async () => {
      const { socket, closed } = open();
      socket.write(HEAD + start);
      await closed;
      const seen = await until(
        () => Promise.resolve(ends),
        ({ length }) => length > 0,
      );
      assert.deepEqual(seen, ['broken off']);
    });
  }

  it('lets an upload live that is slow and steady', { timeout: 60_000 }, async () => {
    const { socket, answer } = open();
    socket.write(`${HEAD}Content-Length: 16\r\nConnection: close\r\n\r\n`);
    for (let sent = 0; sent < 16; sent += 1) {
      await pause(IDLE_MS / 4);
      socket.write('x');
    }
    await once(socket, 'close');
    assert.deepEqual(ends, ['16']);
    assert.match(answer(), /done/);
  });

  it('lets an upload live whose bytes wait to be read in here', { timeout: 60_000 }, async () => {
    const { socket, answer, closed } = open();
    const size = 8 * 2 ** 20;
    socket.write(`${HEAD.replace('/', '/late')}Content-Length: ${size}\r\nConnection: close\r\n\r\n`);
    socket.write(Buffer.alloc(size));
    await closed;
    assert.deepEqual(ends, [String(size)]);
    assert.match(answer(), /done/);
  });

  it('lets answers be slow, and a connection wait for its next request', { timeout: 60_000 }, async () => {
    const { socket, answer, closed } = open();
    socket.write(`${HEAD.replace('/', '/slow')}Content-Length: 3\r\n\r\nabc`);
    while (!answer().includes('done')) await pause(20);
    await pause(IDLE_MS * 3);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await closed;
    assert.deepEqual(ends, ['3', '0']);
    assert.equal(answer().split('HTTP/1.1 200').length, 3);
  });
});
