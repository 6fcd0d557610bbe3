/** Dimona by mandate: an organisation declares and consults for an employer, and for no other. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { revokeMandate } from '../../src/database/mandates.ts';
import type { MandateRight } from '../../src/domain/mandate.ts';
import { until } from '../support/client.ts';
import { quaCancel, quaIn, quaUpdate, quaXml } from '../support/declarations.ts';
import { enterprise, newMandate } from '../support/grounds.ts';
import { demoSsin } from '../support/service.ts';
import { startOpenScene } from './scene.ts';
import { OTHER_ORGANIZATION } from './tokens.ts';

const DECLARATIONS = '/dimona/v2/declarations';
const FILES = '/dimona/v2/files';
const HEADER = 'Citizen-Ebox-Mandate-Id';
const EMPLOYER = '0206731645';
/** The social secretariat; the first declarations are made by another organisation. */
const SECRETARIAT = OTHER_ORGANIZATION;

let scene: Awaited<ReturnType<typeof startOpenScene>>;
let token: string;
let days = 0;

before(async () => {
  scene = await startOpenScene();
  token = scene.tokens.client('dimona:declare dimona:consult batches:submit', SECRETARIAT);
  await scene.client.load(registerFile());
});
after(() => scene.stop());

function mandate(rights?: readonly MandateRight[], agent = SECRETARIAT): Promise<string> {
  const parties = { kind: 'employer', agent: enterprise(agent), employer: enterprise(EMPLOYER) } as const;
  return scene.service.database.database.transaction((connection) =>
    newMandate(connection, parties, rights === undefined ? {} : { rights }),
  );
}

/** The employer's day, declared by another organisation. */
async function declared() {
  days += 1;
  const day = `2020-09-${String(days).padStart(2, '0')}`;
  const { declarationId, periodId } = await scene.client.declare(quaIn({ ssin: demoSsin('lena'), day }));
  return { declarationId, periodId: periodId ?? assert.fail('the day was not accepted') };
}

const declare = (body: unknown, mandateId?: string) =>
  scene.api.call('post', DECLARATIONS, {
    token,
    body: body as object,
    headers: mandateId === undefined ? {} : { [HEADER]: mandateId },
  });
const consult = (declarationId: string, mandateId?: string) =>
  scene.api.get(
    `${DECLARATIONS}/${declarationId}`,
    token,
    mandateId === undefined ? {} : { [HEADER]: mandateId },
  );

async function resultOf({ headers }: Awaited<ReturnType<typeof declare>>): Promise<string> {
  const { body } = await consult(headers.location?.split('/').at(-1) ?? '');
  return body.declarationStatus.result;
}

