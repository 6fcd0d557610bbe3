/** Kills the process at every step of an erasure and of a change of the secret; each is brought to its end afterwards. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { lateRegisterFile, registerFile } from '../../src/cli/demo-input.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { requestErasure } from '../../src/workflows/erase.ts';
import { openVault } from '../../src/workflows/open-vault.ts';
import { startRekey } from '../../src/workflows/rekey.ts';
import { applyRetention } from '../../src/workflows/retain.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaForm, quaIn, quaXml } from '../support/declarations.ts';
import { findReadable, keysLeft } from '../support/left-keys.ts';
import { projectRoot } from '../support/needs.ts';
import { EndedEarly, type ServiceProcess, startProcess } from '../support/process.ts';
import { testProgram } from '../support/program.ts';
import { demoSsin } from '../support/service.ts';

const ACTOR = { kind: 'service', id: 'operator/test' } as const;
/** In the register from the beginning. */
const LENA = [demoSsin('lena'), 'Vermeulen'];
/** Only declared, and loaded after all of it. */
const UNKNOWN = '85122499755';

let database: TestDatabase;
let settings: Readonly<Record<string, string>> & { readonly DATA_DIR: string };

before(async () => {
  database = await createTestDatabase();
  settings = {
    PORT: String(await freePort()),
    DATA_DIR: mkdtempSync(join(tmpdir(), 'privacy-')),
    DATABASE_URL: database.url,
    SETTLE_AFTER_SECONDS: '0',
    MAIL_AFTER_SECONDS: '0',
    LEASE_SECONDS: '1',
    LOG_LEVEL: 'warn',
    SEAL_THREADS: '0',
    VERIFIERS: '0',
  };
});
after(async () => {
  await database.drop();
  rmSync(settings.DATA_DIR, { recursive: true, force: true });
});

const secretOf = (name: string) => readFileSync(join(settings.DATA_DIR, name));

/** Runs the service until `work` is done, or until the failpoint strikes. */
async function live(
  more: Readonly<Record<string, string>>,
  work: (service: ServiceProcess) => Promise<unknown>,
): Promise<'done' | NodeJS.Signals | null> {
  const service = await startProcess({ ...settings, ...more });
  const end = await Promise.race([
    service.ended,
    work(service).then(
      () => 'done' as const,
      (error: unknown) => Promise.race([service.ended, fail(error)]),
    ),
  ]);
  if (end === 'done') await service.kill('SIGTERM');
  return end;
}

async function fail(error: unknown): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  throw error;
}

/** Runs the service until the failpoint kills it, which may be before it answers; a job that is due waits for nobody. */
async function struck(more: Readonly<Record<string, string>>): Promise<NodeJS.Signals | null> {
  try {
    const service = await startProcess({ ...settings, ...more });
    return await service.ended;
  } catch (error) {
    if (error instanceof EndedEarly && error.signal === 'SIGKILL') return error.signal;
    throw error;
  }
}

/** Does one step in a process of its own until the failpoint kills it. */
async function struckAlone(
  place: string,
  secretFile: string,
  ...words: readonly string[]
): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [...testProgram('faults/privacy-process.ts'), ...words], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      VAULT_SECRET_FILE: join(settings.DATA_DIR, secretFile),
      FAILPOINTS: `${place}=kill`,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

async function tokenOf(clientId: string, scope: string): Promise<string> {
  const issuer = `http://127.0.0.1:${knownPort(settings.DATA_DIR, 'login')}`;
  const folder = join(settings.DATA_DIR, 'login');
  return clientToken({ issuer, folder, clientId, scope });
}

async function send(
  service: ServiceProcess,
  path: string,
  type: string,
  body: string,
  client: string,
  scope: string,
) {
  const headers = { authorization: `Bearer ${await tokenOf(client, scope)}`, 'content-type': type };
  const response = await fetch(service.url + path, { method: 'POST', headers, body });
  assert.ok(response.ok, `${path} answered ${response.status}`);
}

const declare = (service: ServiceProcess, ssin: string) =>
  send(
    service,
    '/dimona/v2/declarations',
    'application/json',
    JSON.stringify(quaIn({ ssin, day: '2020-11-02' })),
    'payroll',
    'dimona:declare',
  );

async function issued(): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `select count(*)::int as n from attestation where state = 'issued'`,
  );
  return row?.n ?? 0;
}

async function readable(secrets: readonly Buffer[], words: readonly string[]) {
  const secretAccessKey = secretOf('s3/secret').toString('hex');
  const access = { accessKeyId: 'citizen-ebox', secretAccessKey };
  const s3 = await startS3({ folder: join(settings.DATA_DIR, 's3', 'data'), port: 0, ...access });
  try {
    const store = { ...access, endpoint: s3.endpoint, bucket: 'attestations' };
    return await findReadable(database, store, await keysLeft(database, secrets), words);
  } finally {
    await s3.stop();
  }
}

