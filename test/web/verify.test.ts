/** `/verify` and `/v/{token}` over HTTP: what a holder is told of each kind of file and code, and what nobody is told. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Response } from 'supertest';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { isProblemName } from '../../src/web/problem-types.ts';
import { codeOf } from '../../src/workflows/prepare.ts';
import { attestEachState, newestOf, type Scene, startScene } from '../http/scene.ts';
import { projectRoot } from '../support/needs.ts';
import { createPdf } from '../support/pdf.ts';
import { createAuthority, createSigner } from '../support/pki.ts';
import { demoSsin } from '../support/service.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

const MIB = 2 ** 20;

const TITLES = {
  valid: 'This attestation is genuine and valid',
  superseded: 'This attestation is genuine, but it was replaced',
  revoked: 'This attestation is genuine, but it was withdrawn',
  altered: 'Do not trust this file',
  foreign: 'This is not one of our attestations',
  undecided: 'We cannot confirm this attestation',
} as const;

let scene: Scene;
let genuine: Buffer;
let superseded: Buffer;
let revoked: Buffer;

before(async () => {
  scene = await startScene();
  ({ genuine, superseded, revoked } = await attestEachState(scene));
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

function visitor(language?: string): Visitor {
  return createVisitor(scene.service.url, language);
}

/** Sends a file from the form and gives the answer to it. */
async function send(
  from: Visitor,
  file?: Buffer | readonly Buffer[],
  fileName = 'attestation.pdf',
): Promise<Response> {
  const token = await from.tokenOn('/verify');
  return from.sendFile('/verify', { token, fileName, ...(file && { file }) });
}

/** Sends a file and opens the report that it leads to. */
async function verify(file: Buffer, from = visitor()): Promise<Response> {
  const { status, headers } = await send(from, file);
  assert.equal(status, 303);
  const report = await from.get(headers.location ?? '');
  assert.equal(report.status, 200);
  return report;
}

async function assertTitle(file: Buffer, kind: keyof typeof TITLES): Promise<string> {
  const report = await verify(file);
  assert.ok(report.text.includes(`<title>${TITLES[kind]} `), `not ${kind}: ${wordsOf(report).slice(0, 300)}`);
  return wordsOf(report);
}

/** A row of the evidence log that a page left. */
async function evidence(): Promise<{ object: string | null; traceId: string | null; actor: string }[]> {
  return query(
    `select object, trace_id as "traceId", actor_kind as actor from audit_entry
     where action = 'attestation.verify' order by audit_entry_id`,
  );
}

