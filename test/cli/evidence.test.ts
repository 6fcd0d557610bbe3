/** `ebox evidence` as an auditor runs it: on a copy of the log, with public keys, against the database. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openLockedBucket } from '../../src/archive/locked-bucket.ts';
import { bucketSource, copyTo } from '../../src/cli/evidence-source.ts';
import { insertAuditEntry } from '../../src/database/audit.ts';
import { type S3Server, startS3 } from '../../src/embedded/s3/server.ts';
import { toProof } from '../../src/http/routes/evidence-schema.ts';
import type { EvidenceKey } from '../../src/keys/evidence-key.ts';
import { createLog } from '../../src/log.ts';
import { readHeadKeys } from '../../src/verify/head.ts';
import { readProof, verifyProof } from '../../src/verify/proof.ts';
import { checkLog } from '../../src/workflows/check-log.ts';
import { keepEvidence } from '../../src/workflows/keep-evidence.ts';
import { proveLeaf } from '../../src/workflows/prove.ts';
import { readRecord } from '../../src/workflows/supervise.ts';
import { type Commands, startCommands } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newEvidenceKey, untilSettled } from '../support/evidence-log.ts';
import { createAuthority, toPem } from '../support/pki.ts';
import { createTsaSigner, forgeToken } from '../support/tsa.ts';

const folder = mkdtempSync(join(tmpdir(), 'evidence-cli-'));
const copy = join(folder, 'copy');
const keys = join(folder, 'keys.json');
const authorities = join(folder, 'authorities.pem');
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const tsa = createTsaSigner(issuing);

let s3: S3Server;
let test: TestDatabase;
let key: EvidenceKey;
let commands: Commands;

before(async () => {
  commands = startCommands();
  s3 = await startS3({ folder: join(folder, 's3'), port: 0, ...credentials });
  test = await createTestDatabase();
  key = await newEvidenceKey();
  const address = { endpoint: s3.endpoint, region: 'us-east-1', bucket: 'evidence', ...credentials };
  const evidenceBucket = openLockedBucket(address);
  await evidenceBucket.prepare();
  const settings = {
    headSeconds: 0,
    fileKeyDays: 400,
    settleAfterSeconds: 0,
    publicUrl: 'http://localhost',
    languagePresumption: { brussels: 'fr', facilities: 'own', unknown: 'fr' },
  } as const;
  const clock = () => new Date();
  const log = createLog('silent');
  for (const count of [3, 500]) {
    await test.database.transaction(async (connection) => {
      for (let at = 0; at < count; at += 1)
        await insertAuditEntry(connection, {
          actor: { kind: 'service', id: 'test' },
          action: 'message.notify',
          ground: 'duty',
          object: String(at),
        });
    });
    await untilSettled(test);
    const services = { database: test.database, evidenceKey: key, evidenceBucket, clock, log, settings };
    await keepEvidence({
      ...services,
      timeStamp: (imprint) => forgeToken(tsa, { imprint, time: new Date() }),
    });
  }
  await copyTo(bucketSource(evidenceBucket), copy);
  evidenceBucket.close();
  writeFileSync(keys, JSON.stringify({ keys: [key.publicKey] }));
  writeFileSync(authorities, [root, issuing].map(({ certificate }) => toPem(certificate)).join(''));
});
after(async () => {
  await commands.stop();
  await s3.stop();
  await test.drop();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly status: number;
  readonly lines: readonly string[];
  readonly json: {
    readonly isWhole: boolean;
    readonly sealedLeaves: number;
    readonly databaseLeaves: number;
    readonly timeStamps: { readonly found: number; readonly valid: number; readonly areChecked: boolean };
    readonly isProved: boolean;
    readonly reason: string;
    readonly leafIndex: number;
    readonly record: string;
    readonly findings: readonly { readonly fault: string; readonly position: number }[];
  };
}

async function verify(...options: readonly string[]): Promise<Outcome> {
  const { output, status } = await commands.run(['evidence', 'verify', '--json', ...options]);
  const lines = output.trim().split('\n');
  return { status, lines, json: JSON.parse(lines.at(-1) ?? '') };
}

describe('ebox evidence verify', () => {
  it('says that a log is whole, with its database, and ends with 0', async () => {
    const { status, lines, json } = await verify('--folder', copy, '--keys', keys, '--database', test.url);
    assert.deepEqual([status, json.isWhole, json.sealedLeaves, json.databaseLeaves], [0, true, 503, 503]);
    assert.ok(lines.some((line) => /^Verdict +whole/.test(line)));
  });

  it('names the place where a log was edited, and ends with 1', async () => {
    const path = join(copy, 'leaves', '000000000003-000000000502.ndjson');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.split('\n').with(97, '{"v":1}').join('\n'));
    const { status, lines, json } = await verify('--folder', copy, '--keys', keys);
    writeFileSync(path, text);
    assert.deepEqual(
      [status, json.findings.map(({ fault, position }) => [fault, position])],
      [1, [['edited', 100]]],
    );
    assert.ok(lines.some((line) => line.includes('leaf 100 is another one than was sealed')));
  });
});

describe('ebox evidence verify --tsa-trust', () => {
  const stampsOf = (lines: readonly string[]) => lines.find((line) => line.startsWith('Time-stamps')) ?? '';

  it('checks each time-stamp against the certificates that are named', async () => {
    const { status, lines, json } = await verify(
      '--folder',
      copy,
      '--keys',
      keys,
      '--tsa-trust',
      authorities,
    );
    assert.deepEqual([status, json.timeStamps], [0, { found: 2, valid: 2, ended: 0, areChecked: true }]);
    assert.match(stampsOf(lines), /2 valid/);
  });

  it('says that nothing was checked where none are', async () => {
    const { status, lines, json } = await verify('--folder', copy, '--keys', keys);
    assert.deepEqual([status, json.timeStamps.valid, json.timeStamps.areChecked], [0, 0, false]);
    assert.match(stampsOf(lines), /2; not checked, name .* with --tsa-trust/);
  });

  it('names the head whose time-stamp is that of another, and ends with 1', async () => {
    const path = join(copy, 'heads', '000000000002.tst');
    const token = readFileSync(path);
    writeFileSync(path, readFileSync(join(copy, 'heads', '000000000001.tst')));
    const { status, json } = await verify('--folder', copy, '--keys', keys, '--tsa-trust', authorities);
    writeFileSync(path, token);
    assert.deepEqual(
      [status, json.findings.map(({ fault, position }) => [fault, position])],
      [1, [['timeStampAltered', 2]]],
    );
  });
});

describe('ebox evidence verify --proof', () => {
  const file = join(folder, 'proof.json');
  type Proof = Record<string, unknown> & { hashes: string[]; record: string; salt: string; leaf: string };

  /** The proof of a leaf as the API gives it. */
  async function proofOf(leaf: number): Promise<Proof> {
    const [row] = await test.query<{ id: string }>(
      'select record_id as id from evidence_leaf where leaf_index = $1',
      [leaf],
    );
    const id = row?.id ?? '';
    const opened = await test.database.transaction(async (connection) => ({
      proof: (await proveLeaf(connection, 'audit', id)) ?? assert.fail(),
      record: await readRecord(connection, 'audit', id),
    }));
    return JSON.parse(JSON.stringify(toProof({ ...opened.proof, record: opened.record })));
  }

  it('says that a record is in the log, and ends with 0', async () => {
    writeFileSync(file, JSON.stringify(await proofOf(77)));
    const { status, lines, json } = await verify('--proof', file, '--keys', keys);
    assert.deepEqual([status, json.isProved, json.leafIndex], [0, true, 77]);
    assert.match(json.record, /"action":"message\.notify"/);
    assert.ok(lines.some((line) => /^Verdict +the record is in the log/.test(line)));
  });

  it('refuses a record that was changed, and ends with 1', async () => {
    const proof = await proofOf(77);
    writeFileSync(file, JSON.stringify({ ...proof, record: proof.record.replace('notify', 'consult') }));
    const { status, json } = await verify('--proof', file, '--keys', keys);
    assert.deepEqual([status, json.isProved, json.reason], [1, false, 'the leaf commits to another record']);
  });

  it('ends with 2 for what is no proof', async () => {
    writeFileSync(file, '{"leafIndex":"77"}');
    assert.equal((await commands.run(['evidence', 'verify', '--proof', file])).status, 2);
  });

  it('proves nothing once any part of a proof is that of another', async () => {
    const trusted = readHeadKeys(readFileSync(keys, 'utf8'));
    const [proof, other] = [await proofOf(77), await proofOf(78)];
    const isProved = (changed: object) => {
      const read = readProof(JSON.stringify({ ...proof, ...changed }));
      return read !== undefined && verifyProof(read, trusted).isProved;
    };
    assert.ok(isProved({}) && isProved({ record: undefined }));
    for (const name of ['leafIndex', 'leaf', 'salt', 'record', 'hashes'])
      assert.ok(!isProved({ [name]: other[name] }), name);
    const { jws } = proof.head as { jws: string };
    for (let at = 0; at < jws.length; at += 11) {
      const altered = `${jws.slice(0, at)}${jws[at] === 'A' ? 'B' : 'A'}${jws.slice(at + 1)}`;
      assert.ok(!isProved({ head: { jws: altered } }), `character ${at} of the head`);
    }
    for (const at of proof.hashes.keys()) {
      assert.ok(!isProved({ hashes: proof.hashes.toSpliced(at, 1) }), `without hash ${at}`);
      assert.ok(!isProved({ hashes: proof.hashes.with(at, proof.salt) }), `another hash ${at}`);
    }
    assert.ok(!isProved({ hashes: [...proof.hashes, proof.hashes[0]] }));
    const stranger = readHeadKeys(JSON.stringify((await newEvidenceKey()).publicKey));
    assert.equal(verifyProof(readProof(JSON.stringify(proof)) ?? assert.fail(), stranger).isProved, false);
  });
});

