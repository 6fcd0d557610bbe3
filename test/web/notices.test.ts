/** The page on which people choose whether and how they are mailed that something lies in their eBox, over HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { type Scene, startScene } from '../http/scene.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

const PAGE = '/my-data/notices';
let scene: Scene;

before(async () => {
  scene = await startScene();
});
after(() => scene.stop());

async function loggedIn(personId: string, language?: string): Promise<Visitor> {
  const visitor = createVisitor(scene.service.url, language);
  await logIn(scene.service, visitor, personId);
  return visitor;
}

/** Sends the form of the page. */
async function choose(visitor: Visitor, fields: Readonly<Record<string, string>>) {
  const csrfToken = await visitor.tokenOn(PAGE);
  return visitor.sendFields(PAGE, { csrfToken, ...fields });
}

const choiceOf = async (name: string) => {
  const [row] = await scene.service.database.query<{ wants: boolean; language: string | null }>(
    'select wants_notices as wants, chosen_notice_language as language from person where given_name = $1',
    [name],
  );
  return [row?.wants, row?.language];
};
const auditOf = async () => {
  const rows = await scene.service.database.query<{ action: string }>(
    "select action from audit_entry where action like 'notice.%' order by audit_entry_id",
  );
  return rows.map(({ action }) => action);
};

describe('/my-data/notices', () => {
  for (const [language, words] of [
    ['nl', /Uw adres l•••@example\.org .*Wilt u deze e-mails\? Ja, stuur mij een e-mail/],
    ['fr', /Votre adresse l•••@example\.org .*Souhaitez-vous ces e-mails \? Oui, envoyez-moi un e-mail/],
    ['de', /Ihre Adresse l•••@example\.org .*Möchten Sie diese E-Mails\? Ja, schicken Sie mir eine E-Mail/],
    ['en', /Your address l•••@example\.org .*Do you want these emails\? Yes, send me an email/],
  ] as const) {
    it(`shows the address masked and asks what somebody wants, in ${language}`, async () => {
      const page = await (await loggedIn('lena', language)).get(PAGE);
      assert.match(wordsOf(page).replaceAll(/\s+/g, ' '), words);
      assert.doesNotMatch(page.text, /lena@example/);
    });
  }

  it('keeps what is chosen, whatever the population register sends afterwards, and says so to whom it concerns', async () => {
    const lena = await loggedIn('lena');
    const before = await auditOf();
    const { status, headers } = await choose(lena, { wish: 'no', language: 'fr' });
    assert.deepEqual([status, headers.location], [303, `${PAGE}?saved`]);
    assert.deepEqual(await choiceOf('Lena'), [false, 'fr']);
    assert.deepEqual((await auditOf()).slice(before.length), ['notice.consult', 'notice.choose']);
    await scene.client.load(registerFile());
    assert.deepEqual(await choiceOf('Lena'), [false, 'fr']);
    const saved = await lena.get(String(headers.location));
    assert.match(wordsOf(saved), /Saved\. This counts from the next email on\./);
    assert.match(saved.text, /value="no" aria-describedby="wish-no-hint" checked/);
    assert.match(saved.text, /value="fr" lang="fr" selected/);
    assert.match(wordsOf(await lena.get('/my-data?own')), /Chose whether and how e-mails come/);
  });

  it('takes no other answers than those of its form', async () => {
    const amelie = await loggedIn('amelie');
    const wrong: readonly Readonly<Record<string, string>>[] = [
      { wish: 'maybe', language: 'fr' },
      { wish: 'no', language: 'it' },
      { wish: 'no' },
    ];
    for (const fields of wrong) assert.equal((await choose(amelie, fields)).status, 404);
    assert.deepEqual(await choiceOf('Amélie'), [true, null]);
  });
});
