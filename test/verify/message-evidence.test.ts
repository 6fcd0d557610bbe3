/** The evidence of a message, offline: whole it is proved; changed anywhere, cut, filled up or mixed with another it is refused. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { commitTo, leafName, writeLeaf, writeRecord } from '../../src/domain/leaf.ts';
import { HEAD_TYPE, writeHead } from '../../src/domain/log-head.ts';
import { hashLeaf, hashNode } from '../../src/domain/merkle-tree.ts';
import { MESSAGE_EVIDENCE_TYPE } from '../../src/domain/message-evidence.ts';
import { type EvidenceKey, readEvidenceKey } from '../../src/keys/evidence-key.ts';
import { type HeadKeys, readHeadKeys } from '../../src/verify/head.ts';
import { readEvidence, verifyEvidenceFile } from '../../src/verify/message-evidence.ts';

const MESSAGE = '01935b1e-7c00-7000-8000-000000000001';
const EVENTS = ['01', '02', '03', '04'].map((end) => `01935b1e-7c00-7000-8000-0000000000${end}`);

/** A file is JSON: what a test does to it has no type. */
type Json = ReturnType<typeof JSON.parse>;

let key: EvidenceKey;
let keys: HeadKeys;
let file: Json;
let other: Json;

const newKey = () =>
  readEvidenceKey(
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString(),
  );

/** Makes the evidence of a message with three receipts, in a log of four leaves. */
async function makeEvidence(
  sealer: EvidenceKey,
  change: (statement: Json) => void = () => undefined,
): Promise<Json> {
  const statement: Json = {
    messageId: MESSAGE,
    messageTypeId: 'letter',
    senderOrganizationId: '0206731645',
    senderApplicationId: 'app',
    receivedAt: '2026-03-01T08:00:00.000Z',
    expiresAt: '2029-03-01T08:00:00.000Z',
    attachments: [
      { sha256: 'ab'.repeat(32), bytes: 1000, mediaType: 'application/pdf', isMainContent: true },
    ],
    receipts: [
      { eventId: EVENTS[0], kind: 'published', etsiEvent: 'D.1' },
      { eventId: EVENTS[1], kind: 'reminded' },
      { eventId: EVENTS[2], kind: 'read', etsiEvent: 'E.1' },
    ].map((one, at) => ({
      ...one,
      eventTime: `2026-03-0${at + 1}T08:00:00.123456Z`,
      recordedTime: `2026-03-0${at + 1}T08:00:01.123456Z`,
    })),
    state: 'read',
  };
  change(statement);
  const leaves = statement.receipts.map(({ eventId: id, kind, eventTime, recordedTime }: Json) => {
    const salt = randomBytes(16);
    const record = { eventId: id, messageId: MESSAGE, kind, eventTime, recordedTime };
    const leaf = writeLeaf({ kind: 'receipt', id, commitment: commitTo(salt, record) });
    return {
      leafId: leafName({ kind: 'receipt', id }),
      leaf,
      salt: salt.toString('base64url'),
      record: writeRecord(record),
    };
  });
  const hashes = [
    ...leaves.map(({ leaf }: Json) => hashLeaf(Buffer.from(leaf))),
    randomBytes(32),
    randomBytes(32),
  ].slice(0, 4);
  const [one, two, three, four] = hashes as [Buffer, Buffer, Buffer, Buffer];
  const [left, right] = [hashNode(one, two), hashNode(three, four)];
  const root = hashNode(left, right);
  const paths = [
    [two, right],
    [one, right],
    [four, left],
    [three, left],
  ];
  const head = {
    logId: MESSAGE,
    number: 1,
    size: 4,
    root,
    time: new Date('2026-03-04T00:00:00Z'),
    previous: undefined,
  };
  const jws = await sealer.seal(HEAD_TYPE, writeHead(head));
  return {
    v: 1,
    statement,
    seal: await sealer.seal(MESSAGE_EVIDENCE_TYPE, JSON.stringify(statement)),
    proofs: leaves.map((leaf: Json, at: number) => ({
      leafIndex: at,
      ...leaf,
      hashes: paths[at]?.map((hash) => hash.toString('base64url')),
      head: { number: 1, jws },
    })),
  };
}

