/** The line with OCSP: callers whose certificate was revoked, over the wire, and responders that stay away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { composeLine, type Line, type LinePace } from '../src/compose-line.ts';
import { composeOcsp } from '../src/compose-ocsp.ts';
import type { TlsConfig } from '../src/config-identity.ts';
import { answerOcsp } from '../src/embedded/pki/ocsp.ts';
import { createLog } from '../src/log.ts';
import { parseCertificate } from '../src/pades/certificate.ts';
import { sequence } from '../src/pades/der.ts';
import { readOnly, readSequence } from '../src/pades/der-reader.ts';
import { until } from './support/client.ts';
import { type Authority, createAuthority, toPem } from './support/pki.ts';
import { answerRevoked } from './support/responder.ts';
import { callTls, createTlsEnd, type TlsEnd } from './support/tls.ts';

const root = createAuthority('Servers');
const above = createAuthority('Callers above');
const callers = createAuthority('Callers', above);
const foreign = createAuthority('Callers');
const CA = toPem(root.certificate);
const folder = mkdtempSync(join(tmpdir(), 'ocsp-'));

/** What the responder does at present. */
const responder = { revoked: [] as Buffer[], isUp: true, signer: above, asked: 0 };

const server = createServer((request, response) => {
  void buffer(request).then((body) => {
    responder.asked += 1;
    if (!responder.isUp) return response.writeHead(503).end();
    const { signer, revoked } = responder;
    return response.end(
      signer === foreign ? answerAs(signer, body) : answerRevoked(body, [above, callers], revoked),
    );
  });
});

/** As the authority above would, signed by another one. */
function answerAs({ key, publicKey, certificate }: Authority, body: Buffer): Buffer {
  const statusOf = () => ({ status: 'good' }) as const;
  return answerOcsp(
    body,
    { authority: above, signer: { key, publicKey }, certificate, statusOf },
    new Date(),
  );
}

const opened: Line[] = [];

const path = (name: string) => join(folder, name);

const tlsOf = (clientOcspAbsent: TlsConfig['clientOcspAbsent']): TlsConfig => ({
  certificateFile: path('tls.crt'),
  keyFile: path('tls.key'),
  clientCaFile: path('ca.crt'),
  isClientCertificateRequired: false,
  clientCrlUrls: undefined,
  clientOcspUrls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`],
  clientOcspAbsent,
});

async function open(
  pace: LinePace,
  clientOcspAbsent: 'refuse' | 'admit' = 'refuse',
  authorities: readonly Buffer[] = [above.certificate],
) {
  const own = createTlsEnd(root, 'own');
  writeFileSync(path('tls.crt'), own.cert);
  writeFileSync(path('tls.key'), own.key);
  writeFileSync(path('ca.crt'), authorities.map((one) => toPem(one)).join(''));
  const line = composeLine(
    {
      environment: 'test',
      readers: { bytesPerSecond: 0, windowMs: 1000 },
      tls: tlsOf(clientOcspAbsent),
    },
    createLog('silent'),
    pace,
  );
  opened.push(line);
  line.server.on('request', (_asked: IncomingMessage, answer: ServerResponse) => void answer.end('done'));
  line.server.listen(0, '127.0.0.1');
  await once(line.server, 'listening');
  const { port } = line.server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/`, port };
}

const isLetIn = (url: string, end?: TlsEnd) =>
  callTls({ url, ca: CA, ...(end && { end }) }).then(
    ({ status }) => status === 200,
    () => false,
  );

const end = createTlsEnd(callers, 'below');
/** A caller who brings the authority above it. */
const below: TlsEnd = { ...end, cert: `${end.cert}${toPem(callers.certificate)}` };

/** Some versions of Node.js lose what stands above a caller's certificate (nodejs/node#65579). */
const UNTOLD = 'this Node.js does not tell a server the path of a caller (nodejs/node#65579)';

/** Whether a plain server of this Node.js is told the authority that a caller brings. */
async function tellsPath(): Promise<boolean> {
  const { cert, key } = createTlsEnd(root, 'own');
  const plain = createTlsServer({ cert, key, ca: toPem(above.certificate), requestCert: true });
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const joined = once(plain, 'secureConnection') as Promise<[TLSSocket]>;
  const caller = connect({ port: (plain.address() as AddressInfo).port, ca: CA, ...below });
  caller.on('error', () => undefined);
  const [socket] = await joined;
  const { issuerCertificate } = socket.getPeerCertificate(true);
  const isTold = issuerCertificate !== undefined && issuerCertificate.raw.equals(callers.certificate);
  for (const one of [socket, caller]) one.destroy();
  plain.close();
  return isTold;
}

