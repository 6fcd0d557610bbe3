/**
 * The service as an institution runs it: a process that takes requests and single jobs, and a worker that takes chunks of
 * batches alone, so that nobody waits for these. Keys, store, login and mail are those of a service that the bench started.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/ports.ts';
import { settingsBeside } from '../support/beside.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import type { TestService } from '../support/service.ts';

export interface Processes {
  readonly serving: ServiceProcess;
  readonly worker: ServiceProcess;
  stop(): Promise<void>;
}

/** Node lets garbage lie while there is room for it: each process is to get along with 512 MiB. */
const NODE_OPTIONS = '--max-old-space-size=512';

/** Starts both. */
export async function startProcesses(service: TestService): Promise<Processes> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-processes-'));
  const common = { ...settingsBeside(service, folder), NODE_OPTIONS };
  const start = async (name: string, roles: string, lanes: string) =>
    startProcess({
      ...common,
      PORT: String(await freePort()),
      DATA_DIR: join(folder, name),
      ROLES: roles,
      LANES: lanes,
    });
  const serving = await start('serving', 'api,worker,scheduler', 'single,tell,webhook');
  const worker = await start('worker', 'worker', 'bulk');
  return {
    serving,
    worker,
    stop: async () => {
      await Promise.all([serving, worker].map((one) => one.kill('SIGTERM')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
