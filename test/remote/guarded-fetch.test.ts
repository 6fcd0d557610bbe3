/** Tests of the one way out, against servers on loopback. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ServiceError } from '../../src/errors.ts';
import { createGuardedFetch, type GuardedFetch } from '../../src/remote/guarded-fetch.ts';

const servers: Server[] = [];

/** Starts a server on loopback and counts its requests. */
async function serve(listener: RequestListener): Promise<{ origin: string; hits: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits: () => count };
}

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

function guard(
  origins: readonly string[],
  limits: { timeoutMs?: number; maxBytes?: number } = {},
): GuardedFetch {
  return createGuardedFetch({
    allowedOrigins: origins,
    allowLoopback: true,
    timeoutMs: 10_000,
    maxBytes: 1000,
    ...limits,
  });
}

function withCode(code: string, ...absent: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.code, code);
    for (const text of absent) assert.ok(!error.message.includes(text), error.message);
    return true;
  };
}

describe('createGuardedFetch', () => {
  describe('when an origin is not one to call', () => {
    const cases: readonly (readonly [string, boolean])[] = [
      ['http://example.be', false],
      ['http://example.be', true],
      ['ftp://example.be', true],
      ['https://example.be/path', true],
      ['https://example.be?query', true],
      ['https://user:secret@example.be', true],
      ['file:///etc/passwd', true],
      ['example.be', true],
      ['*', true],
      ['', true],
      ['https://127.0.0.1', false],
      ['https://localhost', false],
      ['http://2130706433', false],
      ['https://0x7f.1', false],
      ['https://0177.0.0.1', false],
      ['https://127.1', false],
      ['https://[::1]', false],
      ['https://[::ffff:127.0.0.1]', false],
      ['https://[::]', false],
      ['https://0.0.0.0', false],
      ['https://LOCALHOST.', false],
      ['https://a.localhost', false],
      ['https://127。0。0。1', false],
      ['https://①②⑦.0.0.1', false],
    ];
    for (const [origin, allowLoopback] of cases) {
      it(`refuses ${JSON.stringify(origin)} with${allowLoopback ? '' : 'out'} loopback`, () => {
        assert.throws(
          () =>
            createGuardedFetch({ allowedOrigins: [origin], allowLoopback, timeoutMs: 1000, maxBytes: 1000 }),
          withCode('configurationInvalid', 'secret'),
        );
      });
    }
  });

  it('takes http origins anywhere where answers are signed themselves, but loopback only when allowed', () => {
    const plain = (origin: string) => () =>
      createGuardedFetch({
        allowedOrigins: [origin],
        allowLoopback: false,
        allowPlain: true,
        timeoutMs: 1000,
        maxBytes: 1000,
      });
    assert.doesNotThrow(plain('http://ocsp.example.be'));
    assert.throws(plain('http://127.0.0.1'), withCode('configurationInvalid', 'secret'));
    assert.throws(plain('ftp://ocsp.example.be'), withCode('configurationInvalid', 'secret'));
  });

  it('takes https origins anywhere, and http on loopback when that is allowed', () => {
    assert.doesNotThrow(() => guard(['https://example.be', 'https://example.be:8443/', 'http://[::1]:8080']));
  });
});

