/** Archived objects of a backup: files named as the objects are, each written once, as objects never change. */
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type Archive, openArchive } from '../archive/archive.ts';
import { readConfig } from '../config.ts';
import { storeOf } from './evidence-source.ts';

const AT_ONCE = 16;

/** Copies each object of the archive that the folder has not yet. Throws `archiveUnavailable`. */
export function copyObjects(folder: string): Promise<{ there: number; copied: number }> {
  return withArchive(async (archive) => {
    let there = 0;
    let copied = 0;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await inTurns(archive.list(), async (key) => {
      there += 1;
      const path = join(folder, key);
      if (await isThere(path)) return;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // A copy that was cut short never has the name of a whole one.
      const draft = join(dirname(path), `.${randomUUID()}`);
      await writeFile(draft, await archive.fetch(key), { flush: true });
      await rename(draft, path);
      copied += 1;
    });
    return { there, copied };
  });
}

/** Stores each object of the folder that the archive has not. Throws `archiveUnavailable`. */
export function returnObjects(folder: string): Promise<{ stored: number; existing: number }> {
  return withArchive(async (archive) => {
    const counts = { stored: 0, existing: 0 };
    await archive.prepare();
    await inTurns(filesIn(folder), async (path) => {
      const object = await readFile(path);
      const key = relative(folder, path).split(sep).join('/');
      counts[await archive.store(key, object, createHash('sha256').update(object).digest())] += 1;
    });
    return counts;
  });
}

/** Opens the archive of the configuration, and closes it afterwards. */
export async function withArchive<T>(work: (archive: Archive) => Promise<T>): Promise<T> {
  const config = readConfig();
  const archive = openArchive({ ...storeOf(config), region: config.s3Region, bucket: config.s3Bucket });
  try {
    return await work(archive);
  } finally {
    archive.close();
  }
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (!entry.name.startsWith('.')) yield path;
  }
}

/** Some at once, the next as soon as one is done. */
async function inTurns<T>(items: AsyncGenerator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = await items.next(); next.done !== true; next = await items.next()) await work(next.value);
  });
  await Promise.all(workers);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
