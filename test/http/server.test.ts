/** Bodies in transit: limits while they arrive, callers that break off or never end, and requests hidden in requests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  Agent,
  createServer as createHttpServer,
  type IncomingMessage,
  request,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import type { Body, Route } from '../../src/http/route.ts';
import { createServer } from '../../src/http/server.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/client.ts';

const LIMIT = 1000;
const logLines: string[] = [];
/** What the routes of this server saw of their bodies. */
const seen: number[] = [];
let server: Server;
let port: number;

function route(path: string, body: Body, handle: Route['handle']): Route {
  return {
    method: 'post',
    path,
    operationId: path.slice(1),
    summary: '',
    tag: '',
    errors: 'belgif',
    access: { kind: 'public' },
    body,
    answers: { 200: { description: '' } },
    handle,
  };
}

async function countBytes(stream: AsyncIterable<Buffer>): Promise<void> {
  const at = seen.push(0) - 1;
  for await (const chunk of stream) seen[at] = (seen[at] ?? 0) + chunk.length;
}

const routes: readonly Route[] = [
  route('/stream', { kind: 'stream', mediaTypes: ['text/plain'], limit: LIMIT }, async ({ stream }) => {
    await countBytes(stream);
    return { status: 200, body: {} };
  }),
  route('/bytes', { kind: 'bytes', mediaTypes: ['text/plain'], limit: LIMIT }, async ({ bytes }) => {
    seen.push(bytes.length);
    return { status: 200, body: {} };
  }),
  route('/endless', { kind: 'none' }, () => Promise.resolve({ status: 200, stream: endless() })),
  route('/broken', { kind: 'none' }, () => Promise.resolve({ status: 200, stream: broken() })),
];

async function* endless(): AsyncGenerator<string> {
  for (;;) {
    yield 'x'.repeat(1000);
    await setImmediate();
  }
}

async function* broken(): AsyncGenerator<string> {
  yield 'x';
  await setImmediate();
  throw new Error('our own');
}

const OPTIONS = {
  publicUrl: 'http://localhost',
  routes,
  // No route here asks for a token.
  tokens: { verify: () => Promise.resolve({ kind: 'noAccessToken' } as const) },
  log: createLog('info', { write: (line: string) => logLines.push(line) }),
  environment: 'development',
} as const;

/** A server of its own, which cuts callers off soon. */
async function startImpatient(): Promise<Server> {
  const impatient = createHttpServer(createServer({ ...OPTIONS, lingerMs: 100 }));
  impatient.listen(0, '127.0.0.1');
  await once(impatient, 'listening');
  return impatient;
}

before(async () => {
  server = createHttpServer(createServer(OPTIONS));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  logLines.splice(0);
  seen.splice(0);
});

interface Sent {
  readonly path: string;
  readonly chunks: readonly string[];
  readonly isChunked: boolean;
  readonly agent?: Agent;
}

/** Sends a body to its end, however soon the answer comes, and gives the answer. */
async function send({ path, chunks, isChunked, agent }: Sent): Promise<{ status: number; body: string }> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const call = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent,
    headers: {
      'Content-Type': 'text/plain',
      ...(!isChunked && { 'Content-Length': length }),
    },
  });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  for (const chunk of chunks) call.write(chunk);
  call.end();
  const [response] = await answered;
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') };
}

const BODIES = [
  { path: '/stream', isChunked: true },
  { path: '/stream', isChunked: false },
  { path: '/bytes', isChunked: true },
  { path: '/bytes', isChunked: false },
] as const;

describe('a body', () => {
  it('may be as long as the limit', async () => {
    for (const kind of BODIES)
      assert.equal((await send({ ...kind, chunks: ['x'.repeat(600), 'x'.repeat(400)] })).status, 200);
    assert.deepEqual(seen, [1000, 1000, 1000, 1000]);
  });

  it('is refused one byte over the limit, with the limit', async () => {
    for (const kind of BODIES) {
      const { status, body } = await send({ ...kind, chunks: ['x'.repeat(600), 'x'.repeat(401)] });
      assert.equal(status, 413);
      const { type, limit } = JSON.parse(body);
      assert.deepEqual([type, limit], ['urn:problem-type:belgif:payloadTooLarge', LIMIT]);
    }
    assert.ok(
      seen.every((bytes) => bytes <= LIMIT),
      seen.join(),
    );
  });

  it('that is refused does not take the answer with it: the connection goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const chunks = Array.from({ length: 200 }, () => 'x'.repeat(20_000));
    for (const kind of BODIES) assert.equal((await send({ ...kind, chunks, agent })).status, 413);
    const call = { path: '/bytes', chunks: ['x'], isChunked: false, agent };
    assert.equal((await send(call)).status, 200);
    agent.destroy();
  });
});

