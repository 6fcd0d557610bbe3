/** Lanes of workers: a process takes the jobs it is there for, and one for batches alone leaves the processors to others. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { freePort } from '../src/embedded/ports.ts';
import { writeCsv } from '../src/flow/quarantine-csv.ts';
import { type Scene, startScene } from './http/scene.ts';
import { settingsBeside } from './support/beside.ts';
import { until } from './support/client.ts';
import { quaIn } from './support/declarations.ts';
import { type ServiceProcess, startProcess } from './support/process.ts';
import { demoSsin } from './support/service.ts';

let scene: Scene;
let folder: string;
before(async () => {
  // Nobody takes jobs yet.
  scene = await startScene({ ROLES: 'api' });
  folder = mkdtempSync(join(tmpdir(), 'lanes-'));
});
after(async () => {
  await scene.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWorker(lanes: string): Promise<ServiceProcess> {
  const settings = settingsBeside(scene.service, folder);
  const PORT = String(await freePort());
  return startProcess({ ...settings, PORT, DATA_DIR: join(folder, lanes), ROLES: 'worker', LANES: lanes });
}

async function sendBatch(day: string): Promise<void> {
  const header = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
  const row = ['1', demoSsin('amelie'), day, '1900012343', '145'];
  const token = await scene.service.clientToken('issuer', 'batches:submit');
  await request(scene.service.url)
    .post('/batches/v1/batches')
    .auth(token, { type: 'bearer' })
    .type('text/csv')
    .send(writeCsv(header, [row]))
    .expect(202);
}

const waiting = async (lane: string) =>
  (await scene.service.database.query('select from job where lane = $1', [lane])).length;

/** The niceness of each thread: field 19 of its `stat`, proc(5). */
function nicenessOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[16]);
  });
}

describe('a worker of some lanes', () => {
  it('leaves batches to others, and single jobs to others', async () => {
    await scene.client.declare(quaIn({ ssin: demoSsin('lena'), day: '2021-03-02' }));
    await sendBatch('2021-03-02');
    const singles = await startWorker('single,tell,webhook');
    try {
      await until(
        () => waiting('single'),
        (count) => count === 0,
      );
      assert.ok((await waiting('bulk')) > 0, 'a chunk waits for who takes it');
      assert.deepEqual(new Set(nicenessOf(singles.pid)), new Set([0]));
    } finally {
      await singles.kill('SIGTERM');
    }
    await scene.client.declare(quaIn({ ssin: demoSsin('lena'), day: '2021-03-03' }));
    const bulk = await startWorker('bulk');
    try {
      await until(
        () => scene.service.database.query<{ state: string }>('select state from batch'),
        ([batch]) => batch?.state === 'done',
      );
      assert.ok((await waiting('single')) > 0, 'a single job waits for who takes it');
      const nice = nicenessOf(bulk.pid);
      assert.ok(
        nice.filter((one) => one === 10).length > 1,
        `main thread and those it started: ${nice.join()}`,
      );
    } finally {
      await bulk.kill('SIGTERM');
    }
  });
});
