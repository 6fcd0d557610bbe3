/** The line with revocation lists: callers whose certificate was revoked, over the wire, while the lists change. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { composeLine, type Line } from '../src/compose-line.ts';
import { createLog } from '../src/log.ts';
import { until } from './support/client.ts';
import { createAuthority, createCrl, toPem } from './support/pki.ts';
import { callTls, createTlsEnd, type TlsEnd } from './support/tls.ts';

const root = createAuthority('Servers');
const callers = createAuthority('Callers');
const CA = toPem(root.certificate);
const folder = mkdtempSync(join(tmpdir(), 'line-'));
const log = createLog('silent');
const HOUR = 3_600_000;
const [good, bad] = [createTlsEnd(callers, 'good'), createTlsEnd(callers, 'bad')];

/** What the list says at present; nothing while it cannot be had. */
let list: Buffer | undefined;
/** A list that is due again at once, in force for so long. */
function say(revoked: readonly TlsEnd[], livesMs = HOUR, authority = callers): void {
  const now = Date.now();
  const dates = {
    since: new Date(now - HOUR),
    thisUpdate: new Date(now - HOUR),
    nextUpdate: new Date(now + livesMs),
  };
  list = createCrl(
    authority,
    revoked.map(({ der }) => der),
    dates,
  );
}

const lists = createServer((_request, response) => {
  if (list === undefined) response.writeHead(503).end();
  else response.end(list);
});
const opened: Line[] = [];

/** A line whose lists are looked at again and again, as by a day that passes in a moment. */
async function open(): Promise<{ readonly url: string; readonly port: number }> {
  const path = (name: string) => join(folder, name);
  const own = createTlsEnd(root, 'own');
  writeFileSync(path('tls.crt'), own.cert);
  writeFileSync(path('tls.key'), own.key);
  writeFileSync(path('ca.crt'), toPem(callers.certificate));
  const line = composeLine(
    {
      environment: 'test',
      readers: { bytesPerSecond: 0, windowMs: 1000 },
      tls: {
        certificateFile: path('tls.crt'),
        keyFile: path('tls.key'),
        clientCaFile: path('ca.crt'),
        isClientCertificateRequired: false,
        clientOcspUrls: undefined,
        clientOcspAbsent: 'refuse',
        clientCrlUrls: [`http://127.0.0.1:${(lists.address() as AddressInfo).port}/clients.crl`],
      },
    },
    log,
    { crlTickMs: 20, crlLongestAgeMs: 0 },
  );
  opened.push(line);
  const { server } = line;
  server.on('request', (_asked: IncomingMessage, answer: ServerResponse) => void answer.end('done'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/`, port };
}

const isLetIn = (url: string, end?: TlsEnd, agent?: Agent) =>
  callTls({ url, ca: CA, ...(end && { end }), ...(agent && { agent }) }).then(
    ({ status }) => status === 200,
    () => false,
  );
const comesTo = (wanted: boolean, url: string, end: TlsEnd) =>
  until(
    () => isLetIn(url, end),
    (isIn) => isIn === wanted,
  );

before(async () => {
  lists.listen(0, '127.0.0.1');
  await once(lists, 'listening');
});
after(() => {
  for (const { server } of opened) {
    server.closeAllConnections();
    server.close();
  }
  lists.closeAllConnections();
  lists.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a line with revocation lists', { timeout: 120_000 }, () => {
  it('takes no certificate before there is a list, and callers without one as ever', async () => {
    list = undefined;
    const { url } = await open();
    assert.equal(await isLetIn(url, good), false);
    assert.equal(await isLetIn(url), true);
    say([], HOUR, createAuthority('Callers'));
    assert.equal(await isLetIn(url, good), false, 'a list of an authority of the same name');
    say([bad]);
    await comesTo(true, url, good);
    assert.equal(await isLetIn(url, bad), false);
  });

  it('ends what stands when its certificate is revoked, and takes up no session of it', async () => {
    say([]);
    const { url, port } = await open();
    await comesTo(true, url, bad);
    const standing = new Agent({
      ca: CA,
      cert: bad.cert,
      key: bad.key,
      keepAlive: true,
      maxCachedSessions: 10,
    });
    assert.equal(await isLetIn(url, bad, standing), true);
    const ends = { port, host: '127.0.0.1', ca: CA };
    const idle = connect({ ...ends, cert: bad.cert, key: bad.key });
    idle.on('error', () => undefined);
    const other = connect({ ...ends, cert: good.cert, key: good.key });
    await Promise.all([once(idle, 'session'), once(other, 'session')]);
    say([bad]);
    await once(idle, 'close');
    assert.equal(await isLetIn(url, bad, standing), false);
    assert.equal(other.destroyed, false);
    other.destroy();
    standing.destroy();
  });

  it('goes on with the list it has while it cannot be had, and takes nobody once it has ended', async () => {
    say([bad], 4000);
    const { url } = await open();
    await comesTo(true, url, good);
    list = undefined;
    assert.equal(await isLetIn(url, bad), false);
    await comesTo(false, url, good);
    assert.equal(await isLetIn(url), true);
    say([]);
    await comesTo(true, url, good);
  });
});
