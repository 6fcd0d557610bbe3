/** The store of sessions on a real server: what is kept and for how long, what ended, and a server that is away. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionData } from 'express-session';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { openSessionStore, type SessionStore } from '../../src/database/sessions.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startRelay } from '../support/relay.ts';

const IDLE_SECONDS = 1800;
const log = createLog('silent');
const isUnavailable = { name: 'ServiceError', code: 'databaseUnavailable' };

let test: TestDatabase;
let store: SessionStore;

before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());
beforeEach(async () => {
  await test.query('delete from session');
  store = openSessionStore(test.database, { idleSeconds: IDLE_SECONDS, log });
});
afterEach(() => store.close());

function content(login: string): SessionData {
  return { cookie: { originalMaxAge: null }, since: 1, login, verifications: [] };
}

/** Calls a function of a store and gives what it calls back with. */
function called<T>(call: (done: (error: unknown, found?: T | null) => void) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    call((error, found) =>
      error === undefined || error === null ? resolve(found ?? undefined) : reject(toError(error)),
    );
  });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

const set = (sid: string, data: SessionData, of = store) => called((done) => of.set(sid, data, done));
const get = (sid: string, of = store) => called<SessionData>((done) => of.get(sid, done));
const load = (sid: string) => called<SessionData>((done) => store.load(sid, done));
const destroy = (sid: string, of = store) => called((done) => of.destroy(sid, done));
// The types leave out what `touch` calls back with.
const touch = (sid: string, of = store) => called((done) => of.touch?.(sid, content(''), done as () => void));

/** As the middleware makes a session of what it found, without a request that was ever sent. */
function loadedBy(of: SessionStore): SessionData {
  return of.createSession({ sessionID: 'a', sessionStore: of } as never, content('one'));
}

/** The sessions kept, each with the minutes until it has run out. */
async function rows(): Promise<string[]> {
  const kept = await test.query<{ row: string }>(
    `select format('%s %s %s', sid, sess->>'login', round(extract(epoch from expire - now()) / 60)) as row
     from session order by sid`,
  );
  return kept.map(({ row }) => row);
}

const leave = (sid: string, seconds: number) =>
  test.query(`update session set expire = now() + $2 * interval '1 second' where sid = $1`, [sid, seconds]);

describe('openSessionStore', () => {
  it('keeps what it was given, each session by itself, for as long as it may be idle', async () => {
    await set('a', content('one'));
    await set('b', content('two'));
    assert.deepEqual(await get('a'), content('one'));
    assert.deepEqual(await rows(), ['a one 30', 'b two 30']);
    await set('a', content('three'));
    assert.deepEqual(await rows(), ['a three 30', 'b two 30']);
    assert.equal(await get('c'), undefined);
  });

  it('forgets what is ended', async () => {
    await set('a', content('one'));
    await set('b', content('two'));
    await destroy('a');
    assert.equal(await get('a'), undefined);
    assert.deepEqual(await rows(), ['b two 30']);
  });

  describe('when a session is idle', () => {
    it('gives it no more once its time has run out', async () => {
      await set('a', content('one'));
      await leave('a', 60);
      assert.deepEqual(await get('a'), content('one'));
      await leave('a', -60);
      assert.equal(await get('a'), undefined);
    });

    it('gives it all its time again whenever it is used', async () => {
      await set('a', content('one'));
      await leave('a', 60);
      assert.deepEqual(await rows(), ['a one 1']);
      await touch('a');
      assert.deepEqual(await rows(), ['a one 30']);
    });

    it('clears it away within the hour, and nothing else', async (t) => {
      await set('old', content('one'));
      await set('new', content('two'));
      await leave('old', -60);
      // A pool of its own: those in use have timers already, of the real clock.
      const database = openDatabase({ url: test.url, connections: 1, log });
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const own = openSessionStore(database, { idleSeconds: IDLE_SECONDS, log });
      await get('new', own);
      t.mock.timers.tick(3_600_000);
      t.mock.timers.reset();
      while ((await rows()).length === 2) await sleep(20);
      assert.deepEqual(await rows(), ['new two 30']);
      own.close();
      await database.close();
    });
  });

  describe('when a session ends while a page of it is still being made', () => {
    it('is not brought back by what that page stores', async () => {
      await set('a', content('one'));
      const [page, other] = [await load('a'), await load('a')];
      assert.ok(page && other);
      page.login = 'changed';
      await set('a', page);
      assert.deepEqual(await rows(), ['a changed 30']);
      await destroy('a');
      await set('a', other);
      assert.deepEqual(await rows(), []);
    });

    it('gives a page that is stored all its time again', async () => {
      await set('a', content('one'));
      const page = await load('a');
      await leave('a', 60);
      assert.ok(page);
      await set('a', page);
      assert.deepEqual(await rows(), ['a one 30']);
    });
  });

  describe('when nothing comes back from the database any more', () => {
    for (const [name, call] of Object.entries({
      get: (of: SessionStore) => get('a', of),
      set: (of: SessionStore) => set('a', content('two'), of),
      'set again': (of: SessionStore) => set('a', loadedBy(of), of),
    })) {
      it(
        `says so sooner than a long statement would be given up: ${name}`,
        { timeout: 30_000 },
        async (t) => {
          await set('a', content('one'));
          const relay = await startRelay(Number(new URL(test.url).port));
          t.after(() => relay.stop());
          const url = new URL(test.url);
          url.port = String(relay.port);
          const behind = openDatabase({ url: url.href, connections: 1, log });
          const silent = openSessionStore(behind, { idleSeconds: IDLE_SECONDS, log, patienceMs: 100 });
          await get('a', silent);
          relay.silence();
          await assert.rejects(call(silent), isUnavailable);
          silent.close();
          await behind.close();
        },
      );
    }
  });

  describe('when the database is away', () => {
    let away: Database;
    let lines: string[];
    let lost: SessionStore;

    beforeEach(async () => {
      const url = new URL(test.url);
      url.port = String(await freePort());
      lines = [];
      away = openDatabase({ url: url.href, connections: 2, log });
      const heard = createLog('info', { write: (line: string) => void lines.push(line) });
      lost = openSessionStore(away, { idleSeconds: IDLE_SECONDS, log: heard });
    });
    afterEach(async () => {
      lost.close();
      await away.close();
    });

    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      get: () => get('a', lost),
      set: () => set('a', content('one'), lost),
      'set again': () => set('a', loadedBy(lost), lost),
      destroy: () => destroy('a', lost),
      touch: () => touch('a', lost),
    };
    for (const [name, call] of Object.entries(calls)) {
      it(`says databaseUnavailable: ${name}`, () => assert.rejects(call(), isUnavailable));
    }

    it('logs that nothing could be cleared away, and goes on', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      await get('a', lost).catch(() => undefined);
      t.mock.timers.tick(3_600_000);
      t.mock.timers.reset();
      while (lines.length === 0) await sleep(20);
      assert.match(lines.join(''), /"level":"warn".*database does not answer.*"msg":"sessions"/);
    });
  });
});