describe('an organisation that acts for an employer', () => {
  it('consults what others declared for the employer, with both in evidence', async () => {
    const { declarationId } = await declared();
    const mandateId = await mandate();
    assert.equal((await consult(declarationId)).status, 404);
    assert.equal((await consult(declarationId, mandateId)).status, 200);
    const [entry] = await scene.service.database.query<Record<string, string>>(
      `select actor_organization as actor, represented, ground, ground_id as "groundId", given_name as person
       from audit_entry left join person using (person_id)
       where action = 'declaration.consult' order by audit_entry_id desc limit 1`,
    );
    assert.deepEqual(entry, {
      actor: SECRETARIAT,
      represented: EMPLOYER,
      ground: 'mandate',
      groundId: mandateId,
      person: 'Lena',
    });
  });

  it('changes a period that another declared for the employer, which it may not without', async () => {
    const { periodId } = await declared();
    const change = quaUpdate({ periodId, day: '2020-10-01' });
    assert.equal(await resultOf(await declare(change)), 'B');
    const mandateId = await mandate();
    assert.match(await resultOf(await declare(change, mandateId)), /^[AW]$/);
    assert.match(await resultOf(await declare(quaCancel({ periodId }), mandateId)), /^[AW]$/);
    const [entry] = await scene.service.database.query<Record<string, string>>(
      `select actor_organization as actor, represented, ground, ground_id as "groundId" from audit_entry
       where action = 'declaration.report' order by audit_entry_id desc limit 1`,
    );
    assert.deepEqual(entry, {
      actor: SECRETARIAT,
      represented: EMPLOYER,
      ground: 'mandate',
      groundId: mandateId,
    });
  });

  it('declares a new day for that employer and for no other', async () => {
    const mandateId = await mandate();
    const own = await declare(quaIn({ ssin: demoSsin('amelie'), day: '2020-11-02' }), mandateId);
    assert.equal(own.status, 201);
    for (const enterpriseNumber of ['0474028805', '1900080144']) {
      const body = quaIn({ ssin: demoSsin('amelie'), day: '2020-11-03', enterpriseNumber });
      assert.equal((await declare(body, mandateId)).status, 403);
    }
    const [count] = await scene.service.database.query<{ count: number }>(
      `select count(*)::int as count from dimona_period where start_date = '2020-11-03'`,
    );
    assert.equal(count?.count, 0);
  });

  const OTHER_EMPLOYER = '0474028805';
  const send = (path: string, type: string, body: string, mandateId: string) =>
    scene.api.call('post', path, { token, type, body, headers: { [HEADER]: mandateId } });
  const ended = ({ headers }: Awaited<ReturnType<typeof send>>) =>
    until(
      () => scene.api.follow(headers.location, token),
      ({ body }) =>
        body.processedAt !== undefined || ['done', 'checked'].includes(body.state ?? body.status.state),
    );
  const fileFor = (day: string, ...employers: readonly string[]) =>
    quaXml(
      employers.map((enterpriseNumber, at) => ({
        ssin: demoSsin('lukasz'),
        day,
        enterpriseNumber,
        reference: `${day}/${at + 1}`,
      })),
    );
  const reports = () =>
    scene.service.database.query<Record<string, string>>(
      `select ground, represented from audit_entry where action = 'declaration.report' order by audit_entry_id desc limit 2`,
    );

  it('sends a file in which each form is for that employer, or refused for want of a mandate', async () => {
    const mandateId = await mandate();
    const sent = await send(
      FILES,
      'application/xml',
      fileFor('2021-02-01', EMPLOYER, OTHER_EMPLOYER),
      mandateId,
    );
    assert.equal(sent.status, 202);
    const { body } = await ended(sent);
    assert.deepEqual(
      body.items.map(({ result }: { result: string }) => result),
      ['A', 'B'],
    );
    const { body: answer } = await scene.api.follow(body.items[1].href, token);
    assert.ok(JSON.stringify(answer).includes('90256-155'));
    assert.deepEqual(await reports(), [
      { ground: 'declarant', represented: null },
      { ground: 'mandate', represented: EMPLOYER },
    ]);
  });

  it('has a file judged by the mandate as it is when each form is', async () => {
    const mandateId = await mandate();
    const sent = await send(FILES, 'application/xml', fileFor('2021-02-02', EMPLOYER), mandateId);
    await ended(sent);
    await scene.service.database.database.transaction(async (connection) => {
      await revokeMandate(connection, mandateId, 'ended', { by: 'a', organization: EMPLOYER });
    });
    assert.equal(
      (await send(FILES, 'application/xml', fileFor('2021-02-03', EMPLOYER), mandateId)).status,
      403,
    );
  });

  it('sends a batch of rows for that employer, checked and run by the mandate', async () => {
    const mandateId = await mandate();
    const rows = [EMPLOYER, OTHER_EMPLOYER].map(
      (enterpriseNumber) =>
        `${enterpriseNumber};${demoSsin('serban')};2021-02-05;${enterpriseNumber};145\r\n`,
    );
    const csv = `reference;ssin;date;enterpriseNumber;jointCommittee\r\n${rows.join('')}`;
    const outcomes = async (query: string, mandated: string) => {
      const sent = await send(`/batches/v1/batches?${query}`, 'text/csv', csv, mandated);
      if (sent.status !== 202) return sent.status;
      const { body } = await ended(sent);
      const found = await scene.api.follow(`${body.self}/rows`, token);
      return found.body.items.map((one: { outcome?: string; anomalies: { code: string }[] }) => [
        one.outcome,
        JSON.stringify(one.anomalies).includes('90256-155'),
      ]);
    };
    assert.deepEqual(await outcomes('dryRun=true', mandateId), [
      [undefined, false],
      [undefined, true],
    ]);
    assert.deepEqual(await outcomes('dryRun=false', mandateId), [
      ['issued', false],
      ['refused', true],
    ]);
    assert.equal(await outcomes('dryRun=false', await mandate(['consult'])), 403);
  });

  it('is refused by a mandate that is another’s, for something else, revoked or not there', async () => {
    const { declarationId } = await declared();
    const revoked = await mandate();
    await scene.service.database.database.transaction((connection) =>
      revokeMandate(connection, revoked, 'ended', { by: 'a', organization: EMPLOYER }),
    );
    const mandates = [
      await mandate(['declare'], '0474028805'),
      revoked,
      '01935b1e-7c00-7000-8000-000000000001',
    ];
    for (const mandateId of mandates) {
      assert.equal((await consult(declarationId, mandateId)).status, 403);
      const body = quaIn({ ssin: demoSsin('amelie'), day: '2020-12-01' });
      assert.equal((await declare(body, mandateId)).status, 403);
    }
    assert.equal((await consult(declarationId, await mandate(['declare']))).status, 403);
    const body = quaIn({ ssin: demoSsin('amelie'), day: '2020-12-01' });
    assert.equal((await declare(body, await mandate(['consult']))).status, 403);
    const malformed = await declare(body, demoSsin('amelie'));
    assert.equal(malformed.status, 400);
  });
});