describe('POST /verify', () => {
  it('says of a genuine file that it is valid, with what is printed on it', async () => {
    const words = await assertTitle(genuine, 'valid');
    assert.match(words, /Name, first name Vermeulen, Lena .*88\.03\.14-\*\*\*\.\*\*/);
    assert.match(words, /Tuesday,? 1 September 2020.*Wednesday,? 2 September 2020/);
    assert.match(words, /The file is exactly the one that we issued/);
    assert.ok(!words.replace(/[.\- ]/g, '').includes(demoSsin('lena')));
  });

  it('translates it as a courtesy on pages that are read in English, and says that this counts for nothing', async () => {
    const words = wordsOf(await verify(genuine));
    assert.match(words, /Courtesy translation This translation is a courtesy and has no legal value\./);
    assert.match(
      words,
      /Attestation of a quarantine declaration We certify that the employer below declared/,
    );
    assert.match(words, /Is something wrong\? Ask your employer .* write to attestations@example\.org\./);
    for (const language of ['nl', 'fr', 'de'])
      assert.doesNotMatch(
        wordsOf(await verify(genuine, visitor(language))),
        /We certify|ter informatie|courtoisie/,
      );
  });

  it('names the number that took the place of a superseded one', async () => {
    const words = await assertTitle(superseded, 'superseded');
    const [newer] = await query<{ number: string }>(
      `select number from attestation join person using (person_id) where given_name = 'Lena' and state = 'issued'`,
    );
    assert.ok(words.includes(`attestation ${newer?.number} has taken its place`));
  });

  it('says of a revoked one since when it is not valid', async () => {
    assert.match(await assertTitle(revoked, 'revoked'), /It has not been valid since \d+ \w+ \d{4}/);
  });

  it('warns of a file of ours in which a byte was changed', async () => {
    for (const at of [20, 2000, genuine.length >> 1, genuine.length - 10]) {
      const altered = Buffer.from(genuine);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      const words = await assertTitle(altered, 'altered');
      assert.doesNotMatch(words, /Lena|Vermeulen/);
    }
  });

  it('warns of a file of ours to which something was added', async () => {
    const update = Buffer.from(
      '\n9 0 obj\n<< >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< >>\n%%EOF\n',
    );
    await assertTitle(Buffer.concat([genuine, update]), 'altered');
    await assertTitle(Buffer.concat([Buffer.from('\n'), genuine]), 'altered');
  });

  it('warns of a seal in our name that somebody else made', async () => {
    const own = scene.service.service.composition.services.sealKeys.current(new Date());
    const issuing = createAuthority('Foreign issuing', createAuthority('Foreign root'));
    const signer = createSigner({ authority: issuing });
    const imitation = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
    // The name alone is what a forger can have.
    await assertTitle(Buffer.concat([imitation, own.certificate]), 'altered');
  });

  it('says of any other PDF that it is not ours', async () => {
    const issuing = createAuthority('Foreign issuing', createAuthority('Foreign root'));
    const signer = createSigner({ authority: issuing });
    const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
    const unsealed = await createPdf(1000, { signature: { ByteRange: undefined } });
    for (const file of [sealed, unsealed, Buffer.from('%PDF-1.7\n%%EOF\n')])
      await assertTitle(file, 'foreign');
  });

  it('does not confirm what our own key sealed and our register does not know', async () => {
    const sealSigner = scene.service.service.composition.services.sealKeys.current(new Date());
    const unknown = await sealPdf(await createPdf(signedDataBytes(sealSigner)), sealSigner);
    const words = await assertTitle(unknown, 'undecided');
    assert.match(words, /our register does not know this file/);
    assert.match(words, /Unchanged In order/);
  });

  it('asks the register by number for what our key sealed and it does not know by its bytes', async () => {
    const set = (hash: Buffer, was: Buffer) =>
      query('update attestation set pdf_sha256 = $1 where pdf_sha256 = $2', [hash, was]);
    const [own, other] = [createHash('sha256').update(revoked).digest(), Buffer.alloc(32, 7)];
    await set(other, own);
    try {
      const words = await assertTitle(revoked, 'undecided');
      assert.match(words, /our register knows the number, but of another file/);
    } finally {
      await set(own, other);
    }
  });

  it('shows no name that nobody we rely on vouches for, and keeps none', async () => {
    const issuing = createAuthority('Foreign issuing', createAuthority('Foreign root'));
    const signer = createSigner({ authority: issuing });
    const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
    assert.doesNotMatch(wordsOf(await verify(sealed)), /Foreign/);
    const rows = await query<{ text: string }>(`select sess::text as text from session`);
    assert.ok(rows.some(({ text }) => text.includes('verifications')));
    assert.ok(!rows.some(({ text }) => /Foreign|Vermeulen|88\.?03\.?14/.test(text)));
  });

  const refused: readonly [what: string, file: Buffer | undefined, status: number, said: RegExp][] = [
    ['no file', undefined, 400, /Choose a PDF file first/],
    ['an empty file', Buffer.alloc(0), 400, /This file is empty/],
    ['a text that is called .pdf', Buffer.from('Dear sir'), 400, /This file is not a PDF/],
    ['a file that is too large', Buffer.alloc(20 * MIB + 1, '%PDF-'), 413, /larger than 20 MB/],
    ['one that is far too large', Buffer.alloc(22 * MIB, '%PDF-'), 413, /larger than 20 MB/],
  ];
  for (const [what, file, status, said] of refused) {
    it(`says on the form what is wrong with ${what}`, async () => {
      const from = visitor();
      const answer = await send(from, file);
      assert.equal(answer.status, status);
      assert.match(answer.text, /<title>Error: Verify an attestation/);
      assert.match(answer.text, /class="govuk-error-summary" role="alert" tabindex="-1"/);
      assert.match(answer.text, /<a href="#file">/);
      assert.match(answer.text, /id="file"[^>]*aria-describedby="file-hint file-error" aria-invalid="true"/);
      assert.match(wordsOf(answer), said);
      // The form is whole: the right file can be sent from it at once.
      const token = /name="csrfToken" value="(\w+)"/.exec(answer.text)?.[1] ?? '';
      assert.equal((await from.sendFile('/verify', { token, file: genuine })).status, 303);
    });
  }

  it('takes as much as 20 MB', async () => {
    await assertTitle(Buffer.alloc(20 * MIB, '%PDF-1.7\n'), 'foreign');
  });

  it('refuses a form without the token of its session', async () => {
    const from = visitor();
    await from.tokenOn('/verify');
    const other = await visitor().tokenOn('/verify');
    for (const form of [{}, { token: '' }, { token: other }]) {
      assert.equal((await from.sendFile('/verify', { ...form, file: genuine })).status, 403);
      assert.equal((await from.get('/verify/report')).status, 404);
    }
    assert.equal((await visitor().sendFile('/verify', { token: other, file: genuine })).status, 403);
  });

  it('refuses a form from another site', async () => {
    const from = visitor();
    const token = await from.tokenOn('/verify');
    const origins = [
      { Origin: 'https://other.example.be' },
      { Origin: scene.service.url, 'Sec-Fetch-Site': 'cross-site' },
      {},
    ];
    for (const headers of origins)
      assert.equal((await from.sendFile('/verify', { token, file: genuine, headers })).status, 403);
    assert.equal((await from.get('/verify/report')).status, 404);
  });

  it('asks for the file again when the form stood open until its session was gone', async () => {
    const from = visitor();
    await send(from, genuine);
    const token = await from.tokenOn('/verify');
    await query('delete from session');
    const answer = await from.sendFile('/verify', { token, file: genuine });
    assert.equal(answer.status, 403);
    assert.match(wordsOf(answer), /This page was open for too long/);
    const again = /name="csrfToken" value="(\w+)"/.exec(answer.text)?.[1] ?? '';
    assert.equal((await from.sendFile('/verify', { token: again, file: genuine })).status, 303);
  });
});

