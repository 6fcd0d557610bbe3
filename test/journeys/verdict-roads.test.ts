/** Every road to a verdict says the same: file, code, by hand, offline code, hashes, share code, page and command. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { zipSync } from 'fflate';
import { writeOfflineCode } from '../../src/code/offline-code.ts';
import { codeOf, typedCodeFor } from '../../src/workflows/prepare.ts';
import { type Answer } from '../http/api.ts';
import { attestEachState, linesOf, type Scene, startScene } from '../http/scene.ts';
import { projectRoot } from '../support/needs.ts';
import { claims } from '../support/offline.ts';
import { ourProgram } from '../support/program.ts';
import { logIn } from '../web/people.ts';
import { createVisitor, type Visitor, wordsOf } from '../web/visitor.ts';

const FILES = '/verifications/v1/verifications';
const CODES = `${FILES}/code`;
const STATES = ['genuine', 'superseded', 'revoked'] as const;
type State = (typeof STATES)[number];

interface Issued {
  readonly attestationId: string;
  readonly messageId: string;
  readonly number: string;
  readonly list: number;
  readonly index: number;
  readonly firstName: string;
}

const folder = mkdtempSync(join(tmpdir(), 'roads-'));
let scene: Scene;
/** The answer to an organisation before the register knew it. */
let asStranger: Answer;
let pdfs: Readonly<Record<State, Buffer>>;
let issued: Readonly<Record<State, Issued>>;

before(async () => {
  // The fourth file that is not known hangs the process that examines it.
  scene = await startScene({ VERIFIERS: '1', VERIFIER_SECONDS: '3', FAILPOINTS: 'verify.begun=hang@4' });
  asStranger = await sendHashes(['ab'.repeat(32)]);
  await scene.client.load(linesOf([{ enterpriseNumber: '1900045601', name: 'Social secretariat' }]));
  pdfs = await attestEachState(scene);
  const found = await Promise.all(STATES.map(async (state) => [state, await findIssued(pdfs[state])]));
  issued = Object.fromEntries(found);
});
after(async () => {
  await scene.stop();
  rmSync(folder, { recursive: true });
});

const hashOf = (pdf: Buffer) => createHash('sha256').update(pdf).digest();

async function findIssued(pdf: Buffer): Promise<Issued> {
  const [row] = await scene.service.database.query<Issued>(
    `select attestation_id as "attestationId", message_id as "messageId", number, status_list as list,
       status_index as index, given_name as "firstName" from attestation join person using (person_id)
     where pdf_sha256 = $1`,
    [hashOf(pdf)],
  );
  assert.ok(row !== undefined);
  return row;
}

const sendFile = (pdf: Buffer, query = ''): Promise<Answer> =>
  scene.api.call('post', `${FILES}${query}`, { type: 'application/pdf', body: pdf });
const sendCode = (body: unknown, query = ''): Promise<Answer> =>
  scene.api.call('post', `${CODES}${query}`, { body });

async function sendHashes(hashes: readonly string[]): Promise<Answer> {
  const token = await scene.service.clientToken('payroll', 'verifications:bulk');
  return scene.api.call('post', `${FILES}/hashes`, { body: { hashes }, token });
}

async function offlineCodeOf({ number, list, index }: Issued): Promise<string> {
  const { codeSigner, catalogue } = scene.service.service.composition.services;
  const { enterpriseNumber: issuer } = catalogue.issuer;
  // The service made its key today: codes of before are not believed.
  const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  return writeOfflineCode(claims({ issuer, issuedAt, number, status: { list, index } }), codeSigner);
}

/** Shares an attestation at the page of its message, and gives where the link leads. */
async function shareAt(visitor: Visitor, { messageId }: Issued): Promise<string> {
  const page = `/inbox/${messageId}`;
  const csrfToken = await visitor.tokenOn(page);
  const { status, headers } = await visitor.sendFields(`${page}/share`, { csrfToken, days: '7' });
  assert.deepEqual([status, headers.location], [303, `${page}#share`]);
  const { text } = await visitor.get(page);
  return /value="[^"]*(\/s\/[\w-]{22})"/.exec(text)?.[1] ?? '';
}

const PEOPLE: Readonly<Record<State, string>> = { genuine: 'lena', superseded: 'lena', revoked: 'amelie' };
const EXPECTED = { genuine: 'valid', superseded: 'superseded', revoked: 'revoked' } as const;

