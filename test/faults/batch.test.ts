/** Kills the process at each boundary of a chunk of a batch: every row ends once, with one attestation and one message. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openArchive } from '../../src/archive/archive.ts';
import { openObject } from '../../src/archive/envelope.ts';
import { type Call, completeUpload, openUpload, sendParts } from '../../src/cli/batch-upload.ts';
import { registerFile } from '../../src/cli/demo-input.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { createVault } from '../../src/keys/vault.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { EndedEarly, type ServiceProcess, startProcess } from '../support/process.ts';
import { demoSsin } from '../support/service.ts';

/** The others are struck with those of the main job (kill.test.ts). */
const PLACES = ['batch.archived'] as const;
const PEOPLE = ['lena', 'lukasz', 'amelie', 'serban'] as const;
const HEADER = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];

describe('killing the process while a batch runs', () => {
  it('once at each boundary of its chunk leads to the end of an undisturbed run', async () => {
    const database = await createTestDatabase();
    const dataDir = mkdtempSync(join(tmpdir(), 'kill-batch-'));
    const settings = {
      PORT: String(await freePort()),
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      SETTLE_AFTER_SECONDS: '0',
      MAIL_AFTER_SECONDS: '0',
      LEASE_SECONDS: '1',
      LOG_LEVEL: 'warn',
      SEAL_THREADS: '0',
    };
    try {
      const file = join(dataDir, 'days.csv');
      await sendHalf(settings, dataDir, file);
      for (const [life, place] of PLACES.entries()) {
        const service = await start({ ...settings, FAILPOINTS: `${place}=kill` });
        if (service !== undefined && life === 0) await submit(service, dataDir, file);
        assert.equal(service === undefined ? 'SIGKILL' : await service.ended, 'SIGKILL', place);
      }
      const service = await start({ ...settings, FAILPOINTS: 'recall.chunk=kill' });
      assert.ok(service);
      await idle(database);
      await assertWhole(database);
      await recall(service, dataDir, database);
      assert.equal(await service.ended, 'SIGKILL');
      const last = await start(settings);
      assert.ok(last);
      await idle(database);
      await last.kill('SIGTERM');
      await assertRecalled(database);
      await assertArchive(dataDir, database);
    } finally {
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

/** Starts a life; undefined when what the one before left to do was taken up and struck before it was up. */
async function start(settings: Readonly<Record<string, string>>): Promise<ServiceProcess | undefined> {
  try {
    return await startProcess(settings);
  } catch (error) {
    if (error instanceof EndedEarly && error.signal === 'SIGKILL') return undefined;
    throw error;
  }
}

/** The upload that a process took half of, before it was killed. */
let upload = '';

/** Loads the register, and sends the first half of a file: two days of each person, and somebody nobody knows. */
async function sendHalf(
  settings: Readonly<Record<string, string>>,
  dataDir: string,
  path: string,
): Promise<void> {
  const service = await startProcess(settings);
  const rows = ['2021-03-01', '2021-03-02'].flatMap((day) =>
    PEOPLE.map((person) => [`${person} ${day}`, demoSsin(person), day, '1900012343', '145']),
  );
  writeFileSync(
    path,
    writeCsv(HEADER, [...rows, ['nobody', '85122499755', '2021-03-01', '1900012343', '145']]),
  );
  await post(service, dataDir, '/register/v1/files', {
    type: 'application/x-ndjson',
    body: registerFile(),
    as: ['population', 'register:report'],
  });
  upload = await openUpload(callTo(service, dataDir));
  let parts = 0;
  await sendParts(callTo(service, dataDir), upload, path, 256, () => {
    parts += 1;
    if (parts === 2) throw new Error('enough');
  }).catch((error: Error) => assert.equal(error.message, 'enough'));
  await service.kill('SIGKILL');
}

/** Sends what the service lacks of the file, and has a batch of it run at once. */
async function submit(service: ServiceProcess, dataDir: string, path: string): Promise<void> {
  const call = callTo(service, dataDir);
  let parts = 0;
  await sendParts(call, upload, path, 256, () => {
    parts += 1;
  });
  assert.equal(parts, Math.ceil((statSync(path).size - 512) / 256), 'what was there was not sent again');
  // A call that breaks off because the process died was taken in: the process dies on the batch itself.
  await completeUpload(call, upload, new URLSearchParams({ form: 'csv' })).catch(unlessCutOff);
}

async function recall(service: ServiceProcess, dataDir: string, database: TestDatabase): Promise<void> {
  const [batch] = await database.query<{ id: string }>('select batch_id as id from batch');
  await post(service, dataDir, `/batches/v1/batches/${batch?.id}/recall`).catch(unlessCutOff);
}

interface Sent {
  readonly type?: string;
  readonly body?: string;
  /** The demo client, and its scope. */
  readonly as?: readonly [clientId: string, scope: string];
}

async function post(
  service: ServiceProcess,
  dataDir: string,
  path: string,
  { type, body, as }: Sent = {},
): Promise<void> {
  const headers = type === undefined ? {} : { 'content-type': type };
  await callTo(service, dataDir, as)(path, { method: 'POST', headers, ...(body !== undefined && { body }) });
}

function callTo(
  service: ServiceProcess,
  dataDir: string,
  [clientId, scope]: NonNullable<Sent['as']> = ['issuer', 'batches:submit batches:approve'],
): Call {
  const issuer = `http://127.0.0.1:${knownPort(dataDir, 'login')}`;
  const login = { issuer, folder: join(dataDir, 'login'), publicUrl: service.url };
  return async (path, request) => {
    const headers = {
      ...(request.headers as object),
      authorization: `Bearer ${await clientToken({ ...login, clientId, scope })}`,
    };
    const response = await fetch(new URL(path, service.url), { ...request, headers });
    assert.ok(response.ok, `${path} answered ${response.status}`);
    return response;
  };
}

function unlessCutOff(error: unknown): void {
  if (!(error instanceof TypeError)) throw error;
}

async function idle(database: TestDatabase): Promise<void> {
  await until(
    () => database.query<{ open: number }>('select count(*)::int as open from job'),
    ([row]) => row?.open === 0,
  );
}

/** Every row was taken back once, and every person told once. */
async function assertRecalled(database: TestDatabase): Promise<void> {
  const [row] = await database.query(
    `select (select state from batch) as state, (select recalled_count from batch) as recalled,
       (select count(*)::int from batch_row where recall = 'revoked') as revoked,
       (select count(*)::int from batch_row where recall = 'removed') as removed,
       (select count(*)::int from declaration where action = 'cancel') as cancels,
       (select count(*)::int from dimona_period where is_cancelled) as cancelled,
       (select count(*)::int from attestation where state = 'revoked') as attestations,
       (select count(*)::int from audit_entry where action = 'attestation.revoke') as audited,
       (select count(*)::int from message where idempotency_key like 'recall/%') as told`,
  );
  const each = PEOPLE.length;
  assert.deepEqual(row, {
    state: 'recalled',
    recalled: 2 * each + 1,
    revoked: 2 * each,
    removed: 1,
    cancels: 2 * each,
    cancelled: 2 * each,
    attestations: each,
    audited: each,
    told: each,
  });
}

async function assertWhole(database: TestDatabase): Promise<void> {
  const [row] = await database.query<Record<string, number | string>>(
    `select (select state from batch) as state,
       (select count(*)::int from batch_row where outcome = 'issued') as issued,
       (select count(*)::int from batch_row where outcome = 'waiting') as waiting,
       (select count(*)::int from batch_row where outcome is null) as "withoutOutcome",
       (select count(*)::int from declaration) as declarations,
       (select count(*)::int from dimona_period) as periods,
       (select count(*)::int from attestation where state = 'issued') as attestations,
       (select count(*)::int from attestation) as versions,
       (select count(*)::int from message) as messages,
       (select count(*)::int from receipt where kind = 'published') as published,
       (select count(*)::int from outbox where told_at is null) as untold,
       (select count(*)::int from audit_entry where action = 'attestation.issue') as audited`,
  );
  const each = PEOPLE.length;
  assert.deepEqual(row, {
    state: 'done',
    issued: 2 * each,
    waiting: 1,
    withoutOutcome: 0,
    declarations: 2 * each + 1,
    periods: 2 * each,
    attestations: each,
    versions: each,
    messages: each,
    published: each,
    untold: 0,
    audited: each,
  });
}

/** Every document lies in the archive with the bytes that the register has, and opens. */
async function assertArchive(dataDir: string, database: TestDatabase): Promise<void> {
  const vault = createVault(readFileSync(join(dataDir, 'vault.secret')));
  const secretAccessKey = readFileSync(join(dataDir, 's3', 'secret')).toString('hex');
  const access = { accessKeyId: 'citizen-ebox', secretAccessKey };
  const s3 = await startS3({ folder: join(dataDir, 's3', 'data'), port: 0, ...access });
  const address = { ...access, endpoint: s3.endpoint, region: 'us-east-1', bucket: 'attestations' };
  const archive = openArchive(address);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  try {
    const rows = await database.query<Record<'pdf' | 'object' | 'key', Buffer> & Record<string, string>>(
      `select attestation_id as id, object_key as "objectKey", pdf_sha256 as pdf, object_sha256 as object,
         citizen_key_id as "keyId", wrapped_key as key
       from attestation join citizen_key using (citizen_key_id) where issued_at is not null`,
    );
    for (const { id = '', objectKey = '', keyId = '', pdf, object, key } of rows) {
      const stored = await archive.fetch(objectKey);
      assert.deepEqual(sha256(stored), object);
      assert.deepEqual(sha256(openObject(stored, id, vault.openCitizenKey(keyId, key))), pdf);
    }
  } finally {
    archive.close();
    await s3.stop();
  }
}
