/** Tests of what a person's browser gets from the embedded login: pages, languages, headers, cookies. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { PAGE_LANGUAGES } from '../../../src/domain/language.ts';
import type { Login } from '../../../src/embedded/login/login.ts';
import { TEXTS } from '../../../src/embedded/login/texts.ts';
import { CALLBACK, PERSONS, startDemoLogin } from './demo.ts';

let folder: string;
let login: Login;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'login-'));
  login = await startDemoLogin(folder);
});

after(async () => {
  await login.stop();
  await rm(folder, { recursive: true });
});

const VERIFIER = 'a-verifier-that-is-long-enough-for-rfc-7636-and-more';

function authorization(changes: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: 'pages',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile egovnrn ebox:consult',
    state: 's',
    nonce: 'n',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  });
  for (const [name, value] of Object.entries(changes)) if (value === '') query.delete(name);
  return `${login.issuer}/auth?${query.toString()}`;
}

/** A visitor that keeps cookies by name only, as all of them belong to one host. */
function visitor(headers: Record<string, string> = {}) {
  const cookies = new Map<string, string>();
  return async (url: string, form?: Record<string, string>): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(url, login.issuer), {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie, ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
}

function locationOf(answer: Response): string {
  return answer.headers.get('location') ?? '';
}

/** Goes as far as the page on which a person is chosen. */
async function openPage(visit: ReturnType<typeof visitor>, changes: Record<string, string> = {}) {
  const path = locationOf(await visit(authorization(changes)));
  const answer = await visit(path);
  return { path, answer, html: await answer.text() };
}

describe('login page', () => {
  it('offers each person as a button, and shows no SSIN', async () => {
    const { answer, html } = await openPage(visitor());
    assert.equal(answer.status, 200);
    for (const { personId, ssin } of PERSONS) {
      assert.ok(html.includes(`name="person" value="${personId}"`));
      assert.ok(!html.includes(ssin));
    }
  });

  it('writes names as text', async () => {
    const { html } = await openPage(visitor());
    assert.ok(html.includes('Luc &lt;b&gt;Dubois&lt;/b&gt; &quot;l&#39;Aîné&quot;'));
    assert.ok(html.includes('My &lt;attestations&gt;'));
    assert.ok(!html.includes('<b>'));
  });

  for (const language of PAGE_LANGUAGES) {
    it(`speaks ${language} when asked to, and says that it is a demonstration`, async () => {
      const visit = visitor({ 'accept-language': 'x-unknown' });
      const { path, answer, html } = await openPage(visit, { ui_locales: `es ${language}-BE` });
      assert.equal(answer.headers.get('content-language'), language);
      assert.ok(html.includes(`<html lang="${language}">`));
      assert.ok(html.includes(TEXTS[language].warning.replaceAll("'", '&#39;')));
      assert.ok(
        (await (await visit(`${path}?lang=${language}`)).text()).includes(`<html lang="${language}">`),
      );
    });
  }

  it('speaks the language the browser prefers', async () => {
    const { html } = await openPage(visitor({ 'accept-language': 'es, nl;q=0.3, fr-BE;q=0.7, en;q=0.1' }));
    assert.ok(html.includes('<html lang="fr">'));
  });

  it('allows no script, no frame and no other address, and its style by hash only', async () => {
    const { answer, html } = await openPage(visitor());
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.ok(policy.includes(`style-src 'sha256-${hash}'`));
    assert.ok(policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'none'"));
    assert.ok(policy.includes("form-action 'self' http://127.0.0.1:9;"));
    assert.doesNotMatch(html, /<script|<iframe|style="|\son\w+=/i);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  });

  it('asks again when the choice names nobody', async () => {
    const visit = visitor();
    const { path } = await openPage(visit);
    for (const form of [{}, { person: 'nobody' }, { person: 'an', filler: 'x'.repeat(5000) }]) {
      const answer = await visit(path, form);
      assert.equal(answer.status, 200);
      assert.ok((await answer.text()).includes('name="person"'));
    }
  });

  it('goes back to the application when the person cancels', async () => {
    const visit = visitor();
    const { path } = await openPage(visit);
    const back = locationOf(await visit(locationOf(await visit(path, { cancel: 'yes' }))));
    assert.ok(back.startsWith(`${CALLBACK}?error=access_denied&`), back);
  });

  it('asks at every login, also of somebody who is logged in, and then takes the new choice', async () => {
    const visit = visitor();
    for (const personId of ['an', 'luc', 'luc', 'an']) {
      const { path } = await openPage(visit);
      const back = new URL(locationOf(await visit(locationOf(await visit(path, { person: personId })))));
      assert.equal(back.origin + back.pathname, CALLBACK);
      const answer = await fetch(`${login.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: 'pages',
          code: back.searchParams.get('code') ?? '',
          redirect_uri: CALLBACK,
          code_verifier: VERIFIER,
        }),
      });
      const tokens = (await answer.json()) as { id_token: string; access_token: string };
      const person = PERSONS.find((one) => one.personId === personId);
      const identity = decodeJwt(tokens.id_token);
      assert.equal(identity.sub, personId);
      assert.equal(identity.nonce, 'n');
      assert.equal(identity.egovNRN, person?.ssin);
      assert.equal(identity.givenName, person?.givenName);
      assert.equal(identity.surname, person?.familyName);
      assert.equal(identity.prefLanguage, person?.language);
      assert.equal(decodeJwt(tokens.access_token).egovNRN, person?.ssin);
    }
  });

  it('is of no use to another browser, nor after the login', async () => {
    const visit = visitor();
    const { path } = await openPage(visit);
    assert.equal((await visitor()(path)).status, 400);
    assert.equal((await visitor()(path, { person: 'an' })).status, 400);
    const resume = locationOf(await visit(path, { person: 'an' }));
    assert.equal((await visitor()(resume)).status, 400);
    await visit(resume);
    assert.equal((await visit(path)).status, 400);
  });

  it('says in the language of the visitor that a login has expired', async () => {
    const answer = await visitor({ 'accept-language': 'de' })('/interaction/none');
    assert.equal(answer.status, 400);
    assert.ok((await answer.text()).includes(TEXTS.de.expired));
  });
});

describe('authorization request', () => {
  const refused: readonly (readonly [string, Record<string, string>, string])[] = [
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    [
      'without PKCE, also of an application with a key',
      { client_id: 'desk', redirect_uri: `${CALLBACK}/desk`, code_challenge: '', code_challenge_method: '' },
      'invalid_request',
    ],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['for a scope the application does not have', { scope: 'openid dimona:declare' }, 'invalid_scope'],
    ['for another service', { resource: 'https://other.example.be' }, 'invalid_target'],
    ['without asking the person', { prompt: 'none' }, 'login_required'],
  ];
  for (const [name, changes, error] of refused) {
    it(`is refused ${name}`, async () => {
      const back = locationOf(await visitor()(authorization(changes)));
      assert.ok(back.startsWith(CALLBACK), back);
      assert.match(back, new RegExp(`[?#&]error=${error}(&|$)`));
    });
  }

  for (const [name, changes] of [
    ['an application nobody knows', { client_id: 'nobody' }],
    ['an address that is not registered', { redirect_uri: 'https://evil.example.be/callback' }],
    ['a machine', { client_id: 'agency' }],
  ] as const) {
    it(`leads nowhere for ${name}`, async () => {
      const answer = await visitor({ 'accept-language': 'nl' })(authorization(changes));
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get('location'), null);
      assert.ok(answer.headers.get('content-security-policy')?.startsWith("default-src 'none'"));
      assert.ok((await answer.text()).includes(TEXTS.nl.error));
    });
  }
});

describe('logout', () => {
  it('asks, and goes back to the application', async () => {
    const visit = visitor();
    const { path } = await openPage(visit);
    await visit(locationOf(await visit(path, { person: 'an' })));
    const bye = 'http://127.0.0.1:9/bye';
    const query = new URLSearchParams({
      client_id: 'pages',
      post_logout_redirect_uri: bye,
      ui_locales: 'fr',
    });
    const answer = await visit(`/session/end?${query.toString()}`);
    const html = await answer.text();
    assert.ok(html.includes(TEXTS.fr.logoutYes));
    assert.ok(
      answer.headers.get('content-security-policy')?.includes("form-action 'self' http://127.0.0.1:9;"),
    );
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.equal(locationOf(await visit('/session/end/confirm', { xsrf, logout: 'yes' })), bye);
  });

  it('says that it is done when no application is named', async () => {
    const html = await (await visitor({ 'accept-language': 'nl' })('/session/end/success')).text();
    assert.ok(html.includes(TEXTS.nl.loggedOutTitle));
  });
});
