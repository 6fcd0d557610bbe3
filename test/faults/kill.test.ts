/**
 * Kills the process once at each step boundary of the main job and of a batch, one life after the other, and finds the end
 * state of a run that nobody disturbed. Many times, and at more places: `npm run faults`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openArchive } from '../../src/archive/archive.ts';
import { openObject, readHeader } from '../../src/archive/envelope.ts';
import { registerFile } from '../../src/cli/demo-input.ts';
import { tokenOfPerson } from '../../src/cli/token.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { readMails } from '../../src/embedded/smtp/mails.ts';
import { FAILPOINTS, type Failpoint } from '../../src/failpoint.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { createVault } from '../../src/keys/vault.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaForm, quaIn, quaXml } from '../support/declarations.ts';
import { EndedEarly, type ServiceProcess, startProcess } from '../support/process.ts';
import { demoSsin } from '../support/service.ts';

const FORMS = ['2020-11-16', '2020-11-17'] as const;
const BATCHED = ['lukasz', 'amelie', 'serban'] as const;
const BATCH_DAYS = ['2021-03-01', '2021-03-02'] as const;
const HEADER = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];

/** Beside the main job, and struck in tests of their own: evidence, flows, privacy, and what passes between us and senders. */
const BESIDE =
  /^(bounce|deliveries|erase|evidence|flow|poll-read|publish|recall|rekey|relay|remind|retain|verify|webhook)\./;

/** There is one digest a day: those places come first, and each is reached by the try after the one that was killed. */
const PLACES = FAILPOINTS.filter((name) => !BESIDE.test(name)).toSorted(
  (one, other) => Number(isDigest(other)) - Number(isDigest(one)),
);

function isDigest(place: Failpoint): boolean {
  return place.startsWith('digest.');
}

interface Settings extends Readonly<Record<string, string>> {
  readonly PORT: string;
  readonly DATA_DIR: string;
  readonly DATABASE_URL: string;
}

/** What counts in the end: the same however often the process died on the way. */
interface EndState {
  readonly declarations: readonly string[];
  readonly periods: readonly string[];
  readonly liveDays: readonly string[];
  readonly readStatus: boolean;
}

