/** The metrics of a service that did its main job once, as Prometheus reads them; and what a process of one role does. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../src/embedded/ports.ts';
import { newestOf, type Scene, startScene } from './http/scene.ts';
import { until } from './support/client.ts';
import { demoSsin, startTestService } from './support/service.ts';

let scene: Scene;
let port: number;

before(async () => {
  port = await freePort();
  scene = await startScene({ METRICS_PORT: String(port) });
  await scene.declareDays('lena', ['2020-09-01']);
  const body = await newestOf(scene, 'lena');
  await scene.api.call('post', '/verifications/v1/verifications', { type: 'application/pdf', body });
  await fetch(`${scene.service.url}/nothing/of-the-kind`);
  await (await fetch(`${scene.service.url}/verify`)).text();
});
after(() => scene.stop());

/** Every sample by its name and labels. */
async function samples(): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.equal(response.status, 200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('/metrics', () => {
  it('counts requests by operation and status, pages too', async () => {
    const found = await samples();
    const count = (operation: string, status: string) =>
      found.get(`ebox_request_seconds_count{operation="${operation}",status="${status}"}`);
    assert.equal(
      count('verifyPdf', '2xx'),
      1,
      [...found.keys()].filter((name) => name.startsWith('ebox_request_seconds_count')).join('\n'),
    );
    assert.equal(count('page verify', '2xx'), 1);
    assert.equal(count('none', '4xx'), 1);
  });

  it('counts jobs and the stages of the main job', async () => {
    const found = await samples();
    assert.ok((found.get('ebox_job_seconds_count{kind="issue",outcome="done"}') ?? 0) >= 1);
    for (const stage of ['document', 'store', 'fetch', 'mail'])
      assert.ok((found.get(`ebox_stage_seconds_count{stage="${stage}"}`) ?? 0) >= 1, stage);
  });

  it('tells what waits, what is dead, how far evidence is, and when a certificate ends', async () => {
    const { database } = scene.service;
    await database.query(
      `insert into job (lane, kind, payload, dead_at) values ('tell', 'webhook', '{}', now())`,
    );
    // Evidence may grow between the two looks.
    const { found } = await until(
      async () => {
        const now = await samples();
        const [log] = await database.query<{ size: string }>('select size from log_state');
        return { found: now, leaves: now.get('ebox_evidence_leaves'), size: Number(log?.size) };
      },
      ({ leaves, size }) => leaves === size,
      15_000,
    );
    assert.equal(found.get('ebox_jobs_dead{lane="tell",kind="webhook"}'), 1);
    assert.equal(found.get('ebox_database_up'), 1);
    assert.ok(found.has('ebox_evidence_lag_seconds'));
    const ends = [...found].find(([name]) => name.startsWith('ebox_certificate_end_seconds{'));
    assert.ok((ends?.[1] ?? 0) * 1000 > Date.now());
    await database.query('delete from job where dead_at is not null');
    assert.ok(
      !(await samples()).has('ebox_jobs_dead{lane="tell",kind="webhook"}'),
      'what is gone is not told any more',
    );
  });

  it('names nobody, and is on no port that callers reach', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.ok(!text.includes(demoSsin('lena')));
    assert.equal((await scene.api.get('/metrics')).status, 404);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 404);
  });
});

describe('a process of one role', () => {
  it('answers its health alone where it is a worker', async () => {
    const worker = await startTestService({
      ROLES: 'worker',
      DATABASE_URL: scene.service.database.url,
      VAULT_SECRET_FILE: join(scene.service.dataDir, 'vault.secret'),
    });
    try {
      assert.equal((await fetch(`${worker.url}/health`)).status, 200);
      assert.equal((await fetch(`${worker.url}/doc/openapi.yaml`)).status, 404);
      assert.equal((await fetch(`${worker.url}/verify`)).status, 404);
    } finally {
      await worker.stop();
    }
  });
});
