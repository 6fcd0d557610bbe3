/** What a batch would come to, over HTTP: told before it runs, of many alone, and nothing is issued by asking. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ssinOf } from '../bench/people.ts';
import { until } from '../support/client.ts';
import type { Answer } from './api.ts';
import { type Scene, startOpenScene } from './scene.ts';
import { OTHER_ORGANIZATION, type Tokens } from './tokens.ts';

const BATCHES = '/batches/v1/batches';
const HEADER = 'reference;ssin;date;enterpriseNumber;jointCommittee';
const LEUVEN = 24;

let scene: Scene & { readonly tokens: Tokens };
let token: string;

before(async () => {
  scene = await startOpenScene();
  // Twenty-four in Leuven, of whom six cannot be reached, six in Namur, and two in Eupen.
  const people = Array.from({ length: 32 }, (_, at) => ({
    ssin: ssinOf(at),
    familyName: 'Peeters',
    givenName: `Nr ${at}`,
    municipality: { nisCode: at < LEUVEN ? '24062' : at < 30 ? '92094' : '63023' },
    hasEbox: at >= 6,
  }));
  await scene.client.load(people.map((one) => `${JSON.stringify(one)}\n`).join(''));
  token = scene.tokens.client('batches:submit batches:approve');
});
after(() => scene.stop());

const row = (at: number, date: string) => `${at}-${date};${ssinOf(at)};${date};1900012343;145`;
const csv = (rows: readonly string[]) => `${[HEADER, ...rows].join('\r\n')}\r\n`;

async function check(rows: readonly string[], query = '?dryRun=true', state = 'checked') {
  const answer: Answer = await scene.api.call('post', `${BATCHES}${query}`, {
    token,
    type: 'text/csv',
    body: csv(rows),
  });
  assert.equal(answer.status, 202);
  const { body } = await until(
    () => scene.api.follow(answer.headers.location, token),
    (found) => found.body.state === state,
  );
  return body;
}

const forecastOf = (batch: { readonly self: string }, by = token) =>
  scene.api.follow(`${batch.self}/forecast`, by);

describe('the forecast of a batch', () => {
  it('counts attestations, persons, languages, places and who cannot be reached', async () => {
    const everybody = Array.from({ length: LEUVEN + 6 }, (_, at) => at);
    const batch = await check([
      ...everybody.map((at) => row(at, '2021-02-01')),
      // Another day of the same month is on the same attestation, one of another month is not.
      ...everybody.slice(0, 3).map((at) => row(at, '2021-02-03')),
      row(0, '2021-03-03'),
      // A row with an error, and one of somebody whom nobody knows, come to nothing now.
      'bad;81022903534;2021-02-03;1900012343;145',
      row(50, '2021-02-03'),
    ]);
    const { status, body } = await forecastOf(batch);
    assert.equal(status, 200);
    assert.deepEqual(body.attestations, [{ attestationType: 'quarantine', count: 31 }]);
    assert.equal(body.persons, 30);
    assert.deepEqual(body.languages, [
      { language: 'nl', persons: 24 },
      { language: 'fr', persons: 6 },
    ]);
    assert.equal(body.unreachablePercent, 20);
    const places = new Map(
      body.places.map(({ place, persons }: { place: string; persons: number }) => [place, persons]),
    );
    assert.deepEqual(
      ['BE', '24062', '92094'].map((place) => places.get(place)),
      [30, 24, 6],
    );
    assert.deepEqual([body.isPartial, body.smallestCount], [false, 5]);
    const [issued] = await scene.service.database.query<{ count: number }>(
      'select count(*)::int as count from attestation',
    );
    assert.equal(issued?.count, 0);
  });

  it('does not tell where one person lives, nor what they speak', async () => {
    const { body } = await forecastOf(await check([row(30, '2021-02-01')]));
    const { persons, languages, places, unreachablePercent, isPartial } = body;
    assert.deepEqual(
      [persons, languages, places, unreachablePercent, isPartial],
      [1, [], [], undefined, true],
    );
  });

  it('is that of a batch that waits, stands in evidence, and is nobody else’s', async () => {
    const batch = await check([row(1, '2021-04-01')]);
    const other = scene.tokens.client('batches:submit', OTHER_ORGANIZATION);
    assert.equal((await forecastOf(batch, other)).status, 404);
    await forecastOf(batch);
    const [told] = await scene.service.database.query<{ count: number }>(
      `select count(*)::int as count from audit_entry where action = 'batch.consult' and object = $1`,
      [batch.batchId],
    );
    assert.equal(told?.count, 1);
    const ran = await check([row(2, '2021-04-01')], '', 'done');
    const answer = await forecastOf(ran);
    assert.deepEqual(
      [answer.status, answer.body.type],
      [409, 'urn:problem-type:citizen-ebox:notInThisState'],
    );
  });
});
