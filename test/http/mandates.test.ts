/** Mandates over HTTP: recorded, acted by, seen by those whom they concern, and revoked. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readContent } from '../../src/workflows/read.ts';
import { daysFromNow } from '../support/grounds.ts';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import { contentPath, INBOX, linesOf, type Scene, ssinFrom, startScene } from './scene.ts';

const MANDATES = '/access/v1/mandates';
const HEADER = 'Citizen-Ebox-Mandate-Id';
const PAYROLL = '1900045601';
const EMPLOYER = '0206731645';
const NOBODY = '01935b1e-7c00-7000-8000-000000000001';

let scene: Scene;
let issuer: string;
let payroll: string;
let lena: string;
let amelie: string;

before(async () => {
  scene = await startScene();
  issuer = await scene.service.clientToken('issuer', 'access:manage');
  payroll = await scene.service.clientToken('payroll', 'access:manage');
  lena = await scene.service.personToken('lena');
  amelie = await scene.service.personToken('amelie');
  await scene.declareDays('lena', ['2020-09-01']);
});
after(() => scene.stop());

const post = (path: string, token: string, body: object, headers: Record<string, string> = {}) =>
  scene.api.call('post', path, { token, body, headers });
const pathOf = ({ headers }: Answer) => new URL(headers.location ?? '').pathname;
const idOf = (path: string) => path.split('/').at(-1) ?? '';

/** Amélie acts for Lena. */
function forLena(changes: object = {}) {
  const parties = { kind: 'administrator', agentSsin: demoSsin('amelie'), representedSsin: demoSsin('lena') };
  return { ...parties, rights: ['inbox', 'accesses'], validFrom: daysFromNow(-1), ...changes };
}

function forEmployer(changes: object = {}) {
  const parties = { kind: 'employer', agent: PAYROLL, employer: EMPLOYER };
  return { ...parties, rights: ['declare', 'consult'], validFrom: daysFromNow(-1), ...changes };
}

