/** Cuts the power again and again while rows and objects are written, and looks for what was acknowledged before each cut. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { openArchive } from '../../../src/archive/archive.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { startPostgres } from '../../../src/embedded/postgres/server.ts';
import { projectRoot } from '../../support/needs.ts';
import { makeBuggyCopy } from '../campaign/buggy-copy.ts';
import type { Patch } from '../campaign/bugs.ts';
import { type CuttableDisk, makeCuttableDisk } from './cuttable-disk.ts';
import { type StoreProcess, startStoreProcess } from './store-process.ts';
import { BUCKET, startWriting, type Writing } from './writing.ts';

/** What is cut: the service as it is, or with one promise broken, which has to be seen. */
export interface CutWish {
  readonly name: string;
  readonly cuts: number;
  /** Writes between two cuts, at least. */
  readonly writes: number;
  readonly statements?: readonly string[];
  readonly patches?: readonly Patch[];
}

export interface CutReport {
  readonly name: string;
  readonly cuts: number;
  readonly acknowledgedRows: number;
  readonly acknowledgedObjects: number;
  /** Acknowledged before a cut and not there after it; the same one counts once. */
  readonly lostRows: number;
  readonly lostObjects: number;
}

/** Runs it; gives why not where the system does not permit it. */
export async function cutPower(wish: CutWish): Promise<CutReport | { readonly reason: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'power-'));
  // Else the server of the database, which is no root, could not reach it.
  chmodSync(folder, 0o755);
  const disk = makeCuttableDisk(folder);
  if ('reason' in disk) return disk;
  const copy = makeBuggyCopy(wish.patches ?? []);
  try {
    return await cutAll(wish, disk, copy.folder);
  } finally {
    copy.remove();
    disk.remove();
  }
}

async function cutAll(wish: CutWish, disk: CuttableDisk, built: string): Promise<CutReport> {
  const server = await startPostgres({ folder: join(disk.folder, 'postgres'), port: await freePort() });
  const store = await startStoreProcess(built, join(disk.folder, 's3'));
  try {
    await prepare(server.url, wish.statements ?? []);
    const writing = await startWriting(server.url, store);
    const lost = { rows: new Set<number>(), objects: new Set<string>() };
    try {
      for (let cut = 0; cut < wish.cuts; cut += 1) await cutOnce(wish, disk, writing, lost);
    } finally {
      await writing.stop();
    }
    return {
      name: wish.name,
      cuts: wish.cuts,
      acknowledgedRows: writing.rows.length,
      acknowledgedObjects: writing.objects.length,
      lostRows: lost.rows.size,
      lostObjects: lost.objects.size,
    };
  } finally {
    await store.stop();
    await server.stop();
  }
}

async function prepare(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

interface Lost {
  readonly rows: Set<number>;
  readonly objects: Set<string>;
}

async function cutOnce(wish: CutWish, disk: CuttableDisk, writing: Writing, lost: Lost): Promise<void> {
  const written = () => writing.rows.length + writing.objects.length;
  const before = written();
  while (written() - before < wish.writes) await sleep(20);
  // What is acknowledged by now has to be there; more may be.
  const [rows, objects] = [writing.rows.slice(), writing.objects.slice()];
  const cut = disk.cut();
  try {
    for (const id of await missingRows(cut.folder, rows)) lost.rows.add(id);
    for (const key of await missingObjects(cut.folder, objects)) lost.objects.add(key);
  } finally {
    cut.drop();
  }
}

async function missingRows(folder: string, rows: readonly number[]): Promise<number[]> {
  const server = await startPostgres({ folder: join(folder, 'postgres'), port: await freePort() });
  const client = new pg.Client(server.url);
  try {
    await client.connect();
    const { rows: tables } = await client.query("select from pg_class where relname = 'written'");
    // The table itself may be lost.
    if (tables.length === 0) return [...rows];
    const { rows: found } = await client.query<{ id: number }>('select id from written');
    const there = new Set(found.map(({ id }) => id));
    return rows.filter((id) => !there.has(id));
  } finally {
    await client.end();
    await server.stop();
  }
}

/** The last ones are read, as it is they that a cut endangers; of all others it is enough that they are listed. */
const READ = 150;

async function missingObjects(folder: string, objects: Writing['objects']): Promise<string[]> {
  const store = await startStoreProcess(join(projectRoot, 'dist'), join(folder, 's3'));
  const archive = openArchive({ ...store, region: 'us-east-1', bucket: BUCKET });
  try {
    // Where the store cannot even be listed any more, nothing in it can be found.
    const listed = await listKeys(store).catch(() => new Set<string>());
    const missing = objects.filter(({ key }) => !listed.has(key)).map(({ key }) => key);
    for (const { key, sha256 } of objects.slice(-READ)) {
      const object = await archive.fetch(key).catch(() => undefined);
      if (object === undefined || createHash('sha256').update(object).digest('hex') !== sha256)
        missing.push(key);
    }
    return missing;
  } finally {
    archive.close();
    await store.stop();
  }
}

async function listKeys({ endpoint, accessKeyId, secretAccessKey }: StoreProcess): Promise<Set<string>> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const keys = new Set<string>();
  let after: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, ContinuationToken: after }));
    for (const { Key = '' } of page.Contents ?? []) keys.add(Key);
    after = page.NextContinuationToken;
  } while (after !== undefined);
  client.destroy();
  return keys;
}

const DATABASE_CONTROL = [
  `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`,
  'alter system set wal_writer_delay = 10000',
  'select pg_reload_conf()',
  'select pg_sleep(0.5)',
];
const STORE_CONTROL: readonly Patch[] = [
  { file: 'embedded/s3/packs', find: 'await pack.handle.datasync();', replace: '' },
  { file: 'embedded/s3/temporary-file', find: 'await handle.datasync();', replace: '' },
];

/** The cuts that are to lose nothing, and the controls that have to: one of the database, one of the store. */
export function cutWishes(cuts: number): readonly (CutWish & { readonly hasToLose?: 'rows' | 'objects' })[] {
  return [
    { name: 'as it is', cuts, writes: 1300 },
    {
      name: 'control: commits wait for no disk',
      cuts: 3,
      writes: 1300,
      statements: DATABASE_CONTROL,
      hasToLose: 'rows',
    },
    {
      name: 'control: the store waits for no disk',
      cuts: 3,
      writes: 1300,
      patches: STORE_CONTROL,
      hasToLose: 'objects',
    },
  ];
}
