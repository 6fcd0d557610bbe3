/** Statistics over the wire: each form of a table, on which ground, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import type { Deliberation } from '../../src/domain/deliberation.ts';
import { newDeliberation } from '../support/grounds.ts';
import type { Answer } from './api.ts';
import { linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

const TABLES = '/statistics/v1/tables';
const AGENCY = '1900080144';
const STATUS = 'increasedIntervention';

let scene: Scene & { readonly tokens: Tokens };
let token: string;
let named: string;

before(async () => {
  scene = await startOpenScene();
  token = scene.tokens.client('statistics:read', AGENCY);
  named = await record({ statuses: [STATUS] });
  // Twelve in Leuven, three in Aarschot, half of them women.
  const people = Array.from({ length: 15 }, (_, at) => ({
    ssin: ssinFrom(`8105${String(at + 1).padStart(2, '0')}${at % 2 === 0 ? 901 : 902}`),
    familyName: 'Peeters',
    givenName: 'Nr',
    birthDate: `1981-05-${String(at + 1).padStart(2, '0')}`,
    municipality: { nisCode: at < 12 ? '24062' : '24001', since: '2000-01-01' },
  }));
  await scene.client.load(linesOf(people));
  const items = people.map(({ ssin }, at) => ({
    ssin,
    status: STATUS,
    reference: `V-${at}`,
    validFrom: '2020-01-01',
    validUntil: '2020-12-31',
  }));
  const { status } = await scene.api.call('post', '/register/v1/statuses', {
    token: scene.tokens.client('register:report', '1912345694'),
    body: { source: 'inami', items },
  });
  assert.equal(status, 200);
});
after(() => scene.stop());

async function record(changes: Partial<Deliberation>): Promise<string> {
  const { deliberationId, legalContext } = await scene.service.database.database.transaction((connection) =>
    newDeliberation(connection, changes),
  );
  return new URLSearchParams({ deliberationId, legalContext }).toString();
}

const table = (query: string, ground = named, id = 'persons-by-place') =>
  scene.api.get(`${TABLES}/${id}?status=${STATUS}&from=2020-04&${query}&${ground}`, token);

describe('GET /statistics/v1/tables', () => {
  it('lists the tables with what they are counted by', async () => {
    const { status, body } = await scene.api.get(TABLES, token);
    assert.equal(status, 200);
    assert.equal(body.smallestCount, 5);
    const one = body.items.find(({ tableId }: { tableId: string }) => tableId === 'persons-by-place');
    assert.deepEqual([one.counts, one.across], ['persons', ['place', 'sex']]);
  });
});

describe('GET /statistics/v1/tables/{tableId}', () => {
  it('is JSON-stat with every total, where small counts are hidden and cannot be worked out', async () => {
    const { status, body } = await table('place=20001');
    assert.equal(status, 200);
    assert.deepEqual([body.version, body.class, body.id], ['2.0', 'dataset', ['month', 'place', 'sex']]);
    const { value, size, dimension } = body;
    assert.equal(
      value.length,
      size.reduce((all: number, one: number) => all * one, 1),
    );
    const at = (place: string, sex: string) => {
      const index = [dimension.place, dimension.sex].map((one) => one.category.index);
      return value[index[0].indexOf(place) * index[1].length + index[1].indexOf(sex)];
    };
    assert.equal(at('20001', 'total'), 15);
    assert.equal(at('24001', 'total'), null);
    // Fifteen less three would tell the three.
    assert.equal(at('24062', 'total'), null);
    assert.equal(at('24107', 'total'), 0);
    assert.ok(Object.values(body.status).every((one) => one === 'C'));
  });

  it('is CSV, of the same counts', async () => {
    const { headers, bytes } = await table('place=20001&format=csv&language=nl');
    assert.match(headers['content-type'] ?? '', /^text\/csv/);
    const lines = bytes.toString('utf8').split('\r\n');
    assert.equal(lines[0], 'month;place;placeLabel;sex;sexLabel;count;flag');
    assert.ok(lines.includes('2020-04;20001;Vlaams-Brabant;total;Totaal;15;'), lines[1]);
    assert.ok(lines.includes('2020-04;24001;Aarschot;total;Totaal;;C'));
  });

  it('is a chart that says what it shows, alone or with its table', async () => {
    const svg = (await table('format=svg&until=2020-06&language=fr')).bytes.toString('utf8');
    assert.match(svg, /role="img" aria-labelledby="title description"/);
    assert.match(
      svg,
      /<title id="title">Personnes par domicile et sexe\u00a0: intervention majorée<\/title>/,
    );
    assert.match(svg, /<desc id="description">Région flamande: 2020-04 15, 2020-05 15, 2020-06 15\./);
    const page = (await table('format=html')).bytes.toString('utf8');
    assert.match(page, /<th scope="row">Flemish Region<\/th><td>15<\/td>/);
  });

  it('is a picture', async () => {
    const { headers, bytes } = await table('format=png&until=2020-06');
    assert.equal(headers['content-type'], 'image/png');
    const { width, height, data } = PNG.sync.read(bytes);
    assert.deepEqual([width, height], [1920, 1080]);
    assert.ok(new Set(data).size > 20, 'something is drawn');
  });

  it('counts whom the deliberation covers and nobody else', async () => {
    const ofAarschot = await record({ statuses: [STATUS], municipalities: ['24001'] });
    const { body } = await table('place=BE', ofAarschot);
    assert.equal(body.value[body.dimension.sex.category.index.indexOf('total')], null);
    const ofLeuven = await record({ statuses: [STATUS], municipalities: ['24062'] });
    const leuven = await table('', ofLeuven);
    assert.equal(leuven.body.value[0], 12);
  });

  it('is written into evidence with its ground', async () => {
    await table('until=2020-05');
    const rows = await scene.service.database.query<Record<string, string>>(
      `select ground, purpose, object, actor_organization as organization from audit_entry
       where action = 'statistics.table' order by audit_entry_id desc limit 1`,
    );
    const object = `persons-by-place ${STATUS} 2020-04 2020-05`;
    const purpose = 'CITY:SUPPORT_GRANT';
    assert.deepEqual(rows, [{ ground: 'deliberation', purpose, object, organization: AGENCY }]);
  });

  it('is refused without a deliberation that allows the status', async () => {
    const other = await record({ statuses: ['pension'] });
    const foreign = await record({ statuses: [STATUS], organization: '1934567802' });
    for (const ground of ['', other, foreign]) assert.equal((await table('', ground)).status, 403);
  });

  it('counts uses of the service without one', async () => {
    const now = new Date().toISOString().slice(0, 7);
    const { status, body } = await scene.api.get(`${TABLES}/use?from=${now}`, token);
    assert.deepEqual([status, body.id], [200, ['month', 'use']]);
  });

  it('says what is wrong with a question', async () => {
    const nameOf = async (query: string, id = 'persons-by-place') => {
      const { status, body } = await scene.api.get(`${TABLES}/${id}?${query}&${named}`, token);
      return [status, body.issues?.[0]?.name];
    };
    assert.deepEqual(await nameOf('from=2020-04'), [400, 'status']);
    assert.deepEqual(await nameOf('from=2020-13&status=pension'), [400, 'from']);
    assert.deepEqual(await nameOf('from=2020-04&until=2020-03&status=pension'), [400, 'until']);
    assert.deepEqual(await nameOf('from=2020-04&until=2022-04&status=pension'), [400, 'until']);
    assert.deepEqual(await nameOf(`from=2020-04&status=${STATUS}&place=99999`), [400, 'place']);
    assert.deepEqual(await nameOf('from=2020-04&status=pension', 'unemployed-by-committee'), [400, 'status']);
    assert.deepEqual(await nameOf('from=2020-04&status=pension', 'nothing'), [404, 'tableId']);
  });
});

describe('POST /statistics/v1/extracts', () => {
  const extract = async (ground: string, changes: object = {}) => {
    const body = { ...Object.fromEntries(new URLSearchParams(ground)), statuses: [STATUS], ...changes };
    return scene.api.call('post', '/statistics/v1/extracts', {
      token,
      body: { from: '2020-01', until: '2020-12', ...body },
    });
  };

  it('gives rows under pseudonyms, none of them of fewer than ten', async () => {
    const ground = await record({ statuses: [STATUS], attributes: ['researchExtract'] });
    const { status, bytes, headers } = await extract(ground);
    assert.equal(status, 200);
    // Seven women and eight men: nobody is like nine others.
    assert.equal(bytes.toString('utf8'), 'pseudonym;sex;ageClass;place;status;months\r\n');
    assert.equal(headers['x-left-out'], '15');
  });

  it('is refused without a deliberation for research, and for months that make no period', async () => {
    assert.equal((await extract(named)).status, 403);
    const ground = await record({ statuses: [STATUS], attributes: ['researchExtract'] });
    assert.equal((await extract(ground, { until: '2019-12' })).status, 400);
  });
});

describe('POST /register/v1/simulations', () => {
  const legalContext = 'WELFARE:OUTREACH';
  let deliberationId: string;
  const ask = (wish: object) =>
    scene.api.call('post', '/register/v1/simulations', {
      token,
      body: { deliberationId, legalContext, unitValue: 150.5, ...wish },
    });
  const at = (body: Answer['body'], place: string) =>
    body.items.find((one: { place: string }) => one.place === place);

  before(async () => {
    const allowed = { legalContext, attestationTypes: ['social-status'], statuses: [] };
    const ground = await scene.service.database.database.transaction((connection) =>
      newDeliberation(connection, allowed),
    );
    deliberationId = ground.deliberationId;
  });

  it('counts whom a right would go to, hides small counts, and tells what changed since', async () => {
    const { status, body } = await ask({ attestationType: 'social-status' });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([at(body, 'BE').persons, at(body, 'BE').amount], [15, 2257.5]);
    assert.deepEqual([at(body, '24001').isHidden, at(body, '24001').persons], [true, undefined]);
    assert.deepEqual([body.lastAt, at(body, 'BE').change], [undefined, undefined]);
    const again = await ask({ attestationType: 'social-status' });
    assert.ok(again.body.lastAt);
    assert.deepEqual(at(again.body, 'BE').change, { persons: 0, amount: 0 });
    const other = await ask({ attestationType: 'social-status', rule: 'any-status' });
    assert.deepEqual([other.body.lastAt, at(other.body, 'BE').persons], [undefined, 15]);
  });

  it('keeps that it was asked, of nobody in particular', async () => {
    const [kept] = await scene.service.database.query<Record<string, unknown>>(
      `select ground, ground_id as id, purpose, object, person_id as person from audit_entry
       where action = 'register.simulate' order by audit_entry_id limit 1`,
    );
    assert.deepEqual(kept, {
      ground: 'deliberation',
      id: `${deliberationId}/1`,
      purpose: legalContext,
      object: 'type/social-status',
      person: null,
    });
  });

  it('refuses what no deliberation allows, what is not there, and an amount that is none', async () => {
    assert.equal((await ask({ attestationType: 'quarantine' })).status, 403);
    assert.equal((await ask({ attestationType: 'social-status', legalContext: 'CITY:OTHER' })).status, 403);
    assert.equal((await ask({ flow: 'social-statuses' })).status, 403);
    const faults = [
      [{ attestationType: 'nothing-here' }, 'attestationType'],
      [{ attestationType: 'social-status', rule: 'x' }, 'rule'],
      [{ flow: 'social-statuses', choices: { age: { from: 18 } } }, 'choices.age'],
      [{ flow: 'social-statuses', standing: 'granted' }, 'standing'],
      [{}, 'attestationType'],
      [{ attestationType: 'social-status', unitValue: 1.005 }, 'unitValue'],
    ] as const;
    for (const [wish, name] of faults) {
      const { status, body } = await ask(wish);
      assert.deepEqual([status, body.issues?.[0]?.name], [400, name], JSON.stringify(body));
    }
  });
});
