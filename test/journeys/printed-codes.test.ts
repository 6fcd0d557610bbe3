/** What is printed is read back: both codes from pictures as printers and scanners make them, then every way to ask. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readOfflineCode } from '../../src/code/offline-code.ts';
import { readCodeKeys } from '../../src/code/public-key.ts';
import { readStatusList, STATUS_LIST_TYPE } from '../../src/code/status-list.ts';
import { attestationNumber } from '../../src/domain/attestation.ts';
import { verifyOfflineCode } from '../../src/verify/offline-code.ts';
import { createStatusLists } from '../../src/workflows/status-list.ts';
import { TYPING_LIMITS } from '../../src/workflows/type-by-hand.ts';
import type { Answer } from '../http/api.ts';
import { contentPath, INBOX, type Scene, startScene } from '../http/scene.ts';
import { flatTextOf, scanCodes } from '../render/reading.ts';
import { quaCancel } from '../support/declarations.ts';
import { needsTool, projectRoot } from '../support/needs.ts';
import { createVisitor, wordsOf } from '../web/visitor.ts';

const PATH = '/verifications/v1/verifications/code';

let scene: Scene;
let templates: string;
let pdf: Buffer;
let number: string;

before(async () => {
  templates = mkdtempSync(join(tmpdir(), 'templates-'));
  cpSync(join(projectRoot, 'templates'), templates, { recursive: true });
  const type = join(templates, 'quarantine/type.yaml');
  writeFileSync(type, readFileSync(type, 'utf8').replace(/^qr: .*$/m, 'qr: both'));
  scene = await startScene({ TEMPLATES_DIR: templates });
  await scene.declareDays('lena', ['2020-09-01', '2020-09-02']);
  pdf = await newestOf('lena');
  const [row] = await query<{ number: string }>(`select number from attestation where state = 'issued'`);
  number = row?.number ?? '';
});
after(async () => {
  await scene.stop();
  rmSync(templates, { recursive: true });
});

function query<Row>(text: string): Promise<Row[]> {
  return scene.service.database.query<Row>(text);
}

function ask(body: unknown): Promise<Answer> {
  return scene.api.call('post', PATH, { body });
}

async function newestOf(personId: string): Promise<Buffer> {
  const token = await scene.service.personToken(personId);
  const { body } = await scene.api.get(INBOX, token);
  return (await scene.api.get(contentPath(body.items[0]), token)).bytes;
}

/** Both codes as a scanner reads them at 200 dpi. */
async function codes(from = pdf): Promise<{ url: string; offline: string }> {
  const read = await scanCodes(from, ['-r', '200']);
  return {
    url: read.find((one) => one.startsWith('http')) ?? '',
    offline: read.find((one) => one.startsWith('EBA1:')) ?? '',
  };
}

/** The ten characters, as they stand on the page. */
async function typedCode(): Promise<string> {
  return /Code (\w{5}-\w{5})/.exec(await flatTextOf(pdf))?.[1] ?? '';
}

describe('the codes of a sealed document', () => {
  const pictures: Readonly<Record<string, readonly string[]>> = {
    'at 200 dpi': ['-r', '200'],
    'in black and white': ['-r', '200', '-mono'],
    'printed at 85 %': ['-r', '170'],
    'as JPEG of quality 60': ['-r', '200', '-jpeg', '-jpegopt', 'quality=60'],
    'printed at 85 % and as JPEG': ['-r', '170', '-jpeg', '-jpegopt', 'quality=60'],
  };
  for (const [what, options] of Object.entries(pictures)) {
    it(`are both read ${what}`, async (t) => {
      if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
      const read = await scanCodes(pdf, options);
      assert.deepEqual(read.map((one) => one.replace(/^(https?|EBA1):.*$/, '$1')).sort(), ['EBA1', 'http']);
    });
  }
});

