/** From a reported status to the documents that rest on it: which cases are settled, what is decided and why. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createApi } from './api.ts';
import { linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

const AN = ssinFrom('810501996');
const BO = ssinFrom('820000997');
const FARM = '1900012343';

let scene: Scene & { readonly tokens: Tokens };
before(async () => {
  scene = await startOpenScene();
});
after(() => scene.stop());

const person = (ssin: string, changes: object = {}) => ({
  ssin,
  familyName: 'Peeters',
  givenName: 'An',
  birthDate: '1981-05-01',
  language: 'nl',
  municipality: { nisCode: '24062', since: '2000-01-01' },
  household: 'H-1',
  ...changes,
});

async function load(...records: readonly object[]): Promise<void> {
  const { refused } = await scene.client.load(linesOf(records));
  assert.equal(refused, 0);
  await scene.client.settled();
}

async function report(source: string, ...items: readonly object[]): Promise<void> {
  const token = scene.tokens.client('register:report', '1912345694');
  const { status, body } = await scene.api.call('post', '/register/v1/statuses', {
    token,
    body: { source, items },
  });
  assert.equal(status, 200, JSON.stringify(body));
  await scene.client.settled();
}

/** The documents in force, by type and what their cases are kept apart by; of which version. */
async function inForce(): Promise<string[]> {
  const rows = await scene.service.database.query<{ id: string; version: number }>(
    `select type || coalesce(substring(case_id from '/(rule=.*|month=.*)$'), '') as id, version from attestation
     where state = 'issued' order by 1`,
  );
  return rows.map(({ id, version }) => `${id} ${version}`);
}

const versions = () => scene.service.database.query('select attestation_id from attestation');

describe('a status of a person', () => {
  it('makes every document that rests on it, and no other', async () => {
    await load(
      { enterpriseNumber: FARM, name: 'Boomgaarden BV' },
      person(AN),
      person(BO, { givenName: 'Bo' }),
    );
    await report('onem', {
      ssin: AN,
      status: 'temporaryUnemployment',
      reference: 'C-1',
      validFrom: '2020-04-01',
      validUntil: '2020-04-30',
      enterpriseNumber: FARM,
    });
    assert.deepEqual(await inForce(), ['temporary-unemploymentmonth=2020-04 1']);
    await report('inami', {
      ssin: AN,
      status: 'increasedIntervention',
      reference: 'V-1',
      validFrom: '2020-01-01',
    });
    assert.deepEqual(await inForce(), [
      'energy-contributionrule=2020 1',
      'energy-contributionrule=2021 1',
      'municipal-tax-exemptionrule=2021 1',
      'social-status 1',
      'temporary-unemploymentmonth=2020-04 1',
    ]);
  });

  it('is printed with its periods, and verified with them', async () => {
    const api = await createApi(scene.service);
    const token = scene.tokens.person(AN);
    const { body } = await api.get('/ebox/citizen/v2/ebox/messages', token);
    const message = body.items.find((one: { messageTypeId: string }) =>
      one.messageTypeId.startsWith('temporary'),
    );
    const { pathname } = new URL(message.attachments.items[0].contentHref);
    const { bytes } = await api.get(pathname, token);
    const verified = await api.call('post', '/verifications/v1/verifications', {
      type: 'application/pdf',
      body: bytes,
    });
    const { attestation } = verified.body;
    assert.equal(verified.body.status, 'valid');
    assert.equal(attestation.days, undefined);
    assert.deepEqual(attestation.periods, [
      {
        startDate: '2020-04-01',
        endDate: '2020-04-30',
        reference: 'C-1',
        employer: { name: 'Boomgaarden BV', enterpriseNumber: FARM },
      },
    ]);
  });

  it('changes exactly the cases that rest on it, and revokes what has no ground any more', async () => {
    const before = await versions();
    await report('inami', {
      ssin: AN,
      status: 'increasedIntervention',
      reference: 'V-1',
      validFrom: '2020-01-01',
      validUntil: '2020-12-31',
    });
    // Of the decision of 2020 nothing that it shows changed.
    assert.deepEqual(await inForce(), [
      'energy-contributionrule=2020 1',
      'social-status 2',
      'temporary-unemploymentmonth=2020-04 1',
    ]);
    assert.equal((await versions()).length, before.length + 1);
  });

  it('counts beside where somebody lives, with how many and since when they are born', async () => {
    const integration = {
      status: 'integrationIncome',
      reference: 'L-1',
      validFrom: '2020-09-01',
      validUntil: '2021-06-30',
    };
    await report('sppis', { ssin: BO, ...integration });
    const has = async (type: string) => (await inForce()).filter((one) => one.startsWith(type)).length;
    assert.deepEqual([await has('rent-premium'), await has('municipal-tax-exemption')], [1, 1]);
    await load(person(BO, { municipality: { nisCode: '62063', since: '2020-09-15' } }));
    assert.deepEqual([await has('rent-premium'), await has('municipal-tax-exemption')], [0, 0]);
    await load(person(BO, { municipality: { nisCode: '24062', since: '2020-09-16' } }));
    assert.deepEqual([await has('rent-premium'), await has('municipal-tax-exemption')], [1, 1]);
    const others = ['850101996', '850102996', '850103996'].map((digits) => person(ssinFrom(digits)));
    await load(...others);
    assert.deepEqual([await has('rent-premium'), await has('municipal-tax-exemption')], [1, 0]);
    await load(person(BO, { birthDate: '2010-01-01' }));
    assert.equal(await has('rent-premium'), 0);
  });

  it('is explained to the person whom it is about: which rule, which facts, why not', async () => {
    const { body } = await scene.api.get('/myData/v1/decisions', scene.tokens.person(BO));
    const [last] = body.items.filter((one: { type: string }) => one.type === 'rent-premium');
    assert.deepEqual([last.isEntitled, last.typeVersion], [false, 1]);
    assert.deepEqual(last.rules, [
      {
        rule: '2020',
        reasons: ['age'],
        facts: [
          {
            status: 'integrationIncome',
            source: 'sppis',
            reference: 'L-1',
            from: '2020-09-01',
            until: '2021-06-30',
          },
        ],
      },
    ]);
    const { body: strangers } = await scene.api.get(
      '/myData/v1/decisions',
      scene.tokens.person(ssinFrom('750322996')),
    );
    assert.deepEqual(strangers.items, []);
  });
});
