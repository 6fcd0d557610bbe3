/** Files that somebody has verified: known, unknown, bad and cut off. Disk, store and database hold nothing of them afterwards. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { zipSync } from 'fflate';
import { until } from '../support/client.ts';
import { createVisitor, type Visitor } from '../web/visitor.ts';
import { attestEachState, linesOf, type Scene, startScene } from './scene.ts';

const API = '/verifications/v1/verifications';
/** Larger than what anything buffers in passing. */
const BYTES = 400_000;

/** A folder of our own for all that anybody here writes to disk. */
const folder = mkdtempSync(join(tmpdir(), 'ebox-uploads-'));
const usual = process.env.TMPDIR;
process.env.TMPDIR = folder;

/** Stands in every file sent, and nowhere else. */
const marker = randomBytes(24);
const inText = marker.toString('hex');

let scene: Scene;
let visitor: Visitor;
let files: Readonly<Record<'known' | 'altered' | 'foreign' | 'text', Buffer>>;

before(async () => {
  // A process of its own examines what is not known, as it does in service.
  scene = await startScene({ VERIFIERS: '1' });
  await scene.client.load(linesOf([{ enterpriseNumber: '1900045601', name: 'Social secretariat' }]));
  const { genuine } = await attestEachState(scene);
  visitor = createVisitor(scene.service.url);
  // Nothing that packs or encrypts it could make it small.
  const body = Buffer.concat([Buffer.from(inText), randomBytes(BYTES)]);
  files = {
    known: genuine,
    altered: Buffer.concat([genuine, Buffer.from('\n% '), body]),
    foreign: Buffer.concat([Buffer.from('%PDF-1.7\n'), marker, body, Buffer.from('\n%%EOF\n')]),
    text: Buffer.concat([Buffer.from('Dear sir\n'), body]),
  };
});
after(async () => {
  await scene.stop();
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  rmSync(folder, { recursive: true, force: true });
});

/** Every file on disk, by its path. */
function filesOnDisk(): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files that this process has open and that have no name any more. */
function unnamedFiles(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(join('/proc/self/fd', name)).endsWith('(deleted)');
    } catch {
      return false;
    }
  }).length;
}

interface Held {
  /** Documents in the store, and what lies beside the folder of the service. */
  readonly names: readonly string[];
  readonly unnamed: number;
  /** On disk and in the database; the work that goes on meanwhile adds a few thousand. */
  readonly bytes: number;
}

async function tables(): Promise<readonly string[]> {
  const rows = await scene.service.database.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  return rows.map(({ name }) => name);
}

async function held(): Promise<Held> {
  const onDisk = filesOnDisk();
  const own = `${scene.service.dataDir}/`;
  const isDocument = (path: string) => path.includes('/buckets/attestations/') || path.includes('spool');
  let bytes = 0;
  for (const path of onDisk) bytes += readFileSync(path).length;
  for (const name of await tables()) {
    const [row] = await scene.service.database.query<{ bytes: number }>(
      `select coalesce(sum(octet_length(t::text)), 0)::int as bytes from "${name}" t`,
    );
    bytes += row?.bytes ?? 0;
  }
  const names = onDisk.filter((path) => !path.startsWith(own) || isDocument(path)).sort();
  return { names, unnamed: unnamedFiles(), bytes };
}

/** Where the marker stands: as bytes, in hexadecimal, in Base64. */
async function traces(): Promise<readonly string[]> {
  const forms = [marker, Buffer.from(inText), Buffer.from(marker.toString('base64').slice(0, 30))];
  const onDisk = filesOnDisk().filter((path) => {
    const content = readFileSync(path);
    return forms.some((form) => content.includes(form));
  });
  const inTables: string[] = [];
  const texts = forms.slice(1).map((form) => `%${form.toString('latin1')}%`);
  // What is kept as bytes is written in hexadecimal.
  const twice = `%${Buffer.from(inText).toString('hex')}%`;
  for (const name of await tables()) {
    const [row] = await scene.service.database.query<{ n: number }>(
      `select count(*)::int as n from "${name}" t where t::text like any ($1::text[])`,
      [[...texts, twice]],
    );
    if (row?.n !== 0) inTables.push(name);
  }
  const logged = scene.service.logLines.some((line) => line.includes(inText)) ? ['log'] : [];
  return [...onDisk, ...inTables, ...logged];
}

async function assertNothingKept(send: () => Promise<unknown>): Promise<void> {
  const then = await held();
  await send();
  const now = await held();
  assert.deepEqual([now.names, now.unnamed], [then.names, then.unnamed]);
  assert.ok(now.bytes - then.bytes < BYTES / 4, `${now.bytes - then.bytes} bytes more`);
  assert.deepEqual(await traces(), []);
}

/** Sends half of what was announced, and leaves. */
async function cutOff(path: string, type: string, head: string, cookie = ''): Promise<void> {
  const left = () => scene.service.logLines.filter((line) => line.includes('broke off')).length;
  const then = left();
  const call = request(`${scene.service.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, 'content-length': 2 * BYTES, origin: scene.service.url, cookie },
  });
  call.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    call.write(Buffer.concat([Buffer.from(head), files.foreign.subarray(0, BYTES / 2)]), () => resolve());
  });
  call.destroy();
  await until(
    () => Promise.resolve(left()),
    (count) => count > then,
  );
}

describe('a file that was verified', () => {
  it('would be found, were it kept', async () => {
    await scene.service.database.query('create table kept_by_mistake (content bytea)');
    await scene.service.database.query('insert into kept_by_mistake values ($1)', [files.foreign]);
    assert.deepEqual(await traces(), ['kept_by_mistake']);
    await scene.service.database.query('drop table kept_by_mistake');
  });

  it('is not kept when a program sends it', () =>
    assertNothingKept(async () => {
      for (const file of Object.values(files))
        for (const path of [API, `${API}/record?language=nl`]) {
          const { status } = await scene.api.call('post', path, { type: 'application/pdf', body: file });
          assert.equal(status, 200);
        }
    }));

  it('is not kept when a page sends it', () =>
    assertNothingKept(async () => {
      for (const file of Object.values(files)) {
        const token = await visitor.tokenOn('/verify');
        const { status, headers } = await visitor.sendFile('/verify', { token, file });
        assert.ok(status === 303 || status === 400, String(status));
        if (status === 303) assert.equal((await visitor.get(headers.location ?? '')).status, 200);
      }
    }));

  it('is not kept when it comes in an archive', () =>
    assertNothingKept(async () => {
      const zip = Buffer.from(
        zipSync({ 'a.pdf': files.altered, 'b.pdf': files.foreign, 'c.pdf': files.known }),
      );
      const token = await scene.service.clientToken('payroll', 'verifications:bulk');
      const options = { token, type: 'application/zip', body: zip };
      assert.equal((await scene.api.call('post', `${API}/archive`, options)).status, 200);
    }));

  it('is not kept when it breaks off', () =>
    assertNothingKept(async () => {
      await cutOff(API, 'application/pdf', '');
      const token = await visitor.tokenOn('/verify');
      const part = (name: string) => `--cut\r\nContent-Disposition: form-data; name="${name}"`;
      const head = `${part('csrfToken')}\r\n\r\n${token}\r\n${part('file')}; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`;
      const cookie = visitor.cookies().map((name) => `${name}=${visitor.cookie(name)}`);
      await cutOff('/verify', 'multipart/form-data; boundary=cut', head, cookie.join('; '));
    }));
});
