/** Connections: an upload or an answer may take as long as it needs while its bytes keep moving; else it is closed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { piecesOf } from '../../src/access/answer-pieces.ts';
import { closeListener, createListener } from '../../src/http/listener.ts';
import { until } from '../support/client.ts';

const IDLE_MS = 1500;
/** A steady sender brings eight times as many. */
const LEAST_BYTES = 2;
const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n';
let server: Server;
let port: number;
/** How the bodies of requests ended, in their order. */
const ends: string[] = [];

before(async () => {
  server = createListener({ idleMs: IDLE_MS, leastBytes: LEAST_BYTES, headersMs: IDLE_MS });
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

/** Other requests are answered until that connection is closed. */
async function expectServed(closed: Promise<unknown>): Promise<void> {
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  let served = 0;
  while (!isClosed) {
    const { socket, answer, closed: done } = open();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await done;
    assert.match(answer(), /^HTTP\/1.1 200 /);
    served += 1;
    await pause(20);
  }
  assert.ok(served > 0);
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

  it('keeps a connection longer than those who call keep theirs, and says so', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const [, seconds] = /^timeout=(\d+)$/.exec(response.headers.get('keep-alive') ?? '') ?? [];
    assert.ok(Number(seconds) > 60, `${seconds} s`);
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

  it(
    'closes a connection on which a body comes byte by byte, while others are served',
    { timeout: 60_000 },
    async () => {
      const slow = open();
      slow.socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`);
      const drip = setInterval(() => slow.socket.write('x'), IDLE_MS * 0.9);
      try {
        await expectServed(slow.closed);
      } finally {
        clearInterval(drip);
      }
    },
  );

  it(
    'answers 408 to a head that comes byte by byte, while others are served',
    { timeout: 60_000 },
    async () => {
      const slow = open();
      slow.socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      const drip = setInterval(() => slow.socket.write('x'), IDLE_MS / 8);
      try {
        await expectServed(slow.closed);
      } finally {
        clearInterval(drip);
      }
      assert.match(slow.answer(), /^HTTP\/1.1 408 /);
    },
  );

  it('lets an upload live that is slow and steady', { timeout: 60_000 }, async () => {
    const { socket, answer } = open();
    socket.write(`${HEAD}Content-Length: 64\r\nConnection: close\r\n\r\n`);
    for (let sent = 0; sent < 16; sent += 1) {
      await pause(IDLE_MS / 4);
      socket.write('xxxx');
    }
    await once(socket, 'close');
    assert.deepEqual(ends, ['64']);
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

describe('the reader of an answer', { timeout: 120_000 }, () => {
  const SIZE = 24 * 2 ** 20;
  const pace = { bytesPerSecond: 64 * 1024, windowMs: IDLE_MS };
  const files = createListener({ readers: pace });
  /** Whether each answer left whole. */
  const left: boolean[] = [];
  let filesPort: number;

  before(async () => {
    files.on('request', (_request: IncomingMessage, response: ServerResponse) => {
      response.setHeader('Content-Length', SIZE);
      pipeline(Readable.from(piecesOf(Buffer.alloc(SIZE))), response)
        .then(() => left.push(true))
        .catch(() => left.push(false));
    });
    files.listen(0, '127.0.0.1');
    await once(files, 'listening');
    filesPort = (files.address() as AddressInfo).port;
  });
  after(() => {
    files.closeAllConnections();
    files.close();
  });
  beforeEach(() => void left.splice(0));

  const ask = () => {
    const socket = connect({ port: filesPort, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    return socket;
  };
  const outcome = () =>
    until(
      async () => left,
      ({ length }) => length > 0,
      60_000,
    );

  it('is cut off when they take nothing', async () => {
    const socket = ask();
    assert.deepEqual(await outcome(), [false]);
    socket.destroy();
  });

  it('is cut off when they take a byte now and then', async () => {
    const socket = ask();
    const drip = setInterval(() => socket.read(1), IDLE_MS / 8);
    try {
      assert.deepEqual(await outcome(), [false]);
    } finally {
      clearInterval(drip);
      socket.destroy();
    }
  });

  it('has the whole answer when they are slow and steady, for many windows', async () => {
    const socket = ask();
    let taken = 0;
    socket.on('data', (bytes: Buffer) => {
      taken += bytes.length;
      // More than the least of a window, a few times in each.
      if (taken % (4 * 2 ** 20) < bytes.length) {
        socket.pause();
        setTimeout(() => socket.resume(), IDLE_MS * 0.7);
      }
    });
    await once(socket, 'close');
    assert.deepEqual(await outcome(), [true]);
    assert.ok(taken > SIZE);
  });
});

describe('closeListener', () => {
  it(
    'waits for the answer that is under way, and for no connection that is merely kept',
    { timeout: 40_000 },
    async () => {
      const closing = createListener();
      const asked = once(closing, 'request') as Promise<[IncomingMessage, ServerResponse]>;
      closing.listen(0, '127.0.0.1');
      await once(closing, 'listening');
      const agent = new Agent({ keepAlive: true });
      const call = request({ host: '127.0.0.1', port: (closing.address() as AddressInfo).port, agent }).end();
      const answered = once(call, 'response') as Promise<[IncomingMessage]>;
      const [, response] = await asked;
      const closed = closeListener(closing);
      response.end('done');
      const [answer] = await answered;
      assert.equal(await text(answer), 'done');
      await closed;
      agent.destroy();
    },
  );
});
