/** The service's own TLS: which lines are taken, whose certificates, and what becomes of them when its files change. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request, type Server } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { createThumbprintReader } from '../../src/http/client-certificate.ts';
import { createListener } from '../../src/http/listener.ts';
import { renewTls } from '../../src/http/tls.ts';
import { until } from '../support/client.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { callTls, createTlsEnd, type TlsEnd } from '../support/tls.ts';

const IDLE_MS = 1500;
const root = createAuthority('Root of servers');
const callers = createAuthority('Root of callers');
const stranger = createAuthority('Root of callers');
const CA = toPem(root.certificate);
const own = createTlsEnd(root, 'own');
const client = createTlsEnd(callers, 'client');

const material = (end: TlsEnd = own, ca: Buffer | undefined = callers.certificate) => ({
  cert: Buffer.from(end.cert),
  key: Buffer.from(end.key),
  ...(ca !== undefined && { ca: Buffer.from(toPem(ca)) }),
});

interface Opened {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Thumbprints of the requests that came through. */
  readonly seen: (string | undefined)[];
  readonly refused: string[];
}

const opened: Opened[] = [];

async function open(tls = material(), isClientCertificateRequired = false): Promise<Opened> {
  const [seen, refused]: [(string | undefined)[], string[]] = [[], []];
  const thumbprintOf = createThumbprintReader([]);
  const server = createListener({
    idleMs: IDLE_MS,
    tls: { material: tls, isClientCertificateRequired, onRefused: (reason) => refused.push(reason) },
  }) as Server;
  server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
    seen.push(thumbprintOf(asked));
    asked.resume();
    asked.on('end', () => answer.end('done'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const one = { server, port, url: `https://127.0.0.1:${port}/`, seen, refused };
  opened.push(one);
  return one;
}

after(() => {
  for (const { server } of opened) {
    server.closeAllConnections();
    server.close();
  }
});

let one: Opened;
before(async () => {
  one = await open();
});
beforeEach(() => {
  one.seen.splice(0);
  one.refused.splice(0);
});

describe('a line', () => {
  const handshake = async (version: SecureVersion, ciphers?: string): Promise<string> => {
    const socket = connect({
      port: one.port,
      ca: CA,
      host: '127.0.0.1',
      minVersion: version,
      maxVersion: version,
      // What OpenSSL of today would not even offer, so that it is the other end that refuses.
      ciphers: `${ciphers ?? 'DEFAULT'}:@SECLEVEL=0`,
    });
    try {
      await once(socket, 'secureConnect');
      return `${socket.getProtocol()} ${socket.getCipher().name}`;
    } finally {
      socket.destroy();
    }
  };

  it('is TLS 1.2 or 1.3', async () => {
    assert.match(await handshake('TLSv1.2'), /^TLSv1.2 ECDHE-/);
    assert.match(await handshake('TLSv1.3'), /^TLSv1.3 TLS_/);
    await assert.rejects(handshake('TLSv1.1'), /protocol version|alert/);
    await assert.rejects(handshake('TLSv1'), /protocol version|alert/);
  });

  it('keeps its secrets when the key is lost later, and notices changed bytes', async () => {
    for (const cipher of [
      'AES128-GCM-SHA256',
      'AES128-SHA',
      'ECDHE-ECDSA-AES128-SHA',
      'ECDHE-ECDSA-AES128-SHA256',
    ])
      await assert.rejects(handshake('TLSv1.2', cipher), /handshake failure|no cipher/, cipher);
  });

  it('is not plain HTTP: what is no handshake is closed without an answer', async () => {
    const socket = connectPlain(one.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'close');
    assert.doesNotMatch(answer, /HTTP/);
    assert.equal((await callTls({ url: one.url, ca: CA })).status, 200);
  });

  it('answers what cannot be read as it does without TLS', async () => {
    const socket = connect({ port: one.port, host: '127.0.0.1', ca: CA });
    await once(socket, 'secureConnect');
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
    socket.write('NONSENSE\r\n\r\n');
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 400 [^]*"urn:problem-type:belgif:badRequest"/);
  });

  it('is closed when an upload falls silent, and not when it is slow', { timeout: 30_000 }, async () => {
    const start = (name: string) => {
      const call = request(one.url, {
        agent: new Agent({ ca: CA }),
        method: 'POST',
        headers: { 'Content-Length': 8 },
      });
      call.write(name.slice(0, 1));
      return call;
    };
    const silent = start('silent');
    await assert.rejects(once(silent, 'response'));
    const slow = start('slow');
    for (let at = 0; at < 7; at += 1) {
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS / 5));
      slow.write('x');
    }
    slow.end();
    const [answer] = (await once(slow, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    answer.resume();
  });
});

describe('the certificate of a caller', () => {
  it('is told by its thumbprint, and need not be there', async () => {
    await callTls({ url: one.url, ca: CA, end: client });
    await callTls({ url: one.url, ca: CA });
    assert.deepEqual(one.seen, [client.thumbprint, undefined]);
  });

  it('is told of each request of a connection, and of one that is taken up again', async () => {
    const agent = new Agent({
      ca: CA,
      cert: client.cert,
      key: client.key,
      keepAlive: true,
      maxCachedSessions: 10,
    });
    const calls = async () => callTls({ url: one.url, ca: CA, agent });
    await calls();
    await calls();
    const resumed: boolean[] = [];
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      let session: Buffer | undefined;
      for (let at = 0; at < 2; at += 1) {
        const socket: TLSSocket = connect({
          port: one.port,
          host: '127.0.0.1',
          ca: CA,
          cert: client.cert,
          key: client.key,
          maxVersion: version,
          ...(session && { session }),
        });
        socket.on('session', (ticket: Buffer) => (session = ticket));
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        socket.resume();
        socket.once('secureConnect', () => resumed.push(socket.isSessionReused()));
        await once(socket, 'close');
      }
    }
    assert.deepEqual(resumed, [false, true, false, true]);
    assert.deepEqual(
      one.seen,
      Array.from({ length: 6 }, () => client.thumbprint),
    );
    agent.destroy();
  });

  const wrong: Readonly<Record<string, () => TlsEnd>> = {
    'of an authority of the same name': () => createTlsEnd(stranger, 'client'),
    'that has expired': () => createTlsEnd(callers, 'client', -1),
    'of the authority of servers': () => createTlsEnd(root, 'client'),
  };
  for (const [name, make] of Object.entries(wrong)) {
    it(`ends the connection when it is one ${name}, before any request is heard`, async () => {
      await assert.rejects(callTls({ url: one.url, ca: CA, end: make() }));
      await until(
        async () => one.refused.length,
        (count) => count === 1,
      );
      assert.match(one.refused[0] ?? '', /^[A-Z_]+$/);
      assert.deepEqual(one.seen, []);
    });
  }

  it('must be there where one is required', async () => {
    const strict = await open(material(), true);
    assert.equal((await callTls({ url: strict.url, ca: CA, end: client })).status, 200);
    await assert.rejects(callTls({ url: strict.url, ca: CA }));
    await assert.rejects(callTls({ url: strict.url, ca: CA, end: createTlsEnd(stranger) }));
    assert.deepEqual(strict.seen, [client.thumbprint]);
    assert.equal(strict.refused[0], 'no certificate');
  });

  it('is not asked for where no authority is named', async () => {
    const plain = await open({ cert: Buffer.from(own.cert), key: Buffer.from(own.key) });
    await callTls({ url: plain.url, ca: CA, end: client });
    assert.deepEqual(plain.seen, [undefined]);
  });
});

