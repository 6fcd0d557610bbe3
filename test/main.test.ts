/** The process itself, from outside. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../src/embedded/ports.ts';
import { settingsBeside } from './support/beside.ts';
import { until } from './support/client.ts';
import { type ServiceProcess, startProcess } from './support/process.ts';
import { startTestService, type TestService } from './support/service.ts';

const canKeep = 'flushCompileCache' in nodeModule;

describe('a process', { skip: canKeep ? false : 'compiled code is kept from Node.js 22.10 on' }, () => {
  let service: TestService;
  let folder: string;
  let worker: ServiceProcess | undefined;
  before(async () => {
    service = await startTestService({ ROLES: 'api' });
    folder = mkdtempSync(join(tmpdir(), 'main-'));
  });
  after(async () => {
    await worker?.kill('SIGKILL');
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('leaves what it compiled for the next start while it runs, as one that is killed no longer can', async () => {
    const cache = join(folder, 'compiled');
    worker = await startProcess({
      ...settingsBeside(service, folder),
      DATA_DIR: join(folder, 'data'),
      PORT: String(await freePort()),
      ROLES: 'worker',
      NODE_COMPILE_CACHE: cache,
    });
    await until(
      async () => existsSync(cache) && readdirSync(cache, { recursive: true }).length,
      (files) => Number(files) > 100,
      30_000,
    );
  });
});
