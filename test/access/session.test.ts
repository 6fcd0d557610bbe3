/** Sessions over HTTP, kept on a real server: the cookie, who is logged in for how long, and what the table gives away. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import request from 'supertest';
import { createSessions, type Person, SESSION_COOKIE, type Sessions } from '../../src/access/session.ts';
import { openDatabase } from '../../src/database/database.ts';
import { openSessionStore, type SessionStore } from '../../src/database/sessions.ts';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { ServiceError } from '../../src/errors.ts';
import { createVault } from '../../src/keys/vault.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const LONGEST_SECONDS = 3600;
const START = new Date('2026-11-20T08:00:00Z');
const log = createLog('silent');
const vault = createVault(randomBytes(32));

const organization = parseEnterpriseNumber('0206731645');
/** An SSIN is no part of a login; this one stands in for any text that must not be readable. */
const LENA: Person = {
  actorId: '01890a5d-ac96-774b-bcce-b302099a8057',
  ssinHmac: '5f'.repeat(32),
  name: 'Lena Vermeulen-81050003552',
  ...(organization !== undefined && { organization }),
};
const LUC: Person = { actorId: 'luc', ssinHmac: 'a0'.repeat(32), name: 'Luc Dubois' };

let test: TestDatabase;
let store: SessionStore;
let now: Date;

before(async () => {
  test = await createTestDatabase();
  store = openSessionStore(test.database, { idleSeconds: 1800, log });
});
after(async () => {
  store.close();
  await test.drop();
});
beforeEach(async () => {
  now = START;
  await test.query('delete from session');
});

function sessionsOf(kept: SessionStore, secret = 'a secret'): Sessions {
  return createSessions({
    store: kept,
    secret,
    ownerOf: (actorId) => vault.actor(actorId).toString('hex'),
    seal: (text, context) => vault.seal(Buffer.from(text), context).toString('base64'),
    open: (sealed, context) => vault.open(Buffer.from(sealed, 'base64'), context).toString(),
    longestSeconds: LONGEST_SECONDS,
    clock: () => now,
  });
}

/** Who is logged in, by what was known at the login. */
function personOf(sessions: Sessions, asked: Request): Person | null {
  const { tokenHash: _hash, ...person } = sessions.loginOf(asked) ?? { tokenHash: '' };
  return 'actorId' in person ? person : null;
}

/** As much of the pages as sessions need. */
function appOf(sessions: Sessions): Express {
  const app = express();
  app.use(sessions.middleware);
  app.get('/', (asked, response) => {
    response.json({ login: personOf(sessions, asked), ended: sessions.hasEnded(asked) });
  });
  app.get('/hash', (asked, response) => {
    response.json({ id: asked.sessionID, hash: sessions.loginOf(asked)?.tokenHash });
  });
  app.post('/begin', (asked, response) => {
    asked.session.verifications = [];
    response.end();
  });
  app.post('/login/:who', async (asked, response) => {
    await sessions.logIn(asked, asked.params.who === 'lena' ? LENA : LUC);
    // Before the first byte of the answer: a browser follows a redirect as soon as it has read where to.
    response.json({ stored: await ids(), id: asked.sessionID });
  });
  app.post('/logout', async (asked, response) => {
    await sessions.logOut(asked, response);
    response.json({ login: personOf(sessions, asked) });
  });
  // Four parameters, or Express takes it for a page.
  app.use((error: unknown, asked: Request, response: Response, _next: NextFunction) => {
    const code = error instanceof ServiceError ? error.code : String(error);
    const login = personOf(sessions, asked);
    response.status(500).json({ code, login, ended: sessions.hasEnded(asked) });
  });
  return app;
}

/** A browser that keeps the one cookie, and forgets it when told to. */
function browser(app: Express = appOf(sessionsOf(store))) {
  let cookie: string | undefined;
  const visit = async (method: 'get' | 'post', path: string, brought = cookie) => {
    const asked = request(app)[method](path);
    const answer = await (brought === undefined ? asked : asked.set('Cookie', `theme=x; ${brought}`));
    const line = answer.get('Set-Cookie')?.[0];
    if (line !== undefined) cookie = line.includes('1970') ? undefined : line.split(';')[0];
    return { status: answer.status, body: answer.body as Record<string, unknown>, line };
  };
  return {
    visit,
    /** Who the pages take the browser for; with `brought` instead of its own cookie. */
    who: async (brought?: string) => (await visit('get', '/', brought)).body,
    cookie: () => cookie ?? '',
  };
}

async function ids(): Promise<string[]> {
  return (await test.query<{ sid: string }>('select sid from session order by sid')).map(({ sid }) => sid);
}

