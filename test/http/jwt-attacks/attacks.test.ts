/**
 * Every forged, stolen or bent access token we could think of, over HTTP against the running service: each is refused for its own
 * reason, noted in the security log, and repeated nowhere; its twin, without the one thing that is wrong, is let in.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { startIssuer } from '../../access/issuer.ts';
import { createAuthority } from '../../support/pki.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { createTlsEnd } from '../../support/tls.ts';
import { attacksOn } from './attacks.ts';
import type { Sent } from './maker.ts';

const PATH = '/batches/v1/batches';
const folder = mkdtempSync(join(tmpdir(), 'jwt-attacks-'));
const [issuer, partner, trap] = await Promise.all([startIssuer(), startIssuer(), startTrap()]);
const authority = createAuthority('Callers');
const attacks = attacksOn({
  issuer,
  partner,
  trap: trap.url,
  certificate: createTlsEnd(authority),
  otherCertificate: createTlsEnd(authority),
});
let service: TestService;
let begun: number;

before(async () => {
  begun = performance.now();
  const file = join(folder, 'issuers.json');
  const rules = { vouchesFor: ['organizations'], algorithms: ['RS256'], audience: 'urn:ebox-at-partner' };
  writeFileSync(file, JSON.stringify([{ name: 'partner', issuer: partner.url, ...rules }]));
  service = await startTestService({
    OIDC_ISSUER: issuer.url,
    TOKEN_ISSUERS_FILE: file,
    CLIENT_CERTIFICATE_PROXIES: '127.0.0.0/8,::1',
    BOUND_SCOPES: 'register:report',
  });
});
after(async () => {
  await service.stop();
  await issuer.stop();
  await partner.stop();
  trap.close();
  rmSync(folder, { recursive: true });
});

/** Listens where the tokens say that keys are; nobody may ever call. */
async function startTrap() {
  let calls = 0;
  const server = createServer().on('connection', (socket) => {
    calls += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, calls: () => calls, close: () => void server.close() };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What the service logged meanwhile. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

/** A request as the wire has it: no client library mends what is bent. */
async function send(sent: Sent): Promise<Answer> {
  const { headers, query = '' } = requestOf(sent);
  const begin = service.logLines.length;
  const call = request(`${service.url}${PATH}${query}`, { headers, agent: false });
  call.end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  const body = await text(answer);
  const log = service.logLines.slice(begin).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body, log };
}

function requestOf(sent: Sent): Exclude<Sent, string> {
  return typeof sent === 'string' ? { headers: { authorization: `Bearer ${sent}` } } : sent;
}

const TYPES: Readonly<Record<string, string>> = { none: 'noAccessToken', expired: 'expiredAccessToken' };

function checkRefused({ status, headers, body, log }: Answer, defect: string): void {
  assert.equal(status, 401, body);
  const type = `urn:problem-type:belgif:${TYPES[defect] ?? 'invalidAccessToken'}`;
  const problem = JSON.parse(body) as Record<string, unknown>;
  assert.equal(problem.type, type);
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.match(String(headers['www-authenticate']), /^Bearer realm="citizen-ebox"/);
  const traceId = headers['belgov-trace-id'];
  const lines = log.filter((line) => line.traceId === traceId && line.logger === 'security');
  assert.equal(lines.length, 1, 'one line in the security log');
  const [line = {}] = lines;
  const expected = { event: 'refused', operation: line.operation, status: 401, problem: type };
  const { event, operation, status: logged, problem: told, defect: found } = line;
  assert.deepEqual({ event, operation, status: logged, problem: told }, expected);
  assert.equal(found, defect in TYPES ? undefined : defect);
}

/** Neither the caller nor the log is told anything of what was sent. */
function checkSilent({ headers, body, log }: Answer, sent: Sent): void {
  const { headers: sentHeaders, query = '' } = requestOf(sent);
  const words = [...Object.values(sentHeaders).flat(), query].flatMap((one) => one.split(/[^\w-]+/));
  const parts = new Set(words.filter((word) => word.length >= 12));
  for (const place of [JSON.stringify(headers), body, JSON.stringify(log)])
    for (const part of parts) assert.ok(!place.includes(part), 'something of the token is repeated');
}

describe('access tokens', () => {
  it('are attacked in many ways, each with a name of its own', () => {
    assert.ok(attacks.length >= 100, `${attacks.length} attacks`);
    assert.equal(new Set(attacks.map(({ name }) => name)).size, attacks.length);
  });

  for (const { name, defect, bad, twin } of attacks) {
    it(`are refused: ${name.replace(trap.url, 'an address')}`, async () => {
      const sent = await bad();
      const answer = await send(sent);
      checkRefused(answer, defect);
      checkSilent(answer, sent);
      const good = await send(await twin());
      assert.equal(good.status, 200, `its twin is let in: ${good.body} ${JSON.stringify(good.log)}`);
    });
  }

  it('that are too long for any header are refused before they are read', async () => {
    const { status, body } = await send('x'.repeat(17_000));
    assert.equal(status, 431);
    assert.match(body, /headersTooLarge/);
  });

  it('never had anybody called at an address of theirs', () => assert.equal(trap.calls(), 0));

  it('never had the issuers asked for their keys more than once in half a minute', () => {
    const most = 1 + Math.ceil((performance.now() - begun) / 30_000);
    for (const one of [issuer, partner]) assert.ok(one.hits('/keys') <= most, String(one.hits('/keys')));
  });
});
