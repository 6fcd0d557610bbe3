/** Where everything lies in the server's folder, and how that folder is made ready at start. */
import { access, link, mkdir, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFolder, syncFolder, temporaryPath } from './folders.ts';
import { createMutexFolder } from './mutex.ts';
import { isProcessAlive } from './process-id.ts';

/**
 * ```
 * tmp/                         files and folders in the making, named after their process
 * locks/00 … 3f/               one lock each
 * packs/                       small objects, many in a file, named after the process that wrote them
 * buckets/<name>/bucket.json   what is configured
 * buckets/<name>/objects/      one file per object; of a small one, a link that says where in which pack it stands
 * buckets/<name>/uploads/<id>/ one folder per multipart upload: upload.json and one file per part
 * ```
 */
export interface Layout {
  readonly temporary: string;
  readonly packs: string;
  readonly buckets: string;
  bucket(name: string): string;
  configuration(bucket: string): string;
  objects(bucket: string): string;
  uploads(bucket: string): string;
  upload(bucket: string, uploadId: string): string;
  /** `number` from 0 to `LOCKS` - 1. */
  lock(number: number): string;
}

export const LOCKS = 64;

/**
 * Makes the folders and removes what dead processes left in the making.
 * Throws the error of the system, also where the file system has no hard links.
 */
export async function prepareLayout(folder: string): Promise<Layout> {
  const layout = layoutOf(folder);
  await mkdir(layout.temporary, { recursive: true, mode: 0o700 });
  await mkdir(layout.buckets, { recursive: true, mode: 0o700 });
  await mkdir(layout.packs, { recursive: true, mode: 0o700 });
  await removeLeftovers(layout.temporary);
  await tryHardLink(layout.temporary);
  await createLocks(layout);
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  return layout;
}

function layoutOf(folder: string): Layout {
  const buckets = join(folder, 'buckets');
  const bucket = (name: string) => join(buckets, name);
  const uploads = (name: string) => join(buckets, name, 'uploads');
  return {
    temporary: join(folder, 'tmp'),
    packs: join(folder, 'packs'),
    buckets,
    bucket,
    configuration: (name) => join(bucket(name), 'bucket.json'),
    objects: (name) => join(bucket(name), 'objects'),
    uploads,
    upload: (name, uploadId) => join(uploads(name), uploadId),
    lock: (number) => join(folder, 'locks', number.toString(16).padStart(2, '0')),
  };
}

/** What a living process makes is left alone, since it may serve the same folder. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  const dead = names.filter((name) => !isProcessAlive(name.split('.')[0] ?? ''));
  for (const name of dead) await rm(join(folder, name), { recursive: true, force: true });
}

async function tryHardLink(folder: string): Promise<void> {
  const [from, to] = [temporaryPath(folder), temporaryPath(folder)];
  try {
    await writeFile(from, '');
    await link(from, to);
    await unlink(to);
  } finally {
    await rm(from, { force: true });
  }
}

async function createLocks(layout: Layout): Promise<void> {
  const locks = dirname(layout.lock(0));
  const isThere = await access(locks).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  // All or none, and once: a second token in a lock would let two in.
  await createFolder(locks, layout.temporary, async (folder) => {
    for (let number = 0; number < LOCKS; number += 1) {
      await createMutexFolder(join(folder, layout.lock(number).slice(locks.length + 1)));
    }
  });
}