/** Calls with a TLS session, or without; tells whether an answer came, and the session to call with again. */
async function callWith(port: number, session?: Buffer) {
  const { cert, key } = below;
  const socket = connect({ port, host: '127.0.0.1', ca: CA, cert, key, ...(session && { session }) });
  socket.on('error', () => undefined);
  let next: Buffer | undefined;
  socket.on('session', (one: Buffer) => {
    next = one;
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const isAnswered = await Promise.race([
    once(socket, 'data').then(() => true),
    once(socket, 'close').then(() => false),
  ]).catch(() => false);
  if (isAnswered) assert.equal(socket.isSessionReused(), session !== undefined);
  socket.destroy();
  return { isAnswered, session: next };
}

/** As if no answer could be kept, and nobody had just stayed away. */
const ALWAYS: LinePace = { ocspLongestAgeMs: 0, ocspPauseMs: 0 };

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  for (const line of opened) {
    line.server.closeAllConnections();
    line.server.close();
  }
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a line with OCSP', { timeout: 120_000 }, () => {
  it('lets in whose certificate is good, and not whose was revoked', async () => {
    const [good, bad] = [createTlsEnd(above, 'good'), createTlsEnd(above, 'bad')];
    Object.assign(responder, { revoked: [bad.der], isUp: true, signer: above });
    const { url } = await open(ALWAYS);
    assert.deepEqual(
      [await isLetIn(url, good), await isLetIn(url, bad), await isLetIn(url)],
      [true, false, true],
    );
  });

  it('asks once for many calls, and tells a revocation when the answer is old', async () => {
    const end = createTlsEnd(above, 'often');
    Object.assign(responder, { revoked: [], isUp: true, signer: above, asked: 0 });
    const { url } = await open({});
    for (let call = 0; call < 5; call += 1) assert.equal(await isLetIn(url, end), true);
    assert.equal(responder.asked, 1);
    Object.assign(responder, { revoked: [end.der] });
    assert.equal(await isLetIn(url, end), true, 'within the time of the answer');
    const { url: later } = await open(ALWAYS);
    assert.equal(await isLetIn(later, end), false);
  });

  it('refuses or admits by the settings whoever nothing is said of', async () => {
    const end = createTlsEnd(above, 'nobody knows');
    Object.assign(responder, { revoked: [], isUp: false, signer: above });
    const [strict, lenient] = [await open(ALWAYS), await open(ALWAYS, 'admit')];
    assert.deepEqual([await isLetIn(strict.url, end), await isLetIn(lenient.url, end)], [false, true]);
    Object.assign(responder, { isUp: true, signer: foreign });
    assert.equal(await isLetIn(strict.url, end), false, 'signed by another authority of the same name');
    Object.assign(responder, { signer: above });
    assert.equal(await isLetIn(strict.url, end), true);
  });

  it('does not ask again for a while about whom nothing was said', async () => {
    const end = createTlsEnd(above, 'again');
    Object.assign(responder, { revoked: [], isUp: false, signer: above, asked: 0 });
    const { url } = await open({});
    assert.deepEqual([await isLetIn(url, end), await isLetIn(url, end)], [false, false]);
    assert.equal(responder.asked, 1);
  });

  it('ends what stands once its certificate is revoked, and leaves the others', async () => {
    const [good, bad] = [createTlsEnd(above, 'stays'), createTlsEnd(above, 'goes')];
    Object.assign(responder, { revoked: [], isUp: true, signer: above });
    const { port } = await open({ ...ALWAYS, ocspTickMs: 20 });
    const join = async ({ cert, key }: TlsEnd) => {
      const socket = connect({ port, host: '127.0.0.1', ca: CA, cert, key });
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
      return socket;
    };
    const [stays, goes] = [await join(good), await join(bad)];
    Object.assign(responder, { revoked: [bad.der] });
    await once(goes, 'close');
    assert.equal(stays.destroyed, false);
    Object.assign(responder, { isUp: false, asked: 0 });
    await until(
      async () => responder.asked,
      (asked) => asked > 2,
    );
    assert.equal(stays.destroyed, false, 'a responder that stays away ends nothing that stands');
    stays.destroy();
  });

  it('takes a path for revoked whose authority is', async (t) => {
    if (!(await tellsPath())) return t.skip(UNTOLD);
    Object.assign(responder, { revoked: [callers.certificate], isUp: true, signer: above });
    const { url } = await open(ALWAYS);
    assert.equal(await isLetIn(url, below), false);
    Object.assign(responder, { revoked: [] });
    assert.equal(await isLetIn(url, below), true);
  });

  it('knows the path of a session that is taken up again', async (t) => {
    if (!(await tellsPath())) return t.skip(UNTOLD);
    Object.assign(responder, { revoked: [], isUp: true, signer: above });
    const { port } = await open(ALWAYS);
    const { session } = await callWith(port);
    assert.ok(session);
    assert.equal((await callWith(port, session)).isAnswered, true);
    Object.assign(responder, { revoked: [callers.certificate] });
    assert.equal((await callWith(port, session)).isAnswered, false);
  });

  it('lets in below an authority that the settings name, where the caller’s path is not told', async () => {
    Object.assign(responder, { revoked: [], isUp: true, signer: above });
    const { url } = await open(ALWAYS, 'refuse', [above.certificate, callers.certificate]);
    assert.equal(await isLetIn(url, below), true);
    Object.assign(responder, { revoked: [below.der] });
    assert.equal(await isLetIn(url, below), false);
  });

  it('never lets in whose path to an authority is not known', async () => {
    Object.assign(responder, { revoked: [], isUp: true, signer: above });
    const ocsp = composeOcsp({
      tls: tlsOf('admit'),
      environment: 'test',
      log: createLog('silent'),
      issuers: () => [parseCertificate(above.certificate)],
      pace: ALWAYS,
    });
    assert.equal(await ocsp?.judge([below.der, callers.certificate]), undefined);
    assert.match((await ocsp?.judge([createTlsEnd(callers).der])) ?? '', /no path/);
  });

  it('does not start with an authority by which nothing can be asked for', async () => {
    const [content, ...rest] = readSequence(readOnly(above.certificate));
    const fields = readSequence(content).filter(({ tag }) => tag !== 0xa0 && tag !== 0xa3);
    // Version 1: without extensions.
    const old = sequence(sequence(...fields.map(({ raw }) => raw)), ...rest.map(({ raw }) => raw));
    await assert.rejects(open({}, 'refuse', [above.certificate, old]), { code: 'keyUnfit' });
  });
});