describe('ebox evidence retention', () => {
  it('says which months may go, and when the next ones do', async () => {
    const year = new Date().getUTCFullYear();
    const months = (
      await test.query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_entry'::regclass and inhrelid::regclass::text ~ '[0-9]$'`,
      )
    ).length;
    // Eleven years old is over ten years from the next 1 January; ten years old is not.
    for (const [name, from, to] of [
      [`audit_entry_${year - 11}_12`, `${year - 11}-12-01`, `${year - 10}-01-01`],
      [`audit_entry_${year - 10}_01`, `${year - 10}-01-01`, `${year - 10}-02-01`],
    ])
      await test.query(
        `create table ${name} partition of audit_entry for values from ('${from}') to ('${to}')`,
      );
    const words = ['evidence', 'retention', '--json', '--database', test.url];
    const { output } = await commands.run(words);
    const lines = output.trim().split('\n');
    assert.match(lines[0] ?? '', new RegExp(`^audit_entry_${year - 11}_12 .* may go$`));
    assert.match(lines[1] ?? '', new RegExp(`^audit_entry_${year - 10}_01 .* kept until ${year + 1}-01-01$`));
    assert.match(
      lines.at(-2) ?? '',
      new RegExp(`^May go now: 1 of ${months + 2} months, \\d+ KiB; next on ${year + 1}-01-01$`),
    );
    assert.equal(JSON.parse(lines.at(-1) ?? '').going, 1);
  });
});