for (const state of STATES) {
  describe(`an attestation that is ${EXPECTED[state]}`, () => {
    it('is so on every road', async () => {
      const { vault } = scene.service.service.composition.services;
      const { attestationId, number } = issued[state];
      const token = codeOf(vault, attestationId);
      const person = createVisitor(scene.service.url);
      await logIn(scene.service, person, PEOPLE[state]);
      const shared = await shareAt(person, issued[state]);
      const answers = {
        file: await sendFile(pdfs[state]),
        code: await sendCode({ code: token }),
        typed: await sendCode({ number, code: typedCodeFor(vault, number) }),
        offline: await sendCode({ code: await offlineCodeOf(issued[state]) }),
        share: await sendCode({ code: shared.split('/').at(-1) }),
      };
      const hashes = await sendHashes([hashOf(pdfs[state]).toString('hex')]);
      const said = Object.entries(answers).map(([road, { body }]) => [
        road,
        body.status,
        body.conclusion.verdict,
      ]);
      const [first] = hashes.body.items;
      assert.deepEqual(
        [...said, ['hashes', first.status, first.verdict]],
        [...Object.keys(answers), 'hashes'].map((road) => [road, EXPECTED[state], EXPECTED[state]]),
      );
      // What is told is the same wherever more than a status is told.
      for (const { attestation } of [answers.code.body, answers.typed.body, answers.share.body, first])
        assert.deepEqual(attestation, answers.file.body.attestation);
      // The pages say the sentence that the API gives.
      const visitor = createVisitor(scene.service.url);
      for (const [path, answer] of [
        [`/v/${token}`, answers.code],
        [shared, answers.file],
      ] as const) {
        const words = wordsOf(await visitor.get(path));
        assert.ok(words.includes(answer.body.conclusion.sentence.en), path);
      }
    });
  });
}

describe('a file', () => {
  it('shows on the page what the API says, the level of its seal too', async () => {
    const visitor = createVisitor(scene.service.url);
    const token = await visitor.tokenOn('/verify');
    const { headers } = await visitor.sendFile('/verify', { token, file: pdfs.genuine });
    const words = wordsOf(await visitor.get(headers.location ?? ''));
    const { body } = await sendFile(pdfs.genuine);
    assert.ok(words.includes(body.conclusion.sentence.en));
    assert.equal(body.signature.level, 'B-T');
    for (const text of ['Level of the seal', 'B-T', body.signature.timeStamp.authority])
      assert.ok(words.includes(text), text);
  });

  it('is judged on a day that is asked about', async () => {
    const on = async (date: string) =>
      (await sendFile(pdfs.superseded, `?date=${date}`)).body.onDay.status as string;
    assert.equal(await on('2020-01-01'), 'notYetValid');
    assert.equal(await on('2999-01-01'), 'superseded');
    const visitor = createVisitor(scene.service.url);
    const { vault } = scene.service.service.composition.services;
    const path = `/v/${codeOf(vault, issued.superseded.attestationId)}?on=2020-01-01`;
    const words = wordsOf(await visitor.get(path));
    assert.ok(/was not valid yet on Wednesday,? 1 January 2020/.test(words), words);
    assert.equal((await sendFile(pdfs.genuine, '?date=2020-13-01')).status, 400);
  });

  it('that was altered says what was done, by the API, the page and the command', async () => {
    const revision = `${pdfs.genuine.toString('latin1')}9 0 obj\n<</Type/Annot/Subtype/FreeText>>\nendobj\nstartxref\n0\n%%EOF\n`;
    const annotated = Buffer.from(revision, 'latin1');
    const { body } = await sendFile(annotated);
    assert.deepEqual([body.conclusion.verdict, body.alteration], ['altered', 'annotationAdded']);
    assert.ok(!('attestation' in body));
    const visitor = createVisitor(scene.service.url);
    const token = await visitor.tokenOn('/verify');
    const { headers } = await visitor.sendFile('/verify', { token, file: annotated });
    const words = wordsOf(await visitor.get(headers.location ?? ''));
    assert.ok(words.includes('a stamp or a field was laid over the page'), words);
    const { verdicts, status } = await runCommand({ genuine: pdfs.genuine, annotated });
    assert.deepEqual(verdicts, [
      ['genuine', undefined],
      ['altered', 'annotationAdded'],
    ]);
    assert.equal(status, 1);
  });

  it('that its process cannot examine in time is refused, while others are answered', async () => {
    // Two came before, at the API and the page.
    await sendFile(Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 'a')]));
    const slow = sendFile(Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 'b')]));
    const [health, known] = await Promise.all([scene.api.get('/health'), sendFile(pdfs.genuine)]);
    assert.deepEqual([health.status, health.body.verifiers.processes], [200, 1]);
    assert.equal(known.body.conclusion.verdict, 'valid');
    const { status, body } = await slow;
    assert.deepEqual([status, body.conclusion.verdict], [200, 'foreign']);
    assert.match(body.signature.explanation, /more memory or time/);
    const next = await sendFile(Buffer.from('%PDF-1.7 of somebody else'));
    assert.doesNotMatch(next.body.signature.explanation, /more memory or time/);
  });
});

