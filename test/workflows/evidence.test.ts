/** The evidence log in the database and in its locked bucket: nothing is lost, doubled, or changed unseen. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import pg from 'pg';
import { type LockedBucket, openLockedBucket } from '../../src/archive/locked-bucket.ts';
import { insertAuditEntry } from '../../src/database/audit.ts';
import type { Connection } from '../../src/database/database.ts';
import { insertReceipt } from '../../src/database/messages.ts';
import { commitTo, writeLeaf } from '../../src/domain/leaf.ts';
import { exportKey } from '../../src/domain/log-export.ts';
import { isIncluded } from '../../src/domain/merkle-proof.ts';
import { hashLeaf } from '../../src/domain/merkle-tree.ts';
import { type S3Server, startS3 } from '../../src/embedded/s3/server.ts';
import { armFailpoints, disarmFailpoints, FAILPOINTS } from '../../src/failpoint.ts';
import { type EvidenceKey, readEvidenceKey } from '../../src/keys/evidence-key.ts';
import { createLog } from '../../src/log.ts';
import { readHeadKeys } from '../../src/verify/head.ts';
import { verifyLog } from '../../src/verify/log.ts';
import { checkLog } from '../../src/workflows/check-log.ts';
import { exportLog } from '../../src/workflows/export-log.ts';
import { keepEvidence } from '../../src/workflows/keep-evidence.ts';
import { makeHead, stampHeads } from '../../src/workflows/log-head.ts';
import { proveLeaf } from '../../src/workflows/prove.ts';
import { sealEvidence } from '../../src/workflows/seal-evidence.ts';
import type { Services } from '../../src/workflows/services.ts';
import { readRecord } from '../../src/workflows/supervise.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newKeyPem, untilSettled } from '../support/evidence-log.ts';
import type { KeepOptions } from '../support/keep-evidence.ts';
import { projectRoot } from '../support/needs.ts';
import { newAttestation, newMessage, newPerson } from '../support/register.ts';

const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };

let s3: S3Server;
const keyPem = newKeyPem();
let key: EvidenceKey;
let address: KeepOptions['bucket'];
let test: TestDatabase;
let bucket: LockedBucket;
let services: Pick<
  Services,
  'database' | 'evidenceKey' | 'evidenceBucket' | 'timeStamp' | 'clock' | 'settings' | 'log'
>;

before(async () => {
  s3 = await startS3({ folder, port: 0, ...credentials });
  key = await readEvidenceKey(keyPem);
});
after(async () => {
  await s3.stop();
  rmSync(folder, { recursive: true });
});

/** Each of these has a log of its own. */
async function begin(): Promise<void> {
  test = await createTestDatabase();
  const name = `evidence-${randomUUID()}`;
  address = { endpoint: s3.endpoint, region: 'us-east-1', bucket: name, ...credentials };
  bucket = openLockedBucket(address);
  await bucket.prepare();
  services = {
    database: test.database,
    evidenceKey: key,
    evidenceBucket: bucket,
    clock: () => new Date(),
    log: createLog('silent'),
    settings: {
      headSeconds: 0,
      fileKeyDays: 400,
      settleAfterSeconds: 0,
      publicUrl: 'http://localhost',
      languagePresumption: { brussels: 'fr', facilities: 'own', unknown: 'fr' },
    },
  };
}
async function end(): Promise<void> {
  disarmFailpoints();
  bucket.close();
  await test.drop();
}

const entry = (object: string) =>
  ({ actor: { kind: 'service', id: 'test' }, action: 'message.notify', ground: 'duty', object }) as const;
const write = (count: number) =>
  test.database.transaction(async (connection) => {
    for (let at = 0; at < count; at += 1) await insertAuditEntry(connection, entry(String(at)));
  });
const seal = async () => {
  await untilSettled(test);
  return sealEvidence(services);
};
const keep = async () => {
  await untilSettled(test);
  await keepEvidence(services);
};
const check = () => verifyLog(bucketSource(), { keys: readHeadKeys(JSON.stringify(key.publicKey)) });
const bucketSource = () => ({
  list: (prefix: string) => bucket.list(prefix),
  read: (key: string) => bucket.fetch(key),
});

/** Every record once, in places without a gap. */
async function assertComplete(): Promise<void> {
  const [counts] = await test.query(
    `select (select count(*)::int from audit_entry) + (select count(*)::int from receipt)
         + (select count(*)::int from audit_entry where action = 'attestation.issue') as records,
       (select count(*)::int from evidence_leaf) as leaves,
       (select coalesce(max(leaf_index) + 1, 0)::int from evidence_leaf) as places,
       (select size::int from log_state) as size`,
  );
  const { records, leaves, places, size } = counts as Record<string, number>;
  assert.deepEqual([leaves, places, size], [records, records, records]);
}