const NOBODY = { login: null, ended: false };
const ENDED = { login: null, ended: true };
const AS_LENA = { login: LENA, ended: false };
const AS_LUC = { login: LUC, ended: false };

describe('middleware', () => {
  it('writes no row and sets no cookie for somebody who only looks', async () => {
    const { visit, who } = browser();
    assert.equal((await visit('get', '/')).line, undefined);
    assert.deepEqual(await who(), NOBODY);
    assert.deepEqual(await ids(), []);
  });

  it('sets a cookie that only this host gets, over https, out of reach of scripts, until the browser closes', async () => {
    const { line = '' } = await browser().visit('post', '/login/lena');
    const [pair = '', ...attributes] = line.split('; ');
    assert.match(pair, /^__Host-session=s%3A[\w-]{32}\.[\w%]{40,}$/);
    assert.deepEqual(attributes.toSorted(), ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
  });

  it('takes no cookie that was tampered with, guessed, or signed with another secret', async () => {
    const { visit, who, cookie } = browser();
    await visit('post', '/login/lena');
    const good = cookie();
    const [id] = await ids();
    const other = browser(appOf(sessionsOf(store, 'another secret')));
    await other.visit('post', '/login/luc');
    const last = good.endsWith('A') ? 'B' : 'A';
    const bad = [
      `${good.slice(0, -1)}${last}`,
      good.replace(/s%3A./, (start) => (start.endsWith('a') ? 's%3Ab' : 's%3Aa')),
      good.replace(/\..*/, ''),
      `${SESSION_COOKIE}=${id}`,
      `${SESSION_COOKIE}=`,
      other.cookie(),
    ];
    for (const one of bad) assert.deepEqual(await browser().who(one), ENDED, one);
    assert.deepEqual(await who(good), AS_LENA);
  });

  it('keeps two browsers apart', async () => {
    const [one, two] = [browser(), browser()];
    await Promise.all([one.visit('post', '/login/lena'), two.visit('post', '/login/luc')]);
    assert.deepEqual(await Promise.all([one.who(), two.who()]), [AS_LENA, AS_LUC]);
    await one.visit('post', '/logout');
    assert.deepEqual(await Promise.all([one.who(), two.who()]), [NOBODY, AS_LUC]);
  });

  it('passes on that the database is away, and takes nobody for somebody', async () => {
    const { visit, cookie } = browser();
    await visit('post', '/login/lena');
    const url = new URL(test.url);
    url.port = String(await freePort());
    const away = openDatabase({ url: url.href, connections: 1, log });
    const lost = openSessionStore(away, { idleSeconds: 1800, log });
    const app = appOf(sessionsOf(lost));
    const { status, body } = await browser(app).visit('get', '/', cookie());
    assert.deepEqual([status, body], [500, { code: 'databaseUnavailable', login: null, ended: false }]);
    const second = await browser(app).visit('post', '/login/lena');
    assert.equal(second.body.code, 'databaseUnavailable');
    assert.equal(second.line, undefined);
    lost.close();
    await away.close();
  });
});

describe('logIn', () => {
  it('begins a session under a new id, and the one before is worth nothing', async () => {
    const { visit, who, cookie } = browser();
    await visit('post', '/begin');
    const before = cookie();
    const [planted] = await ids();
    await visit('post', '/login/lena');
    assert.notEqual(cookie(), before);
    assert.deepEqual(await who(), AS_LENA);
    assert.deepEqual(await browser().who(before), ENDED);
    assert.equal((await ids()).includes(planted ?? ''), false);
    const [row] = await test.query<{ kept: unknown }>(`select sess->'verifications' as kept from session`);
    assert.deepEqual(row, { kept: null }, 'nothing of the session before is kept');
  });

  it('does so as well when another person logs in', async () => {
    const { visit, who, cookie } = browser();
    await visit('post', '/login/lena');
    const before = cookie();
    await visit('post', '/login/luc');
    assert.deepEqual(await who(), AS_LUC);
    assert.deepEqual(await browser().who(before), ENDED);
    assert.equal((await ids()).length, 1);
  });

  it('has stored the session when it is done', async () => {
    const { body } = await browser().visit('post', '/login/lena');
    assert.deepEqual(body.stored, [body.id]);
  });

  it('leaves nothing in the table by which a person or an organisation could be known', async () => {
    await browser().visit('post', '/login/lena');
    const [row] = await test.query<{ text: string }>('select session::text as text from session');
    const text = row?.text ?? '';
    assert.ok(text.includes('login'));
    const readable = [text, ...(text.match(/[\w+/=]{20,}/g) ?? []).map((run) => decoded(run))].join(' ');
    for (const secret of [
      'Lena',
      'Vermeulen',
      '81050003552',
      '0206731645',
      LENA.actorId,
      LENA.ssinHmac,
      'actorId',
    ])
      assert.ok(!readable.includes(secret), secret);
  });

  it('seals the same login differently each time', async () => {
    await browser().visit('post', '/login/lena');
    await browser().visit('post', '/login/lena');
    const logins = await test.query<{ login: string }>(`select sess->>'login' as login from session`);
    assert.equal(new Set(logins.map(({ login }) => login)).size, 2);
  });
});

describe('loginOf', () => {
  const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);

  it('gives a login until it has lasted as long as it may, however busy the session is', async () => {
    const { visit, who } = browser();
    await visit('post', '/login/lena');
    for (const seconds of [1000, 2000, 3000, LONGEST_SECONDS]) {
      now = later(seconds);
      assert.deepEqual(await who(), AS_LENA, String(seconds));
    }
    now = later(LONGEST_SECONDS + 1);
    assert.deepEqual(await who(), ENDED);
    await visit('post', '/login/lena');
    assert.deepEqual(await who(), AS_LENA);
  });

  it('names the session by its hash, another at each login', async () => {
    const { visit } = browser();
    const hashes = new Set<string>();
    for (let login = 0; login < 2; login += 1) {
      await visit('post', '/login/lena');
      const { id, hash } = (await visit('get', '/hash')).body;
      assert.equal(hash, createHash('sha256').update(String(id)).digest('hex'));
      hashes.add(String(hash));
    }
    assert.equal(hashes.size, 2);
  });

  it('gives nobody once the session was idle too long, and somebody again after a new login', async () => {
    const { visit, who } = browser();
    await visit('post', '/login/lena');
    await test.query(`update session set expire = now() - interval '1 minute'`);
    assert.deepEqual(await who(), ENDED);
    await visit('post', '/login/lena');
    assert.deepEqual(await who(), AS_LENA);
  });

  it('lets each page that is looked at begin the idle time anew', async () => {
    const { visit, who } = browser();
    await visit('post', '/login/lena');
    await test.query(`update session set expire = now() + interval '1 minute'`);
    await who();
    const [row] = await test.query(
      `select expire > now() + interval '25 minutes' as "isRenewed" from session`,
    );
    assert.deepEqual(row, { isRenewed: true });
  });

  it('takes nobody for somebody by what was not sealed here', async () => {
    const { visit, who } = browser();
    await visit('post', '/login/lena');
    const forged = Buffer.from(JSON.stringify(LENA)).toString('base64');
    await test.query(`update session set sess = jsonb_set(sess::jsonb, '{login}', to_jsonb($1::text))`, [
      forged,
    ]);
    assert.deepEqual(await who(), NOBODY);
  });

  it('takes nobody for somebody by what was sealed for another session', async () => {
    const [lena, luc] = [browser(), browser()];
    const { body } = await lena.visit('post', '/login/lena');
    await luc.visit('post', '/login/luc');
    await test.query('update session set sess = (select sess from session where sid = $1) where sid <> $1', [
      body.id,
    ]);
    assert.deepEqual(await luc.who(), NOBODY);
    assert.deepEqual(await lena.who(), AS_LENA);
    await luc.visit('post', '/login/luc');
    assert.deepEqual(await luc.who(), AS_LUC);
  });
});

