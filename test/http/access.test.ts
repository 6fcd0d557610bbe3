/** Requests and deliberations over HTTP: who asks, who decides, who sees what, and that each step is in evidence. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AGENCY, daysFromNow, deliberation, newDeliberation } from '../support/grounds.ts';
import type { Answer } from './api.ts';
import { type Scene, startScene } from './scene.ts';

const REQUESTS = '/access/v1/requests';
const DELIBERATIONS = '/access/v1/deliberations';

let scene: Scene;
let city: string;
let other: string;
let issuer: string;

before(async () => {
  scene = await startScene();
  city = await scene.service.clientToken('city', 'access:manage');
  other = await scene.service.clientToken('payroll', 'access:manage');
  issuer = await scene.service.clientToken('issuer', 'access:manage');
});
after(() => scene.stop());

/** What an agency asks for, within what the deliberations of these tests allow. */
function wish(changes: object = {}) {
  const { number: _number, decidedOn: _decided, organization: _organization, ...use } = deliberation();
  return { ...use, validUntil: daysFromNow(90), municipalities: ['24062'], ...changes };
}

const post = (path: string, token: string, body?: object, headers: Record<string, string> = {}) =>
  scene.api.call('post', path, { token, headers, ...(body && { body }) });
const pathOf = ({ headers }: Answer) => new URL(headers.location ?? '').pathname;

async function ask(changes: object = {}, token = city): Promise<string> {
  const answer = await post(REQUESTS, token, wish({ ...changes, legalContext: nextContext() }));
  assert.equal(answer.status, 201);
  return pathOf(answer);
}

let contexts = 0;
/** A purpose of its own for each request, in letters. */
function nextContext(): string {
  contexts += 1;
  return `CITY:${String.fromCharCode(65 + Math.floor(contexts / 26))}${String.fromCharCode(65 + (contexts % 26))}`;
}

async function record(changes: object = {}): Promise<string> {
  return pathOf(await post(DELIBERATIONS, issuer, deliberation(changes)));
}

async function actionsOf(object: string): Promise<readonly string[]> {
  const rows = await scene.service.database.query<{ action: string }>(
    `select action || ' ' || actor_organization as action from audit_entry where object = $1 order by audit_entry_id`,
    [object],
  );
  return rows.map(({ action }) => action);
}

const idOf = (path: string) => path.split('/')[4] ?? '';

describe('POST /access/v1/requests', () => {
  it('keeps what an agency asks for, for the agency itself', async () => {
    const path = await ask();
    const { status, body } = await scene.api.get(path, city);
    assert.equal(status, 200);
    assert.deepEqual([body.organization, body.state, body.steps], [AGENCY, 'asked', []]);
    assert.deepEqual(body.municipalities, ['24062']);
    assert.deepEqual(await actionsOf(idOf(path)), [`request.submit ${AGENCY}`]);
  });

  it('takes the same words, or the same key, for the same request', async () => {
    const body = wish({ legalContext: 'CITY:AGAIN' });
    const [first, again] = [await post(REQUESTS, city, body), await post(REQUESTS, city, body)];
    assert.deepEqual([again.status, pathOf(again)], [201, pathOf(first)]);
    assert.equal((await actionsOf(idOf(pathOf(first)))).length, 1);
    const key = { 'Idempotency-Key': '"a-key"' };
    const keyed = await post(REQUESTS, city, body, key);
    assert.notEqual(pathOf(keyed), pathOf(first));
    assert.equal(pathOf(await post(REQUESTS, city, body, key)), pathOf(keyed));
    const reused = await post(REQUESTS, city, wish({ legalContext: 'CITY:OTHER' }), key);
    assert.equal(reused.status, 422);
    assert.notEqual(pathOf(await post(REQUESTS, other, body, key)), pathOf(keyed));
  });

  it('is one request however many send it at once', async () => {
    const body = wish({ legalContext: 'CITY:ATONCE' });
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(REQUESTS, city, body)));
    assert.deepEqual([...new Set(answers.map(pathOf))], [pathOf(answers[0] as Answer)]);
  });

  it('names every fault of what is asked', async () => {
    const body = wish({
      statuses: ['quarantine', 'nothing'],
      attributes: ['month', 'diagnosis'],
      municipalities: ['24062', '99998'],
      validFrom: daysFromNow(9),
      validUntil: daysFromNow(8),
    });
    const answer = await post(REQUESTS, city, body);
    assert.equal(answer.status, 400);
    assert.deepEqual(
      answer.body.issues.map(({ name }: { name: string }) => name),
      ['statuses[1]', 'attributes[1]', 'municipalities[1]', 'validUntil'],
    );
    const bad = wish({
      legalContext: 'CITY:81050003552',
      purpose: { nl: '81050003552', fr: 'a', de: 'b' },
      x: 1,
    });
    const refused = await post(REQUESTS, city, { ...bad, validFrom: '2026-02-30' });
    assert.equal(refused.status, 400);
    assert.deepEqual(refused.body.issues.map(({ name }: { name: string }) => name).sort(), [
      'legalContext',
      'purpose.nl',
      'validFrom',
      'x',
    ]);
    assert.ok(!refused.bytes.toString('utf8').includes('81050003552'));
    const empty = wish({ statuses: [], attestationTypes: [] });
    assert.equal((await post(REQUESTS, city, empty)).body.issues[0].name, 'statuses');
  });

  it('is seen by nobody else, as if it were not there', async () => {
    const path = await ask();
    const [hidden, missing] = [
      await scene.api.get(path, other),
      await scene.api.get(`${REQUESTS}/01935b1e-7c00-7000-8000-000000000001`, other),
    ];
    assert.deepEqual([hidden.status, missing.status], [404, 404]);
    assert.deepEqual({ ...hidden.body, instance: '' }, { ...missing.body, instance: '' });
    const listed = (await scene.api.get(REQUESTS, other)).body.items;
    assert.ok(listed.every(({ organization }: { organization: string }) => organization !== AGENCY));
    const all = (await scene.api.get(REQUESTS, issuer)).body.items;
    assert.ok(all.some(({ requestId }: { requestId: string }) => requestId === idOf(path)));
  });
});