describe('an offline code', () => {
  it('is verified with nothing but the published keys and a status list', async (t) => {
    if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
    const { offline } = await codes();
    const keys = readCodeKeys((await scene.api.get('/verifications/v1/keys')).body) ?? [];
    const list = await scene.api.get('/verifications/v1/statusLists/0');
    assert.equal(list.headers['content-type'], STATUS_LIST_TYPE);
    const read = await readStatusList(list.bytes.toString(), keys, new Date());
    assert.equal(read?.subject, `${scene.service.url}/verifications/v1/statusLists/0`);
    const verdict = await verifyOfflineCode(offline, {
      keys,
      listOf: async (one) => (one === 0 ? read : undefined),
      at: new Date(),
    });
    assert.ok(verdict.kind === 'genuine' && verdict.status === 'valid');
    const { claims } = verdict;
    assert.deepEqual(
      [claims.number, claims.type, claims.initials, claims.birthYear, claims.period],
      [number, 'quarantine', 'L.V.', 1988, { from: '2020-09-01', until: '2020-09-02' }],
    );
  });

  it('is answered by the API with what it says itself, and stands in evidence', async (t) => {
    if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
    const { offline } = await codes();
    const { status, body, bytes } = await ask({ code: offline });
    assert.deepEqual([status, body.status, body.offline.outcome], [200, 'valid', 'genuine']);
    assert.deepEqual([body.offline.claims.number, body.attestation], [number, undefined]);
    assert.ok(!bytes.toString().includes('Vermeulen'));
    const entries = await query(`select 1 from audit_entry where action = 'attestation.verify'`);
    assert.equal(entries.length, 1);
    const forged = await ask({ code: offline.replace(/.$/, (last) => (last === '0' ? '1' : '0')) });
    assert.equal(forged.body.status, 'unknown');
    assert.ok(['forged', 'malformed'].includes(forged.body.offline.outcome));
  });

  it('is explained at /verify, with what it cannot say', async (t) => {
    if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
    const { offline } = await codes();
    const visitor = createVisitor(scene.service.url);
    const send = async (text: string) =>
      visitor.sendFields('/verify/scan', { csrfToken: await visitor.tokenOn('/verify'), text });
    const page = await send(offline);
    assert.equal(page.status, 200);
    assert.match(wordsOf(page), /code is genuine and the attestation is valid/);
    assert.match(wordsOf(page), /looked in our status list.*L\.V\..*1988.*cannot say/);
    const wrong = await send('EBA1:NOTHING');
    assert.equal(wrong.status, 400);
    assert.match(wordsOf(wrong), /not the code of an attestation/);
  });
});