describe('a body that announces too many bytes', () => {
  it('is refused before any of them came', async () => {
    for (const path of ['/stream', '/bytes']) {
      const call = request({
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: {
          'Content-Type': 'text/plain',
          'Content-Length': LIMIT + 1,
        },
      });
      call.flushHeaders();
      const [response] = (await once(call, 'response')) as [IncomingMessage];
      assert.equal(response.statusCode, 413);
      call.on('error', () => undefined).destroy();
    }
  });
});

describe('a caller that reads the answer only once everything is sent', () => {
  it('finds it, however long that took', async () => {
    const socket = connect(port, '127.0.0.1');
    const piece = 'x'.repeat(20_000);
    const pieces = 60;
    socket.pause();
    socket.write(
      `POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`,
    );
    for (let sent = 0; sent < pieces; sent += 1) {
      await pause(50);
      socket.write(piece);
    }
    const answered = once(socket, 'data') as Promise<[Buffer]>;
    socket.resume();
    const [answer] = await answered;
    assert.match(answer.toString('latin1'), /^HTTP\/1\.1 413 /);
    socket.destroy();
  });
});

describe('a caller that never ends', () => {
  it('is answered and then cut off', async () => {
    const impatient = await startImpatient();
    const call = request({
      host: '127.0.0.1',
      port: (impatient.address() as AddressInfo).port,
      path: '/bytes',
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
    });
    const closed = new Promise((resolve) => call.on('error', resolve).on('close', resolve));
    const timer = setInterval(() => call.write('x'.repeat(500)), 5);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 413);
    response.resume();
    await closed;
    clearInterval(timer);
    impatient.close();
  });
});

describe('a caller that breaks off', () => {
  it('is no fault of the service', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /stream HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\nxxx',
    );
    await until(
      () => Promise.resolve(seen[0]),
      (bytes) => bytes === 3,
    );
    socket.destroy();
    await until(
      () => Promise.resolve(logLines.join('')),
      (lines) => lines.includes('broke off') && lines.includes('answered'),
    );
    assert.ok(!logLines.some((line) => line.includes('"level":"error"')));
  });
});

describe('an answer that is streamed', () => {
  const read = async (path: string, isLeft: boolean) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    await once(socket, 'data');
    if (isLeft) socket.destroy();
    return until(
      () => Promise.resolve(logLines.join('')),
      (lines) => lines.includes('answered'),
    );
  };

  it('is no fault of the service when the caller breaks off', async () => {
    const lines = await read('/endless', true);
    assert.match(lines, /broke off/);
    assert.doesNotMatch(lines, /"level":"error"/);
  });

  it('is one when it fails in here', async () => {
    const lines = await read('/broken', false);
    assert.match(lines, /"level":"error".*our own/);
    assert.doesNotMatch(lines, /broke off/);
  });
});

describe('a request hidden in another', () => {
  const inner = 'POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n';
  const chunked = `0\r\n\r\n${inner}`;
  const head = 'POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n';
  const hidden: Readonly<Record<string, string>> = {
    'length, then chunked': `${head}Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
    'chunked, then length': `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunked}`,
    'two lengths': `${head}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    'two codings': `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${chunked}`,
    'a coding nobody knows': `${head}Transfer-Encoding: xchunked\r\n\r\n${chunked}`,
    'a space before the colon': `${head}Transfer-Encoding : chunked\r\n\r\n${chunked}`,
    'a length that is no number': `${head}Content-Length: +0\r\n\r\n${inner}`,
  };

  for (const [name, text] of Object.entries(hidden)) {
    it(`by ${name} is refused, and the connection closed`, async () => {
      const answers = await exchange(text);
      assert.deepEqual(answers, ['400']);
      assert.deepEqual(seen, []);
    });
  }

  it('behind another is answered when both are in order', async () => {
    const first = `${head}Content-Length: 1\r\n\r\nx`;
    assert.deepEqual(await exchange(`${first}${inner.replace('Host: x', 'Host: x\r\nConnection: close')}`), [
      '200',
      '200',
    ]);
  });
});

/** Sends bytes as they are and gives the status of each answer, once the server has closed the connection. */
async function exchange(text: string): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status ?? '');
}