describe('GuardedFetch', () => {
  let target: { origin: string; hits: () => number };
  let canary: { origin: string; hits: () => number };

  before(async () => {
    canary = await serve((_, response) => response.end('reached'));
    target = await serve((request, response) => answer(request.url ?? '', response, canary.origin));
  });

  describe('when the origin is configured', () => {
    it('gives status, headers and body, with what was sent', async () => {
      const answer = await guard([target.origin])(`${target.origin}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'x-one': '1' },
        body: 'a question',
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('x-method'), 'POST');
      assert.equal(answer.headers.get('x-one'), '1');
      assert.equal(await answer.text(), 'a question');
    });

    it('gives 4xx as an answer', async () => {
      const answer = await guard([target.origin])(new URL('/status/404', target.origin));
      assert.equal(answer.status, 404);
    });

    it('gives an empty answer without body', async () => {
      const answer = await guard([target.origin])(`${target.origin}/status/204`);
      assert.equal(answer.status, 204);
      assert.equal(await answer.text(), '');
    });

    it('decompresses, and says no longer that the body is compressed', async () => {
      const answer = await guard([target.origin])(`${target.origin}/gzip/900`);
      assert.equal((await answer.arrayBuffer()).byteLength, 900);
      assert.equal(answer.headers.get('content-encoding'), null);
    });
  });

  describe('when the answer is not acceptable', () => {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`refuses a redirect with status ${status}, also to a configured origin, and does not follow it`, async () => {
        const before = canary.hits();
        await assert.rejects(
          guard([target.origin, canary.origin])(`${target.origin}/redirect/${status}?token=hidden`),
          withCode('remoteRefused', 'hidden', '/redirect'),
        );
        assert.equal(canary.hits(), before);
      });
    }

    for (const path of ['/declared/1001', '/chunked/1001', '/gzip/100000', '/endless']) {
      it(`refuses more bytes than allowed at ${path}`, async () => {
        await assert.rejects(guard([target.origin])(`${target.origin}${path}`), withCode('remoteRefused'));
      });
    }

    it('takes exactly as many bytes as allowed', async () => {
      const answer = await guard([target.origin])(`${target.origin}/chunked/1000`);
      assert.equal((await answer.arrayBuffer()).byteLength, 1000);
    });
  });

  describe('when the other side fails', () => {
    for (const path of ['/status/500', '/status/503?token=hidden', '/broken']) {
      it(`throws remoteUnavailable for ${path}`, async () => {
        await assert.rejects(
          guard([target.origin])(`${target.origin}${path}`),
          withCode('remoteUnavailable', 'hidden', '/status'),
        );
      });
    }

    it('throws remoteUnavailable, naming the origin, when nobody listens', async () => {
      await assert.rejects(guard(['http://127.0.0.1:9'])('http://127.0.0.1:9/a?token=hidden'), (error) => {
        withCode('remoteUnavailable', 'hidden', '/a')(error);
        return error instanceof Error && error.message.includes('http://127.0.0.1:9');
      });
    });

    it('throws remoteUnavailable when the headers do not come in time', async () => {
      await assert.rejects(
        guard([target.origin], { timeoutMs: 50 })(`${target.origin}/silent`),
        withCode('remoteUnavailable'),
      );
    });

    it('throws remoteUnavailable when the body does not come in time', async () => {
      await assert.rejects(
        guard([target.origin], { timeoutMs: 50 })(`${target.origin}/stalled`),
        withCode('remoteUnavailable'),
      );
    });
  });

  describe('when the address is not a configured one', () => {
    const port = () => new URL(canary.origin).port;
    const spellings: readonly (() => string)[] = [
      () => canary.origin,
      () => `http://localhost:${port()}/`,
      () => `http://LOCALHOST:${port()}/`,
      () => `http://2130706433:${port()}/`,
      () => `http://0x7f000001:${port()}/`,
      () => `http://0177.0.0.1:${port()}/`,
      () => `http://127.1:${port()}/`,
      () => `http://127.0.0.1.:${port()}/`,
      () => `http://0.0.0.0:${port()}/`,
      () => `http://[::1]:${port()}/`,
      () => `http://[::ffff:127.0.0.1]:${port()}/`,
      () => `http://[::ffff:7f00:1]:${port()}/`,
      () => `http://①②⑦.⓪.⓪.①:${port()}/`,
      () => `http://127。0。0。1:${port()}/`,
      () => `http://%31%32%37.0.0.1:${port()}/`,
      () => `${target.origin}@127.0.0.1:${port()}/`,
      () => `http://user:pass@127.0.0.1:${port()}/`,
      () => `http://127.0.0.1:${port()}#@${new URL(target.origin).host}/`,
      () => `http://127.0.0.1:${port()}\\@${new URL(target.origin).host}/`,
      () => `http:\\\\127.0.0.1:${port()}/`,
      () => `//127.0.0.1:${port()}/`,
      () => ` \t\nhttp://127.0.0.1:${port()}/`,
      () => `ht\ntp://127.0.0.1:${port()}/`,
      () => 'http://169.254.169.254/latest/meta-data/',
      () => 'https://127.0.0.1/',
      () => 'file:///etc/passwd',
      () => 'data:text/plain,hello',
      () => 'ftp://127.0.0.1/',
      () => 'blob:http://127.0.0.1/1',
      () => 'javascript:0',
      () => '',
      () => 'not a url',
    ];

    it('refuses every spelling of it and reaches nobody', async () => {
      const before = canary.hits();
      for (const spelling of spellings) {
        await assert.rejects(guard([target.origin])(spelling()), withCode('remoteRefused'), spelling());
      }
      assert.equal(canary.hits(), before);
    });

    it('refuses the configured origin with a user name in front', async () => {
      const before = target.hits();
      const address = target.origin.replace('//', '//user:secret@');
      await assert.rejects(guard([target.origin])(address), withCode('remoteRefused', 'secret'));
      assert.equal(target.hits(), before);
    });

    it('refuses the same host on another port', async () => {
      await assert.rejects(guard([target.origin])(canary.origin), withCode('remoteRefused'));
    });
  });
});

function answer(url: string, response: Parameters<RequestListener>[1], elsewhere: string): void {
  const [, kind = '', argument] = url.split('?')[0]!.split('/');
  switch (kind) {
    case 'echo':
      response.writeHead(201, {
        'x-method': response.req.method,
        'x-one': response.req.headers['x-one'],
      });
      response.req.pipe(response);
      break;
    case 'status':
      response.writeHead(Number(argument)).end();
      break;
    case 'redirect':
      response.writeHead(Number(argument), { location: elsewhere }).end();
      break;
    case 'declared':
      response.end(Buffer.alloc(Number(argument)));
      break;
    case 'chunked':
      response.write(Buffer.alloc(Number(argument) - 1));
      response.end('x');
      break;
    case 'gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(Number(argument))));
      break;
    case 'endless': {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(4096)));
      };
      response.on('drain', pour);
      pour();
      break;
    }
    case 'broken':
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      response.socket?.destroy();
      break;
    case 'stalled':
      response.write('half');
      break;
    default: // 'silent': says nothing at all
  }
}
