/** Requests that are too many: refused in the form of each API and page, shared by two processes, and probes never. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../src/embedded/ports.ts';
import { createTestDatabase } from '../support/database.ts';
import { startProcess } from '../support/process.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { logIn } from '../web/people.ts';
import { createVisitor, wordsOf } from '../web/visitor.ts';
import { type Api, createApi } from './api.ts';
import { headerFaults } from './security-headers.ts';
import { startTokens } from './tokens.ts';

const LIMIT = 40;

describe('a caller who asks too often', () => {
  let service: TestService;
  let api: Api;

  before(async () => {
    const limit = String(LIMIT);
    service = await startTestService({ LIMIT_CLIENT: limit, LIMIT_PERSON: limit, LIMIT_ADDRESS: '200' });
    api = await createApi(service);
  });
  after(() => service.stop());

  /** Asks until it is refused. */
  async function exhaust(path: string, token?: string) {
    for (let turn = 0; turn <= 200; turn += 1) {
      const answer = await api.get(path, token);
      if (answer.status === 429) return { answer, turn };
    }
    throw new Error(`${path} was never refused`);
  }

  it('is told so as a Belgif problem, with the time to wait, and stands in the security log', async () => {
    const token = await service.clientToken('payroll', 'dimona:consult');
    const { answer, turn } = await exhaust(`/dimona/v2/declarations/${randomUUID()}`, token);
    assert.equal(turn, LIMIT);
    const { type, status, limit, retryAfterSec } = answer.body;
    assert.deepEqual([type, status, limit], ['urn:problem-type:belgif:tooManyRequests', 429, LIMIT]);
    assert.equal(answer.headers['retry-after'], String(retryAfterSec));
    assert.ok(retryAfterSec >= 1 && retryAfterSec <= 60);
    const line = service.logLines.find((one) => one.includes('tooManyRequests')) ?? '{}';
    assert.equal(JSON.parse(line).clientId, 'payroll');
  });

  it('does not keep others from asking', async () => {
    const token = await service.clientToken('population', 'register:report');
    assert.equal((await api.get(`/register/v1/files/${randomUUID()}`, token)).status, 404);
  });

  it('is told so by the registry as a StatusMessage, and at the pages by a page', async () => {
    const token = await service.personToken('lena');
    const visitor = createVisitor(service.url);
    await logIn(service, visitor, 'lena');
    const { answer } = await exhaust('/ebox/citizen/v2/ebox', token);
    assert.equal(answer.body.code, 'TOO_MANY_REQUESTS');
    assert.ok(Number(answer.headers['retry-after']) >= 1);
    const page = await visitor.get('/inbox');
    assert.equal(page.status, 429);
    assert.ok(Number(page.headers['retry-after']) >= 1);
    assert.match(wordsOf(page), /Wait a minute and try again/);
    assert.deepEqual(headerFaults('/inbox', 429, page.headers), []);
  });

  it('is counted by the address where the token is refused, and probes are answered all the same', async () => {
    for (let turn = 0; turn < 200; turn += 1) await api.get('/ebox/citizen/v2/ebox', 'garbled');
    const { answer } = await exhaust('/verifications/v1/keys');
    assert.equal(answer.body.type, 'urn:problem-type:belgif:tooManyRequests');
    assert.equal((await api.get('/ebox/citizen/v2/ebox', 'garbled')).status, 429);
    assert.equal((await api.get('/health')).status, 200);
    const lukasz = await service.personToken('lukasz');
    assert.equal((await api.get('/ebox/citizen/v2/ebox', lukasz)).status, 200);
  });
});

describe('two processes on one database', () => {
  it('share a limit', { timeout: 240_000 }, async () => {
    const database = await createTestDatabase();
    const tokens = await startTokens();
    const folder = mkdtempSync(join(tmpdir(), 'limits-'));
    const secret = join(folder, 'vault');
    writeFileSync(secret, randomBytes(48));
    const settings = async (name: string) => ({
      ...tokens.settings,
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      DATA_DIR: join(folder, name),
      VAULT_SECRET_FILE: secret,
      LIMIT_PERSON: String(LIMIT),
    });
    const processes = [await startProcess(await settings('one')), await startProcess(await settings('two'))];
    try {
      const headers = { authorization: `Bearer ${tokens.person(demoSsin('lena'))}` };
      const started = performance.now();
      const statuses = await Promise.all(
        Array.from({ length: LIMIT * 4 }, async (_, turn) => {
          const url = `${processes[turn % 2]?.url}/ebox/citizen/v2/ebox`;
          const response = await fetch(url, { headers });
          await response.arrayBuffer();
          return response.status;
        }),
      );
      const granted = statuses.filter((status) => status === 200).length;
      const windows = 1 + Math.floor((performance.now() - started) / 60_000);
      assert.ok(granted >= LIMIT && granted <= LIMIT * windows, `${granted}`);
      assert.ok(statuses.every((status) => status === 200 || status === 429));
    } finally {
      await Promise.all(processes.map((one) => one.kill('SIGKILL')));
      await tokens.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