describe('the decision on a request', () => {
  it('is granted on a deliberation that covers it, after analysis, and stands', async () => {
    const path = await ask();
    const { legalContext } = (await scene.api.get(path, city)).body;
    const deliberationId = idOf(await record({ legalContext }));
    assert.equal((await post(`${path}/analysis`, issuer)).status, 204);
    const granted = await post(`${path}/decision`, issuer, { outcome: 'granted', deliberationId });
    assert.equal(granted.status, 204);
    const { body } = await scene.api.get(path, city);
    assert.equal(body.state, 'granted');
    assert.deepEqual(
      body.steps.map((step: { state: string; deliberationVersion?: number }) => [
        step.state,
        step.deliberationVersion,
      ]),
      [
        ['inAnalysis', undefined],
        ['granted', 1],
      ],
    );
    assert.deepEqual(await actionsOf(idOf(path)), [
      `request.submit ${AGENCY}`,
      'request.analyse 1912345694',
      'request.decide 1912345694',
    ]);
    const again = await post(`${path}/decision`, issuer, { outcome: 'refused', reasons: 'no' });
    assert.deepEqual([again.status, again.body.type], [409, 'urn:problem-type:citizen-ebox:notInThisState']);
    assert.equal((await post(`${path}/analysis`, issuer)).status, 409);
  });

  it('is refused with reasons, which the agency reads', async () => {
    const path = await ask();
    assert.equal((await post(`${path}/decision`, issuer, { outcome: 'refused' })).status, 400);
    const refusal = { outcome: 'refused', reasons: 'No deliberation allows this' };
    assert.equal((await post(`${path}/decision`, issuer, refusal)).status, 204);
    const { body } = await scene.api.get(path, city);
    assert.deepEqual([body.state, body.steps[0].reasons], ['refused', refusal.reasons]);
  });

  it('is not granted on one that is another’s, narrower, over or not there', async () => {
    const path = await ask();
    const { legalContext } = (await scene.api.get(path, city)).body;
    const ended = idOf(await record({ legalContext }));
    await post(`${DELIBERATIONS}/${ended}/termination`, issuer, { reasons: 'withdrawn' });
    const unfit = {
      otherOrganization: idOf(await record({ legalContext, organization: '1900045601' })),
      attributes: idOf(await record({ legalContext, attributes: ['month'] })),
      municipalities: idOf(await record({ legalContext, municipalities: ['11002'] })),
      validUntil: idOf(await record({ legalContext, validUntil: daysFromNow(30) })),
      legalContext: idOf(await record()),
      deliberationId: ended,
    };
    for (const [fault, deliberationId] of Object.entries(unfit)) {
      const { status, body } = await post(`${path}/decision`, issuer, { outcome: 'granted', deliberationId });
      assert.equal(status, 400, fault);
      assert.match(body.issues[0].detail, new RegExp(`: ${fault}$`));
    }
    const missing = { outcome: 'granted', deliberationId: '01935b1e-7c00-7000-8000-000000000001' };
    assert.equal((await post(`${path}/decision`, issuer, missing)).status, 400);
    assert.equal((await scene.api.get(path, city)).body.state, 'asked');
  });

  it('is the institution’s alone', async () => {
    const path = await ask();
    for (const token of [city, other]) {
      assert.equal((await post(`${path}/analysis`, token)).status, 403);
      assert.equal((await post(`${path}/decision`, token, { outcome: 'refused', reasons: 'x' })).status, 403);
      assert.equal((await post(DELIBERATIONS, token, deliberation())).status, 403);
    }
  });

  it('is one, of two that are taken at once', async () => {
    const path = await ask();
    const decide = () => post(`${path}/decision`, issuer, { outcome: 'refused', reasons: 'no' });
    const statuses = (await Promise.all([decide(), decide(), decide()])).map(({ status }) => status);
    assert.deepEqual(
      statuses.toSorted((one, other) => one - other),
      [204, 409, 409],
    );
  });
});

