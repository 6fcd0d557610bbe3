/** First starts of the embedded PostgreSQL: interrupted, in folders that only root can pass, and as another user. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { freePort } from '../../../src/embedded/ports.ts';
import { type EmbeddedPostgres, startPostgres } from '../../../src/embedded/postgres/server.ts';
import { projectRoot } from '../../support/needs.ts';
import {
  closedFolder,
  isRunning,
  kill,
  openFolder,
  query,
  serverPid,
  startParent,
  stop,
  until,
} from './fixture.ts';

const NOBODY = 65_534;
const remove: string[] = [];
after(() => {
  for (const path of remove) rmSync(path, { recursive: true, force: true });
});

function newFolder(make = openFolder): string {
  const folder = make();
  remove.push(folder);
  return folder;
}

async function start(folder: string): Promise<EmbeddedPostgres> {
  return startPostgres({ folder, port: await freePort() });
}

function needsRoot(t: TestContext): boolean {
  if (process.getuid?.() === 0) return true;
  t.skip('needs root: others run PostgreSQL as themselves');
  return false;
}

async function assertWhole(server: { readonly url: string }): Promise<void> {
  assert.deepEqual(await query(server.url, 'select current_database() as name'), [{ name: 'ebox' }]);
}

describe('a first start that was killed', () => {
  for (const [moment, files] of Object.entries({ 'at its beginning': 1, 'in the middle': 300, late: 900 })) {
    it(`leads to a whole database the next time: ${moment}`, async () => {
      const folder = join(newFolder(), 'postgres');
      const { child } = startParent(folder);
      await until('the first files', () => countFiles(folder) > files);
      await kill(child);
      const server = await start(folder);
      await assertWhole(server);
      await server.stop();
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('initial')),
        [],
      );
    });
  }

  it('leads to a whole database also from half a cluster without its password', async () => {
    const folder = join(newFolder(), 'postgres');
    mkdirSync(join(folder, 'data', 'base'), { recursive: true });
    const server = await start(folder);
    await assertWhole(server);
    await server.stop();
  });
});

describe('a folder that only root can pass', () => {
  it('has its data elsewhere, says so, and keeps them', async (t) => {
    if (!needsRoot(t)) return;
    const folder = join(newFolder(closedFolder), 'data', 'postgres');
    const first = await start(folder);
    remove.push(join(first.data, '..'));
    assert.equal(first.isMoved, true);
    assert.match(first.data, /^\/var\/lib\/citizen-ebox\/[0-9a-f]{16}\/data$/);
    assert.equal(statSync(first.data).uid, NOBODY);
    assert.equal(statSync(first.data).mode & 0o077, 0);
    await query(first.url, 'create table kept (id integer)');
    await first.stop();
    const second = await start(folder);
    assert.deepEqual([second.data, second.isMoved], [first.data, true]);
    assert.deepEqual(await query(second.url, 'select id from kept'), []);
    await second.stop();
  });

  it('takes its data with it when it is removed, also while their server still runs', async (t) => {
    if (!needsRoot(t)) return;
    const folder = join(newFolder(closedFolder), 'postgres');
    const { child, announced } = startParent(folder);
    const { url, data } = await announced;
    remove.push(join(data, '..'));
    await query(url, 'create table forgotten (id integer)');
    await kill(child);
    const pid = serverPid(data) ?? 0;
    rmSync(folder, { recursive: true });
    const server = await start(folder);
    assert.ok(!isRunning(pid));
    await assert.rejects(query(server.url, 'select id from forgotten'), { code: '42P01' });
    await server.stop();
  });
});

describe('a process whose files nobody else may read', () => {
  it('makes folders that the server can pass all the same', async (t) => {
    if (!needsRoot(t)) return;
    const folder = join(newFolder(), 'new', 'postgres');
    const { child, announced } = startParent(folder, { umask: 0o077 });
    const { error, url, data } = await announced;
    assert.equal(error, undefined);
    remove.push(join(data, '..'));
    await assertWhole({ url });
    await stop(child);
  });
});

describe('another user than root', () => {
  it('runs the server as itself', async (t) => {
    if (!needsRoot(t)) return;
    if (!isOpen(projectRoot)) return t.skip('needs a checkout that other users can read');
    const top = newFolder();
    chownSync(top, NOBODY, NOBODY);
    const { child, announced } = startParent(join(top, 'postgres'), { uid: NOBODY });
    const { error, url, data, isMoved } = await announced;
    assert.equal(error, undefined);
    assert.deepEqual([isMoved, statSync(data).uid], [false, NOBODY]);
    await assertWhole({ url });
    await stop(child);
    assert.ok(!existsSync(join(data, 'postmaster.pid')));
  });

  it('runs it in a folder of its own that nobody else can pass', async (t) => {
    if (!needsRoot(t)) return;
    if (!isOpen(projectRoot)) return t.skip('needs a checkout that other users can read');
    const top = newFolder(closedFolder);
    chownSync(top, NOBODY, NOBODY);
    chmodSync(top, 0o700);
    const { child, announced } = startParent(join(top, 'postgres'), { uid: NOBODY });
    assert.equal((await announced).isMoved, false);
    await stop(child);
  });
});

function countFiles(path: string): number {
  try {
    return readdirSync(path, { recursive: true }).length;
  } catch {
    return 0;
  }
}

/** Whether every folder down to this one may be passed by everybody. */
function isOpen(path: string): boolean {
  const parent = join(path, '..');
  return (statSync(path).mode & 0o005) === 0o005 && (parent === path || isOpen(parent));
}
