/** The desk over HTTP: who may see which page, one person looked up, held input decided on, flows, webhooks, operations. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeDeskPages } from '../browser/desk.ts';
import { type DeskScene, INSTITUTION, STRANGER, setJobAside, startDesk } from '../support/desk-scene.ts';
import { AGENCY } from '../support/grounds.ts';
import { demoSsin } from '../support/service.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

let scene: DeskScene;
let nadia: Visitor;
let hanne: Visitor;
let thomas: Visitor;

before(async () => {
  scene = await startDesk();
  [nadia, hanne, thomas] = [await loggedIn('nadia'), await loggedIn('hanne'), await loggedIn('thomas')];
});
after(() => scene.stop());

async function loggedIn(personId: string): Promise<Visitor> {
  const visitor = createVisitor(scene.service.url);
  await logIn(scene.service, visitor, personId, '/desk');
  return visitor;
}

async function send(one: Visitor, page: string, path: string, fields: Readonly<Record<string, string>>) {
  return one.sendFields(path, { csrfToken: await one.tokenOn(page), ...fields });
}

function entries(action: string): Promise<{ line: string }[]> {
  return scene.service.database.query<{ line: string }>(
    `select concat_ws(' ', actor_kind, actor_organization, ground, purpose, person_id is not null, object) as line
     from audit_entry where action = $1 order by audit_entry_id`,
    [action],
  );
}

const PLACES = [
  '/desk/look-up',
  '/desk/flows',
  '/desk/statistics',
  '/desk/access',
  '/desk/webhooks',
  '/desk/held',
  '/desk/operations',
];

describe('the pages of the desk', () => describeDeskPages(() => scene));

describe('the desk', () => {
  it('has a menu of what an official may do, and refuses the rest', async () => {
    const lena = await loggedIn('lena');
    const allowed: Record<string, readonly number[]> = {
      nadia: [200, 200, 200, 200, 200, 403, 403],
      hanne: [200, 403, 200, 200, 200, 200, 200],
      thomas: [403, 403, 403, 200, 200, 403, 403],
      lena: [403, 403, 403, 403, 403, 403, 403],
    };
    for (const [name, visitor] of Object.entries({ nadia, hanne, thomas, lena })) {
      const { text } = await visitor.get('/desk');
      const menu = /ebox-desk__menu[^]*?<\/nav>/.exec(text)?.[0] ?? '';
      for (const [at, path] of PLACES.entries()) {
        const status = allowed[name]?.[at];
        assert.equal((await visitor.get(path)).status, status, `${name} ${path}`);
        assert.equal(menu.includes(`"${path}"`), status === 200, `${name} menu ${path}`);
      }
    }
  });

  it('leads who is not logged in to the login', async () => {
    const { status, headers } = await createVisitor(scene.service.url).get('/desk/look-up');
    assert.deepEqual([status, headers.location], [303, '/login?to=%2Fdesk%2Flook-up']);
  });

  it('says what waits', async () => {
    assert.match(wordsOf(await nadia.get('/desk')), /1 deliberation ends soon/);
    assert.match(wordsOf(await hanne.get('/desk')), /2 reports are held 1 request waits for a decision/);
    assert.match(wordsOf(await thomas.get('/desk')), /Nothing is waiting/);
  });
});

describe('looking somebody up', () => {
  const questionOf = async (word: string) => {
    const { text } = await nadia.get('/desk/look-up');
    const found = [...text.matchAll(/<option value="([^"]+)">([^<]*)/g)].find(([, , name = '']) =>
      name.includes(word),
    );
    return found?.[1] ?? assert.fail(word);
  };
  const ask = (fields: Readonly<Record<string, string>>) =>
    send(nadia, '/desk/look-up', '/desk/look-up', fields);

  it('tells yes or no, and evidence keeps who asked, on which ground and why', async () => {
    const question = await questionOf('Status: quarantine');
    const asked = { question, ssin: demoSsin('lena'), reason: 'File 21/44' };
    const yes = await ask({ ...asked, date: '2021-03-01' });
    assert.match(wordsOf(yes), /Yes The person has this status on Monday,? 1 March 2021/);
    assert.match(wordsOf(await ask({ ...asked, date: '2021-03-09' })), /No The person does not have/);
    assert.match(wordsOf(await ask({ ...asked, ssin: STRANGER })), /No answer/);
    assert.deepEqual(
      (await entries('status.query')).map(({ line }) => line),
      ['2021-03-01', '2021-03-09'].map(
        (day) => `official ${AGENCY} deliberation CITY:SUPPORT_GRANT t quarantine ${day}: File 21/44`,
      ),
    );
    // The number stands on the page, in its form no more, and in no line of the log.
    assert.doesNotMatch(yes.text, new RegExp(demoSsin('lena')));
    assert.ok(!scene.service.logLines.some((line) => line.includes(demoSsin('lena'))));
  });

  it('shows of attestations what the deliberation names', async () => {
    const question = await questionOf('Attestation of a quarantine');
    const words = wordsOf(await ask({ question, ssin: demoSsin('lena'), reason: 'File 21/44' }));
    assert.match(words, /\d attestations? .* Valid .* Month March 2021 Number of days 2/);
    assert.doesNotMatch(words, /Vermeulen|QUA-/);
  });

  it('says by the field what is missing, and asks nothing', async () => {
    const before = (await entries('status.query')).length;
    const answer = await ask({ ssin: '88031499864', date: '2021-02-31', reason: demoSsin('amelie') });
    assert.equal(answer.status, 400);
    assert.doesNotMatch(answer.text, /88031499864|value="\d{11}"/);
    for (const field of ['question', 'ssin', 'date', 'reason'])
      assert.match(answer.text, new RegExp(`href="#${field}"[^]*id="${field}-fault"`));
    assert.equal((await entries('status.query')).length, before);
  });

  it('knows no deliberation of another organisation', async () => {
    const question = await questionOf('Status: quarantine');
    const fields = { question, ssin: demoSsin('lena'), reason: 'File 21/44' };
    assert.equal((await send(hanne, '/desk/look-up', '/desk/look-up', fields)).status, 400);
  });
});

describe('held input', () => {
  const itemOf = async (reference: string) => {
    const { text } = await hanne.get('/desk/held');
    const card = text.split('<li class="ebox-card">').find((one) => one.includes(reference)) ?? '';
    return /name="item" value="([^"]+)"/.exec(card)?.[1] ?? assert.fail(reference);
  };
  const decide = (fields: Readonly<Record<string, string>>) =>
    send(hanne, '/desk/held', '/desk/held/decide', fields);

  it('is released or refused with a reason, once', async () => {
    const item = await itemOf('C32-1');
    const without = await decide({ item, decision: 'release' });
    assert.equal(without.status, 400);
    assert.match(wordsOf(without), /Give a reason/);
    const named = await decide({ item, decision: 'release', reason: `as ${demoSsin('amelie')} says` });
    assert.equal(named.status, 400);
    assert.match(named.text, /value="as \*{11} says"/);
    const made = await decide({ item, decision: 'release', reason: 'Confirmed by telephone' });
    assert.equal(made.headers.location, '/desk/held?done=released');
    const again = await decide({ item, decision: 'drop', reason: 'Second thoughts' });
    assert.equal(again.headers.location, '/desk/held');
    const kept = await scene.service.database.query(
      `select state, reason from status_report where reference = 'C32-1'`,
    );
    assert.deepEqual(kept, [{ state: 'released', reason: 'Confirmed by telephone' }]);
  });

  it('of somebody unknown cannot be released, and is refused', async () => {
    const item = await itemOf('C32-2');
    const unknown = await decide({ item, decision: 'release', reason: 'Sure' });
    assert.match(wordsOf(unknown), /We do not know this person yet/);
    const dropped = await decide({ item, decision: 'drop', reason: 'Not a resident' });
    assert.equal(dropped.headers.location, '/desk/held?done=dropped');
    assert.match(wordsOf(await hanne.get('/desk/held')), /Nothing is held/);
  });
});

describe('a flow', () => {
  const FLOW = '/desk/flows/statbel-statuses';

  it('is ordered on a deliberation, run, followed and fetched', async () => {
    const { text } = await nadia.get(FLOW);
    const deliberation = /<option value="([0-9a-f-]{36})"/.exec(text)?.[1] ?? '';
    const wrong = await send(nadia, FLOW, `${FLOW}/order`, { deliberation, certificate: 'none' });
    assert.match(wordsOf(wrong), /This certificate cannot be used/);
    assert.match(
      wordsOf(await send(nadia, FLOW, `${FLOW}/order`, { deliberation: 'x' })),
      /Choose a deliberation/,
    );
    const fields = { deliberation, format: 'json', mail: 'data@example.be' };
    assert.equal((await send(nadia, FLOW, `${FLOW}/order`, fields)).headers.location, FLOW);
    const begun = await send(nadia, FLOW, `${FLOW}/run`, {});
    const path = String(begun.headers.location);
    await scene.client.settled();
    const page = await nadia.get(path);
    assert.match(wordsOf(page), /State Done Cause Asked for/);
    const file = /href="([^"]+\/files\/[^"]+)"/.exec(page.text)?.[1] ?? '';
    const fetched = await nadia.get(file);
    assert.deepEqual(
      [fetched.status, fetched.headers['content-type']],
      [200, 'application/json; charset=utf-8'],
    );
    const told = await send(nadia, path, `${path}/tell`, {});
    assert.equal(told.headers.location, `${path}?done=told`);
    assert.match(wordsOf(await nadia.get(FLOW)), /No\. 1 .* Done/);
    assert.equal((await hanne.get(path)).status, 403);
  });
});

describe('statistics', () => {
  it('show a plot with its table, what is hidden, and both files', async () => {
    const form = (await nadia.get('/desk/statistics')).text;
    const ground = /<option value="([^"]+\/quarantine)"/.exec(form)?.[1] ?? '';
    const asked = { table: 'persons-by-age', ground, from: '2021-02', until: '2021-03' };
    const query = new URLSearchParams(asked).toString();
    const { text } = await nadia.get(`/desk/statistics?${query}`);
    assert.match(text, /<svg [^>]*role="img"[^]*<caption/);
    assert.match(wordsOf({ text }), /0 hidden .*What is hidden, and why/);
    const csv = await nadia.get(`/desk/statistics/table.csv?${query}`);
    assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
    assert.equal((await nadia.get(`/desk/statistics/table.json?${query}`)).body.version, '2.0');
  });

  it('say what is in the way', async () => {
    for (const [asked, reason] of [
      ['table=persons-by-place&from=2021-03', /Choose on which deliberation/],
      ['table=use&from=x', /Write the month as/],
      ['table=use&from=2021-03&until=2021-01', /Choose a month after the first/],
    ] as const) {
      const answer = await nadia.get(`/desk/statistics?${asked}`);
      assert.equal(answer.status, 400);
      assert.match(wordsOf(answer), reason);
      assert.equal((await nadia.get(`/desk/statistics/table.csv?${asked}`)).status, 404);
    }
  });
});

describe('asking for data', () => {
  const PAGE = '/desk/access/ask';

  it('makes one request of a form, however often it is sent', async () => {
    const { text } = await nadia.get(PAGE);
    const key = /name="key" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const day = /name="validUntil"[^>]* value="([^"]+)"/.exec(text)?.[1] ?? '';
    const fields = {
      key,
      'purpose-nl': 'Kinderopvang',
      'purpose-fr': 'Accueil d’enfants',
      'purpose-de': 'Kinderbetreuung',
      legalContext: 'city:child_care',
      statuses: 'temporaryUnemployment',
      municipalities: 'leuven, Liège',
      validFrom: '2026-01-01',
      validUntil: day,
    };
    const wrong = await send(nadia, PAGE, PAGE, { key, legalContext: 'X1', municipalities: 'Nowhere' });
    assert.equal(wrong.status, 400);
    for (const field of ['purpose-nl', 'legalContext', 'statuses', 'municipalities', 'validFrom'])
      assert.match(wrong.text, new RegExp(`id="${field}-fault"`));
    const [first, second] = [
      await send(nadia, PAGE, PAGE, fields),
      await send(nadia, PAGE, PAGE, fields),
    ].map(({ headers }) => String(headers.location));
    assert.equal(first, second);
    const changed = await send(nadia, PAGE, PAGE, { ...fields, municipalities: '' });
    assert.match(wordsOf(changed), /You sent this form before/);
    const words = wordsOf(await nadia.get(first ?? ''));
    assert.match(words, /Accueil|Kinderopvang/);
    assert.match(words, /temporary unemployment .* Leuven, Luik/);
  });
});

describe('a request', () => {
  it('is seen by who asked and decided on by the institution', async () => {
    const { text } = await nadia.get('/desk/access');
    assert.match(wordsOf({ text }), /Ends in 40 days/);
    // The first that was asked stands last.
    const path = [...text.matchAll(/href="(\/desk\/access\/requests\/[^"]+)"/g)].at(-1)?.[1] ?? '';
    assert.doesNotMatch(wordsOf(await nadia.get(path)), /Decide/);
    assert.equal((await send(nadia, path, `${path}/step`, { step: 'analyse' })).status, 403);
    assert.equal((await thomas.get(path)).status, 404);
    await send(hanne, path, `${path}/step`, { step: 'analyse' });
    assert.match(
      wordsOf(await send(hanne, path, `${path}/step`, { step: 'grant' })),
      /does not cover the request: none was chosen/,
    );
    const shown = await hanne.get(path);
    const deliberation = /<option value="([0-9a-f-]{36})">Deliberation 20\/123/.exec(shown.text)?.[1] ?? '';
    await send(hanne, path, `${path}/step`, { step: 'grant', deliberation });
    assert.match(wordsOf(await nadia.get(path)), /Being analysed .* Granted/);
  });
});

describe('a webhook', () => {
  it('is added once, shows its secret once, and what was sent again', async () => {
    const url = `${scene.receiver.origin}/hook`;
    const wrong = await send(hanne, '/desk/webhooks', '/desk/webhooks', { url: 'ftp://nothing' });
    assert.match(wordsOf(wrong), /must begin with https/);
    const added = await send(hanne, '/desk/webhooks', '/desk/webhooks', { url });
    assert.match(added.text, /whsec_[A-Za-z0-9+/=]{20,}/);
    const second = await send(hanne, '/desk/webhooks', '/desk/webhooks', { url });
    assert.match(wordsOf(second), /This address is there already/);
    const { text } = await hanne.get('/desk/webhooks');
    const path = /href="(\/desk\/webhooks\/[0-9a-f-]+)"/.exec(text)?.[1] ?? '';
    assert.doesNotMatch((await hanne.get(path)).text, /whsec_/);
    assert.equal((await nadia.get(path)).status, 404);
    const changed = await send(hanne, path, `${path}/secret`, {});
    assert.match(changed.text, /whsec_/);
    const unknown = { delivery: '0193f0aa-0000-7000-8000-000000000001' };
    assert.equal((await send(hanne, path, `${path}/resend`, unknown)).status, 404);
    await send(hanne, path, `${path}/end`, {});
    assert.match(wordsOf(await hanne.get('/desk/webhooks')), /There is no address yet/);
  });
});

describe('operations', () => {
  it('show what was set aside and have it tried again, in evidence as done by the official', async () => {
    await setJobAside(scene);
    const words = wordsOf(await hanne.get('/desk/operations'));
    assert.match(words, /1 job was set aside .* the mail server does not answer/);
    assert.match(words, /Seal .* In use/);
    const retried = await send(hanne, '/desk/operations', '/desk/operations/retry', { which: 'kind/tell' });
    assert.equal(retried.headers.location, '/desk/operations?done=1');
    const [entry] = await entries('job.retry');
    assert.match(entry?.line ?? '', new RegExp(`^official ${INSTITUTION} duty supervision f`));
    const none = await send(hanne, '/desk/operations', '/desk/operations/retry', { which: 'all of it' });
    assert.equal(none.status, 403);
    const probed = await send(hanne, '/desk/operations', '/desk/operations/probe', {});
    assert.match(wordsOf(probed), /uses no time-stamp|Time-stamp \(TSA\)/);
  });
});

describe('a form of the desk', () => {
  it('is refused without its token', async () => {
    for (const [visitor, path] of [
      [nadia, '/desk/look-up'],
      [hanne, '/desk/held/decide'],
      [hanne, '/desk/operations/retry'],
    ] as const)
      assert.equal((await visitor.sendFields(path, { which: 'all' })).status, 403, path);
  });
});