describe('a list of hashes', () => {
  it('is answered in its order, and each check is one that the person sees', async () => {
    const none = 'ab'.repeat(32);
    const hashes = [hashOf(pdfs.revoked).toString('hex'), none, hashOf(pdfs.genuine).toString('hex')];
    const { body } = await sendHashes(hashes);
    assert.deepEqual(
      body.items.map(({ sha256, verdict }: { sha256: string; verdict: string }) => [sha256, verdict]),
      [
        [hashes[0], 'revoked'],
        [none, 'undecided'],
        [hashes[2], 'valid'],
      ],
    );
    const person = createVisitor(scene.service.url);
    await logIn(scene.service, person, 'lena');
    const seen = wordsOf(await person.get('/my-data'));
    for (const text of [
      'Social secretariat',
      'whoever has a share code of yours',
      'whoever holds the document',
    ])
      assert.ok(seen.includes(text), text);
  });

  it('is for employers that the register knows', () => assert.equal(asStranger.status, 403));

  it('holds hashes and not too many', async () => {
    for (const hashes of [[], ['x'], Array.from({ length: 1001 }, () => 'ab'.repeat(32))])
      assert.equal((await sendHashes(hashes)).status, 400);
  });
});

describe('an archive', () => {
  async function sendZip(body: Buffer): Promise<Answer> {
    const token = await scene.service.clientToken('payroll', 'verifications:bulk');
    return scene.api.call('post', `${FILES}/archive`, { body, type: 'application/zip', token });
  }

  it('is answered file by file', async () => {
    const cut = pdfs.genuine.subarray(0, pdfs.genuine.length - 9);
    const files = { 'a.pdf': pdfs.genuine, '88031499800.pdf': pdfs.revoked, 'c.pdf': cut };
    const { status, body } = await sendZip(Buffer.from(zipSync(files)));
    assert.equal(status, 200);
    const items = body.items.map((one: Record<string, string>) => [one.verdict, one.alteration]);
    assert.deepEqual(items, [
      ['valid', undefined],
      ['revoked', undefined],
      ['altered', 'cutOff'],
    ]);
    assert.ok(!JSON.stringify(body).includes('88031499800'));
  });

  it('is refused when it is none, or would fill the memory', async () => {
    for (const zip of [Buffer.from('%PDF-1.7'), Buffer.from(zipSync({ a: new Uint8Array(30 * 2 ** 20) }))])
      assert.equal((await sendZip(zip)).status, 400);
  });
});

describe('a share code', () => {
  it('opens nothing once its maker took it back', async () => {
    const person = createVisitor(scene.service.url);
    await logIn(scene.service, person, 'lena');
    const path = await shareAt(person, issued.genuine);
    const visitor = createVisitor(scene.service.url);
    const { status, text } = await visitor.get(path);
    assert.equal(status, 200);
    assert.ok(text.includes(issued.genuine.number));
    const page = `/inbox/${issued.genuine.messageId}`;
    const form = (await person.get(page)).text;
    const share = /name="share" value="([\w-]+)"/.exec(form)?.[1] ?? '';
    const csrfToken = await person.tokenOn(page);
    assert.equal((await person.sendFields(`${page}/unshare`, { csrfToken, share })).status, 303);
    const gone = await visitor.get(path);
    assert.equal(gone.status, 404);
    assert.ok(!gone.text.includes(issued.genuine.number));
  });

  it('opens nothing once it ran out, and is kept as a hash', async () => {
    const person = createVisitor(scene.service.url);
    await logIn(scene.service, person, 'lena');
    const path = await shareAt(person, issued.genuine);
    const { database } = scene.service;
    const rows = await database.query<{ text: string }>(
      'select row_to_json(s)::text as text from share_code s',
    );
    assert.ok(rows.every(({ text }) => !text.includes(path.slice(3))));
    await database.query(
      `update share_code set created_at = created_at - interval '8 days', expires_at = expires_at - interval '8 days'`,
    );
    assert.equal((await createVisitor(scene.service.url).get(path)).status, 404);
  });
});

/** Runs `ebox verify` on files, against what the service exports. */
async function runCommand(files: Readonly<Record<string, Buffer>>) {
  const trust = join(folder, 'trust.json');
  writeFileSync(trust, (await scene.api.get('/verifications/v1/trust')).bytes);
  const paths = Object.entries(files).map(([name, bytes]) => {
    const path = join(folder, `${name}.pdf`);
    writeFileSync(path, bytes);
    return path;
  });
  const cli = [...ourProgram('cli'), 'verify', ...paths, '--trust', trust, '--json'];
  const { status, output } = await new Promise<{ status: number; output: string }>((resolve) => {
    execFile(process.execPath, cli, { cwd: projectRoot }, (error, output) =>
      resolve({ status: Number(error?.code ?? 0), output }),
    );
  });
  const last = JSON.parse(output.trim().split('\n').at(-1) ?? '{}');
  const verdicts = last.files.map(({ verdict, alteration }: Record<string, string>) => [verdict, alteration]);
  assert.ok(readFileSync(trust, 'utf8').includes('anchors'));
  return { status, verdicts };
}
