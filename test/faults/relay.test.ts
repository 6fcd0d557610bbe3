/** A process that publishes elsewhere over TLS is killed before it hears the answer: one message there, and nothing lost. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { until } from '../support/client.ts';
import { createTestDatabase } from '../support/database.ts';
import { quaIn } from '../support/declarations.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { EndedEarly, type ServiceProcess, startProcess } from '../support/process.ts';
import { startRegistry } from '../support/registry.ts';
import { demoSsin } from '../support/service.ts';
import { createTlsEnd } from '../support/tls.ts';

it('killing a sender that was not answered yet leads to one message in the other registry', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'publish-'));
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const authority = createAuthority('Root of another registry');
  const end = createTlsEnd(authority, 'localhost');
  const other = await startRegistry({ clientId: 'ebox:office', publicKey, end });
  const database = await createTestDatabase();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const settings = {
    PORT: String(await freePort()),
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.url,
    SETTLE_AFTER_SECONDS: '0',
    LEASE_SECONDS: '1',
    LOG_LEVEL: 'warn',
    SEAL_THREADS: '0',
    NODE_EXTRA_CA_CERTS: file('root.pem', toPem(authority.certificate)),
    REGISTRY_PUBLISH_URL: other.publishUrl,
    REGISTRY_STATUS_URL: other.statusUrl,
    REGISTRY_STATUS_SECONDS: '1',
    REGISTRY_TOKEN_URL: other.tokenUrl,
    REGISTRY_CLIENT_ID: 'ebox:office',
    REGISTRY_CLIENT_KEY_FILE: file('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    REGISTRY_SCOPE: 'publish',
  };
  const rows = () =>
    database.query<{ state: string; there: string | null; receipts: string }>(
      `select state, registry_message_id as there, (select string_agg(kind, ' ' order by recorded_time) from receipt r
         where r.message_id = p.message_id) as receipts from relay p order by queued_at`,
    );
  try {
    // The registry has it, and the process does not live to hear so (other steps: test/workflows/relay).
    const killed = { ...settings, FAILPOINTS: 'relay.sent=kill' };
    const signal = await liveUntilKilled(killed, (service) =>
      declare(service, settings.DATA_DIR, '2020-09-01'),
    );
    assert.equal(signal, 'SIGKILL');
    assert.equal(other.messages.length, 1);
    assert.deepEqual(
      (await rows()).map(({ state }) => state),
      ['waiting'],
    );
    const service = await startProcess(settings);
    await declare(service, settings.DATA_DIR, '2020-10-01');
    await until(rows, (found) => found.length === 2 && found.every(({ state }) => state === 'published'));
    const [first] = other.messages;
    assert.ok(first);
    first.isRead = true;
    const found = await until(rows, ([row]) => row?.receipts === 'published read');
    await service.kill('SIGTERM');
    assert.deepEqual(
      found.map(({ there }) => there),
      other.messages.map(({ messageId }) => messageId),
    );
    assert.deepEqual(
      found.map(({ receipts }) => receipts),
      ['published read', 'published'],
    );
    const [left] = await database.query<{ jobs: number }>(
      "select count(*)::int as jobs from job where kind <> 'resolve'",
    );
    assert.equal(left?.jobs, 0);
  } finally {
    await other.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function liveUntilKilled(
  settings: Readonly<Record<string, string>>,
  act: (service: ServiceProcess) => Promise<void>,
): Promise<NodeJS.Signals | null> {
  try {
    const service = await startProcess(settings);
    // It may be struck before the call has its answer.
    await Promise.race([service.ended, act(service).then(() => service.ended)]).catch(() => undefined);
    return await service.ended;
  } catch (error) {
    if (error instanceof EndedEarly) return error.signal;
    throw error;
  }
}

async function declare(service: ServiceProcess, dataDir: string, day: string): Promise<void> {
  const issuer = `http://127.0.0.1:${knownPort(dataDir, 'login')}`;
  const login = { issuer, folder: join(dataDir, 'login') };
  const post = async (clientId: string, scope: string, path: string, type: string, body: string) => {
    const token = await clientToken({ ...login, clientId, scope });
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const answer = await fetch(service.url + path, { method: 'POST', headers, body });
    assert.ok(answer.ok, `${path} answered ${answer.status}`);
  };
  const ndjson = 'application/x-ndjson';
  await post('population', 'register:report', '/register/v1/files', ndjson, registerFile());
  const body = JSON.stringify(quaIn({ ssin: demoSsin('lena'), day }));
  await post('payroll', 'dimona:declare', '/dimona/v2/declarations', 'application/json', body);
}