it('killing the process once at each place leads to the end state of an undisturbed run', async () => {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'kill-'));
  const settings = {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SETTLE_AFTER_SECONDS: '0',
    MAIL_AFTER_SECONDS: '0',
    LEASE_SECONDS: '1',
    SEAL_THREADS: '0',
    VERIFIERS: '0',
    LOG_LEVEL: 'warn',
  };
  try {
    for (const [life, place] of PLACES.entries()) {
      const killed = { ...settings, FAILPOINTS: `${place}=kill` };
      const signal = await live(
        killed,
        daysOf(life + 1),
        isDigest(place) ? () => sleep(60_000, undefined, { ref: false }) : undefined,
      );
      assert.equal(signal, 'SIGKILL', `${place} was reached in life ${life + 1}`);
    }
    const days = daysOf(PLACES.length + 1);
    assert.equal(await live(settings, days, () => idle(database)), 'done');
    assert.deepEqual(await endState(settings, database), undisturbed(days));
    await assertBatch(database);
    await assertWhole(settings, database);
  } finally {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

/** A new day in each life; two of the month come in forms. */
function daysOf(lives: number): string[] {
  return Array.from({ length: lives }, (_, life) => 2 + life + (life > 13 ? FORMS.length : 0)).map(
    (day) => `2020-11-${String(day).padStart(2, '0')}`,
  );
}

/** Every declaration once and accepted, one live attestation with every day, read. */
function undisturbed(lived: readonly string[]): EndState {
  const days = [...lived, ...FORMS].sort();
  return {
    declarations: days.map(() => 'W'),
    periods: days.map((day) => `${day} live`),
    liveDays: days,
    readStatus: true,
  };
}

/** One life of the process: everything is sent, as a client that got no answer does; then the inbox is read. */
async function live(
  settings: Settings,
  days: readonly string[],
  settle: () => Promise<void> = () => Promise.resolve(),
): Promise<NodeJS.Signals | 'done'> {
  const started = await startProcess(settings).catch((error: unknown) => {
    // What the life before left to do is taken up at once, and may strike before the process is up.
    if (error instanceof EndedEarly && error.signal === 'SIGKILL') return error.signal;
    throw error;
  });
  if (typeof started === 'string') return started;
  const service = started;
  const end = await Promise.race([
    service.ended,
    act(service, settings, days).then(
      () => settle().then(() => 'done' as const),
      // A call that broke off because the process died tells nothing more.
      async (error: unknown) => {
        if (isBrokenCall(error)) return service.ended;
        throw error;
      },
    ),
  ]).catch(async (error: unknown) => {
    await service.kill('SIGKILL');
    throw new Error(`${String(error)}\n${service.output()}`, { cause: error });
  });
  if (end === 'done') await service.kill('SIGTERM');
  if (end === null) throw new Error(`the process ended by itself: ${service.output()}`);
  return end;
}

/** Waits until nothing is left to do: what the others of the batch are told comes after everything else. */
async function idle(database: TestDatabase): Promise<void> {
  await until(
    () => database.query<{ open: number }>('select count(*)::int as open from job'),
    ([row]) => row?.open === 0,
  );
}

function isBrokenCall(error: unknown): boolean {
  return error instanceof TypeError || (error as { code?: string }).code === 'tokenIssuerUnavailable';
}

async function act(service: ServiceProcess, settings: Settings, days: readonly string[]): Promise<void> {
  const login = {
    issuer: `http://127.0.0.1:${knownPort(settings.DATA_DIR, 'login')}`,
    folder: join(settings.DATA_DIR, 'login'),
    publicUrl: service.url,
  };
  const token = (clientId: string, scope: string) => clientToken({ ...login, clientId, scope });
  const post = async (path: string, mediaType: string, body: string, bearer: string, key?: string) => {
    const headers = {
      authorization: `Bearer ${bearer}`,
      'content-type': mediaType,
      ...(key && { 'idempotency-key': key }),
    };
    const response = await fetch(service.url + path, { method: 'POST', headers, body });
    assert.ok(response.ok, `${path} answered ${response.status}`);
    return response;
  };
  await post(
    '/register/v1/files',
    'application/x-ndjson',
    registerFile(),
    await token('population', 'register:report'),
  );
  const payroll = await token('payroll', 'dimona:declare dimona:consult');
  const forms = FORMS.map((day) =>
    quaForm({ ssin: demoSsin('lena'), day, reference: day, createdOn: '2020-12-01' }),
  );
  await post('/dimona/v2/files', 'application/xml', quaXml(forms), payroll);
  for (const day of days) {
    const body = JSON.stringify(quaIn({ ssin: demoSsin('lena'), day }));
    await post('/dimona/v2/declarations', 'application/json', body, payroll, day);
  }
  if (settings.FAILPOINTS === 'batch.prepared=kill') {
    const issuer = await token('issuer', 'batches:submit batches:approve');
    // The process dies on the batch itself, be it before it has answered.
    await post('/batches/v1/batches', 'text/csv', batchFile(), issuer);
  }
  // Whoever reads first is not told any more: the digest comes by itself, and with it the end.
  if (settings.FAILPOINTS?.startsWith('digest.')) return;
  await readInbox(service, await tokenOfPerson(login, 'lena', 'ebox:consult'), FORMS.length + days.length);
}

/** Two days of some persons, and somebody nobody knows. */
function batchFile(): string {
  const rows = BATCH_DAYS.flatMap((day) =>
    BATCHED.map((person) => [`${person} ${day}`, demoSsin(person), day, '1900012343', '145']),
  );
  return writeCsv(HEADER, [...rows, ['nobody', '85122499755', BATCH_DAYS[0], '1900012343', '145']]);
}

interface Inbox {
  readonly items: readonly {
    readonly attachments: { readonly items: readonly { readonly contentHref: string }[] };
  }[];
}

interface Report {
  readonly status: string;
  readonly attestation?: { readonly days: readonly unknown[] };
}

/** Waits for the attestation with so many days and opens it. */
async function readInbox(service: ServiceProcess, bearer: string, count: number): Promise<void> {
  const get = async (url: string) => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
    assert.ok(response.ok, `${url} answered ${response.status}`);
    return response;
  };
  const deadline = Date.now() + 90_000;
  for (;;) {
    const list = (await (await get(`${service.url}/ebox/citizen/v2/ebox/messages`)).json()) as Inbox;
    const href = list.items[0]?.attachments.items[0]?.contentHref;
    if (href !== undefined) {
      const pdf = await (await get(href)).arrayBuffer();
      const verification = await fetch(`${service.url}/verifications/v1/verifications`, {
        method: 'POST',
        headers: { 'content-type': 'application/pdf' },
        body: pdf,
      });
      const report = (await verification.json()) as Report;
      if (report.status === 'valid' && report.attestation?.days.length === count && (await isQuiet(service)))
        return;
    }
    if (Date.now() > deadline) throw new Error(`no attestation with ${count} days after 90 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The mail follows the message after a moment; this life shall see it too. */
async function isQuiet(service: ServiceProcess): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return (await fetch(`${service.url}/health`)).ok;
}

async function endState(settings: Settings, database: TestDatabase): Promise<EndState> {
  const declarations = await database.query<{ result: string }>(
    `select result from declaration_answer join declaration using (declaration_id) where channel <> 'csv'`,
  );
  const periods = await database.query<{ line: string }>(
    `select start_date || case when is_cancelled then ' cancelled' else ' live' end as line from dimona_period
     where start_date < '2021-01-01' order by 1`,
  );
  const vault = createVault(readFileSync(join(settings.DATA_DIR, 'vault.secret')));
  // Only she has days of that year.
  const live = await database.query<{
    id: string;
    facts: Buffer;
    keyId: string;
    key: Buffer;
    isRead: boolean;
  }>(
    `select attestation_id as id, facts, citizen_key_id as "keyId", wrapped_key as key, read_at is not null as "isRead"
     from attestation join citizen_key using (citizen_key_id) join message m using (attestation_id) where state = 'issued'`,
  );
  const days = live.flatMap((row) => {
    const facts = vault.openCitizenKey(row.keyId, row.key).open(row.facts, row.id).toString();
    const dates = (JSON.parse(facts) as { days: { date: string }[] }).days.map(({ date }) => date);
    return dates.filter((date) => date.startsWith('2020'));
  });
  return {
    declarations: declarations.map(({ result }) => result),
    periods: periods.map(({ line }) => line),
    liveDays: days,
    readStatus: live.some(({ isRead }) => isRead),
  };
}

/** Every row of the batch ended once, with one attestation and one message of each person. */
async function assertBatch(database: TestDatabase): Promise<void> {
  const [row] = await database.query<Record<string, number | string>>(
    `select (select state from batch) as state,
       (select count(*)::int from batch_row where outcome = 'issued') as issued,
       (select count(*)::int from batch_row where outcome = 'waiting') as waiting,
       (select count(*)::int from batch_row where outcome is null) as "withoutOutcome",
       (select count(*)::int from declaration where channel = 'csv') as declarations,
       (select count(*)::int from dimona_period where start_date > '2021-01-01') as periods,
       (select count(distinct case_id)::int from attestation) as cases`,
  );
  assert.deepEqual(row, {
    state: 'done',
    issued: BATCH_DAYS.length * BATCHED.length,
    waiting: 1,
    withoutOutcome: 0,
    declarations: BATCH_DAYS.length * BATCHED.length + 1,
    periods: BATCH_DAYS.length * BATCHED.length,
    cases: 1 + BATCHED.length,
  });
}

/**
 * What must hold beside the end state: nothing lost, nothing twice, nothing left lying. A transfer that the kill cut
 * off stays `receiving` for a day (test/workflows/receive-file sees it go).
 */
async function assertWhole(settings: Settings, database: TestDatabase): Promise<void> {
  const [row] = await database.query<Record<string, number>>(
    `select
       (select count(*)::int from job) as jobs,
       (select count(*)::int from declaration_form join declaration_file using (file_id)
         where state <> 'receiving') as "stagedForms",
       (select count(*)::int from attestation where state = 'issued') as issued,
       (select count(*)::int from attestation where state = 'prepared') as prepared,
       (select count(*)::int from attestation where issued_at is not null)
         - (select count(*)::int from message) as "withoutMessage",
       (select count(*)::int from message) - (select count(*)::int from receipt where kind = 'published') as "unreceipted",
       (select count(*)::int from outbox where told_at is null) as untold,
       (select count(*)::int from message m where read_at is null
         and not exists (select from receipt r where r.message_id = m.message_id and r.kind = 'notified')
         and not exists (select from mail_due d where d.message_id = m.message_id)) as unnotified,
       (select count(*)::int from mail where state <> 'sent') as unsent,
       (select count(*)::int from attestation where issued_at is not null)
         - (select count(*)::int from audit_entry where action = 'attestation.issue') as unaudited`,
  );
  const none = {
    jobs: 0,
    stagedForms: 0,
    prepared: 0,
    withoutMessage: 0,
    unreceipted: 0,
    untold: 0,
    unnotified: 0,
    unsent: 0,
    unaudited: 0,
  };
  assert.deepEqual(row, { ...none, issued: 1 + BATCHED.length });
  await assertArchive(settings, database);
  const digests = await database.query<{ id: string }>('select mail_id as id from mail');
  const mails = await readMails(join(settings.DATA_DIR, 'mails'));
  const mailed = new Set(mails.map(({ messageId }) => messageId));
  // All lives fall on one day, or on two where midnight passed.
  assert.deepEqual(mailed, new Set(digests.map(({ id }) => `<${id}@localhost>`)), 'one mail a day');
}

/** Every document that was issued lies in the archive with the bytes the register has, and opens. */
async function assertArchive(settings: Settings, database: TestDatabase): Promise<void> {
  const vault = createVault(readFileSync(join(settings.DATA_DIR, 'vault.secret')));
  const secretAccessKey = readFileSync(join(settings.DATA_DIR, 's3', 'secret')).toString('hex');
  const access = { accessKeyId: 'citizen-ebox', secretAccessKey };
  const s3 = await startS3({ folder: join(settings.DATA_DIR, 's3', 'data'), port: 0, ...access });
  const archive = openArchive({
    ...access,
    endpoint: s3.endpoint,
    region: 'us-east-1',
    bucket: 'attestations',
  });
  try {
    const rows = await database.query<{
      id: string;
      objectKey: string;
      pdf: Buffer;
      object: Buffer;
      keyId: string;
      key: Buffer;
    }>(
      `select attestation_id as id, object_key as "objectKey", pdf_sha256 as pdf, object_sha256 as object,
         citizen_key_id as "keyId", wrapped_key as key
       from attestation join citizen_key using (citizen_key_id) where issued_at is not null`,
    );
    for (const row of rows) {
      const object = await archive.fetch(row.objectKey);
      assert.deepEqual(sha256(object), row.object);
      assert.equal(readHeader(object).documentId, row.id);
      assert.deepEqual(sha256(openObject(object, row.id, vault.openCitizenKey(row.keyId, row.key))), row.pdf);
    }
  } finally {
    archive.close();
    await s3.stop();
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
