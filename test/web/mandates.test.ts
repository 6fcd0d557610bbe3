/** Acting for another at the pages: chosen, seen on every page, in evidence, and over when the mandate is. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Scene, startScene } from '../http/scene.ts';
import { daysFromNow, enterprise, newMandate } from '../support/grounds.ts';
import { demoSsin } from '../support/service.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

const PAYROLL = '1900045601';
const EMPLOYER = '0206731645';
const NOBODY = '01935b1e-7c00-7000-8000-000000000001';

let scene: Scene;

before(async () => {
  scene = await startScene();
  await scene.declareDays('lena', ['2021-03-01']);
});
after(() => scene.stop());
/** Nobody acts for anybody at the beginning of a test. */
afterEach(async () => {
  const { database } = scene.service;
  await database.query(
    `insert into mandate_revocation (mandate_id, reasons, revoked_by, revoked_by_organization)
     select mandate_id, 'over', 'test', '1912345694' from mandate on conflict do nothing`,
  );
});

async function loggedIn(personId: string, language?: string): Promise<Visitor> {
  const one = createVisitor(scene.service.url, language);
  await logIn(scene.service, one, personId);
  return one;
}

async function personOf(name: string): Promise<string> {
  const rows = await scene.service.database.query<{ id: string }>(
    'select person_id as id from person where given_name = $1 and replaced_by is null',
    [name],
  );
  return rows[0]?.id ?? assert.fail(name);
}

async function mandateFor(
  changes: Parameters<typeof newMandate>[2] = {},
  kind: 'parent' | 'administrator' = 'administrator',
) {
  const [agentPersonId, representedPersonId] = [await personOf('Amélie'), await personOf('Lena')];
  return scene.service.service.composition.services.database.transaction((connection) =>
    newMandate(connection, { kind, agentPersonId, representedPersonId }, changes),
  );
}

function mandateForEmployer(): Promise<string> {
  const parties = { kind: 'employer', agent: enterprise(PAYROLL), employer: enterprise(EMPLOYER) } as const;
  return scene.service.service.composition.services.database.transaction((connection) =>
    newMandate(connection, parties),
  );
}

function revoke(mandateId: string) {
  return scene.service.database.query(
    `insert into mandate_revocation (mandate_id, reasons, revoked_by, revoked_by_organization)
     values ($1, 'over', 'test', '1912345694')`,
    [mandateId],
  );
}

async function send(one: Visitor, path: string, fields: Readonly<Record<string, string>>) {
  return one.sendFields(path, { csrfToken: await one.tokenOn('/mandates'), ...fields });
}

const choose = (one: Visitor, mandate: string) => send(one, '/mandates/choose', { mandate });

async function entriesOf(mandateId: string) {
  const rows = await scene.service.database.query<{ line: string }>(
    `select concat_ws(' ', action, ground, coalesce(p.given_name, e.represented)) as line
     from audit_entry e left join person p on p.person_id::text = e.represented
     where ground_id = $1 order by audit_entry_id`,
    [mandateId],
  );
  return rows.map(({ line }) => line);
}