describe('number and code by hand', () => {
  it('open the same report as the QR, however they are typed', async (t) => {
    if (!needsTool(t, 'pdftotext')) return;
    const code = await typedCode();
    for (const [one, other] of [
      [number, code],
      [number.toLowerCase().replaceAll('-', ' '), code.toLowerCase().replace('-', '')],
    ]) {
      const { status, body } = await ask({ number: one, code: other });
      assert.deepEqual([status, body.status, body.attestation.number], [200, 'valid', number]);
    }
    const visitor = createVisitor(scene.service.url, 'nl');
    const csrfToken = await visitor.tokenOn('/verify');
    const answer = await visitor.sendFields('/verify/code', { csrfToken, number, code });
    assert.equal(answer.status, 303);
    assert.match(
      wordsOf(await visitor.get(answer.headers.location ?? '')),
      /Het attest met deze code is geldig/,
    );
  });

  it('are refused in words when they are mistyped, in every language', async () => {
    const texts = { nl: /tikfout/, fr: /faute de frappe/, de: /Tippfehler/, en: /typing mistake/ };
    for (const [language, words] of Object.entries(texts)) {
      const visitor = createVisitor(scene.service.url, language);
      const csrfToken = await visitor.tokenOn('/verify');
      const sent = { csrfToken, number: number.replace(/.$/, 'X'), code: '' };
      const answer = await visitor.sendFields('/verify/code', sent);
      assert.equal(answer.status, 400);
      assert.match(wordsOf(answer), words);
      assert.match(answer.text, /<a href="#number">.*<a href="#code">/s);
    }
    for (const body of [
      { number: 'QUA-2026-00000001-00', code: '7K3QM9XPT2' },
      { number, code: '7K3QM' },
    ])
      assert.equal(
        (await ask(body)).body.issues[0].type,
        'urn:problem-type:belgif:input-validation:invalidInput',
      );
  });

  it('tell nothing apart: a wrong code, and a number that nobody has', async () => {
    const unknown = attestationNumber('ZZZ', 2026, 42n);
    const [one, other] = [
      await ask({ number, code: '7K3QM-9XPT2' }),
      await ask({ number: unknown, code: '7K3QM-9XPT2' }),
    ];
    const withoutTime = ({ body }: Answer) => ({ ...body, checkedAt: undefined });
    assert.deepEqual([one.status, withoutTime(one)], [other.status, withoutTime(other)]);
    assert.deepEqual(Object.keys(one.body).sort(), ['checkedAt', 'conclusion', 'status']);
  });

  it('are looked at only so often when they are wrong, and then not even when they are right', async (t) => {
    if (!needsTool(t, 'pdftotext')) return;
    const wrong = () => ask({ number, code: '7K3QM-9XPT2' });
    const statuses = new Set<number>();
    for (let at = 0; at < TYPING_LIMITS.number; at += 1) statuses.add((await wrong()).status);
    assert.deepEqual([...statuses], [200, 429]);
    const refused = await ask({ number, code: await typedCode() });
    assert.equal(refused.status, 429);
    assert.equal(refused.body.type, 'urn:problem-type:belgif:tooManyFailedRequests');
    const seconds = Number(refused.headers['retry-after']);
    assert.ok(seconds > 0 && seconds <= TYPING_LIMITS.windowSeconds);
    const visitor = createVisitor(scene.service.url);
    const sent = { csrfToken: await visitor.tokenOn('/verify'), number, code: await typedCode() };
    const page = await visitor.sendFields('/verify/code', sent);
    assert.equal(page.status, 429);
    assert.ok(Number(page.headers['retry-after']) > 0);
    await query(`update limit_use set ends_at = clock_timestamp()`);
    assert.equal((await ask({ number, code: await typedCode() })).body.status, 'valid');
  });
});

describe('a status list', () => {
  it('is answered once to who has it already, and may be kept for a while', async () => {
    for (const path of ['/verifications/v1/statusLists/0', '/verifications/v1/keys']) {
      const first = await scene.api.get(path);
      assert.match(first.headers['cache-control'] ?? '', /^public, max-age=\d+$/);
      const again = await scene.api.get(path, undefined, { 'If-None-Match': first.headers['etag'] ?? '' });
      assert.deepEqual([again.status, again.bytes.length], [304, 0]);
    }
  });

  it('is not there while nothing stands in it', async () => {
    assert.equal((await scene.api.get('/verifications/v1/statusLists/7')).status, 404);
    assert.equal((await scene.api.get('/verifications/v1/statusLists/-1')).status, 400);
  });

  it('shows within its time that an attestation was revoked', async (t) => {
    if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
    await scene.declareDays('amelie', ['2020-10-05']);
    const { offline } = await codes(await newestOf('amelie'));
    assert.equal((await ask({ code: offline })).body.status, 'valid');
    const [period] = await query<{ id: string }>(
      `select period_id as id from dimona_period where start_date = '2020-10-05'`,
    );
    await scene.client.declare(quaCancel({ periodId: period?.id ?? '' }));
    await scene.client.settled();
    const { body } = await ask({ code: offline });
    assert.deepEqual([body.status, body.offline.outcome], ['revoked', 'genuine']);
    const { services } = scene.service.service.composition;
    const token = await createStatusLists(services)(0);
    const list = await readStatusList(token ?? '', services.codeKeys, new Date());
    const place = readOfflineCode(offline)?.claims.status;
    assert.equal(list?.statusAt(place?.index ?? -1), 'revoked');
  });
});
