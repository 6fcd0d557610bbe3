/** A start while its database is away: the process waits and says so, starts when it is back, and gives up in the end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../src/embedded/ports.ts';
import { ServiceError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { openPatience } from '../src/start-patience.ts';
import { settingsBeside } from './support/beside.ts';
import { until } from './support/client.ts';
import { EndedEarly, type ServiceProcess, startProcess } from './support/process.ts';
import { startTestService, type TestService } from './support/service.ts';

let service: TestService;
let folder: string;
const doors: Server[] = [];
const started: Promise<ServiceProcess>[] = [];
before(async () => {
  service = await startTestService({ ROLES: 'api' });
  folder = mkdtempSync(join(tmpdir(), 'patience-'));
});
after(async () => {
  // Also those of a test that failed, which would keep this process alive.
  for (const one of await Promise.allSettled(started))
    if (one.status === 'fulfilled') await one.value.kill('SIGKILL');
  for (const door of doors) door.close();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A way to a part that is away: connections are cut until it is opened. */
async function startDoor(target: number) {
  let cut = 0;
  let isOpen = false;
  const server = createServer((inner) => {
    inner.on('error', () => inner.destroy());
    if (!isOpen) {
      cut += 1;
      return void inner.destroy();
    }
    const outer = connect(target, '127.0.0.1');
    outer.on('error', () => inner.destroy());
    inner.pipe(outer).pipe(inner);
  });
  doors.push(server);
  const port = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port,
    cuts: () => cut,
    open: () => {
      isOpen = true;
    },
  };
}

/** Settings of a worker that reaches one of its parts through a door. */
async function behindDoor(name: 'DATABASE_URL' | 'S3_ENDPOINT') {
  const settings: Record<string, string> = {
    ...settingsBeside(service, folder),
    LOG_LEVEL: 'warn',
    ROLES: 'worker',
  };
  const url = new URL(settings[name] ?? '');
  const door = await startDoor(Number(url.port));
  url.port = String(door.port);
  const PORT = String(await freePort());
  return { settings: { ...settings, [name]: url.href, PORT, DATA_DIR: join(folder, name) }, PORT, door };
}

/** More than the client of a part tries by itself. */
const SEVERAL = 8;

const healthOf = (port: string) =>
  fetch(`http://localhost:${port}/health`).then(
    ({ status }) => status,
    () => 0,
  );

describe('a start', () => {
  for (const name of ['DATABASE_URL', 'S3_ENDPOINT'] as const) {
    it(`waits for what is away, says so meanwhile, and goes on when it is there: ${name}`, async () => {
      const { settings, PORT, door } = await behindDoor(name);
      const starting = startProcess(settings);
      started.push(starting);
      await until(
        async () => door.cuts(),
        (cuts) => cuts > SEVERAL,
      );
      assert.equal(await healthOf(PORT), 503);
      door.open();
      const process = await starting;
      await process.kill('SIGTERM');
      assert.match(process.output(), /the start waits for a part that is away/);
    });
  }

  it('refuses at once what does not pass by itself', async () => {
    const { settings } = await behindDoor('DATABASE_URL');
    const url = new URL(service.database.url);
    url.pathname = '/no-such-database';
    const refused = startProcess({ ...settings, DATABASE_URL: url.href });
    await assert.rejects(
      refused,
      (error) => error instanceof EndedEarly && !/waits for a part/.test(error.message),
    );
  });
});

describe('the patience of a start', () => {
  const away = new ServiceError('databaseUnavailable', 'away');

  it('ends, with what the last try threw, whatever was waited for', async () => {
    const patience = openPatience(createLog('silent'), 0.5);
    let tries = 0;
    const fail = async () => {
      tries += 1;
      throw away;
    };
    await assert.rejects(patience(fail), away);
    const first = tries;
    assert.ok(first > 1);
    await assert.rejects(patience(fail), away);
    assert.equal(tries, first + 1, 'the time was used up');
  });

  it('gives what succeeds in the end', async () => {
    const patience = openPatience(createLog('silent'), 5);
    let tries = 0;
    const result = await patience(async () => {
      tries += 1;
      if (tries < 3) throw new ServiceError('archiveUnavailable', 'away');
      return 'there';
    });
    assert.deepEqual([result, tries], ['there', 3]);
  });
});
