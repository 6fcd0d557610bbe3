/** Logins under way in a browser, over HTTP: sealed, taken once, in this browser only, for an hour. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import express, { type Express } from 'express';
import request from 'supertest';
import type { PendingLogin } from '../../src/access/login.ts';
import { createPendingLogins } from '../../src/access/pending-login.ts';
import { createVault } from '../../src/keys/vault.ts';

let now: Date;
beforeEach(() => {
  now = new Date('2026-11-20T08:00:00Z');
});

const pendingOf = (state: string): PendingLogin => ({
  state,
  nonce: `nonce of ${state}`,
  codeVerifier: `verifier of ${state}`,
  returnTo: '/inbox',
});

function appOf(vault = createVault(randomBytes(32))): Express {
  const pending = createPendingLogins({
    seal: (text, context) => vault.seal(Buffer.from(text), context).toString('base64'),
    open: (sealed, context) => vault.open(Buffer.from(sealed, 'base64'), context).toString(),
    clock: () => now,
  });
  const app = express();
  app.get('/keep/:state', (asked, response) => {
    pending.keep(asked, response, pendingOf(asked.params.state));
    response.end();
  });
  app.get('/take/:state', (asked, response) => {
    response.json(pending.take(asked, response, asked.params.state) ?? null);
  });
  return app;
}

/** A browser that keeps cookies in the order in which it got them. */
function browser(app: Express) {
  const cookies = new Map<string, string>();
  const visit = async (path: string): Promise<unknown> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(app).get(path).set('Cookie', cookie);
    for (const line of answer.get('Set-Cookie') ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.includes('1970')) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer.body;
  };
  return {
    cookies,
    keep: (state: string) => visit(`/keep/${state}`),
    take: (state: string) => visit(`/take/${state}`),
  };
}

describe('createPendingLogins', () => {
  it('gives a login back once, to the browser that began it', async () => {
    const app = appOf();
    const one = browser(app);
    await one.keep('a');
    await one.keep('b');
    assert.equal(await browser(app).take('a'), null);
    assert.deepEqual(await one.take('a'), pendingOf('a'));
    assert.equal(await one.take('a'), null);
    assert.deepEqual(await one.take('b'), pendingOf('b'));
    assert.equal(one.cookies.size, 0);
  });

  it('keeps nothing that can be read', async () => {
    const one = browser(appOf());
    await one.keep('state-of-a-login');
    const [[name = '', value = ''] = []] = one.cookies;
    for (const text of [name, value, Buffer.from(value, 'base64').toString('latin1')])
      assert.doesNotMatch(text, /state-of|nonce|verifier|inbox/);
  });

  it('gives up a login after an hour, also where the browser did not', async () => {
    const one = browser(appOf());
    await one.keep('a');
    now = new Date(now.getTime() + 3_599_000);
    await one.keep('b');
    now = new Date(now.getTime() + 2000);
    assert.equal(await one.take('a'), null);
    assert.deepEqual(await one.take('b'), pendingOf('b'));
  });

  it('takes no login that was changed, put under another name, or sealed with another key', async () => {
    const app = appOf();
    const one = browser(app);
    await one.keep('a');
    await one.keep('b');
    const [[nameA = '', valueA = ''] = [], [nameB = ''] = []] = one.cookies;
    one.cookies.set(nameB, valueA);
    assert.equal(await one.take('b'), null);
    one.cookies.set(nameA, `${valueA.slice(0, 40)}${valueA[40] === 'A' ? 'B' : 'A'}${valueA.slice(41)}`);
    assert.equal(await one.take('a'), null);
    for (const value of ['', 'x', '%', '='.repeat(10)]) {
      one.cookies.set(nameA, value);
      assert.equal(await one.take('a'), null);
    }
    const other = browser(appOf());
    other.cookies.set(nameA, valueA);
    assert.equal(await other.take('a'), null);
  });

  it('keeps the five that were begun last', async () => {
    const one = browser(appOf());
    for (const state of 'abcdefgh') await one.keep(state);
    assert.equal(one.cookies.size, 5);
    assert.equal(await one.take('c'), null);
    for (const state of 'defgh') assert.deepEqual(await one.take(state), pendingOf(state));
  });
});