describe('killing the process', () => {
  it('at every step of an erasure leaves nothing that decrypts in the end', async () => {
    const filled = await live({}, async (service) => {
      await send(
        service,
        '/register/v1/files',
        'application/x-ndjson',
        registerFile(),
        'population',
        'register:report',
      );
      await declare(service, demoSsin('lena'));
      await declare(service, demoSsin('amelie'));
      await declare(service, UNKNOWN);
      const form = quaForm({
        ssin: demoSsin('lena'),
        day: '2020-12-16',
        reference: 'F1',
        createdOn: '2020-12-20',
      });
      await send(service, '/dimona/v2/files', 'application/xml', quaXml([form]), 'payroll', 'dimona:declare');
      await until(issued, (count) => count === 3);
    });
    assert.equal(filled, 'done');
    const secret = secretOf('vault.secret');
    assert.equal((await readable([secret], LENA)).objects.length, 3);
    const vault = await openVault(database, { current: secret, former: [] });
    const services = { database: database.database, vault, newId: randomUUID };
    const asked = await requestErasure(services, demoSsin('lena') as Ssin, {
      actor: ACTOR,
      reason: 'asked by letter 12',
    });
    assert.ok(asked.kind === 'requested');
    // As a job of the service at first; whoever does it, each step is the same.
    assert.equal(await struck({ FAILPOINTS: 'erase.begun=kill' }), 'SIGKILL');
    for (const place of ['erase.destroyed', 'erase.scrubbed'])
      assert.equal(await struckAlone(place, 'vault.secret', 'erase', asked.erasureId), 'SIGKILL', place);
    const end = await live({}, () =>
      until(
        () => database.query<{ done: boolean }>('select done_at is not null as done from erasure'),
        ([row]) => row?.done === true,
      ),
    );
    assert.equal(end, 'done');
    const { columns, objects } = await readable([secret], LENA);
    assert.deepEqual([columns, objects.length], [[], 1]);
    assert.deepEqual(
      await database.query(`select count(*)::int as n from audit_entry where action = 'person.erase'`),
      [{ n: 1 }],
    );
  });

  it('at every step of a change of the secret loses nobody and nothing', async () => {
    const former = secretOf('vault.secret');
    const secret = randomBytes(32);
    writeFileSync(join(settings.DATA_DIR, 'next.secret'), secret);
    const next = { VAULT_SECRET_FILE: join(settings.DATA_DIR, 'next.secret') };
    const both = { ...next, FORMER_VAULT_SECRET_FILES: join(settings.DATA_DIR, 'vault.secret') };
    await openVault(database, { current: secret, former: [former] });
    assert.equal(await startRekey(database, { actor: ACTOR }), 2);
    for (const turn of ['some rows are brought over', 'the former secret is retired'])
      assert.equal(await struck({ ...both, FAILPOINTS: 'rekey.chunk=kill' }), 'SIGKILL', turn);
    const states = await database.query<{ state: string }>(
      'select state from vault_version order by version',
    );
    assert.deepEqual(states, [{ state: 'retired' }, { state: 'current' }]);
    assert.deepEqual(await readable([former], [demoSsin('amelie'), UNKNOWN]), { columns: [], objects: [] });
    assert.equal((await readable([secret], [])).objects.length, 1);
    const before = await issued();
    const end = await live(next, async (service) => {
      const files = registerFile() + lateRegisterFile();
      await send(
        service,
        '/register/v1/files',
        'application/x-ndjson',
        files,
        'population',
        'register:report',
      );
      // Whoever was declared under the former secret is found under the new one, and nobody is there twice.
      await until(issued, (count) => count === before + 1);
    });
    assert.equal(end, 'done');
    const people = await database.query<{ n: number }>(
      'select count(*)::int as n from person where erased_at is null',
    );
    // Four citizens of whom one was replaced before, and the one who was waited for.
    assert.deepEqual(people, [{ n: 6 }]);
  });

  it('while it deletes what was kept for its time, goes on afterwards', async () => {
    await database.query(`update file_key set expires_at = clock_timestamp() - interval '1 day'`);
    const left = () => database.query('select from file_key where wrapped_key is not null');
    // Of the declarations' file, and of each register file for the rows that it refuses.
    assert.equal((await left()).length, 3);
    assert.equal(await struckAlone('retain.chunk', 'next.secret', 'retain'), 'SIGKILL');
    await applyRetention({ database: database.database, clock: () => new Date() }, ACTOR);
    assert.deepEqual(await left(), []);
  });
});
