/** Logging in and out at the pages, and the inbox behind it, over HTTP. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import session from 'express-session';
import request from 'supertest';
import { createLogin } from '../../src/access/login.ts';
import { createPendingLogins } from '../../src/access/pending-login.ts';
import { createSessions, SESSION_COOKIE } from '../../src/access/session.ts';
import { openDatabase } from '../../src/database/database.ts';
import { openSessionStore } from '../../src/database/sessions.ts';
import { DEMO_OFFICIALS } from '../../src/embedded/demo.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { readClientKey } from '../../src/keys/client-key.ts';
import { createLog } from '../../src/log.ts';
import { createWeb } from '../../src/web/web.ts';
import { endSessions } from '../../src/workflows/sessions.ts';
import { fetchFrom } from '../access/issuer.ts';
import { linesOf, type Scene, startScene } from '../http/scene.ts';
import { quaIn } from '../support/declarations.ts';
import { projectRoot } from '../support/needs.ts';
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
    await keepSomething(lena);
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

  it('asks who logged out to show anew who they are, and whose session ended as well', async () => {
    const promptOf = async (one: Visitor) => {
      const { headers } = await one.get('/login');
      return new URL(String(headers.location)).searchParams.get('prompt');
    };
    assert.equal(await promptOf(visitor()), null);
    const lena = await loggedIn('lena');
    assert.equal(await promptOf(lena), null, 'who is logged in may log in as before');
    await lena.sendFields('/logout', { csrfToken: await lena.tokenOn('/inbox') });
    assert.equal(await promptOf(lena), 'login');
    assert.equal(await promptOf(lena), 'login', 'until they did');
    await logIn(scene.service, lena, 'amelie');
    assert.equal(await promptOf(lena), null);
    await scene.service.database.query('delete from session where sid = $1', [sessionId(lena)]);
    assert.equal(await promptOf(lena), 'login', 'an idle session is as good as a logout');
  });

  it('leaves nothing behind in the database before somebody is logged in', async () => {
    const count = async () => (await scene.service.database.query('select sid from session')).length;
    const before = await count();
    const lena = visitor();
    for (const path of [
      '/',
      '/verify',
      '/login',
      '/login?to=/inbox',
      '/inbox',
      '/goodbye',
      '/nowhere',
      '/agency',
    ])
      await lena.get(path);
    await lena.get('/login/callback?state=x&code=y');
    await lena.get(await passLogin(scene.service, visitor(), 'lena'));
    const address = await passLogin(scene.service, lena, 'lena');
    assert.equal(await count(), before);
    assert.equal(lena.cookie(SESSION_COOKIE), undefined);
    assert.equal((await lena.get(address)).status, 303);
    assert.equal(await count(), before + 1);
  });

  it('keeps what belongs to a login under way where only this browser gets it, unreadable and for an hour', async () => {
    const { headers } = await visitor().get('/login?to=/inbox');
    const state = new URL(String(headers.location)).searchParams.get('state') ?? '';
    const [line = '', ...others] = headers['set-cookie'] ?? [];
    assert.equal(others.length, 0);
    assert.match(
      line,
      /^__Host-login-[\da-f]{16}=[\w+/=]+; Max-Age=3600; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    assert.ok(state.length > 20 && !line.includes(state));
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

  it('stands in the security log when it begins and when it is ended, and names nobody', async () => {
    const { logLines } = scene.service;
    const begin = logLines.length;
    const lena = await loggedIn('lena');
    await lena.sendFields('/logout', { csrfToken: await lena.tokenOn('/inbox') });
    const lines = logLines.slice(begin).filter((line) => line.includes('"logger":"security"'));
    const events = lines.map((line) => JSON.parse(line)).filter(({ event }) => event !== 'refused');
    assert.deepEqual(
      events.map(({ event }) => event),
      ['loggedIn', 'loggedOut'],
    );
    assert.equal(events[0].actorId, events[1].actorId);
    assert.doesNotMatch(lines.join(''), /Vermeulen|Lena/);
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

describe('a session that is no more', () => {
  const end = (one: Visitor) =>
    scene.service.database.query('delete from session where sid = $1', [sessionId(one)]);

  it('is not spoken of to somebody who asks for a page: they are led to the login', async () => {
    const one = visitor();
    await keepSomething(one);
    await end(one);
    const { status, headers } = await one.get('/inbox');
    assert.deepEqual([status, headers.location], [303, '/login?to=%2Finbox']);
    const lena = await loggedIn('lena');
    await end(lena);
    assert.equal((await lena.get('/inbox')).headers.location, '/login?to=%2Finbox');
  });

  const ends: Readonly<Record<string, (one: Visitor) => Promise<unknown>>> = {
    'it was idle too long': end,
    'it lasted too long': (one) =>
      scene.service.database.query(
        `update session set sess = jsonb_set(sess::jsonb, '{since}', '1') where sid = $1`,
        [sessionId(one)],
      ),
    'they logged out in another tab': async (one) =>
      one.sendFields('/logout', { csrfToken: await one.tokenOn('/inbox') }),
  };
  const files = { '/logout': '/', '/agency/batches': '/agency' };
  for (const [name, strike] of Object.entries(ends)) {
    for (const [path, page] of Object.entries(files)) {
      it(`is told of to who sends a form to ${path} after ${name}, with the way back to its page`, async () => {
        const hanne = await loggedIn('hanne');
        const csrfToken = await hanne.tokenOn('/agency');
        await strike(hanne);
        const { status, text } =
          path === '/logout'
            ? await hanne.sendFields(path, { csrfToken })
            : await hanne.sendFile(path, { token: csrfToken, file: Buffer.from('x') });
        assert.equal(status, 401);
        const [, href] = /href="(\/login\?to=[^"]*)"/.exec(text.replace(/^[^]*<main/, '')) ?? [];
        assert.equal(href, `/login?${new URLSearchParams({ to: page }).toString()}`);
      });
    }
  }
});

describe('where somebody is logged in', () => {
  const rowsOn = ({ text }: { text: string }) => [...text.matchAll(/Logged in since/g)].length;
  const end = async (one: Visitor, fields: Readonly<Record<string, string>>) =>
    one.sendFields('/sessions/end', { csrfToken: await one.tokenOn('/sessions'), ...fields });

  it('is seen by them, and ended one by one or all at once, but for the window in front of them', async () => {
    await scene.service.database.query('delete from session');
    const [here, there, elsewhere, other] = [
      await loggedIn('lena'),
      await loggedIn('lena'),
      await loggedIn('lena'),
      await loggedIn('amelie'),
    ];
    const page = await here.get('/sessions');
    assert.equal(rowsOn(page), 3);
    const [one = ''] = [...page.text.matchAll(/name="session" value="(\w{64})"/g)].map(
      ([, hash = '']) => hash,
    );
    assert.equal((await end(here, { session: one })).status, 303);
    assert.equal(rowsOn(await here.get('/sessions')), 2);
    const left = [there, elsewhere].map((visitor) => visitor.get('/inbox'));
    assert.deepEqual((await Promise.all(left)).map(({ status }) => String(status)).sort(), ['200', '303']);
    await end(here, {});
    assert.equal(rowsOn(await here.get('/sessions')), 1);
    for (const visitor of [there, elsewhere]) assert.equal((await visitor.get('/inbox')).status, 303);
    for (const visitor of [here, other]) assert.equal((await visitor.get('/inbox')).status, 200);
  });

  it('is nobody else’s to see or to end', async () => {
    await scene.service.database.query('delete from session');
    const [lena, amelie] = [await loggedIn('lena'), await loggedIn('amelie')];
    assert.equal(rowsOn(await amelie.get('/sessions')), 1);
    const hash = createHash('sha256').update(sessionId(lena)).digest('hex');
    await end(amelie, { session: hash });
    assert.equal((await lena.get('/inbox')).status, 200);
  });

  it('is ended by an operator for one or for all, which stands in evidence', async () => {
    const { services } = scene.service.service.composition;
    const operator = { kind: 'service', id: 'operator/test' } as const;
    const [lena, amelie] = [await loggedIn('lena'), await loggedIn('amelie')];
    const [row] = await scene.service.database.query<{ id: string }>(
      `select person_id as id from person where given_name = 'Lena'`,
    );
    assert.ok((await endSessions(services, operator, row?.id)) >= 1);
    assert.deepEqual([(await lena.get('/inbox')).status, (await amelie.get('/inbox')).status], [303, 200]);
    await endSessions(services, operator, undefined);
    assert.equal((await amelie.get('/inbox')).status, 303);
    const entries = await scene.service.database.query(
      `select object from audit_entry where action = 'session.end' and actor_id = 'operator/test' order by audit_entry_id`,
    );
    assert.deepEqual(entries, [{ object: row?.id }, { object: 'all' }]);
  });
});

describe('when something behind the login is away', () => {
  it('does not lead to the login in vain when no session can be kept', async (t) => {
    const database = openDatabase({
      url: `postgres://ebox@127.0.0.1:${await freePort()}/ebox`,
      connections: 1,
      log: createLog('silent'),
    });
    const store = openSessionStore(database, { idleSeconds: 60, log: createLog('silent') });
    const pages = await startPages(scene.service.service.composition.parts.issuer, store);
    t.after(async () => {
      pages.stop();
      store.close();
      await database.close();
    });
    assert.equal((await createVisitor(pages.url).get('/login')).status, 503);
  });

  it('ends our own session, and logs that the one at the login was not ended', async (t) => {
    const pages = await startPages(`http://127.0.0.1:${await freePort()}`, new session.MemoryStore());
    t.after(pages.stop);
    const one = createVisitor(pages.url);
    await one.get('/enter');
    const token = await one.tokenOn('/');
    const { status, headers } = await one.sendFields('/logout', { csrfToken: token });
    assert.deepEqual([status, headers.location], [303, '/goodbye']);
    const warned = pages.lines.filter((line) => line.includes('"level":"warn"'));
    assert.equal(warned.length, 1);
    assert.match(warned.join(''), /"traceId":"[\w-]+".*cannot be asked/);
    assert.doesNotMatch(warned.join(''), /Luc/);
  });
});

describe('the inbox', () => {
  it('lists unread messages first, in words', async () => {
    const lena = await loggedIn('lena', 'nl');
    const { text } = await lena.get('/inbox');
    assert.match(wordsOf({ text }), /Archief 2 berichten, 2 nog niet gelezen\./);
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

  it('says of a message that the mail about it did not arrive', async () => {
    const { database } = scene.service;
    const [told] = await database.query<{ id: string }>(
      `update mail m set state = 'bounced', failed_at = now(), status = '5.1.1' from mail_message x, person p
       where x.mail_id = m.mail_id and p.person_id = m.person_id and p.given_name = 'Lena'
       returning x.message_id as id`,
    );
    const lena = await loggedIn('lena', 'en');
    const page = await lena.get(`/inbox/${told?.id}`);
    assert.match(wordsOf(page), /Our email about this message did not arrive/);
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

  it('shows the last page for any number beyond it, and the first for what is none', async () => {
    const lena = await loggedIn('lena');
    const first = linksOf((await lena.get('/inbox')).text);
    assert.ok(first.length > 0);
    for (const page of ['2', '999999', '1000000', '0', '-1', 'x', '%00', '1&page=2', '9'.repeat(4000)]) {
      const { status, text } = await lena.get(`/inbox?page=${page}`);
      assert.equal(status, 200, page.slice(0, 20));
      assert.deepEqual(linksOf(text), first, page.slice(0, 20));
    }
  });

  it('is empty for somebody of whom the register knows nothing', async () => {
    const { status, text } = await (await loggedIn('hanne')).get('/inbox');
    assert.equal(status, 200);
    assert.match(wordsOf({ text }), /There are no messages for you yet/);
  });
});

describe('somebody who comes into the register while logged in', () => {
  it('finds their messages at once, and stands in evidence as that person', async () => {
    const official = DEMO_OFFICIALS.find(({ personId }) => personId === 'thomas');
    assert.ok(official);
    const { ssin, givenName, familyName, language } = official;
    const thomas = await loggedIn('thomas');
    assert.match(wordsOf(await thomas.get('/inbox')), /There are no messages for you yet/);
    const municipality = { nisCode: '62063' };
    const record = { ssin, givenName, familyName, birthDate: '1985-09-23', language, hasEbox: true };
    await scene.client.load(linesOf([{ ...record, municipality }]));
    await scene.client.declare(quaIn({ ssin, day: '2021-03-04' }));
    await scene.client.settled();
    const [href = ''] = linksOf((await thomas.get('/inbox')).text);
    assert.equal((await thomas.get(href)).status, 200);
    const [read] = await scene.service.database.query<{ isThemselves: boolean }>(
      `select actor_id = person_id::text as "isThemselves" from audit_entry where object like '%' || $1
       order by audit_entry_id desc limit 1`,
      [href.replace('/inbox/', '')],
    );
    assert.deepEqual(read, { isThemselves: true });
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

/** Has something remembered of a visitor, who gets a session by it. */
async function keepSomething(one: Visitor): Promise<void> {
  const token = await one.tokenOn('/verify');
  await one.sendFile('/verify', { token, file: Buffer.from('%PDF-1.7\n%%EOF\n') });
  assert.notEqual(one.cookie(SESSION_COOKIE), undefined);
}

