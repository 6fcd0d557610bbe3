/** Certificates that a proxy saw: believed of the proxies named, of nobody else. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createThumbprintReader } from '../../src/http/client-certificate.ts';
import { createAuthority } from '../support/pki.ts';
import { createTlsEnd } from '../support/tls.ts';

const end = createTlsEnd(createAuthority('Callers'));
const HEADER = `:${end.der.toString('base64')}:`;

/** What a service with these proxies makes of a header that comes from 127.0.0.1. */
async function read(proxies: readonly string[], header: string | string[] | undefined, host = '127.0.0.1') {
  const thumbprintOf = createThumbprintReader(proxies);
  const server = createServer((asked, answer) => answer.end(thumbprintOf(asked) ?? 'none'));
  // Of both families: IPv4 addresses are written as mapped ones there.
  server.listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const call = request({
    host,
    port,
    agent: false,
    headers: header === undefined ? {} : { 'client-cert': header },
  });
  call.end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  server.close();
  return text;
}

describe('createThumbprintReader', () => {
  for (const proxies of [['127.0.0.1'], ['10.0.0.1', '127.0.0.0/8'], ['2001:db8::/32', '::ffff:127.0.0.1']])
    it(`believes ${proxies.join()} when it is at 127.0.0.1`, async () =>
      assert.equal(await read(proxies, HEADER), end.thumbprint));

  for (const proxies of [[], ['127.0.0.2'], ['10.0.0.0/8'], ['::1'], ['126.0.0.0/8', '128.0.0.0/1']])
    it(`does not believe what comes from 127.0.0.1 when proxies are ${proxies.join() || 'none'}`, async () =>
      assert.equal(await read(proxies, HEADER), 'none'));

  it('knows IPv6', async () => {
    assert.equal(await read(['::1'], HEADER, '::1'), end.thumbprint);
    assert.equal(await read(['::/127'], HEADER, '::1'), end.thumbprint);
    assert.equal(await read(['2001:db8::/32'], HEADER, '::1'), 'none');
  });

  const headers: Readonly<Record<string, string | string[] | undefined>> = {
    'no header': undefined,
    'an empty one': '',
    'no byte sequence': end.der.toString('base64'),
    'two headers': [HEADER, HEADER],
    'two sequences': `${HEADER}, ${HEADER}`,
    'its thumbprint': `:${end.thumbprint}:`,
    base64url: `:${end.der.toString('base64url')}:`,
    PEM: end.cert.replaceAll('\n', ' '),
    'half a certificate': `:${end.der.subarray(0, 100).toString('base64')}:`,
    'something else': `:${Buffer.from('certificate').toString('base64')}:`,
  };
  for (const [name, header] of Object.entries(headers))
    it(`takes ${name} for no certificate`, async () =>
      assert.equal(await read(['127.0.0.1'], header), 'none'));
});