describe('a deliberation', () => {
  it('is changed by a new version, and stays readable as it was', async () => {
    const first = await record();
    const id = idOf(first);
    const versions = `${DELIBERATIONS}/${id}/versions`;
    const { organization: _organization, ...kept } = deliberation({ validUntil: daysFromNow(700) });
    const changed = await post(versions, issuer, { ...kept, changes: 1 });
    assert.deepEqual([changed.status, pathOf(changed)], [201, `${versions}/2`]);
    const [old, now] = [
      await scene.api.get(first, city),
      await scene.api.get(`${DELIBERATIONS}/${id}`, city),
    ];
    assert.deepEqual(
      [old.body.version, old.body.state, old.body.validUntil],
      [1, 'replaced', daysFromNow(365)],
    );
    assert.deepEqual(
      [now.body.version, now.body.state, now.body.validUntil],
      [2, 'inForce', daysFromNow(700)],
    );
    assert.deepEqual(await actionsOf(`${id}/2`), ['deliberation.change 1912345694']);
    const outdated = await post(versions, issuer, { ...kept, changes: 1 });
    assert.deepEqual([outdated.status, outdated.body.detail], [409, 'The last version is 2']);
    assert.equal((await scene.api.get(`${versions}/3`, city)).status, 404);
  });

  it('is ended early, once, and changed no more', async () => {
    const id = idOf(await record());
    const end = () =>
      post(`${DELIBERATIONS}/${id}/termination`, issuer, { reasons: 'The Committee withdrew it' });
    assert.equal((await end()).status, 204);
    const { body } = await scene.api.get(`${DELIBERATIONS}/${id}`, city);
    assert.deepEqual([body.state, body.ended.reasons], ['ended', 'The Committee withdrew it']);
    assert.equal((await end()).status, 409);
    const { organization: _organization, ...kept } = deliberation();
    const versions = `${DELIBERATIONS}/${id}/versions`;
    assert.equal((await post(versions, issuer, { ...kept, changes: 1 })).status, 409);
    assert.deepEqual(await actionsOf(`${id}/1`), [
      'deliberation.record 1912345694',
      'deliberation.end 1912345694',
    ]);
  });

  it('is seen by its organisation and the institution, and by nobody else', async () => {
    const path = await record();
    assert.equal((await scene.api.get(path, city)).status, 200);
    assert.equal((await scene.api.get(path, issuer)).status, 200);
    assert.equal((await scene.api.get(path, other)).status, 404);
    const organizationsOf = async (token: string) =>
      (await scene.api.get(DELIBERATIONS, token)).body.items.map(
        ({ organization }: { organization: string }) => organization,
      );
    assert.ok((await organizationsOf(issuer)).includes(AGENCY));
    assert.deepEqual([...new Set(await organizationsOf(other))], ['1900045601']);
  });

  it('says when it ends soon', async () => {
    const soon = (await scene.api.get(await record({ validUntil: daysFromNow(60) }), city)).body;
    const later = (await scene.api.get(await record({ validUntil: daysFromNow(61) }), city)).body;
    assert.deepEqual([soon.expiresInDays, later.expiresInDays], [60, undefined]);
  });

  it('is listed page by page', async () => {
    await scene.service.database.database.transaction(async (connection) => {
      for (let count = 0; count < 60; count += 1) await newDeliberation(connection);
    });
    const first = await scene.api.get(DELIBERATIONS, city);
    assert.equal(first.body.items.length, 50);
    const second = await scene.api.follow(first.body.next, city);
    const ids = [...first.body.items, ...second.body.items].map((item) => item.deliberationId);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length >= 60 && second.body.next === undefined);
  });
});
