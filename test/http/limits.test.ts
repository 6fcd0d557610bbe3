/** Requests that are too many: refused in the form of each API and page, shared by two services, and probes never. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startService } from '../../src/service.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { logIn } from '../web/people.ts';
import { createVisitor, wordsOf } from '../web/visitor.ts';
import { type Api, createApi } from './api.ts';
import { headerFaults } from './security-headers.ts';

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

  it('is counted by two services on one database together', { timeout: 240_000 }, async () => {
    // What they share is the database, and what they count by is under one secret: that they are in one process is not.
    const config = readConfig({
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: service.database.url,
      DATA_DIR: join(service.dataDir, 'other'),
      VAULT_SECRET_FILE: join(service.dataDir, 'vault.secret'),
      OIDC_ISSUER: service.service.composition.parts.issuer,
      LIMIT_PERSON: String(LIMIT),
      SEAL_THREADS: '0',
    });
    const lines: string[] = [];
    const log = createLog('warn', { write: (line: string) => lines.push(line) });
    const other = await startService(config, log);
    try {
      const headers = { authorization: `Bearer ${await service.personToken('amelie')}` };
      const started = performance.now();
      const statuses: number[] = [];
      // One after the other: a count that is long in coming makes each count alone, which is not what is shown here.
      for (let turn = 0; turn < LIMIT * 3; turn += 1) {
        const { url } = turn % 2 === 0 ? service : other;
        const response = await fetch(`${url}/ebox/citizen/v2/ebox`, { headers });
        await response.arrayBuffer();
        statuses.push(response.status);
      }
      const granted = statuses.filter((status) => status === 200).length;
      const windows = 1 + Math.floor((performance.now() - started) / 60_000);
      // On a machine that is too slow to count in time, each counts alone, and says so.
      const isAlone = [...service.logLines, ...lines].some((line) => line.includes('not counted together'));
      assert.ok(granted >= LIMIT && granted <= LIMIT * windows * (isAlone ? 2 : 1), `${granted}`);
      assert.ok(statuses.every((status) => status === 200 || status === 429));
    } finally {
      await other.stop();
    }
  });
});
