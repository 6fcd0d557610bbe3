/** What another site may have a browser send here: forms without the token of their session, and from another origin. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import express, { type Express } from 'express';
import session from 'express-session';
import request, { type Response } from 'supertest';
import { CSRF_FIELD, createCsrf } from '../../src/access/csrf.ts';
import { createSessions } from '../../src/access/session.ts';

const OWN = 'https://ebox.example.be';

/** A page with a form, and where the form is sent to. */
function appOf(publicUrl = OWN, secret = 'a secret of forms'): Express {
  const csrf = createCsrf(publicUrl, secret);
  const { middleware } = createSessions({
    store: new session.MemoryStore(),
    secret: 'a secret',
    ownerOf: (actorId) => actorId,
    seal: (text) => text,
    open: (text) => text,
    longestSeconds: 3600,
    clock: () => new Date(),
  });
  const app = express();
  app.use(middleware);
  app.post('/begin', (asked, response) => {
    asked.session.verifications = [];
    response.end();
  });
  app.post('/enter', (asked, response) => {
    asked.session.login = 'somebody';
    response.end();
  });
  // Pages have several forms.
  app.get('/form', (asked, response) => {
    assert.equal(csrf.tokenFor(asked), csrf.tokenFor(asked));
    response.json({ token: csrf.tokenFor(asked) });
  });
  app.post('/origin', (asked, response) => void response.json({ defect: csrf.checkOrigin(asked) ?? null }));
  app.post('/token', express.urlencoded({ extended: true }), (asked, response) => {
    response.json({ defect: csrf.checkToken(asked) ?? null });
  });
  return app;
}

interface Form {
  readonly token: string;
  readonly cookie: string;
}

async function openFormAt(app: Express, cookie = ''): Promise<Form> {
  const answer = await request(app).get('/form').set('Cookie', cookie);
  const { token } = answer.body as { token: string };
  return { token, cookie: [cookie, cookieIn(answer)].filter((one) => one !== '').join('; ') };
}

function cookieIn(answer: Response): string {
  return answer.get('Set-Cookie')?.[0]?.split(';')[0] ?? '';
}

const app = appOf();

/** Somebody about whom nothing is remembered, and somebody who has a session. */
const visitors: Readonly<Record<string, () => Promise<string>>> = {
  'without a session': async () => '',
  'with a session': async () => cookieIn(await request(app).post('/begin')),
  'who is logged in': async () => cookieIn(await request(app).post('/enter')),
};

for (const [who, arrive] of Object.entries(visitors))
  describe(`checkToken for somebody ${who}`, () => {
    const openForm = async (_app: Express, cookie?: string) => openFormAt(app, cookie ?? (await arrive()));

    /** Sends a form with some fields from the browser with a cookie; gives the defect found. */
    async function send(fields: string, cookie: string): Promise<unknown> {
      const asked = request(app).post('/token').set('Cookie', cookie).type('form');
      const { body } = await (fields === '' ? asked : asked.send(fields));
      return (body as { defect: unknown }).defect;
    }

    it('takes the token of the session, for as many forms as it has', async () => {
      const { token, cookie } = await openForm(app);
      assert.match(token, /^[0-9a-f]{64}$/);
      assert.equal((await openForm(app, cookie)).token, token);
      assert.equal(await send(`${CSRF_FIELD}=${token}`, cookie), null);
      assert.equal(await send(`name=Lena&${CSRF_FIELD}=${token}`, cookie), null);
    });

    it('refuses the token of another session', async () => {
      const [own, other] = [await openForm(app), await openForm(app)];
      assert.notEqual(own.token, other.token);
      assert.equal(await send(`${CSRF_FIELD}=${other.token}`, own.cookie), 'wrongToken');
      assert.equal(await send(`${CSRF_FIELD}=${own.token}`, other.cookie), 'wrongToken');
    });

    it('refuses any token from a browser that brings nothing', async () => {
      const { token } = await openForm(app);
      for (const given of [token, '', 'undefined', 'null'])
        assert.equal(await send(`${CSRF_FIELD}=${given}`, ''), 'wrongToken', given);
      assert.equal(await send('', ''), 'wrongToken');
    });

    const wrong: Readonly<Record<string, (token: string) => string>> = {
      'no token': () => 'name=Lena',
      'no fields at all': () => '',
      'an empty token': () => `${CSRF_FIELD}=`,
      'a token that is cut': (token) => `${CSRF_FIELD}=${token.slice(0, -1)}`,
      'a token with more behind it': (token) => `${CSRF_FIELD}=${token}0`,
      'a token in capitals': (token) => `${CSRF_FIELD}=${token.toUpperCase()}`,
      'a token twice': (token) => `${CSRF_FIELD}=${token}&${CSRF_FIELD}=${token}`,
      'a list with the token': (token) => `${CSRF_FIELD}[]=${token}`,
      'an object with the token': (token) => `${CSRF_FIELD}[token]=${token}`,
      'the token in a field of another name': (token) => `csrf=${token}&_csrf=${token}`,
    };
    for (const [name, fieldsOf] of Object.entries(wrong)) {
      it(`refuses ${name}`, async () => {
        const { token, cookie } = await openForm(app);
        assert.equal(await send(fieldsOf(token), cookie), 'wrongToken');
      });
    }

    it('does not look for the token in the address or in a header', async () => {
      const { token, cookie } = await openForm(app);
      const { body } = await request(app)
        .post(`/token?${CSRF_FIELD}=${token}`)
        .set({ Cookie: cookie, 'X-CSRF-Token': token })
        .type('form')
        .send('name=Lena');
      assert.deepEqual(body, { defect: 'wrongToken' });
    });
  });