describe('GET /verify/report', () => {
  it('is not there before a file was verified', async () => {
    const answer = await visitor().get('/verify/report');
    assert.equal(answer.status, 404);
    assert.match(answer.text, /href="\/verify"/);
  });

  it('is there again when it is loaded again, in any language', async () => {
    const from = visitor();
    const { headers } = await send(from, superseded);
    const path = headers.location ?? '';
    for (const [language, title] of [
      ['fr', 'Cette attestation est authentique, mais elle a été remplacée'],
      ['de', 'Diese Bescheinigung ist echt, wurde aber ersetzt'],
    ] as const) {
      const report = await from.get(`${path}&lang=${language}`);
      assert.match(report.text, new RegExp(`<title>${title} `));
      assert.match(report.text, new RegExp(`href="${path.replace(/[?]/g, '\\?')}&amp;lang=nl"`));
    }
    const { text } = await from.get(path);
    assert.match(text, /<html lang="de"/);
  });

  it('keeps two files apart that were verified side by side, and gives the newest where none is named', async () => {
    const from = visitor();
    const paths = [];
    for (const file of [genuine, revoked]) paths.push((await send(from, file)).headers.location ?? '');
    const titles = [];
    for (const path of [...paths, '/verify/report']) titles.push((await from.get(path)).text);
    for (const [at, kind] of (['valid', 'revoked', 'revoked'] as const).entries())
      assert.ok(titles[at]?.includes(`<title>${TITLES[kind]} `), `${at}`);
  });

  it('says of each file that was sent beside others what it is, also where one is no PDF', async () => {
    const from = visitor();
    const sent = await send(from, [Buffer.from('a letter'), genuine, Buffer.alloc(0), revoked]);
    assert.equal(sent.status, 303);
    const several = await from.get(sent.headers.location ?? '');
    const titles = ['This is not a PDF', TITLES.valid, 'This file is empty', TITLES.revoked];
    const found = [...several.text.matchAll(/ebox-verdicts__title">(.*?)<\/h2>/gs)].map(
      ([, title = '']) => title,
    );
    assert.equal(found.length, titles.length);
    for (const [at, title] of titles.entries()) {
      assert.ok(found[at]?.includes(`File ${at + 1}: ${title}`), found[at]);
      assert.equal(found[at]?.includes('href='), at % 2 === 1);
    }
    const refused = await send(from, [Buffer.from('a letter'), Buffer.from('another')]);
    assert.equal(refused.status, 400);
    assert.match(wordsOf(refused), /None of these files is a PDF/);
  });

  it('is nobody else’s, and not one that was never made', async () => {
    const from = visitor();
    const path = (await send(from, genuine)).headers.location ?? '';
    assert.equal((await visitor().get(path)).status, 404);
    const other = path.replace(/check=.*/, `check=${crypto.randomUUID()}`);
    assert.equal((await from.get(other)).status, 404);
    assert.equal((await from.get(`${path}&check=x`)).status, 404);
  });

  it('says what the register says now', async () => {
    await scene.declareDays('serban', ['2020-11-03']);
    const from = visitor();
    const path = (await send(from, await newestOf(scene, 'serban'))).headers.location ?? '';
    assert.ok((await from.get(path)).text.includes(TITLES.valid));
    await scene.declareDays('serban', ['2020-11-04']);
    assert.ok((await from.get(path)).text.includes(TITLES.superseded));
  });

  it('leaves one entry in evidence for each look, under the reference on the page, and none for other files', async () => {
    const from = visitor();
    const count = (await evidence()).length;
    const { headers } = await send(from, genuine);
    assert.equal((await evidence()).length, count, 'sending alone tells nobody anything');
    const report = await from.get(headers.location ?? '');
    const [entry, ...others] = (await evidence()).slice(count);
    assert.deepEqual(others, []);
    assert.deepEqual([entry?.actor, entry?.traceId], ['anonymous', report.headers['belgov-trace-id']]);
    assert.ok(wordsOf(report).includes(entry?.traceId ?? 'none'));
    await verify(genuine.subarray(0, genuine.length - 1), from);
    assert.equal((await evidence()).length, count + 1);
    await verify(Buffer.concat([genuine, Buffer.from('\n')]), from);
    assert.equal((await evidence()).length, count + 2, 'it is their document that was altered');
  });
});

describe('GET /v/{token}', () => {
  async function codeOfState(state: string): Promise<string> {
    const [row] = await query<{ id: string }>(
      `select attestation_id as id from attestation where state = $1 order by issued_at desc limit 1`,
      [state],
    );
    return codeOf(scene.service.service.composition.services.vault, row?.id ?? '');
  }

  it('says what became of the attestation, with its facts, and that it does not check the paper', async () => {
    for (const [state, title] of [
      ['issued', 'The attestation with this code is valid'],
      ['superseded', 'The attestation with this code was replaced'],
      ['revoked', 'The attestation with this code was withdrawn'],
    ] as const) {
      const answer = await visitor().get(`/v/${await codeOfState(state)}`);
      assert.equal(answer.status, 200);
      assert.ok(answer.text.includes(`<title>${title} `), state);
      const words = wordsOf(answer);
      assert.match(words, /This page does not check the paper in front of you/);
      assert.match(words, /\d\d\.\d\d\.\d\d-\*\*\*\.\*\*/);
      assert.match(answer.text, /href="\/verify" role="button"/);
    }
  });

  it('keeps the code when the language is changed', async () => {
    const code = await codeOfState('issued');
    const { text } = await visitor().get(`/v/${code}?lang=nl`);
    assert.ok(text.includes(`href="/v/${code}?lang=fr"`));
    assert.match(text, /Het attest met deze code is geldig/);
  });

  it('answers 404 to a code that is not ours, of whatever form, calmly and always the same', async () => {
    const good = await codeOfState('issued');
    const codes = [
      'AAAAAAAAAAAAAAAAAAAAAA',
      'x',
      good.slice(0, -1),
      `${good}A`,
      '%00',
      '%3Cb%3E',
      'x'.repeat(5000),
    ];
    for (const code of codes) {
      const answer = await visitor().get(`/v/${code}`);
      assert.equal(answer.status, 404, code.slice(0, 30));
      assert.match(answer.text, /<title>We do not know this code /);
      assert.doesNotMatch(answer.text, /<b>/);
    }
  });

  it('leaves an entry in evidence for a code of ours, and a session for nobody', async () => {
    const count = (await evidence()).length;
    const answer = await visitor().get(`/v/${await codeOfState('issued')}`);
    assert.deepEqual(
      (await evidence()).slice(count).map(({ traceId }) => traceId),
      [answer.headers['belgov-trace-id']],
    );
    assert.equal(answer.get('Set-Cookie'), undefined);
    await visitor().get('/v/AAAAAAAAAAAAAAAAAAAAAA');
    assert.equal((await evidence()).length, count + 1);
  });

  it('tells no other page, search engine or log of the code', async () => {
    const code = await codeOfState('issued');
    for (const path of [`/v/${code}`, `/v/${code}?lang=de`, `/v/${code}X`]) {
      const { headers, text } = await visitor().get(path);
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['x-robots-tag'], 'noindex');
      assert.equal(headers['cache-control'], 'no-store');
      // Every link that holds the code leads to this very page.
      for (const [, href = ''] of text.matchAll(/(?:href|src|action)="([^"]*)"/g))
        assert.ok(!href.includes(code) || href.startsWith(`/v/${code}`), href);
    }
    await visitor().get(`/v/${code}%zz`);
    assert.ok(!scene.service.logLines.some((line) => line.includes(code)));
  });
});

