import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { freePort, keptPort, knownPort } from '../../src/embedded/ports.ts';

/** Linux hands out ports from here on to outgoing connections, other systems from higher ones. */
const LOWEST_OF_SYSTEMS = 32_768;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('keptPort', () => {
  it('gives the preferred port, and the same one ever after', async () => {
    const preferred = await freePort();
    assert.equal(await keptPort(folder, 'login', preferred), preferred);
    assert.equal(await keptPort(folder, 'login', preferred + 1), preferred);
  });

  it('gives another one when the preferred port is taken', async () => {
    const preferred = await freePort();
    const other = await occupy(preferred);
    const port = await keptPort(folder, 'login', preferred);
    other.close();
    assert.notEqual(port, preferred);
    assert.equal(await keptPort(folder, 'login', preferred), port);
  });

  it('gives the port it kept even while another program has it: certificates and tokens name it', async () => {
    const port = await keptPort(folder, 'login', await freePort());
    const other = await occupy(port);
    assert.equal(await keptPort(folder, 'login', port), port);
    other.close();
  });

  it('gives no two parts the same port', async () => {
    const preferred = await freePort();
    const ports: number[] = [];
    for (const part of ['a', 'b', 'c', 'd']) ports.push(await keptPort(folder, part, preferred));
    assert.equal(new Set(ports).size, 4);
  });

  it('keeps a real port when any will do', async () => {
    const port = await keptPort(folder, 'login', 0);
    assert.ok(port > 0);
    assert.equal(await keptPort(folder, 'login', 0), port);
    assert.equal(knownPort(folder, 'login'), port);
  });

  it('starts anew from a file that cannot be read', async () => {
    writeFileSync(join(folder, 'ports.json'), '{"login":');
    const port = await keptPort(folder, 'login', 0);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')), { login: port });
  });

  it('makes the folder', async () => {
    assert.ok((await keptPort(join(folder, 'a', 'b'), 'login', 0)) > 0);
  });
});

describe('knownPort', () => {
  it('knows nothing before the first start', () => assert.equal(knownPort(folder, 'login'), undefined));

  it('knows each part by itself', async () => {
    const [login, mail] = [await keptPort(folder, 'login', 0), await keptPort(folder, 'mail', 0)];
    assert.deepEqual([knownPort(folder, 'login'), knownPort(folder, 'mail')], [login, mail]);
    assert.equal(knownPort(folder, 'pki'), undefined);
  });
});

describe('freePort', () => {
  it('gives a port that can be had', async () => {
    const server = await occupy(await freePort());
    server.close();
  });

  it('gives one that no outgoing connection takes before it is listened on', async () => {
    for (let asked = 0; asked < 20; asked += 1) assert.ok((await freePort()) < LOWEST_OF_SYSTEMS);
  });
});
