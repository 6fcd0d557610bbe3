/** Seals at the level configured, and what happens while it cannot be reached. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { registerFile } from '../../src/cli/demo-input.ts';
import { type Pki, startPki } from '../../src/embedded/pki/pki.ts';
import { type Client, createClient, until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { startTsa, type Tsa, type TsaAnswer } from '../support/tsa.ts';

const folder = mkdtempSync(join(tmpdir(), 'seal-levels-'));
const stops: (() => unknown)[] = [];
const down: TsaAnswer = async (_, response) => {
  response.writeHead(503).end();
  return undefined;
};
let pki: Pki;
let tsa: Tsa;
let service: TestService;
let client: Client;

const up: TsaAnswer = async ({ body }) => {
  const answer = await fetch(`${pki.url}/tsa`, { method: 'POST', body: new Uint8Array(body) });
  return Buffer.from(await answer.arrayBuffer());
};

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

before(async () => {
  const issuerName = { organisation: 'Our Institution', country: 'BE', enterpriseNumber: '1912345694' };
  pki = await startPki({ folder: join(folder, 'pki'), port: 0, issuerName });
  tsa = await startTsa({ after: (stop) => void stops.push(stop) }, up);
  service = await startTestService({
    SEAL_LEVEL: 'B-LT',
    BATCH_SEAL_LEVEL: 'B-T',
    TSA_URLS: tsa.url,
    TSA_TRUST_FILE: file('tsa.crt', pki.rootPem),
    SEAL_KEY_FILE: file('seal.key', pki.sealKeyPem),
    SEAL_CERTIFICATES_FILE: file('seal.crt', pki.sealCertificatesPem),
    SEAL_TRUST_FILE: file('roots.crt', pki.rootPem),
  });
  client = createClient(service);
  await client.load(registerFile());
});

after(async () => {
  await service.stop();
  await pki.stop();
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true, force: true });
});

const declare = (day: string) => client.declare(quaIn({ ssin: demoSsin('lena'), day }));

async function levels(): Promise<readonly string[]> {
  const rows = await service.database.query<{ found: string }>(
    `select concat_ws(' ', state, level) as found from attestation order by prepared_at`,
  );
  return rows.map(({ found }) => found);
}

/** The lines with these words. */
function said(words: string): readonly Record<string, unknown>[] {
  return service.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => String(msg).includes(words));
}

describe('a service that seals at B-LT', () => {
  it('issues at that level, and its verification says so and when', async () => {
    await declare('2020-09-01');
    await client.settled();
    assert.deepEqual(await levels(), ['issued B-LT']);
    const [message] = await client.inbox('lena');
    assert.ok(message);
    const pdf = await client.open('lena', message);
    const { body } = await request(service.url)
      .post('/verifications/v1/verifications')
      .type('application/pdf')
      .send(pdf)
      .expect(200);
    const { indication, level, timeStamp } = body.signature;
    assert.deepEqual([indication, level, body.status], ['TOTAL_PASSED', 'B-LT', 'valid']);
    assert.match(timeStamp.authority, /Development time-stamping authority/);
    assert.match(timeStamp.time, /^20\d\d-.+[+]0[12]:00$/);
  });

  it('issues the rows of a batch at the level of batches', async () => {
    const token = await service.clientToken('issuer', 'batches:submit batches:approve');
    const day = `reference;ssin;date;enterpriseNumber;jointCommittee\r\none;${demoSsin('lena')};2020-10-01;1900012343;145\r\n`;
    await request(service.url)
      .post('/batches/v1/batches')
      .auth(token, { type: 'bearer' })
      .type('text/csv')
      .send(day)
      .expect(202);
    await until(levels, (found) => found.includes('issued B-T'));
  });

  it('issues nothing while the authority is away, says so once, and goes on by itself', async () => {
    tsa.answer = down;
    await Promise.all([declare('2020-11-02'), declare('2020-12-01')]);
    const [line] = await until(
      async () => said('attestations wait'),
      (lines) => lines.length > 0,
    );
    assert.deepEqual(
      [line?.sealLevel, typeof line?.since, typeof line?.waiting],
      ['B-LT', 'string', 'number'],
    );
    assert.ok(Number(line?.waiting) >= 1);
    assert.match(String(line?.reason), /no time-stamp: http:.* answered with status 503/);
    assert.ok((await levels()).includes('prepared'));
    assert.ok(!(await levels()).includes('issued B-B'));
    tsa.answer = up;
    await client.settled();
    assert.deepEqual((await levels()).filter((found) => found === 'issued B-LT').length, 3);
    assert.equal(said('attestations wait').length, 1);
    assert.ok(said('the seal level is reached again').length > 0);
    // The many jobs that wait say it only to whoever looks for every detail.
    const tried = said('will be tried again').filter(({ reason }) =>
      String(reason).includes('no time-stamp'),
    );
    assert.ok(tried.length > 0);
    assert.ok(tried.every(({ level }) => level === 'debug'));
  });
});