describe('checkLog', () => {
  /** What somebody who owns the database can do, with every guard of it switched off. */
  async function tamper(statement: string): Promise<readonly (readonly [string, number | undefined])[]> {
    const client = ['audit_entry', 'evidence_leaf', 'log_state'];
    for (const table of client.slice(0, 2)) await test.query(`alter table ${table} disable trigger user`);
    const [{ partition } = { partition: '' }] = await test.query<{ partition: string }>(
      'select tableoid::regclass::text as partition from audit_entry limit 1',
    );
    await test.query(`alter table ${partition} disable trigger user`);
    await test.query(`create table kept_entry as select * from audit_entry`);
    await test.query(`create table kept_leaf as select * from evidence_leaf`);
    try {
      await test.query(statement);
      const { findings } = await checkLog({ database: test.database });
      return findings.map(({ fault, position }) => [fault, position] as const);
    } finally {
      await test.query('delete from audit_entry');
      await test.query('insert into audit_entry overriding system value select * from kept_entry');
      await test.query('delete from evidence_leaf');
      await test.query('insert into evidence_leaf select * from kept_leaf');
      await test.query('drop table kept_entry, kept_leaf');
    }
  }

  const idOf = (leaf: number) => `(select record_id::bigint from evidence_leaf where leaf_index = ${leaf})`;

  it('finds nothing in a database that was left alone', async () => {
    const { findings, leaves } = await checkLog({ database: test.database });
    assert.deepEqual([findings, leaves], [[], 503]);
  });

  it('finds an entry that was edited', async () =>
    assert.deepEqual(
      await tamper(`update audit_entry set actor_id = 'nobody' where audit_entry_id = ${idOf(77)}`),
      [['edited', 77]],
    ));

  it('finds an entry whose time was moved by a microsecond', async () =>
    assert.deepEqual(
      await tamper(
        `update audit_entry set recorded_at = recorded_at + interval '1 microsecond' where audit_entry_id = ${idOf(5)}`,
      ),
      [['edited', 5]],
    ));

  it('finds an entry that was deleted', async () =>
    assert.deepEqual(await tamper(`delete from audit_entry where audit_entry_id = ${idOf(300)}`), [
      ['deleted', 300],
    ]));

  it('finds a leaf that was deleted with its entry', async () =>
    assert.deepEqual(
      (
        await tamper(
          `with gone as (delete from evidence_leaf where leaf_index = 9 returning record_id)
           delete from audit_entry where audit_entry_id = (select record_id::bigint from gone)`,
        )
      )[0],
      ['deleted', 9],
    ));

  it('finds an entry that was put between older ones', async () =>
    assert.deepEqual(
      await tamper(
        `insert into audit_entry (recorded_at, xid, actor_kind, actor_id, action, ground, purpose)
         select recorded_at, xid, 'client', 'somebody', 'declaration.consult', 'declarant', 'declaration'
         from audit_entry where audit_entry_id = ${idOf(10)}`,
      ),
      [['inserted', undefined]],
    ));
});