async function record(body: object, token = issuer): Promise<string> {
  const answer = await post(MANDATES, token, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return idOf(pathOf(answer));
}

async function lastEntry() {
  const [row] = await scene.service.database.query<Record<string, string>>(
    `select action, ground, ground_id as "groundId", actor.given_name as actor, subject.given_name as subject,
       coalesce(represented.given_name, e.represented) as represented, actor_organization as organization
     from audit_entry e left join person actor on actor.person_id::text = e.actor_id
       left join person subject on subject.person_id = e.person_id
       left join person represented on represented.person_id::text = e.represented
     order by audit_entry_id desc limit 1`,
  );
  return row;
}

async function personIds(...givenNames: readonly string[]): Promise<readonly [string, string]> {
  const rows = await scene.service.database.query<{ id: string; name: string }>(
    'select person_id as id, given_name as name from person where replaced_by is null',
  );
  const [one, other] = givenNames.map((name) => rows.find((row) => row.name === name)?.id);
  return [one ?? assert.fail(), other ?? assert.fail()];
}

describe('a person who acts for another', () => {
  it('reads the other’s inbox, which makes the message read, and both stand in evidence', async () => {
    const mandateId = await record(forLena());
    const headers = { [HEADER]: mandateId };
    const { body } = await scene.api.get(INBOX, amelie, headers);
    assert.equal(body.totalItems, 1);
    assert.equal((await scene.api.get(INBOX, amelie)).body.totalItems, 0);
    const [message] = body.items;
    assert.equal((await scene.api.get(`${INBOX}/${message.messageId}`, amelie, headers)).status, 200);
    const opened = await scene.api.get(contentPath(message), amelie, headers);
    assert.deepEqual([opened.status, opened.bytes.subarray(0, 5).toString()], [200, '%PDF-']);
    assert.deepEqual(await lastEntry(), {
      action: 'message.read',
      ground: 'mandate',
      groundId: mandateId,
      actor: 'Amélie',
      subject: 'Lena',
      represented: 'Lena',
      organization: null,
    });
    assert.equal((await scene.api.get(INBOX, lena)).body.items[0].readStatus, true);
  });

  it('is seen by the other among the accesses, with the mandate as ground', async () => {
    const mandateId = await record(forLena());
    await scene.api.get(INBOX, amelie, { [HEADER]: mandateId });
    const [access] = (await scene.api.get('/myData/v1/accesses?pageSize=1', lena)).body.items;
    assert.deepEqual(
      [access.action, access.by, access.ground, access.mandateId],
      ['message.list', 'mandatary', 'mandate', mandateId],
    );
    assert.match(access.why.en, /who may act on your behalf$/);
    const [mandate] = (await scene.api.get('/myData/v1/mandates', lena)).body.items;
    assert.deepEqual(
      [mandate.mandateId, mandate.role, mandate.state, mandate.other.givenName],
      [mandateId, 'represented', 'inForce', 'Amélie'],
    );
    const [held] = (await scene.api.get('/myData/v1/mandates', amelie)).body.items;
    assert.deepEqual([held.mandateId, held.role, held.other.givenName], [mandateId, 'agent', 'Lena']);
    const nobody = await scene.service.personToken('lena');
    assert.ok(
      !JSON.stringify((await scene.api.get('/myData/v1/mandates', nobody)).body).includes(demoSsin('amelie')),
    );
  });

  it('reads the other’s accesses where the mandate gives that right', async () => {
    const headers = { [HEADER]: await record(forLena({ rights: ['accesses'] })) };
    const { body } = await scene.api.get('/myData/v1/accesses', amelie, headers);
    assert.ok(body.items.some(({ action }: { action: string }) => action === 'declaration.report'));
    assert.equal((await lastEntry())?.represented, 'Lena');
    const report = await scene.api.get('/myData/v1/accesses/report?format=json', amelie, headers);
    assert.ok(report.body.items.length > 0);
    assert.equal((await scene.api.get(INBOX, amelie, headers)).status, 403);
  });

  it('is refused in the same words by any mandate that does not let them', async () => {
    const revoked = await record(forLena());
    await post(`${MANDATES}/${revoked}/revocation`, issuer, { reasons: 'no longer' });
    const mandates = {
      nobody: NOBODY,
      revoked,
      future: await record(forLena({ validFrom: daysFromNow(1) })),
      past: await record(forLena({ validFrom: daysFromNow(-9), validUntil: daysFromNow(-1) })),
      otherRight: await record(forLena({ rights: ['accesses'] })),
      otherWay: await record(forLena({ agentSsin: demoSsin('lena'), representedSsin: demoSsin('amelie') })),
      employer: await record(forEmployer()),
    };
    const [message] = (await scene.api.get(INBOX, lena)).body.items;
    for (const [what, mandateId] of Object.entries(mandates)) {
      const headers = { [HEADER]: mandateId };
      for (const path of [
        '/ebox/citizen/v2/ebox',
        INBOX,
        `${INBOX}/${message.messageId}`,
        contentPath(message),
      ]) {
        const { status, bytes } = await scene.api.get(path, amelie, headers);
        assert.equal(status, 403, `${what} ${path}`);
        assert.match(bytes.toString('utf8'), /The mandate does not allow this/);
      }
    }
    const malformed = await scene.api.get('/myData/v1/accesses', amelie, { [HEADER]: demoSsin('lena') });
    assert.deepEqual([malformed.status, malformed.body.issues[0].in], [400, 'header']);
  });

  it('is handed nothing when the mandate is revoked while the document is fetched', async () => {
    const mandateId = await record(forLena());
    const [message] = (await scene.api.get(INBOX, lena)).body.items;
    const { services } = scene.service.service.composition;
    const [agentId, subjectId] = await personIds('Amélie', 'Lena');
    const ground = {
      kind: 'mandate',
      mandateId,
      agent: { kind: 'person', personId: agentId },
      right: 'inbox',
    } as const;
    const reader = { actor: { kind: 'person', id: agentId }, ground, subjectId } as const;
    const { messageId, attachments } = message;
    const asked = { messageId, attachmentId: attachments.items[0].attachmentId, firstByte: 0 };
    assert.equal((await readContent(services, reader, asked))?.kind, 'content');
    const fetch = async (key: string) => {
      await post(`${MANDATES}/${mandateId}/revocation`, issuer, { reasons: 'no longer' });
      return services.archive.fetch(key);
    };
    const slow = { ...services, archive: { ...services.archive, fetch } };
    assert.equal(await readContent(slow, reader, asked), undefined);
    assert.equal((await lastEntry())?.action, 'mandate.revoke');
  });

  it('acts on, and is acted for, under a number that was replaced', async () => {
    const [child, adult] = [ssinFrom('850322996'), ssinFrom('750322997')];
    const token = await scene.service.clientToken('population', 'register:report');
    const load = (records: readonly object[]) =>
      scene.api.call('post', '/register/v1/files', {
        token,
        type: 'application/x-ndjson',
        body: linesOf(records),
      });
    const former = ssinFrom('750322996');
    await load([
      { ssin: former, familyName: 'Oud', givenName: 'Ola' },
      { ssin: child, familyName: 'Kind', givenName: 'Kim' },
    ]);
    const mandateId = await record(forLena({ representedSsin: former }));
    await load([{ ssin: adult, familyName: 'Oud', givenName: 'Ola', replaces: [former] }]);
    assert.equal((await scene.api.get(INBOX, amelie, { [HEADER]: mandateId })).status, 200);
  });
});

describe('POST /access/v1/mandates', () => {
  it('is for the institution, and for an employer about its own', async () => {
    assert.equal((await post(MANDATES, payroll, forLena())).status, 403);
    assert.equal((await post(MANDATES, payroll, forEmployer())).status, 403);
    const own = forEmployer({ agent: EMPLOYER, employer: PAYROLL });
    const mandateId = await record(own, payroll);
    assert.equal((await scene.api.get(`${MANDATES}/${mandateId}`, payroll)).body.employer, PAYROLL);
  });

  it('ends a parent’s with the child’s minority, and knows none of somebody of age', async () => {
    const token = await scene.service.clientToken('population', 'register:report');
    const child = ssinFrom('850322996');
    const birthDate = `${new Date().getUTCFullYear() - 10}-03-22`;
    const body = linesOf([{ ssin: child, familyName: 'Kind', givenName: 'Kim', birthDate }]);
    await scene.api.call('post', '/register/v1/files', { token, type: 'application/x-ndjson', body });
    const asked = forLena({ kind: 'parent', representedSsin: child, validUntil: '2099-01-01' });
    const { body: given } = await scene.api.get(`${MANDATES}/${await record(asked)}`, issuer);
    assert.equal(given.validUntil, `${new Date().getUTCFullYear() + 8}-03-21`);
    const refused = await post(MANDATES, issuer, forLena({ kind: 'parent' }));
    assert.deepEqual([refused.status, refused.body.issues[0].name], [400, 'validFrom']);
  });

  it('names what is wrong, and repeats no number', async () => {
    const wrong = {
      representedSsin: forLena({ representedSsin: ssinFrom('650322996') }),
      agentSsin: forLena({ agentSsin: '75032200100' }),
      validUntil: forEmployer({ validUntil: daysFromNow(-2) }),
      agent: forEmployer({ agent: EMPLOYER }),
      employer: forEmployer({ employer: '0212345678' }),
    };
    for (const [name, body] of Object.entries(wrong)) {
      const answer = await post(MANDATES, issuer, body);
      assert.deepEqual([answer.status, answer.body.issues[0].name], [400, name]);
      assert.doesNotMatch(answer.body.issues[0].detail, /\d{10}/);
    }
    const rights = forLena({ rights: ['declare'] });
    assert.equal((await post(MANDATES, issuer, rights)).status, 400);
  });

  it('is in evidence, of the person who is acted for', async () => {
    const mandateId = await record(forLena());
    assert.deepEqual([(await lastEntry())?.action, (await lastEntry())?.subject], ['mandate.record', 'Lena']);
    await post(`${MANDATES}/${mandateId}/revocation`, issuer, { reasons: 'no longer' });
    assert.deepEqual([(await lastEntry())?.action, (await lastEntry())?.subject], ['mandate.revoke', 'Lena']);
  });
});

describe('a mandate', () => {
  it('is there for its organisations and the institution only', async () => {
    const mandateId = await record(forEmployer());
    const city = await scene.service.clientToken('city', 'access:manage');
    assert.equal((await scene.api.get(`${MANDATES}/${mandateId}`, payroll)).status, 200);
    assert.equal((await scene.api.get(`${MANDATES}/${mandateId}`, city)).status, 404);
    assert.equal((await post(`${MANDATES}/${mandateId}/revocation`, city, { reasons: 'x' })).status, 404);
    const personal = await record(forLena());
    assert.equal((await scene.api.get(`${MANDATES}/${personal}`, payroll)).status, 404);
    assert.deepEqual((await scene.api.get(MANDATES, city)).body.items, []);
    const listed = (await scene.api.get(MANDATES, payroll)).body.items;
    assert.ok(listed.some((one: { mandateId: string }) => one.mandateId === mandateId));
  });

  it('is revoked once, by either side', async () => {
    const mandateId = await record(forEmployer());
    const revoke = () => post(`${MANDATES}/${mandateId}/revocation`, payroll, { reasons: 'contract ended' });
    assert.deepEqual([(await revoke()).status, (await revoke()).status], [204, 409]);
    const { body } = await scene.api.get(`${MANDATES}/${mandateId}`, issuer);
    assert.deepEqual([body.state, body.revoked.reasons], ['revoked', 'contract ended']);
  });
});