describe('hasEnded', () => {
  it('is not so for a session in which nobody is logged in yet', async () => {
    const { visit, who } = browser();
    await visit('post', '/begin');
    assert.deepEqual(await who(), NOBODY);
  });

  it('is not so for a cookie of another name', async () => {
    const { visit, cookie } = browser();
    await visit('post', '/login/lena');
    assert.deepEqual(await browser().who(`x${cookie()}`), NOBODY);
  });
});

describe('logOut', () => {
  it('ends the session in the table, and has the browser forget the cookie', async () => {
    const { visit, who, cookie } = browser();
    await visit('post', '/login/lena');
    const before = cookie();
    const { line = '', body } = await visit('post', '/logout');
    assert.deepEqual(body, { login: null });
    const [pair, ...attributes] = line.split('; ');
    assert.equal(pair, `${SESSION_COOKIE}=`);
    const expected = [
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'HttpOnly',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ];
    assert.deepEqual(attributes.toSorted(), expected);
    assert.deepEqual(await ids(), []);
    assert.deepEqual(await browser().who(before), ENDED);
    assert.deepEqual(await who(), NOBODY);
  });

  it('does no harm to somebody who has no session', async () => {
    assert.equal((await browser().visit('post', '/logout')).status, 200);
  });
});

function decoded(run: string): string {
  return Buffer.from(run, 'base64').toString('latin1');
}