describe('a person who acts for another at the pages', () => {
  it('chooses whom among those that the mandates name, and sees it on every page from then on', async () => {
    const mandateId = await mandateFor({ validUntil: daysFromNow(20) }, 'parent');
    const amelie = await loggedIn('amelie');
    assert.match(
      wordsOf(await amelie.get('/mandates')),
      /For whom you may act Lena Vermeulen as a parent, until /,
    );
    const { status, headers } = await choose(amelie, mandateId);
    assert.deepEqual([status, headers.location], [303, '/inbox']);
    for (const path of ['/inbox', '/my-data', '/mandates', '/verify', '/', '/verify/report']) {
      const page = await amelie.get(path);
      assert.match(wordsOf(page), /You are acting as a parent of: Lena Vermeulen Until /, path);
      assert.match(page.text, /<title>[^<]+ – on behalf of Lena Vermeulen – /, path);
    }
    assert.match(wordsOf(await amelie.get('/inbox')), /eBox of Lena Vermeulen .*1 message, 1 not read yet/);
  });

  it('reads by the mandate, which stands in evidence and in the list of whom they act for', async () => {
    const mandateId = await mandateFor();
    const [amelie, lena] = [await loggedIn('amelie'), await loggedIn('lena')];
    await choose(amelie, mandateId);
    const [, message = ''] = /href="(\/inbox\/[\w-]{36})"/.exec((await amelie.get('/inbox')).text) ?? [];
    const page = await amelie.get(message);
    const [, document = ''] = /href="(\/inbox\/[^"]+\/[^"?]+)\?download"/.exec(page.text) ?? [];
    assert.equal((await amelie.get(document)).status, 200);
    await amelie.get('/my-data');
    assert.deepEqual(await entriesOf(mandateId), [
      'mandate.act mandate Lena',
      'message.list mandate Lena',
      'message.consult mandate Lena',
      'message.read mandate Lena',
      'access.list mandate Lena',
    ]);
    const words = wordsOf(await lena.get('/my-data'));
    assert.match(
      words,
      /Began to act on your behalf Who who acts for you Why [^.]+ – who may act on your behalf/,
    );
    assert.match(words, /Document opened|Message read|Message opened/);
    assert.match(
      wordsOf(await lena.get('/mandates')),
      /Who may act for you Amélie Noël-Lefèvre as your administrator/,
    );
  });

  it('acts for themselves again when they say so, and at the next login', async () => {
    const mandateId = await mandateFor();
    const amelie = await loggedIn('amelie');
    await choose(amelie, mandateId);
    assert.equal((await send(amelie, '/mandates/end', {})).headers.location, '/mandates');
    assert.match(wordsOf(await amelie.get('/mandates')), /You are acting for yourself/);
    assert.match(wordsOf(await amelie.get('/inbox')), /My eBox .*There are no messages for you yet/);
    await choose(amelie, mandateId);
    await logIn(scene.service, amelie, 'amelie');
    assert.doesNotMatch(wordsOf(await amelie.get('/inbox')), /You are acting/);
  });

  it('stops in the middle of a session when the mandate is revoked, and is told instead of shown their own', async () => {
    const mandateId = await mandateFor();
    const amelie = await loggedIn('amelie');
    await choose(amelie, mandateId);
    await revoke(mandateId);
    assert.doesNotMatch(wordsOf(await amelie.get('/verify')), /You are acting/);
    const refused = await amelie.get('/inbox');
    assert.equal(refused.status, 403);
    assert.match(wordsOf(refused), /Your mandate has ended/);
    assert.doesNotMatch(wordsOf(refused), /Lena/);
    const own = await amelie.get('/inbox');
    assert.equal(own.status, 200);
    assert.match(wordsOf(own), /There are no messages for you yet/);
    const again = await choose(amelie, mandateId);
    assert.equal(again.status, 404);
    assert.match(wordsOf(again), /not in force, or not any more/);
  });

  it('does nothing with a form that comes after the end', async () => {
    const mandateId = await mandateFor();
    const amelie = await loggedIn('amelie');
    await choose(amelie, mandateId);
    const [, message = ''] = /href="(\/inbox\/[\w-]{36})"/.exec((await amelie.get('/inbox')).text) ?? [];
    const token = await amelie.tokenOn(message);
    await revoke(mandateId);
    assert.equal((await amelie.sendFields(`${message}/share`, { csrfToken: token, days: '7' })).status, 403);
    const shares = await scene.service.database.query('select from share_code');
    assert.equal(shares.length, 0);
  });

  it('sees no more than the mandate gives a right to, and never what is their own instead', async () => {
    const mandateId = await mandateFor({ rights: ['accesses'] });
    const amelie = await loggedIn('amelie');
    assert.equal((await choose(amelie, mandateId)).headers.location, '/my-data');
    assert.equal((await amelie.get('/my-data')).status, 200);
    const refused = await amelie.get('/inbox');
    assert.equal(refused.status, 403);
    assert.match(wordsOf(refused), /Your mandate does not allow what you asked for/);
  });

  for (const [what, mandate] of [
    ['another’s', async () => ({ by: 'serban', id: await mandateFor() })],
    ['one that ended', async () => ({ by: 'amelie', id: await mandateFor({ validUntil: daysFromNow(-1) }) })],
    ['one to come', async () => ({ by: 'amelie', id: await mandateFor({ validFrom: daysFromNow(1) }) })],
    ['one of an organisation', async () => ({ by: 'amelie', id: await mandateForEmployer() })],
    ['one that is not there', async () => ({ by: 'amelie', id: NOBODY })],
    ['no mandate', async () => ({ by: 'amelie', id: `' or true --` })],
  ] as const) {
    it(`cannot act by ${what}, and learns nothing of it`, async () => {
      const { by, id } = await mandate();
      const one = await loggedIn(by);
      const answer = await choose(one, id);
      assert.equal(answer.status, 404);
      assert.doesNotMatch(wordsOf(answer), /Lena/);
      assert.match(wordsOf(await one.get('/mandates')), /You are acting for yourself/);
    });
  }
});