describe('the pages of verification', () => {
  it('load, run and send nothing but our own, and keep nothing', async () => {
    const from = visitor();
    await send(from, genuine);
    for (const path of ['/verify', '/verify/report', '/v/x']) {
      const { headers, text } = await from.get(path);
      assert.equal(
        headers['content-security-policy'],
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; object-src 'none'; frame-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      assert.equal(headers['cache-control'], 'no-store');
      assert.doesNotMatch(text, / style=| on\w+=|javascript:/);
    }
  });

  it('let search engines list the form alone', async () => {
    const from = visitor();
    await send(from, genuine);
    assert.equal((await from.get('/verify')).headers['x-robots-tag'], undefined);
    assert.equal((await from.get('/verify/report')).headers['x-robots-tag'], 'noindex');
  });

  it('write nothing personal into the log', async () => {
    await verify(genuine);
    const lines = scene.service.logLines.join('\n');
    assert.match(lines, /"page":"verifyReport","status":200/);
    for (const secret of ['Vermeulen', demoSsin('lena'), '88.03.14', 'attestation.pdf'])
      assert.ok(!lines.includes(secret), secret);
  });
});

describe('the page of a type of problem', () => {
  it('is where a problem of our own says, in each language', async () => {
    const { body } = await scene.api.call('delete', '/health');
    assert.equal(body.type, 'urn:problem-type:citizen-ebox:methodNotAllowed');
    const { pathname, origin } = new URL(body.href);
    assert.equal(origin, new URL(scene.service.url).origin);
    for (const language of ['nl', 'fr', 'de', 'en']) {
      const page = await createVisitor(scene.service.url, language).get(pathname);
      assert.deepEqual([page.status, page.get('Content-Language')], [200, language]);
    }
    assert.equal((await visitor().get('/problems/nothing')).status, 404);
  });

  it('is there for each type that the API answers with', () => {
    const folder = join(projectRoot, 'src', 'http');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const names = sources.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/\b(?:own|standard)\(\s*'(\w+)'/g)].map(
        ([, type = '']) => type,
      ),
    );
    assert.ok(names.length > 10);
    assert.deepEqual(
      names.filter((name) => !isProblemName(name)),
      [],
    );
  });
});

