/** Evidence over HTTP: what citizens see of accesses to their data, what supervisors see, and that nothing is told unwritten. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { commitTo } from '../../src/domain/leaf.ts';
import { isIncluded } from '../../src/domain/merkle-proof.ts';
import { hashLeaf } from '../../src/domain/merkle-tree.ts';
import { openHead, readHeadKeys } from '../../src/verify/head.ts';
import { until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import { contentPath, INBOX, type Scene, ssinFrom, startScene } from './scene.ts';

const ACCESSES = '/myData/v1/accesses';
const QUERY = '/evidence/v1/auditEntries/query';

let scene: Scene;
let lena: string;
let issuer: string;
let payroll: string;
let pdf: Buffer;
let attestationId: string;

before(async () => {
  scene = await startScene({ EVIDENCE_HEAD_SECONDS: '0' });
  lena = await scene.service.personToken('lena');
  issuer = await scene.service.clientToken('issuer', 'evidence:consult');
  payroll = await scene.service.clientToken('payroll', 'dimona:declare dimona:consult');
  await scene.declareDays('lena', ['2020-09-01']);
  const { body } = await scene.api.get(INBOX, lena);
  pdf = (await scene.api.get(contentPath(body.items[0]), lena)).bytes;
  const report = await scene.api.call('post', '/verifications/v1/verifications', {
    type: 'application/pdf',
    body: pdf,
  });
  attestationId = report.body.attestation.attestationId;
});
after(() => scene.stop());

describe('GET /myData/v1/accesses', () => {
  it('shows who did what, when and why, the last first', async () => {
    const { status, body } = await scene.api.get(`${ACCESSES}?own=true`, lena);
    assert.equal(status, 200);
    const [verified] = body.items;
    assert.deepEqual(
      [verified.action, verified.by, verified.ground, verified.purpose, verified.object],
      ['attestation.verify', 'holder', 'holder', 'verification', attestationId],
    );
    assert.match(verified.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+0[12]:00$/);
    assert.equal(verified.what.nl, 'Attest gecontroleerd');
    assert.match(verified.why.en, /^Checking that a document is genuine – whoever holds the document/);
    const declared = body.items.find(({ action }: { action: string }) => action === 'declaration.report');
    assert.deepEqual([declared.by, declared.organization.enterpriseNumber], ['organization', '1900045601']);
    const read = body.items.find(({ action }: { action: string }) => action === 'message.read');
    assert.equal(read.by, 'yourself');
    assert.doesNotMatch(JSON.stringify(body), /(?<![0-9a-f])\d{11}(?![0-9a-f])/);
  });

  it('shows an access at once, and soon its place in the sealed log', async () => {
    await scene.api.call('post', '/verifications/v1/verifications', { type: 'application/pdf', body: pdf });
    const first = async () =>
      (await scene.api.get(`${ACCESSES}?pageSize=200`, lena)).body.items.find(
        ({ action }: { action: string }) => action === 'attestation.verify',
      );
    const { accessId } = await first();
    const sealed = await until(first, ({ leafIndex }) => leafIndex !== undefined);
    assert.equal(sealed.accessId, accessId);
  });

  it('goes from page to page without missing or repeating one', async () => {
    const seen: string[] = [];
    let answer = await scene.api.get(`${ACCESSES}?pageSize=3`, lena);
    for (;;) {
      for (const { accessId, ground } of answer.body.items) {
        assert.notEqual(ground, 'ownData');
        seen.push(accessId);
      }
      if (answer.body.next === undefined) break;
      answer = await scene.api.follow(answer.body.next, lena);
    }
    const [count] = await scene.service.database.query<{ count: number }>(
      `select count(*)::int as count from audit_entry join person using (person_id)
       where given_name = 'Lena' and ground <> 'ownData'`,
    );
    assert.deepEqual([new Set(seen).size, seen.length], [count?.count, count?.count]);
  });

  it('shows nobody anything of somebody else', async () => {
    const { body } = await scene.api.get(ACCESSES, await scene.service.personToken('amelie'));
    assert.ok(!JSON.stringify(body).includes(attestationId));
  });

  it('comes as a file, in the language asked', async () => {
    const csv = (await scene.api.get(`${ACCESSES}/report?format=csv&lang=fr`, lena)).bytes.toString('utf8');
    assert.match(csv, /^\ufeffquand;qui;/);
    assert.match(csv, /Attestation vérifiée;Vérifier si un document est authentique – qui détient/);
    const { body } = await scene.api.get(`${ACCESSES}/report?format=json`, lena);
    assert.ok(body.items.some(({ object }: { object: string }) => object === attestationId));
    assert.ok(body.items.every(({ ground }: { ground: string }) => ground !== 'ownData'));
  });
});

describe('POST /evidence/v1/auditEntries/query', () => {
  const query = (body: unknown, token = issuer) => scene.api.call('post', QUERY, { token, body });

  it('tells who, on whose behalf, what, on whom, why, in which call and with which token', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { declarationId } = await scene.client.declare(
      quaIn({ ssin: demoSsin('lena'), day: '2020-10-05' }),
    );
    await scene.client.settled();
    const path = `/dimona/v2/declarations/${declarationId}`;
    await scene.api.get(path, payroll, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    const { body } = await query({ ssin: demoSsin('lena'), actions: ['declaration.consult'], pageSize: 1 });
    const [entry] = body.items;
    assert.deepEqual(
      [
        entry.actor.kind,
        entry.actor.id,
        entry.actor.onBehalfOf.enterpriseNumber,
        entry.object,
        entry.ground,
        entry.purpose,
      ],
      ['client', 'payroll', '1900045601', declarationId, 'declarant', 'declaration'],
    );
    assert.deepEqual(
      [entry.traceId, entry.actor.tokenHash],
      [traceId, createHash('sha256').update(payroll).digest('hex')],
    );
    assert.ok(body.nextCursor);
  });

  it('is itself an access that each person finds', async () => {
    await query({ ssin: demoSsin('lena') });
    const { body } = await scene.api.get(ACCESSES, lena);
    assert.deepEqual(
      [body.items[0].action, body.items[0].organization.enterpriseNumber],
      ['evidence.consult', '1912345694'],
    );
    assert.ok(body.items[0].organization.name.de);
  });

  it('gives another organisation only what was done on its own behalf', async () => {
    const [own] = await scene.service.database.query<{ id: string }>(
      `insert into audit_entry (actor_kind, actor_id, actor_organization, action, ground, purpose)
       values ('client', 'other', '1900099999', 'declaration.consult', 'declarant', 'declaration') returning audit_entry_id as id`,
    );
    const { queryEntries } = await import('../../src/workflows/supervise.ts');
    const access = {
      actor: { kind: 'client', id: 'other' },
      organization: '1900099999',
      traceId: 't',
    } as const;
    const asked = { ssin: undefined, size: 50, before: undefined };
    const entries = await queryEntries(scene.service.service.composition.services, access, asked);
    assert.deepEqual(
      entries.map(({ auditEntryId }) => auditEntryId),
      [own?.id],
    );
    const others = { ...asked, organization: '1900045601' };
    assert.deepEqual(await queryEntries(scene.service.service.composition.services, access, others), []);
  });

  it('finds nothing for a number that nobody has, and refuses one that nobody can have', async () => {
    assert.deepEqual((await query({ ssin: ssinFrom('750322996') })).body.items, []);
    assert.equal((await query({ ssin: '75032200100' })).status, 400);
  });
});

describe('the proof of an issued document', () => {
  it('leads from what the register says to a sealed head, with public keys alone', async () => {
    const path = `/evidence/v1/leaves/issued.${attestationId}/inclusionProof`;
    const { body } = await until(
      () => scene.api.get(path, issuer),
      ({ status }) => status === 200,
    );
    assert.deepEqual(JSON.parse(body.record), {
      attestationId,
      pdfSha256: createHash('sha256').update(pdf).digest('hex'),
    });
    const { keys, items } = (await scene.api.get('/evidence/v1/heads', issuer)).body;
    const head = openHead(body.head.jws, readHeadKeys(JSON.stringify({ keys }))) ?? assert.fail();
    assert.equal(
      JSON.parse(body.leaf).commitment,
      commitTo(Buffer.from(body.salt, 'base64url'), JSON.parse(body.record)).toString('base64url'),
    );
    assert.ok(
      isIncluded({
        index: body.leafIndex,
        size: head.size,
        leafHash: hashLeaf(Buffer.from(body.leaf)),
        path: body.hashes.map((hash: string) => Buffer.from(hash, 'base64url')),
        root: head.root,
      }),
    );
    assert.ok(items.some(({ number }: { number: number }) => number === head.number));
  });

  it('is not given for what is not there', async () => {
    assert.equal(
      (await scene.api.get('/evidence/v1/leaves/audit.999999999/inclusionProof', issuer)).status,
      404,
    );
  });
});

describe('an attempt that is refused', () => {
  it('stands in the security log, with what was wrong and without what was sent', async () => {
    const before = scene.service.logLines.length;
    await scene.api.get(ACCESSES, 'garbled');
    await scene.api.get('/evidence/v1/heads', payroll);
    await scene.api.get('/dimona/v2/declarations/01935b1e-7c00-7000-8000-000000000001', payroll);
    const lines = scene.service.logLines.slice(before).map((line) => JSON.parse(line));
    assert.deepEqual(
      lines
        .filter(({ logger }) => logger === 'security')
        .map(({ operation, status, defect, clientId }) => [operation, status, defect, clientId]),
      [
        ['listMyAccesses', 401, 'malformed', undefined],
        ['listLogHeads', 403, undefined, 'payroll'],
        ['getDeclaration', 404, undefined, 'payroll'],
      ],
    );
  });
});

describe('when evidence cannot be written', () => {
  before(() =>
    scene.service.database.query(
      `create function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
     create trigger refused before insert on audit_entry for each row execute function refuse_entry()`,
    ),
  );
  after(() => scene.service.database.query('drop trigger refused on audit_entry'));

  it('no route tells anything of a person', async () => {
    const { database } = scene.service;
    const [message] = await database.query<{ id: string; attachment: string }>(
      'select message_id as id, attachment_id as attachment from message join attachment using (message_id) limit 1',
    );
    const [declaration] = await database.query<{ id: string }>(
      'select declaration_id as id from declaration limit 1',
    );
    const path = `${INBOX}/${message?.id}`;
    const publish = await scene.service.clientToken('issuer', 'ebox:publish events:subscribe');
    const asked = [
      { messageId: message?.id, eboxId: { eboxType: 'citizen', eboxIdValue: demoSsin('lena') } },
    ];
    const calls = [
      () => scene.api.get('/ebox/citizen/v2/ebox', lena),
      () => scene.api.get(INBOX, lena),
      () => scene.api.get(path, lena),
      () => scene.api.get(`${path}/attachments`, lena),
      () => scene.api.get(`${path}/attachments/${message?.attachment}`, lena),
      () => scene.api.get(`${path}/attachments/${message?.attachment}/content`, lena),
      () => scene.api.get(ACCESSES, lena),
      () => scene.api.get(`/myData/v1/messages/${message?.id}/evidence`, lena),
      () => scene.api.get(`/receipts/v1/messages/${message?.id}/evidence`, publish),
      () => scene.api.get('/events/v1/events', publish),
      () => scene.api.get(`/dimona/v2/declarations/${declaration?.id}`, payroll),
      () => scene.api.call('post', '/ebox/citizen/v2/searchMessageStatus', { token: publish, body: asked }),
      () => scene.api.call('post', '/verifications/v1/verifications', { type: 'application/pdf', body: pdf }),
      () => scene.api.call('post', QUERY, { token: issuer, body: {} }),
      () => scene.api.get(`/evidence/v1/leaves/issued.${attestationId}/inclusionProof`, issuer),
    ];
    for (const call of calls) {
      const { status, bytes } = await call();
      assert.equal(status, 500);
      assert.doesNotMatch(bytes.toString('utf8'), /Vermeulen|QUA-|1900045601|quarantine/i);
    }
  });
});
