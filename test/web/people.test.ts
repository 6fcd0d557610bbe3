/** Logging in and out at the pages, and the inbox behind it, over HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { SESSION_COOKIE } from '../../src/access/session.ts';
import { type Scene, startScene } from '../http/scene.ts';
import { demoSsin } from '../support/service.ts';
import { logIn, passLogin } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

let scene: Scene;

before(async () => {
  scene = await startScene();
  await scene.declareDays('lena', ['2021-03-01']);
  await scene.declareDays('lena', ['2021-03-02']);
  await scene.declareDays('amelie', ['2021-03-03']);
});
after(() => scene.stop());

const visitor = (language?: string) => createVisitor(scene.service.url, language);
const linksOf = (text: string) => [...text.matchAll(/href="(\/inbox\/[^"]+)"/g)].map(([, href = '']) => href);

async function loggedIn(personId: string, language?: string): Promise<Visitor> {
  const one = visitor(language);
  await logIn(scene.service, one, personId);
  return one;
}

describe('logging in', () => {
  it('leads whoever asks for a page to the login, and back to that page', async () => {
    const lena = visitor();
    const { status, headers } = await lena.get('/inbox?page=1');
    assert.equal(status, 303);
    assert.equal(headers.location, '/login?to=%2Finbox%3Fpage%3D1');
    assert.equal(await logIn(scene.service, lena, 'lena', '/inbox?page=1'), '/inbox?page=1');
    assert.equal((await lena.get('/inbox')).status, 200);
  });

  for (const to of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/%0d%0aSet-Cookie:x',
    'javascript:alert(1)',
    '/inbox\t',
  ]) {
    it(`leads to no other place than a page of ours: ${JSON.stringify(to)}`, async () => {
      const target = await logIn(scene.service, visitor(), 'lena', to);
      const { origin } = new URL(scene.service.url);
      assert.equal(new URL(target, origin).origin, origin);
    });
  }

  it('begins a new session: what was known before is worth nothing', async () => {
    const lena = visitor();
    const address = await passLogin(scene.service, lena, 'lena');
    const { headers } = await lena.get('/verify');
    assert.ok(headers);
    const old = lena.cookie(SESSION_COOKIE);
    assert.notEqual(old, undefined);
    await lena.get(address);
    assert.notEqual(lena.cookie(SESSION_COOKIE), old);
    const { status } = await request(scene.service.url)
      .get('/inbox')
      .set({ Accept: 'text/html', Cookie: `${SESSION_COOKIE}=${old}` })
      .redirects(0);
    assert.notEqual(status, 200);
  });

  it('takes the answer of the login once, and only in the browser that began it', async () => {
    const lena = visitor();
    const address = await passLogin(scene.service, lena, 'lena');
    assert.equal((await visitor().get(address)).status, 403);
    assert.equal((await lena.get(address)).status, 303);
    assert.equal((await lena.get(address)).status, 403);
  });

  it('keeps neither number nor name in the session table', async () => {
    await loggedIn('lena');
    const rows = await scene.service.database.query('select sid, sess::text from session');
    const text = JSON.stringify(rows);
    assert.ok(rows.length > 0);
    assert.doesNotMatch(text, new RegExp(`${demoSsin('lena')}|Vermeulen|Lena`));
  });

  it('ends with logging out', async () => {
    const lena = await loggedIn('lena');
    const token = await lena.tokenOn('/inbox');
    const cookie = lena.cookie(SESSION_COOKIE);
    const { status, headers } = await lena.sendFields('/logout', { csrfToken: token });
    assert.equal(status, 303);
    assert.match(String(headers.location), /^http:\/\/127\.0\.0\.1:\d+\/session\/end/);
    const again = await request(scene.service.url)
      .get('/inbox')
      .set({ Accept: 'text/html', Cookie: `${SESSION_COOKIE}=${cookie}` })
      .redirects(0);
    assert.notEqual(again.status, 200);
  });

  it('does not end because another site sends the form', async () => {
    const lena = await loggedIn('lena');
    const token = await lena.tokenOn('/inbox');
    const foreign = { Origin: 'https://evil.example' };
    assert.equal((await lena.sendFields('/logout', { csrfToken: token }, foreign)).status, 403);
    assert.equal((await lena.sendFields('/logout', {})).status, 403);
    assert.equal((await lena.get('/inbox')).status, 200);
  });
});

describe('the inbox', () => {
  it('lists unread messages first, in words', async () => {
    const lena = await loggedIn('lena', 'nl');
    const { text } = await lena.get('/inbox');
    assert.match(wordsOf({ text }), /Mijn eBox 2 berichten, 2 nog niet gelezen\./);
    const [newest, oldest] = linksOf(text);
    const { text: shown } = await lena.get(oldest ?? '');
    assert.match(wordsOf({ text: shown }), /Er is een nieuwere versie/);
    assert.equal(linksOf(shown).includes(newest ?? ''), true);
    const [document = ''] = linksOf(shown).filter((href) => href.endsWith('.pdf'));
    const { headers, body } = await lena.get(document);
    assert.equal(headers['content-type'], 'application/pdf');
    assert.match(String(headers['content-disposition']), /^inline; filename="QUA-/);
    assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'self'/);
    assert.equal(Buffer.from(body).subarray(0, 5).toString(), '%PDF-');
    const { text: after } = await lena.get('/inbox');
    assert.match(wordsOf({ text: after }), /1 nog niet gelezen/);
    assert.deepEqual(linksOf(after), [newest, oldest]);
  });

  it('takes a question whether a document is there for no reading', async () => {
    const amelie = await loggedIn('amelie');
    const [href = ''] = linksOf((await amelie.get('/inbox')).text);
    const [document = ''] = linksOf((await amelie.get(href)).text).filter((link) => link.endsWith('.pdf'));
    assert.equal((await amelie.head(document)).status, 200);
    assert.equal((await amelie.head(document.replace(/[\da-f]{12}\/QUA/, '000000000000/QUA'))).status, 404);
    assert.match(wordsOf(await amelie.get('/inbox')), /1 message, 1 not read yet/);
  });

  it('shows nobody the messages of somebody else', async () => {
    const lena = await loggedIn('lena');
    const amelie = await loggedIn('amelie');
    const [href = ''] = linksOf((await lena.get('/inbox')).text);
    const { text } = await lena.get(href);
    const [document = ''] = linksOf(text).filter((link) => link.endsWith('.pdf'));
    for (const path of [href, document]) {
      const { status, text: answer } = await amelie.get(path);
      assert.equal(status, 404);
      assert.doesNotMatch(answer, /Vermeulen|Boomgaarden/);
    }
  });

  for (const path of [
    '/inbox/nonsense',
    '/inbox/00000000-0000-7000-8000-000000000000',
    '/inbox/x/y/z.pdf',
    '/inbox/%00',
  ]) {
    it(`answers ${path} as what is not there`, async () => {
      assert.equal((await (await loggedIn('lena')).get(path)).status, 404);
    });
  }

  it('is empty for somebody of whom the register knows nothing', async () => {
    const { status, text } = await (await loggedIn('hanne')).get('/inbox');
    assert.equal(status, 200);
    assert.match(wordsOf({ text }), /There are no messages for you yet/);
  });
});

describe('every page', () => {
  const PUBLIC = ['/', '/verify', '/goodbye', '/nowhere', '/v/AAAAAAAAAAAAAAAAAAAAAA', '/verify/report'];

  it('allows nothing but what is its own, and stands in no frame', async () => {
    const lena = await loggedIn('lena');
    const [message = ''] = linksOf((await lena.get('/inbox')).text);
    for (const path of [...PUBLIC, '/inbox', message, '/agency']) {
      const { headers, text } = await lena.get(path);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.match(policy, /base-uri 'none'/, path);
      assert.doesNotMatch(policy, /unsafe|\*|data:/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cache-control'], 'no-store');
      assert.doesNotMatch(text, /<style|<script(?![^>]* src=)|\sstyle=|\son\w+=/, path);
    }
  });

  it('is read in the language asked for, and then in that one', async () => {
    const one = visitor('de');
    assert.equal((await one.get('/')).headers['content-language'], 'de');
    assert.equal((await one.get('/?lang=fr')).headers['content-language'], 'fr');
    assert.equal((await one.get('/verify')).headers['content-language'], 'fr');
    assert.equal((await one.get('/?lang=xx')).headers['content-language'], 'fr');
  });

  it('begins no session for who only looks', async () => {
    const one = visitor();
    for (const path of ['/', '/goodbye', '/nowhere']) await one.get(path);
    assert.equal(one.cookie(SESSION_COOKIE), undefined);
  });

  it('leaves the API to programs', async () => {
    const { headers, status } = await request(scene.service.url)
      .get('/dimona/v2/nothing')
      .set('Accept', 'text/html');
    assert.equal(status, 404);
    assert.match(String(headers['content-type']), /application\/problem\+json/);
  });

  it('logs neither number, name nor what stands in an address', async () => {
    const log = scene.service.logLines.join('\n');
    assert.match(log, /page answered/);
    assert.doesNotMatch(log, new RegExp(`${demoSsin('lena')}|Vermeulen|AAAAAAAAAAAAAAAAAAAAAA|code=`));
  });
});

describe('the desk of agencies', () => {
  it('is closed to who acts for an organisation that is no agency', async () => {
    const other = await startScene({ AGENCIES: '1912345694' });
    try {
      const visit = async (personId: string) => {
        const one = createVisitor(other.service.url);
        await logIn(other.service, one, personId, '/agency');
        return one.get('/agency');
      };
      assert.equal((await visit('hanne')).status, 200);
      const { status, text } = await visit('thomas');
      assert.equal(status, 403);
      assert.doesNotMatch(text, /href="\/agency"/);
      assert.equal((await visit('lena')).status, 403);
    } finally {
      await other.stop();
    }
  });
});