describe('an organisation that acts for an employer at the pages', () => {
  const day = '2021-04-01';
  const row = (reference: string) =>
    `reference;ssin;date;enterpriseNumber;jointCommittee\n${reference};${demoSsin('lena')};${day};${EMPLOYER};144\n`;

  it('finds the employer by its number, sends for it, and stands in evidence on its behalf', async () => {
    const mandateId = await mandateForEmployer();
    const thomas = await loggedIn('thomas');
    const chosen = await send(thomas, '/mandates/choose', { employer: 'BE 0206.731.645' });
    assert.equal(chosen.headers.location, '/agency');
    assert.match(wordsOf(await thomas.get('/agency')), /You are acting for the employer: /);
    assert.equal((await thomas.get('/inbox')).status, 403, 'an employer has no eBox here');
    const token = await thomas.tokenOn('/agency');
    const sent = await thomas.sendFile('/agency/batches', {
      token,
      file: Buffer.from(row('m1')),
      fileName: 'm.csv',
    });
    await scene.client.settled();
    assert.match(wordsOf(await thomas.get(sent.headers.location ?? '')), /On behalf of the employer [^ ]/);
    assert.equal((await send(thomas, `${sent.headers.location}/start`, {})).status, 303);
    await scene.client.settled();
    const entries = await entriesOf(mandateId);
    assert.deepEqual(
      entries.slice(0, 3).map((line) => line.replace(/batch.consult.*/, 'batch.consult')),
      [`mandate.act mandate ${EMPLOYER}`, `batch.submit mandate ${EMPLOYER}`, 'batch.consult'],
    );
    assert.ok(entries.includes(`batch.start mandate ${EMPLOYER}`));
    assert.ok(entries.includes(`declaration.report mandate ${EMPLOYER}`), entries.join());
  });

  it('stops when the mandate ends: nothing more is sent for the employer', async () => {
    const mandateId = await mandateForEmployer();
    const thomas = await loggedIn('thomas');
    await choose(thomas, mandateId);
    const token = await thomas.tokenOn('/agency');
    await revoke(mandateId);
    const sent = await thomas.sendFile('/agency/batches', {
      token,
      file: Buffer.from(row('m2')),
      fileName: 'm.csv',
    });
    assert.equal(sent.status, 403);
    assert.match(wordsOf(sent), /Your mandate has ended/);
    assert.deepEqual((await entriesOf(mandateId)).slice(1), []);
    assert.equal((await thomas.get('/agency')).status, 200);
  });

  it('is told that a number is none, or of nobody who gave it a mandate', async () => {
    const thomas = await loggedIn('thomas');
    await mandateForEmployer();
    const wrong = await send(thomas, '/mandates/choose', { employer: '0212345678' });
    assert.deepEqual([wrong.status, /This is no enterprise number/.test(wordsOf(wrong))], [400, true]);
    const other = await send(thomas, '/mandates/choose', { employer: '0202239951' });
    assert.deepEqual([other.status, /has no mandate of this employer/.test(wordsOf(other))], [404, true]);
  });
});
