/** The service as a process with TLS of its own: programs with certificates, tokens bound to them, and SIGHUP. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { ourProgram } from '../support/program.ts';
import { callTls, createTlsEnd, type TlsAnswer, type TlsCall, type TlsEnd } from '../support/tls.ts';

const root = createAuthority('Servers');
const callers = createAuthority('Callers');
const program = createTlsEnd(callers, 'program');
const other = createTlsEnd(callers, 'program');
const CA = toPem(root.certificate);
const PATH = '/batches/v1/batches';

const folder = mkdtempSync(join(tmpdir(), 'own-tls-'));
const files = {
  certificate: join(folder, 'tls.crt'),
  key: join(folder, 'tls.key'),
  ca: join(folder, 'ca.crt'),
};
let database: TestDatabase;
let service: ChildProcess;
let settings: Record<string, string>;
let port: number;
let output = '';

function writeEnd({ cert, key }: TlsEnd): void {
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key);
}

before(async () => {
  database = await createTestDatabase();
  port = await freePort();
  writeEnd(createTlsEnd(root, 'first'));
  writeFileSync(files.ca, toPem(callers.certificate));
  settings = {
    PATH: String(process.env.PATH),
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    SEAL_THREADS: '0',
    TLS_CERTIFICATE_FILE: files.certificate,
    TLS_KEY_FILE: files.key,
    TLS_CLIENT_CA_FILE: files.ca,
    BOUND_SCOPES: 'batches:approve',
  };
  service = spawn(process.execPath, ourProgram('main'), {
    cwd: projectRoot,
    env: settings,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [service.stdout, service.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const isUp = async () => {
    assert.equal(service.exitCode, null, output);
    return call({ path: '/health' }).then(
      ({ status }) => status === 200,
      () => false,
    );
  };
  await until(isUp, (up) => up);
});
after(async () => {
  service.kill('SIGTERM');
  await once(service, 'exit');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

type Call = Omit<TlsCall, 'url' | 'ca'> & { readonly path?: string; readonly token?: string };

function call({ path = PATH, token, headers, ...given }: Call): Promise<TlsAnswer> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return callTls({
    url: `https://127.0.0.1:${port}${path}`,
    ca: CA,
    ...given,
    headers: { ...headers, ...authorization },
  });
}

function tokenFor(scope: string, certificate?: TlsEnd): Promise<string> {
  const dataDir = join(folder, 'data');
  const issuer = `http://127.0.0.1:${knownPort(dataDir, 'login')}`;
  return clientToken({ issuer, folder: join(dataDir, 'login'), clientId: 'issuer', scope, certificate });
}

/** What the security log says of an answer, once it has come through. */
async function defectOf({ headers }: TlsAnswer): Promise<string | undefined> {
  const traceId = String(headers['belgov-trace-id']);
  const isIts = (line: string) => line.includes('"logger":"security"') && line.includes(traceId);
  const line = await until(
    async () => output.split('\n').find((one) => isIts(one) && one.endsWith('}')),
    (one) => one !== undefined,
  );
  return (JSON.parse(line ?? '') as { defect?: string }).defect;
}

async function checkRefused(answer: TlsAnswer, defect: string): Promise<void> {
  assert.equal(answer.status, 401);
  assert.equal(await defectOf(answer), defect);
}

describe('a token that is bound to a certificate', () => {
  it('is good with that certificate only', async () => {
    const token = await tokenFor('batches:submit', program);
    assert.equal((await call({ token, end: program })).status, 200);
    await checkRefused(await call({ token }), 'binding');
    await checkRefused(await call({ token, end: other }), 'binding');
  });

  it('is not helped by a header in which anybody can write a certificate', async () => {
    const token = await tokenFor('batches:submit', program);
    const headers = { 'client-cert': `:${program.der.toString('base64')}:` };
    await checkRefused(await call({ token, headers }), 'binding');
    await checkRefused(await call({ token, headers, end: other }), 'binding');
    assert.equal((await call({ token, headers: { 'client-cert': 'x' }, end: program })).status, 200);
  });

  it('is demanded where the settings say so', async () => {
    const scope = 'batches:submit batches:approve';
    await checkRefused(await call({ token: await tokenFor(scope), end: program }), 'unbound');
    assert.equal((await call({ token: await tokenFor(scope, program), end: program })).status, 200);
    assert.equal((await call({ token: await tokenFor('batches:submit') })).status, 200);
  });
});

describe('ebox health', () => {
  it('asks over TLS', () => {
    const run = spawnSync(process.execPath, [...ourProgram('cli'), 'health'], {
      env: settings,
      encoding: 'utf8',
    });
    assert.deepEqual([run.status, run.stdout.trim()], [0, 'UP'], run.stderr);
  });
});

describe('SIGHUP', () => {
  const shown = async (): Promise<Buffer> => {
    const socket = connect({ port, host: '127.0.0.1', ca: CA });
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate();
    socket.destroy();
    return certificate?.raw ?? Buffer.alloc(0);
  };

  it('brings the next certificate, and leaves connections alone', async () => {
    const agent = new Agent({ ca: CA, cert: program.cert, key: program.key, keepAlive: true, maxSockets: 1 });
    const token = await tokenFor('batches:submit', program);
    assert.equal((await call({ token, agent })).status, 200);
    const [socket] = Object.values(agent.freeSockets).flat();
    const next = createTlsEnd(root, 'next');
    writeEnd(next);
    service.kill('SIGHUP');
    await until(shown, (der) => der.equals(next.der));
    assert.equal((await call({ token, agent })).status, 200);
    assert.equal(Object.values(agent.freeSockets).flat()[0], socket, 'it is still the same connection');
    agent.destroy();
  });

  it('changes nothing when a file cannot be used, and says so', async () => {
    const before = await shown();
    writeFileSync(files.key, createTlsEnd(root).key);
    service.kill('SIGHUP');
    await until(
      async () => output.includes('TLS stays as it was'),
      (said) => said,
    );
    assert.equal((await shown()).equals(before), true);
    assert.equal((await call({ path: '/health' })).status, 200);
  });
});