/** The id of the session whose cookie a visitor has: between the mark of a signed value and its signature. */
function sessionId(one: Visitor): string {
  return /^s:([^.]+)\./.exec(decodeURIComponent(one.cookie(SESSION_COOKIE) ?? ''))?.[1] ?? '';
}

/** The pages with an issuer and a store of their own; who opens `/enter` is logged in without them. */
async function startPages(issuer: string, store: session.Store) {
  const { services, parts: known } = scene.service.service.composition;
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => lines.push(line) });
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${port}`;
  const sessions = createSessions({
    store,
    secret: 'a secret',
    ownerOf: (actorId) => actorId,
    seal: (text) => text,
    open: (text) => text,
    longestSeconds: 3600,
    clock: services.clock,
  });
  const login = createLogin({
    issuer,
    clientId: known.loginClient?.clientId ?? '',
    key: await readClientKey('the key of a test', readFileSync(known.loginClient?.keyFile ?? '', 'utf8')),
    redirectUri: `${url}/login/callback`,
    afterLogoutUri: `${url}/goodbye`,
    claims: { organization: 'cbe-number', person: 'egovNRN', rights: 'ebox-rights' },
    fetch: fetchFrom([issuer]),
    clock: services.clock,
  });
  const own = { ...services, settings: { ...services.settings, publicUrl: url } };
  const app = express();
  app.get('/enter', sessions.middleware, async (asked, response) => {
    await sessions.logIn(asked, { actorId: 'luc', ssinHmac: '00', name: 'Luc Dubois' });
    response.end();
  });
  const templatesDir = join(projectRoot, 'templates');
  const developer = {
    api: () => ({ tags: [], paths: {}, components: { schemas: {} } }),
    hasDemoClients: false,
  };
  const sealing = { seal: btoa, open: atob, clock: services.clock };
  const pendingLogins = createPendingLogins(sealing);
  const limits = { take: () => Promise.resolve(undefined) };
  const parts = { sessions, pendingLogins, login, limits, formSecret: 'a secret of forms', log };
  app.use(createWeb({ ...parts, services: own, templatesDir, agencies: [], apiPaths: [], developer }));
  server.on('request', app);
  return { url, lines, stop: () => void server.close() };
}