/** The database has the time-stamps that were stored, however often one was asked for. */
async function assertSameStamps(): Promise<void> {
  const rows = await test.query<{ number: number; token: Buffer }>(
    'select head_number::int as number, token from log_head_time_stamp',
  );
  assert.ok(rows.length > 0);
  for (const { number, token } of rows)
    assert.deepEqual(await bucket.fetch(exportKey.timeStamp(number)), token, `head ${number}`);
}

describe('sealEvidence', () => {
  before(begin);
  after(end);

  it('takes up entries, receipts and issued documents, each once', async () => {
    const { message, attestationId } = await test.database.transaction(async (connection) => {
      const attestation = await newAttestation(connection, await newPerson(connection));
      return {
        message: await newMessage(connection, attestation),
        attestationId: attestation.attestationId,
      };
    });
    await test.database.transaction(async (connection) => {
      await insertReceipt(connection, {
        eventId: randomUUID(),
        messageId: message.messageId,
        kind: 'published',
        eventTime: new Date(),
      });
      const issued = {
        ...entry(attestationId),
        action: 'attestation.issue',
        digest: Buffer.alloc(32, 7),
      } as const;
      await insertAuditEntry(connection, issued);
    });
    assert.equal(await seal(), 3);
    assert.equal(await seal(), 0);
    assert.deepEqual(await test.query('select kind from evidence_leaf order by leaf_index'), [
      { kind: 'audit' },
      { kind: 'issued' },
      { kind: 'receipt' },
    ]);
    await assertComplete();
  });

  it('takes up what is committed late, and nothing before it that may be followed by something older', async () => {
    const late = new pg.Client(test.url);
    await late.connect();
    await late.query('begin');
    await late.query(
      `insert into audit_entry (actor_kind, actor_id, action, ground, purpose, object)
       values ('service', 'test', 'message.notify', 'duty', 'delivery', 'late')`,
    );
    await write(3);
    await sealEvidence(services);
    const places = () =>
      test.query<{ object: string }>(
        `select object from evidence_leaf join audit_entry on record_id = audit_entry_id::text and kind = 'audit'
         where object in ('late', '0', '1', '2') order by leaf_index`,
      );
    assert.deepEqual(await places(), []);
    await late.query('commit');
    await late.end();
    await seal();
    assert.deepEqual(
      (await places()).map(({ object }) => object),
      ['late', '0', '1', '2'],
    );
    await assertComplete();
  });

  it('loses and doubles nothing while many write, many seal, and transactions are rolled back', async () => {
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let round = 0; round < 12; round += 1) {
        const work = async (connection: Connection) => {
          for (let at = 0; at < 5; at += 1)
            await insertAuditEntry(connection, entry(`${writer}.${round}.${at}`));
          if (round % 5 === 4) throw new Error('rolled back');
        };
        await test.database.transaction(work).catch(() => undefined);
      }
    });
    const sealers = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 15; round += 1) await sealEvidence(services);
    });
    await Promise.all([...writers, ...sealers]);
    await seal();
    await assertComplete();
  });

  it('takes up more than one transaction of its own holds', async () => {
    await test.query(
      `insert into audit_entry (actor_kind, actor_id, action, ground, purpose)
       select 'service', 'test', 'message.notify', 'duty', 'delivery' from generate_series(1, 4500)`,
    );
    assert.equal(await seal(), 4500);
    await assertComplete();
  });

  it('goes on after a restore into another cluster, where transactions are counted anew', async () => {
    await write(2);
    await test.query(`update log_state set horizon = '999999999', system_identifier = 1`);
    await write(2);
    assert.equal(await seal(), 4);
    await write(1);
    assert.equal(await seal(), 1);
    await assertComplete();
  });
});

describe('keepEvidence', () => {
  before(begin);
  after(end);
  afterEach(disarmFailpoints);

  it('exports a log that verifies, head after head', async () => {
    for (const count of [1, 300, 2, 700]) {
      await write(count);
      await keep();
    }
    const report = await check();
    assert.deepEqual(report.findings, []);
    assert.deepEqual([report.heads, report.sealedLeaves], [4, 1003]);
  });

  it('makes no head while the log does not grow, nor before the last one is old enough', async () => {
    assert.equal(await makeHead(services), undefined);
    await write(1);
    await seal();
    const patient = { ...services, settings: { ...services.settings, headSeconds: 3600 } };
    assert.equal(await makeHead(patient), undefined);
    assert.equal(await makeHead(services), 5);
  });

  it('goes on wherever it was struck', async () => {
    const places = ['appended', 'committed', 'sealed', 'stored', 'exported'] as const;
    for (const place of places) {
      await write(3);
      armFailpoints(`evidence.${place}=throw`);
      // A part that is struck keeps none of the others, so each is called by itself.
      const turn = async () => {
        await seal();
        await makeHead(services);
        await exportLog(services);
      };
      await assert.rejects(turn(), { message: `failpoint evidence.${place}` });
      disarmFailpoints();
      await keep();
    }
    await assertComplete();
    const report = await check();
    assert.deepEqual(report.findings, []);
    assert.equal(report.unsealedLeaves, 0);
  });

  it('may be done by several at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      await write(40);
      await Promise.all(Array.from({ length: 4 }, () => keepEvidence(services)));
    }
    await keep();
    await assertComplete();
    assert.deepEqual((await check()).findings, []);
  });

  it('says so when another object has the place of an exported one', async () => {
    await write(1);
    await seal();
    const number = await makeHead(services);
    await bucket.store(
      `heads/${String(number).padStart(12, '0')}.json`,
      Buffer.from('{}'),
      new Date(Date.now() + 60_000),
    );
    await assert.rejects(exportLog(services), { code: 'archivedObjectCorrupt' });
  });
});

