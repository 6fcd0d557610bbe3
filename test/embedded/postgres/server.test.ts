/** The embedded PostgreSQL through its life: first start, restart, and what processes leave that were killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { freePort } from '../../../src/embedded/ports.ts';
import { type EmbeddedPostgres, startPostgres } from '../../../src/embedded/postgres/server.ts';
import { isRunning, kill, openFolder, query, serverPid, setting, startParent, until } from './fixture.ts';

const top = openFolder();
const folder = join(top, 'data', 'postgres');

/** What a server writes of itself: process, folder, start, port, sockets, address, shared memory, state. */
function pidFile(pid: number, data: string, port: number): string {
  return `${pid}\n${data}\n1763700000\n${port}\n\n127.0.0.1\n  5432001         1\nready   \n`;
}

async function start(): Promise<EmbeddedPostgres> {
  return startPostgres({ folder, port: await freePort() });
}

describe('startPostgres', () => {
  let first: EmbeddedPostgres;

  before(async () => {
    first = await start();
    await query(first.url, 'create table kept (id integer)');
    await query(first.url, 'insert into kept values (1)');
  });
  after(async () => {
    await (await start()).stop();
    rmSync(top, { recursive: true, force: true });
  });

  it('serves the database it names', async () => {
    assert.deepEqual(await query(first.url, 'select current_database() as name'), [{ name: 'ebox' }]);
    assert.equal(first.isMoved, false);
    assert.equal(first.data, join(folder, 'data'));
  });

  it('loses nothing that was committed: fsync, synchronous commit and checksums are on', async () => {
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums'])
      assert.equal(await setting(first.url, name), 'on', name);
  });

  it('listens on loopback alone and asks for its password', async () => {
    assert.equal(await setting(first.url, 'listen_addresses'), '127.0.0.1');
    assert.equal(await setting(first.url, 'unix_socket_directories'), '');
    const wrong = new URL(first.url);
    wrong.password = 'wrong';
    await assert.rejects(query(wrong.href, 'select 1'), { code: '28P01' });
    wrong.password = '';
    await assert.rejects(query(wrong.href, 'select 1'));
  });

  it('lets nobody else read data and password', () => {
    assert.equal(statSync(first.data).mode & 0o077, 0);
    assert.equal(statSync(join(folder, 'password')).mode & 0o077, 0);
  });

  it('is adopted by another start in the same folder', async () => {
    const second = await start();
    assert.deepEqual([second.url, second.port], [first.url, first.port]);
  });

  it('keeps its data from one start to the next', async () => {
    await first.stop();
    await assert.rejects(query(first.url, 'select 1'));
    first = await start();
    assert.deepEqual(await query(first.url, 'select id from kept'), [{ id: 1 }]);
  });

  it('may be stopped twice', async () => {
    await first.stop();
    await first.stop();
    first = await start();
  });

  it('is one server when two starts meet', async () => {
    await first.stop();
    const [one, other] = await Promise.all([start(), start()]);
    assert.equal(one?.port, other?.port);
    assert.deepEqual(await query(other.url, 'select id from kept'), [{ id: 1 }]);
    first = one;
  });

  it('comes back with what was committed after all of it was killed', async () => {
    await query(first.url, 'insert into kept values (2)');
    const pid = serverPid(first.data) ?? 0;
    process.kill(pid, 'SIGKILL');
    await until('the end of the server', () => !isRunning(pid));
    first = await start();
    assert.deepEqual(await query(first.url, 'select id from kept order by id'), [{ id: 1 }, { id: 2 }]);
  });

  it('adopts the server of a process that was killed, and stops it', async () => {
    await first.stop();
    const { child, announced } = startParent(folder);
    const { url, port, data } = await announced;
    await kill(child);
    const pid = serverPid(data) ?? 0;
    assert.deepEqual(await query(url, 'select id from kept where id = 1'), [{ id: 1 }]);
    const adopted = await start();
    assert.deepEqual([adopted.url, adopted.port, serverPid(data)], [url, port, pid]);
    await adopted.stop();
    await until('the end of the server', () => !isRunning(pid));
    first = await start();
  });

  it('waits for a server that is just stopping', async () => {
    const client = new pg.Client(first.url);
    client.on('error', () => undefined);
    await client.connect();
    // Smart shutdown: the server waits for this client, so the next start finds it in the middle of stopping.
    const pid = serverPid(first.data) ?? 0;
    process.kill(pid, 'SIGTERM');
    await until('stopping', () =>
      /^stopping/m.test(readFileSync(join(first.data, 'postmaster.pid'), 'utf8')),
    );
    const next = start();
    await client.end();
    first = await next;
    assert.notEqual(serverPid(first.data), pid);
    assert.deepEqual(await query(first.url, 'select id from kept where id = 1'), [{ id: 1 }]);
  });

  describe('when a postmaster.pid is left of a server that is gone', () => {
    const contents: Readonly<Record<string, (data: string, port: number) => string>> = {
      'names a process of somebody else': (data, port) => pidFile(process.pid, data, port),
      'names a process that is not there': (data, port) => pidFile(4_194_303, data, port),
      'names the first process of all': (data, port) => pidFile(1, data, port),
      'is empty': () => '',
      'says nothing that makes sense': () => 'postmaster\n',
    };
    for (const [what, content] of Object.entries(contents)) {
      it(`starts though it ${what}`, async () => {
        await first.stop();
        writeFileSync(join(first.data, 'postmaster.pid'), content(first.data, first.port));
        first = await start();
        assert.deepEqual(await query(first.url, 'select id from kept where id = 1'), [{ id: 1 }]);
      });
    }

    it('takes no process for the server that only has the folder in its command line', async () => {
      await first.stop();
      const other = spawn(process.execPath, [
        '-e',
        'setTimeout(() => {}, 60000)',
        first.data,
        `${first.data}/server.log`,
      ]);
      writeFileSync(join(first.data, 'postmaster.pid'), pidFile(other.pid ?? 0, first.data, first.port));
      first = await start();
      await first.stop();
      assert.ok(other.pid !== undefined && isRunning(other.pid));
      await kill(other);
      first = await start();
    });
  });

  it('says embeddedPartFailed with the reason when its port is taken', async (t) => {
    await first.stop();
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    t.after(() => other.close());
    // A server that listens on TCP has an address and a port.
    const { port } = other.address() as AddressInfo;
    await assert.rejects(startPostgres({ folder, port }), {
      code: 'embeddedPartFailed',
      message: /address already in use/i,
    });
    first = await start();
  });

  it('starts though the log ends with an error of an earlier time', async () => {
    await assert.rejects(query(first.url.replace(/:[^:@]*@/, ':wrong@'), 'select 1'));
    await first.stop();
    first = await start();
    assert.deepEqual(await query(first.url, 'select 1 as one'), [{ one: 1 }]);
  });
});
