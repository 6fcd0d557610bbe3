/** Statuses over the wire: reported in any order, by file and one by one, held, decided on, and what is kept of them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Answer } from './api.ts';
import { linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

const STATUSES = '/register/v1/statuses';
const FILES = '/register/v1/files';
const HELD = '/register/v1/held';
const ONEM = '0206737484';
const INSTITUTION = '1912345694';
const AN = ssinFrom('810501996');
const BO = ssinFrom('820000997');
const STRANGER = ssinFrom('750322996');

let scene: Scene & { readonly tokens: Tokens };
let onem: string;
let manager: string;

before(async () => {
  scene = await startOpenScene();
  onem = scene.tokens.client('register:report', ONEM);
  manager = scene.tokens.client('access:manage', INSTITUTION);
  const persons = [AN, BO].map((ssin) => ({ ssin, familyName: 'Peeters', givenName: 'An' }));
  await scene.client.load(linesOf(persons));
});
after(() => scene.stop());

const record = (changes: object = {}) => ({
  ssin: AN,
  status: 'temporaryUnemployment',
  reference: 'C32-1',
  validFrom: '2020-04-01',
  validUntil: '2020-04-30',
  ...changes,
});

function report(items: readonly object[], token = onem, source?: string): Promise<Answer> {
  return scene.api.call('post', STATUSES, { token, body: { ...(source && { source }), items } });
}

async function outcomesOf(items: readonly object[]): Promise<readonly string[]> {
  const { status, body } = await report(items);
  assert.equal(status, 200, JSON.stringify(body));
  return body.items.map((one: { outcome: string; doubts?: string[] }) =>
    [one.outcome, ...(one.doubts ?? [])].join(' '),
  );
}

async function deliver(body: string, query: string, type = 'application/x-ndjson'): Promise<Answer['body']> {
  const path = `${FILES}?content=statuses${query}`;
  const { status, headers, body: problem } = await scene.api.call('post', path, { token: onem, type, body });
  assert.equal(status, 202, JSON.stringify(problem));
  await scene.client.settled();
  return (await scene.api.follow(headers.location, onem)).body;
}

function factsNow(): Promise<unknown[]> {
  return scene.service.database.query(
    `select reference, valid_from as "from", valid_until as "until" from status_period
     where corrected_at is null order by reference`,
  );
}

const clear = () => scene.service.database.query('truncate status_period, status_withdrawal, status_report');

describe('POST /register/v1/statuses', () => {
  it('keeps what the source decided last, whatever comes in when', async () => {
    const at = (hour: number) => `2020-05-01T${hour}:00:00Z`;
    assert.deepEqual(await outcomesOf([record({ changedAt: at(12), validUntil: '2020-04-20' })]), ['kept']);
    assert.deepEqual(
      await outcomesOf([
        record({ changedAt: at(10) }),
        record({ changedAt: at(12), validUntil: '2020-04-20' }),
        record({ changedAt: at(13), validUntil: '2020-04-20' }),
        record({ changedAt: at(12), reference: 'C32-2', withdrawn: true }),
        record({ changedAt: at(11), reference: 'C32-2' }),
      ]),
      ['outdated', 'unchanged', 'confirmed', 'withdrawn', 'outdated'],
    );
    assert.deepEqual(await factsNow(), [{ reference: 'C32-1', from: '2020-04-01', until: '2020-04-20' }]);
    assert.deepEqual(await outcomesOf([record({ changedAt: at(14), withdrawn: true })]), ['withdrawn']);
    assert.deepEqual(await factsNow(), []);
  });

  it('refuses all of them where one is wrong, naming it and never its value', async () => {
    const { status, body } = await report([
      record({ reference: 'C32-9' }),
      record({ status: 'bridgingRight' }),
      record({ status: 'unheardOf' }),
      record({ changedAt: '2999-01-01T00:00:00Z' }),
    ]);
    assert.equal(status, 400);
    const names = body.issues.map((one: { name: string }) => one.name);
    assert.deepEqual(names, ['items[1].status', 'items[2].status', 'items[3].changedAt']);
    for (const changes of [{ validUntil: '2020-03-01' }, { ssin: '81050100157' }, { reference: AN }]) {
      const refused = await report([record(changes)]);
      assert.equal(refused.status, 400);
      assert.doesNotMatch(refused.bytes.toString('utf8'), new RegExp(`${AN}|81050100157`));
    }
    assert.deepEqual(await factsNow(), []);
  });

  it('takes reports of those alone who deliver for a source; the institution says for which', async () => {
    const others = [
      await report([record()], scene.tokens.client('register:report', '1900045601')),
      await report([record()], onem, 'inasti'),
      await report([record()], scene.tokens.client('register:report', INSTITUTION)),
    ];
    assert.deepEqual(
      others.map(({ status }) => status),
      [403, 403, 400],
    );
    const institution = scene.tokens.client('register:report', INSTITUTION);
    const income = record({ status: 'integrationIncome', reference: 'L-1' });
    assert.equal((await report([income], institution, 'sppis')).status, 200);
    await clear();
  });
});

describe('what is held', () => {
  async function held(): Promise<readonly { file: string; row: number; doubts: string[] }[]> {
    return (await scene.api.get(HELD, manager)).body.reports;
  }
  function decide(path: string, decision: string, token = manager): Promise<Answer> {
    const body = { decision, decidedBy: 'hanne', reason: 'Confirmed by telephone' };
    return scene.api.call('post', `${FILES}/${path}/decision`, { token, body });
  }

  it('waits until a person releases it', async () => {
    assert.deepEqual(
      await outcomesOf([
        record({ validFrom: '2999-01-01', validUntil: undefined }),
        record({ ssin: STRANGER, reference: 'C32-3' }),
      ]),
      ['held farFuture', 'held unknownPerson'],
    );
    assert.deepEqual(await factsNow(), []);
    const [far, stranger] = await held();
    assert.deepEqual([far?.doubts, stranger?.doubts], [['farFuture'], ['unknownPerson']]);
    assert.equal((await decide(`${far?.file}/held/1`, 'release', onem)).status, 403);
    assert.equal((await decide(`${far?.file}/held/1`, 'release')).status, 204);
    assert.equal((await decide(`${far?.file}/held/1`, 'release')).status, 404);
    assert.equal((await decide(`${far?.file}/held/2`, 'release')).status, 409);
    await scene.client.load(linesOf([{ ssin: STRANGER, familyName: 'Claes', givenName: 'Jo' }]));
    assert.equal((await decide(`${far?.file}/held/2`, 'release')).status, 204);
    assert.deepEqual(await factsNow(), [
      { reference: 'C32-1', from: '2999-01-01', until: null },
      { reference: 'C32-3', from: '2020-04-01', until: '2020-04-30' },
    ]);
    assert.deepEqual(await held(), []);
    const entries = await scene.service.database.query(
      `select object from audit_entry where action = 'status.decide' and person_id is not null`,
    );
    assert.equal(entries.length, 2);
    await clear();
  });

  it('says another person, another thing at one moment, or what does not go with another source', async () => {
    const institution = scene.tokens.client('register:report', INSTITUTION);
    const changedAt = '2020-05-01T10:00:00Z';
    await report([record({ status: 'integrationIncome', reference: 'L-1' })], institution, 'sppis');
    await outcomesOf([record({ changedAt })]);
    assert.deepEqual(
      await outcomesOf([
        record({ changedAt, validUntil: '2020-04-10' }),
        record({ changedAt: '2020-05-02T10:00:00Z', ssin: BO }),
      ]),
      ['held contradictsItself', 'held otherPerson'],
    );
    const guarantee = record({ status: 'incomeGuaranteeElderly', reference: 'G-1', validFrom: '2020-04-30' });
    const { body } = await report([guarantee], institution, 'sfp');
    assert.deepEqual(body.items[0].doubts, ['contradictsOther']);
    for (const { file, row } of await held())
      assert.equal((await decide(`${file}/held/${row}`, 'drop')).status, 204);
    assert.equal((await factsNow()).length, 2);
    await clear();
  });

  it('is a whole delivery that names far fewer than there are, or of which rows were refused', async () => {
    const all = Array.from({ length: 20 }, (_, at) =>
      record({ reference: `W-${String(at).padStart(2, '0')}` }),
    );
    const query = '&whole=temporaryUnemployment';
    const first = await deliver(linesOf(all), `${query}&changedAt=2020-05-01T00:00:00Z`);
    assert.deepEqual([first.state, first.loaded], ['loaded', 20]);
    const later = `${query}&changedAt=2020-06-01T00:00:00Z`;
    const wrong = await deliver(linesOf([...all.slice(0, 17), { nothing: true }]), later);
    assert.deepEqual([wrong.state, wrong.doubts, wrong.refused], ['held', ['refusedRows'], 1]);
    assert.equal((await decide(wrong.self.split('/').at(-1), 'drop')).status, 204);
    const few = await deliver(linesOf(all.slice(0, 3)), later);
    assert.deepEqual([few.state, few.doubts], ['held', ['suddenDrop']]);
    assert.equal((await factsNow()).length, 20);
    assert.equal((await decide(few.self.split('/').at(-1), 'release')).status, 204);
    await scene.client.settled();
    const { body } = await scene.api.follow(few.self, onem);
    assert.deepEqual([body.state, body.unchanged, body.withdrawn], ['loaded', 3, 17]);
    assert.equal((await factsNow()).length, 3);
    await clear();
  });
});

describe('a file of statuses', () => {
  it('is kept once it is whole, as NDJSON or CSV; what a whole one does not name is withdrawn', async () => {
    const table = [
      'ssin;status;reference;validFrom;validUntil;attributes.regime',
      `${AN};temporaryUnemployment;C-1;2020-04-01;2020-04-30;full`,
      `${AN};temporaryUnemployment;C-2;2020-05-01;;"a;b"`,
      `${AN};temporaryUnemployment;C-3;2020-05-01`,
      `${AN};temporaryUnemployment;"C-4;2020-05-01;;`,
      `${BO};temporaryUnemployment;C-5;2020-13-01;;`,
    ].join('\r\n');
    const file = await deliver(table, '&changedAt=2020-05-01T00:00:00Z', 'text/csv');
    assert.deepEqual([file.state, file.loaded, file.refused], ['loaded', 2, 3]);
    assert.deepEqual(
      file.refusals.map(({ line, issues }: { line: number; issues: { name: string }[] }) => [
        line,
        issues[0]?.name,
      ]),
      [
        [4, ''],
        [5, ''],
        [6, 'validFrom'],
      ],
    );
    const whole = await deliver(
      linesOf([record({ reference: 'C-2', validFrom: '2020-05-01', validUntil: '2020-05-31' })]),
      '&whole=temporaryUnemployment&changedAt=2020-06-01T00:00:00Z',
    );
    assert.deepEqual([whole.loaded, whole.withdrawn], [1, 1]);
    assert.deepEqual(await factsNow(), [{ reference: 'C-2', from: '2020-05-01', until: '2020-05-31' }]);
    assert.deepEqual(await outcomesOf([record({ reference: 'C-1', changedAt: '2020-05-20T00:00:00Z' })]), [
      'outdated',
    ]);
    await clear();
  });

  it('is refused where its header is none', async () => {
    for (const body of ['', 'ssin;ssin\n', '1;2\n', '"ssin\n']) {
      const { status } = await scene.api.call('post', `${FILES}?content=statuses`, {
        token: onem,
        type: 'text/csv',
        body,
      });
      assert.equal(status, 400, body);
    }
  });
});

describe('a person who is erased', () => {
  it('leaves no report, no fact and no number that waits', async () => {
    await outcomesOf([
      record({ ssin: BO, reference: 'E-1' }),
      record({ ssin: BO, reference: 'E-2', withdrawn: true }),
    ]);
    const [{ personId } = { personId: '' }] = await scene.service.database.query<{ personId: string }>(
      `select person_id as "personId" from status_period where reference = 'E-1'`,
    );
    const { requestErasure } = await import('../../src/workflows/erase.ts');
    const { services } = scene.service.service.composition;
    const { parseSsin } = await import('../../src/domain/ssin.ts');
    const ssin = parseSsin(BO, '2026-01-01' as never) ?? assert.fail();
    await requestErasure(services, ssin, { actor: { kind: 'service', id: 'test' }, reason: 'asked' });
    await scene.client.settled();
    for (const table of ['status_period', 'status_withdrawal', 'status_report'])
      assert.deepEqual(
        await scene.service.database.query(`select from ${table} where person_id = $1`, [personId]),
        [],
      );
    assert.deepEqual(await outcomesOf([record({ ssin: BO, reference: 'E-1' })]), ['held unknownPerson']);
  });
});