describe('/verify/offline', () => {
  it('may look through the camera as /verify may, and is kept by a worker that answers for both pages', async () => {
    const [offline, form] = [await visitor().get('/verify/offline'), await visitor().get('/verify')];
    assert.match(offline.get('Permissions-Policy') ?? '', /camera=\(self\)/);
    assert.match(form.get('Permissions-Policy') ?? '', /camera=\(self\)/);
    const home = await visitor().get('/');
    assert.match(home.get('Permissions-Policy') ?? '', /camera=\(\)/);
    assert.ok(form.text.includes('href="/verify/offline"'));
    const worker = await visitor().get('/verify/worker.js');
    assert.equal(worker.get('Service-Worker-Allowed'), '/verify');
    const [, files = '[]'] = /^const FILES = (.*);$/m.exec(worker.text) ?? [];
    const paths = JSON.parse(files) as string[];
    assert.ok(
      ['check.js', 'scan.js', 'style.css'].every((name) => paths.some((path) => path.endsWith(name))),
    );
    for (const path of paths) assert.equal((await visitor().get(path)).status, 200, path);
  });

  it('finds which lists there are', async () => {
    const { body } = await scene.api.get('/verifications/v1/statusLists');
    assert.deepEqual(
      body.status_lists.map((address: string) => new URL(address).pathname),
      ['/verifications/v1/statusLists/0'],
    );
  });
});
