/** The headers that keep browsers safe, on what is no cell of the matrix: nowhere, the wrong method, assets, what is no request. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { allRoutes } from '../../src/http/routes.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Answered, openWire, type Wire } from './matrix/wire.ts';
import { headerFaults } from './security-headers.ts';

let service: TestService;
let wire: Wire;

before(async () => {
  service = await startTestService();
  wire = openWire(service.url, 2);
});
after(async () => {
  wire.close();
  await service.stop();
});

/** Asks, and wants the status and nothing missing from the headers. */
async function expectSafe(method: string, path: string, status: number, accept = '*/*'): Promise<Answered> {
  const answer = await wire.ask({ method, path, headers: { Accept: accept } });
  assert.equal(answer.status, status, `${method} ${path}`);
  assert.deepEqual(headerFaults(path, answer.status, answer.headers), [], `${method} ${path}`);
  return answer;
}

describe('headerFaults', () => {
  it('finds everything missing where there is nothing', () => {
    const faults = headerFaults('/', 200, {
      'x-powered-by': 'Express',
      server: 'x',
      'content-type': 'text/html',
    });
    assert.deepEqual(faults, [
      'default-src',
      'frame-ancestors',
      'x-frame-options',
      'base-uri',
      'form-action',
      'x-content-type-options',
      'referrer-policy',
      'strict-transport-security',
      'cache-control',
      'x-powered-by',
      'server',
      'content-type',
    ]);
  });

  it('finds a policy that lets scripts in', () => {
    const policy = "default-src 'none'; script-src 'unsafe-inline'";
    assert.ok(
      headerFaults('/', 200, { 'content-security-policy': policy }).includes('content-security-policy'),
    );
  });
});

describe('answers', () => {
  it('are safe where there is nothing, for programs and for browsers', async () => {
    for (const accept of ['application/json', 'text/html'])
      for (const path of [
        '/nowhere',
        '/assets/0123456789abcdef/style.css',
        '/dimona/v2/nothing',
        '/ebox/nothing',
        '/%E0%A4%A',
      ])
        await expectSafe('GET', path, 404, accept);
  });

  it('are safe where the method is not one of the path’s', async () => {
    const { services } = service.service.composition;
    const routes = allRoutes(services, 'http://localhost/token');
    const taken = new Set(routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`));
    for (const path of new Set(routes.map((route) => route.path))) {
      const filled = path.replace(/\{\w+\}/g, 'x');
      const other = ['DELETE', 'PUT', 'PATCH'].find((method) => !taken.has(`${method} ${path}`));
      assert.ok(other, path);
      await expectSafe(other, filled, 405);
      await expectSafe('OPTIONS', filled, 405);
    }
  });

  it('are safe for the files of the pages, which may be kept', async () => {
    const { text } = await expectSafe('GET', '/', 200, 'text/html');
    const files = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    assert.ok(files.length >= 3);
    for (const path of files) await expectSafe('GET', path, 200);
  });

  it('are safe for what is no request at all', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), 'localhost');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.write('hello\r\n\r\n');
    await once(socket, 'close');
    const [, ...lines] = text.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(': ')[0]?.toLowerCase() ?? '', line.slice(line.indexOf(': ') + 2)]),
    );
    assert.deepEqual(headerFaults('/', 400, headers), []);
  });
});

describe('the embedded login', () => {
  /** It is on loopback only, without TLS; what it says of itself and its public keys may be read by whoever wants. */
  const NOT_THERE = ['strict-transport-security', 'access-control-allow-origin'];

  it('is as safe on every answer: pages, errors, endpoints for programs', async () => {
    const { issuer } = service.service.composition.parts;
    const login = openWire(issuer, 1);
    try {
      for (const [method, path] of [
        ['GET', '/nowhere'],
        ['GET', '/interaction/none'],
        ['GET', '/auth?client_id=none'],
        ['GET', '/session/end'],
        ['POST', '/token'],
        ['GET', '/jwks'],
        ['GET', '/.well-known/openid-configuration'],
      ] as const) {
        const { status, headers } = await login.ask({ method, path });
        const faults = headerFaults(path, status, headers).filter((name) => !NOT_THERE.includes(name));
        assert.deepEqual(faults, [], `${method} ${path} ${status}`);
      }
    } finally {
      login.close();
    }
  });
});