before(async () => {
  key = await newKey();
  keys = readHeadKeys(JSON.stringify(key.publicKey));
  file = await makeEvidence(key);
  other = await makeEvidence(key);
});

function judge(value: unknown, trusted = keys) {
  const read = readEvidence(JSON.stringify(value));
  return read === undefined ? 'no evidence' : verifyEvidenceFile(read, trusted);
}
const isProved = (value: unknown) => {
  const verdict = judge(value);
  return verdict !== 'no evidence' && verdict.isProved;
};

it('whole evidence is proved, however it is written', () => {
  const verdict = judge(file);
  assert.ok(verdict !== 'no evidence' && verdict.isProved, JSON.stringify(verdict));
  assert.deepEqual([verdict.messageId, verdict.state, verdict.receipts.length], [MESSAGE, 'read', 3]);
  assert.deepEqual(verdict.sha256, ['ab'.repeat(32)]);
  const reordered = JSON.parse(JSON.stringify(file, undefined, 2));
  assert.ok(isProved(Object.fromEntries(Object.entries(reordered).toReversed())));
});

describe('evidence is refused', () => {
  const mutations: Readonly<Record<string, (one: Json) => void>> = {
    'with another state': (one) => (one.statement.state = 'neverRead'),
    'with a receipt of another kind': (one) => (one.statement.receipts[1].kind = 'expiryAlerted'),
    'with another time of an event': (one) =>
      (one.statement.receipts[2].eventTime = '2026-03-03T08:00:00.123457Z'),
    'with another recorded time': (one) =>
      (one.statement.receipts[0].recordedTime = '2026-03-02T08:00:01.123456Z'),
    'with another digest': (one) => (one.statement.attachments[0].sha256 = 'ac'.repeat(32)),
    'with another sender': (one) => (one.statement.senderOrganizationId = '0202239951'),
    'of another message': (one) => (one.statement.messageId = EVENTS[3]),
    'with a later expiry': (one) => (one.statement.expiresAt = '2030-03-01T08:00:00.000Z'),
    'with an entry more': (one) => (one.statement.remark = 'nothing'),
    'with an entry more in a receipt': (one) => (one.statement.receipts[0].reportedBy = '0206731645'),
    'with an entry less': (one) => delete one.statement.messageTypeId,
    'without a receipt': (one) => one.statement.receipts.pop(),
    'without a receipt and its proof': (one) => (one.statement.receipts.pop(), one.proofs.pop()),
    'without a proof': (one) => one.proofs.pop(),
    'with proofs in another order': (one) => (one.proofs = one.proofs.toReversed()),
    'with one proof twice': (one) => (one.proofs[1] = one.proofs[0]),
    'with a proof too many': (one) => one.proofs.push(one.proofs[0]),
    'with the salt of another leaf': (one) => (one.proofs[0].salt = one.proofs[1].salt),
    'with the record of another leaf': (one) => (one.proofs[0].record = one.proofs[1].record),
    'with another place of a leaf': (one) => (one.proofs[0].leafIndex = 1),
    'with a place that is none': (one) => (one.proofs[0].leafIndex = 0.5),
    'with a path that ends early': (one) => one.proofs[0].hashes.pop(),
    'with a path that goes on': (one) => one.proofs[0].hashes.push(one.proofs[0].hashes[0]),
    'with a path in another order': (one) => (one.proofs[0].hashes = one.proofs[0].hashes.toReversed()),
    'with another name of a leaf': (one) => (one.proofs[0].leafId = one.proofs[1].leafId),
    'with another number of a head': (one) => (one.proofs[0].head.number = 2),
    'with an entry more in a proof': (one) => (one.proofs[0].remark = ''),
    'with an entry more in a head': (one) => (one.proofs[0].head.size = 4),
    'with an entry more at the top': (one) => (one.remark = ''),
    'of another version': (one) => (one.v = 2),
    'without its seal': (one) => delete one.seal,
    'with the seal of a head': (one) => (one.seal = one.proofs[0].head.jws),
    'with a head that is sealed as evidence': (one) => (one.proofs[0].head.jws = one.seal),
    'with a null': (one) => (one.statement.receipts[1].etsiEvent = null),
    'with proofs that are texts': (one) => (one.proofs = one.proofs.map(String)),
    'that is a list': (one) => (one.statement = [one.statement]),
  };
  for (const [name, mutate] of Object.entries(mutations))
    it(name, () => {
      const changed = structuredClone(file);
      mutate(changed);
      assert.notDeepEqual(changed, file, 'nothing was changed');
      assert.equal(isProved(changed), false);
    });

  it('with any one letter of any text changed', () => {
    let count = 0;
    for (const path of textsOf(file)) {
      const text = path.reduce((at: Json, name) => at[name], file) as string;
      // Some places of each text, its last letter among them: of base64url it has bits that say nothing.
      for (const at of new Set([0, text.length >> 1, text.length - 1])) {
        const changed = structuredClone(file);
        const parent = path.slice(0, -1).reduce((place: Json, name) => place[name], changed);
        const letter = text[at] === 'A' ? 'B' : 'A';
        parent[path.at(-1) ?? ''] = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
        assert.equal(isProved(changed), false, `${path.join('.')} at ${at}`);
        count += 1;
      }
    }
    assert.ok(count > 100, `${count} changes`);
  });

  it('with the last bits of a seal, a salt or a hash changed', () => {
    for (const path of [
      ['seal'],
      ['proofs', 0, 'salt'],
      ['proofs', 0, 'hashes', 0],
      ['proofs', 0, 'head', 'jws'],
    ]) {
      const changed = structuredClone(file);
      const parent = path.slice(0, -1).reduce((place: Json, name) => place[name], changed);
      const name = path.at(-1) ?? '';
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const last = letters.indexOf(parent[name].at(-1));
      parent[name] = parent[name].slice(0, -1) + letters[last ^ 1];
      assert.equal(isProved(changed), false, path.join('.'));
    }
  });

  it('with parts of other evidence of the same message', () => {
    for (const part of ['seal', 'proofs']) {
      const mixed = { ...structuredClone(file), [part]: other[part] };
      // Another seal of the same statement is as good as this one; proofs of another log are not.
      assert.equal(isProved(mixed), true, part);
    }
    const mixed = structuredClone(file);
    mixed.proofs[0].head = other.proofs[0].head;
    assert.equal(isProved(mixed), false);
  });

  it('by a key that was not given', async () => {
    const stranger = await makeEvidence(await newKey());
    assert.equal(isProved(stranger), false);
    assert.equal(isProved({ ...stranger, seal: file.seal }), false);
    assert.equal(isProved({ ...file, proofs: stranger.proofs }), false);
  });

  it('when what was sealed contradicts itself', async () => {
    const wrongs: readonly ((statement: Json) => void)[] = [
      (statement) => (statement.state = 'published'),
      (statement) => (statement.receipts[0].etsiEvent = 'E.1'),
      (statement) => (statement.receipts[1].kind = 'thought'),
      (statement) => (statement.receipts[1].eventId = statement.receipts[0].eventId),
    ];
    for (const wrong of wrongs) {
      const verdict = judge(await makeEvidence(key, wrong));
      assert.ok(verdict !== 'no evidence' && !verdict.isProved);
    }
  });
});

/** Lists the paths of all texts in a value. */
function textsOf(value: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, [...path, name]));
}