describe('tokenFor', () => {
  it('gives who has no session a cookie that only this host gets, and no session', async () => {
    const answer = await request(app).get('/form');
    const lines = answer.get('Set-Cookie') ?? [];
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^__Host-form=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('takes no cookie for its own that is none', async () => {
    for (const cookie of ['__Host-form=', '__Host-form=x', `__Host-form=${'x'.repeat(44)}`]) {
      const answer = await request(app).get('/form').set('Cookie', cookie);
      assert.match(cookieIn(answer), /^__Host-form=[\w-]{43}$/);
    }
  });

  it('gives another token where the secret is another', async () => {
    const { cookie, token } = await openFormAt(app);
    const other = await request(appOf(OWN, 'another secret')).get('/form').set('Cookie', cookie);
    assert.notEqual((other.body as { token: string }).token, token);
  });

  it('gives tokens that are worth nothing once somebody is logged in', async () => {
    const before = await openFormAt(app);
    const session = cookieIn(await request(app).post('/enter'));
    const form = `${CSRF_FIELD}=${before.token}`;
    const send = (cookie: string) =>
      request(app).post('/token').set('Cookie', cookie).type('form').send(form);
    assert.deepEqual((await send(before.cookie)).body, { defect: null });
    assert.deepEqual((await send(`${before.cookie}; ${session}`)).body, { defect: 'wrongToken' });
  });
});

describe('checkOrigin', () => {
  async function defect(headers: Readonly<Record<string, string>>, app = appOf()): Promise<unknown> {
    const { body } = await request(app).post('/origin').set(headers);
    return (body as { defect: unknown }).defect;
  }

  /** By origin, then by what the browser says of the site; `-` is a header that is missing. */
  const verdicts: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
    [OWN]: { '-': true, 'same-origin': true, 'same-site': false, 'cross-site': false, none: false },
    null: { '-': false, 'same-origin': true, 'same-site': false, 'cross-site': false, none: false },
    '-': { '-': false, 'same-origin': true, 'same-site': false, 'cross-site': false, none: false },
    'https://evil.example.be': {
      '-': false,
      'same-origin': false,
      'same-site': false,
      'cross-site': false,
      none: false,
    },
  };
  for (const [origin, bySite] of Object.entries(verdicts)) {
    for (const [site, isTaken] of Object.entries(bySite)) {
      it(`${isTaken ? 'takes' : 'refuses'} origin ${origin} with site ${site}`, async () => {
        const headers = {
          ...(origin !== '-' && { Origin: origin }),
          ...(site !== '-' && { 'Sec-Fetch-Site': site }),
        };
        assert.equal(await defect(headers), isTaken ? null : 'foreignOrigin');
      });
    }
  }

  for (const origin of [
    'http://ebox.example.be',
    'https://ebox.example.be:8443',
    'https://ebox.example.be.evil.be',
    'https://www.ebox.example.be',
    'https://ebox.example.be/',
    'undefined',
    `${OWN}, ${OWN}`,
  ]) {
    it(`refuses origin ${origin}, which is not quite ours`, async () => {
      assert.equal(await defect({ Origin: origin, 'Sec-Fetch-Site': 'same-origin' }), 'foreignOrigin');
      assert.equal(await defect({ Origin: origin }), 'foreignOrigin');
    });
  }

  it('compares with the origin of the public address, however that is written', async () => {
    const app = appOf('HTTPS://Ebox.Example.be:443/pages/');
    assert.equal(await defect({ Origin: OWN }, app), null);
    const local = appOf('http://127.0.0.1:8080');
    assert.equal(
      await defect({ Origin: 'http://127.0.0.1:8080', 'Sec-Fetch-Site': 'same-origin' }, local),
      null,
    );
    assert.equal(await defect({ Origin: 'http://127.0.0.1:8081' }, local), 'foreignOrigin');
  });
});