describe('renewTls', () => {
  it('gives new connections the new certificate and authorities, and leaves those that stand', async () => {
    const mine = await open();
    const agent = new Agent({ ca: CA, cert: client.cert, key: client.key, keepAlive: true, maxSockets: 1 });
    await callTls({ url: mine.url, ca: CA, agent });
    const slow = request(mine.url, {
      agent: new Agent({ ca: CA }),
      method: 'POST',
      headers: { 'Content-Length': 2 },
    });
    slow.write('a');
    await until(
      async () => mine.seen.length,
      (count) => count === 2,
    );

    const next = createTlsEnd(root, 'next');
    renewTls(mine.server, material(next, stranger.certificate));

    slow.end('b');
    const [answer] = (await once(slow, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    answer.resume();
    assert.equal(
      (await callTls({ url: mine.url, ca: CA, agent })).status,
      200,
      'a connection that stands stays',
    );
    agent.destroy();

    const socket = connect({ port: mine.port, host: '127.0.0.1', ca: CA });
    await once(socket, 'secureConnect');
    assert.equal(socket.getPeerX509Certificate()?.raw.equals(next.der), true);
    socket.destroy();
    await assert.rejects(callTls({ url: mine.url, ca: CA, end: client }), 'its authority counts no more');
    const other = createTlsEnd(stranger);
    await callTls({ url: mine.url, ca: CA, end: other });
    assert.equal(mine.seen.at(-1), other.thumbprint);
  });
});
