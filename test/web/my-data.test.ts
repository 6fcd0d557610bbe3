/** The page on which people see who used their data, and why, over HTTP. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { SESSION_COOKIE } from '../../src/access/session.ts';
import { type Scene, startScene } from '../http/scene.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

const PAGE = '/my-data';
let scene: Scene;

before(async () => {
  scene = await startScene();
  for (const month of ['01', '02', '03', '04', '05', '06', '07', '08'])
    await scene.declareDays('lena', [`2021-${month}-02`]);
});
after(() => scene.stop());

async function loggedIn(personId: string, language?: string): Promise<Visitor> {
  const visitor = createVisitor(scene.service.url, language);
  await logIn(scene.service, visitor, personId);
  return visitor;
}

const referencesOn = (text: string) =>
  [...text.matchAll(/<dt>Reference<\/dt><dd>(\d+)/g)].map(([, reference = '']) => Number(reference));
const earlierOn = (text: string) => /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');

describe('/my-data', () => {
  it('is for people who are logged in', async () => {
    for (const path of [PAGE, `${PAGE}/accesses.csv`, `${PAGE}/accesses.json`]) {
      const { status, headers } = await createVisitor(scene.service.url).get(path);
      assert.deepEqual([status, headers.location], [303, `/login?to=${encodeURIComponent(path)}`]);
    }
  });

  for (const [language, words] of [
    ['nl', /Aangifte gedaan Wie organisatie Ondernemingsnummer 1900\.045\.601 Waarom Verplichte aangifte/],
    ['fr', /Déclaration faite Qui organisme Numéro d’entreprise 1900\.045\.601 Pourquoi Déclaration oblig/],
    ['de', /Meldung gemacht Wer Einrichtung Unternehmensnummer 1900\.045\.601 Warum Vorgeschriebene Meld/],
    ['en', /Declaration made Who organisation Enterprise number 1900\.045\.601 Why The declaration of your/],
  ] as const) {
    it(`says who did what and why, in ${language}`, async () => {
      const page = await (await loggedIn('lena', language)).get(PAGE);
      assert.equal(page.status, 200);
      assert.match(wordsOf(page), words);
      assert.match(wordsOf(page), /attestations@example\.org/);
    });
  }

  it('goes from the newest to the oldest, each access once', async () => {
    const lena = await loggedIn('lena');
    const seen: number[] = [];
    for (let path: string | undefined = PAGE; path !== undefined; ) {
      const { text } = await lena.get(path);
      seen.push(...referencesOn(text));
      path = earlierOn(text);
    }
    const rows = await scene.service.database.query<{ id: number }>(
      `select audit_entry_id::int as id from audit_entry join person using (person_id)
       where given_name = 'Lena' and ground <> 'ownData' order by 1 desc`,
    );
    assert.ok(seen.length > 25);
    assert.deepEqual(
      seen,
      rows.map(({ id }) => id),
    );
  });

  it('shows what people did themselves where they ask for it, with the session it was done in', async () => {
    const lena = await loggedIn('lena');
    assert.doesNotMatch(wordsOf(await lena.get(PAGE)), /This list viewed/);
    const own = await lena.get(`${PAGE}?own`);
    assert.match(
      wordsOf(own),
      /This list viewed Who yourself Why Looking at your own data – it is your data/,
    );
    assert.match(earlierOn(own.text) ?? '', /^\/my-data\?own&before=\d+$/);
    const [entry] = await scene.service.database.query<{ hash: string }>(
      `select encode(token_hash, 'hex') as hash from audit_entry where action = 'access.list' order by audit_entry_id desc limit 1`,
    );
    // The cookie is the id of the session with its signature (`s:id.signature`).
    const id =
      decodeURIComponent(lena.cookie(SESSION_COOKIE) ?? '')
        .slice(2)
        .split('.')[0] ?? '';
    assert.equal(entry?.hash, createHash('sha256').update(id).digest('hex'));
  });

  it('gives all of it as a table and as a file for programs', async () => {
    const lena = await loggedIn('lena', 'fr');
    const table = await lena.get(`${PAGE}/accesses.csv`);
    assert.match(table.headers['content-disposition'] ?? '', /^attachment; filename="accesses\.csv"$/);
    const [head = '', ...lines] = table.text.trim().split('\r\n');
    assert.match(head, /^\ufeff?quand;qui;/);
    const { items } = JSON.parse((await lena.get(`${PAGE}/accesses.json`)).text);
    assert.equal(items.length, lines.length);
    assert.ok(items.length > 25 && items.every(({ ground }: { ground: string }) => ground !== 'ownData'));
    const all = JSON.parse((await lena.get(`${PAGE}/accesses.json?own`)).text).items;
    assert.ok(all.length > items.length);
  });

  it('tells whoever asks only whether a file is there nothing, and writes down no reading', async () => {
    const lena = await loggedIn('lena');
    const count = async () =>
      (await scene.service.database.query(`select from audit_entry where action = 'access.list'`)).length;
    const before = await count();
    assert.equal((await lena.head(`${PAGE}/accesses.json`)).status, 200);
    assert.equal(await count(), before);
  });

  it('takes no cursor for what it is not', async () => {
    const lena = await loggedIn('lena');
    for (const cursor of ['x', '-1', '1e3', '9999999999999999999', '%00'])
      assert.ok(referencesOn((await lena.get(`${PAGE}?before=${cursor}`)).text).length > 0, cursor);
    assert.match(wordsOf(await lena.get(`${PAGE}?before=0`)), /There is nothing older/);
  });

  it('says so to somebody of whom nothing is known', async () => {
    assert.match(wordsOf(await (await loggedIn('hanne')).get(PAGE)), /Nobody has used your data so far/);
    const { text } = await (await loggedIn('hanne')).get(`${PAGE}/accesses.json`);
    assert.deepEqual(JSON.parse(text), { items: [] });
  });

  it('shows nothing of anybody else, and no number', async () => {
    const amelie = await (await loggedIn('amelie')).get(`${PAGE}?own`);
    assert.doesNotMatch(wordsOf(amelie), /Declaration made/);
    // The token of the form may hold eleven digits in a row by chance.
    assert.doesNotMatch(amelie.text.replace(/value="[\da-f]{64}"/g, ''), /(?<!\d)\d{11}(?!\d)/);
  });
});