describe('a process that keeps evidence', () => {
  before(begin);
  after(end);

  for (const place of FAILPOINTS.filter((name) => name.startsWith('evidence.')))
    it(`is in the end as if nothing had happened when its process was killed three times at ${place}`, async () => {
      const { heads, sealedLeaves } = await check();
      for (let kill = 0; kill < 3; kill += 1) {
        await write(3);
        await untilSettled(test);
        const failpoints = `${place}=kill`;
        const options = { databaseUrl: test.url, bucket: address, keyPem, failpoints };
        assert.equal(await runTurn(options), 'SIGKILL', `${place} was reached, time ${kill + 1}`);
      }
      const timeStamp = () => Promise.resolve(Buffer.from('undisturbed'));
      await untilSettled(test);
      await keepEvidence({ ...services, timeStamp });
      await assertComplete();
      const report = await check();
      assert.deepEqual(
        [report.findings, report.sealedLeaves, report.unsealedLeaves],
        [[], sealedLeaves + 9, 0],
      );
      assert.ok(report.heads > heads);
      assert.equal(report.timeStamps.found, report.heads);
      await assertSameStamps();
      assert.deepEqual((await checkLog(services)).findings, []);
    });
});

/** Runs one turn in a process of its own; gives the signal that ended it. */
async function runTurn(options: KeepOptions): Promise<NodeJS.Signals | null> {
  const words = ['--import', 'tsx', 'test/support/keep-evidence.ts', JSON.stringify(options)];
  const child = spawn(process.execPath, words, { cwd: projectRoot, stdio: 'ignore' });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

describe('proveLeaf', () => {
  before(begin);
  after(end);

  it('proves every record, with what opens its leaf, to a head', async () => {
    await write(2);
    await keep();
    await write(700);
    await keep();
    const ids = await test.query<{ id: string }>(
      'select audit_entry_id::text as id from audit_entry order by 1',
    );
    for (const { id } of ids.filter((_, at) => at % 25 === 0)) {
      const found = await test.database.transaction(async (connection) => ({
        proof: await proveLeaf(connection, 'audit', id),
        record: await readRecord(connection, 'audit', id),
      }));
      const { leaf, path, head } = found.proof ?? assert.fail();
      const commitment = commitTo(leaf.salt, found.record ?? {});
      const leafHash = hashLeaf(Buffer.from(writeLeaf({ kind: 'audit', id, commitment })));
      assert.ok(isIncluded({ index: leaf.leafIndex, size: head.size, leafHash, path, root: head.root }));
    }
  });

  it('proves nothing that no head covers', async () => {
    await write(1);
    await seal();
    const [last] = await test.query<{ id: string }>(
      'select max(audit_entry_id)::text as id from audit_entry',
    );
    const prove = () =>
      test.database.transaction((connection) => proveLeaf(connection, 'audit', last?.id ?? ''));
    assert.equal(await prove(), undefined);
    await keep();
    assert.ok(await prove());
  });
});

describe('stampHeads', () => {
  before(begin);
  after(end);

  it('asks again until each head has its time-stamp, once', async () => {
    await write(1);
    await keep();
    let asked = 0;
    const answers: (Buffer | undefined)[] = [undefined, Buffer.from('token')];
    const timeStamp = () => Promise.resolve(answers[asked++]);
    await stampHeads({ ...services, timeStamp });
    assert.equal((await check()).timeStamps.found, 0);
    await stampHeads({ ...services, timeStamp });
    await stampHeads({ ...services, timeStamp });
    assert.deepEqual([asked, (await check()).timeStamps.found], [2, 1]);
  });

  it('keeps the token that was stored first', async () => {
    await write(1);
    await keep();
    await bucket.store('heads/000000000002.tst', Buffer.from('first'), new Date(Date.now() + 60_000));
    await stampHeads({ ...services, timeStamp: () => Promise.resolve(Buffer.from('second')) });
    const [row] = await test.query<{ token: Buffer }>(
      'select token from log_head_time_stamp where head_number = 2',
    );
    assert.equal(row?.token.toString(), 'first');
  });
});
