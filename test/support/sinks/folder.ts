/** Keeps what a service left in its folder of data. */
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeeping, keep, type Sink } from './keep.ts';

const LARGEST_FILE = 256 * 1024;
/** Many small objects of the store. */
const PACK = /(^|\/)s3\/data\/packs\//;
const LARGEST_PACK = 4 * 1024 * 1024;
/** The files of the database server, which holds them open; its tables are kept as rows. */
const DATABASE = /^postgres\/data$/;

/** Keeps the names of all files in a folder of data, and the content of mails, logs and stored objects. */
export function keepFolder(path: string): void {
  if (!isKeeping()) return;
  const names = [...listFiles(path, '')];
  keep('file name', 'data folder', names.join('\n'));
  for (const name of names) {
    const sink = sinkOf(name);
    if (sink === undefined) continue;
    const content = ifThere(() => readFileSync(join(path, name)));
    // Of a large object the end: what the store says about it stands there.
    if (content === undefined) continue;
    const kept = PACK.test(name) ? content.subarray(0, LARGEST_PACK) : content.subarray(-LARGEST_FILE);
    keep(sink, name, kept);
  }
}

function* listFiles(root: string, folder: string): Generator<string> {
  const entries: Dirent[] = ifThere(() => readdirSync(join(root, folder), { withFileTypes: true })) ?? [];
  for (const entry of entries) {
    const name = join(folder, entry.name);
    // A link names an object that lies among others in a pack; what it says is read there.
    if (entry.isFile() || entry.isSymbolicLink()) yield name;
    else if (entry.isDirectory() && !DATABASE.test(name)) yield* listFiles(root, name);
  }
}

/** A part that still runs may take a file away meanwhile. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function sinkOf(name: string): Sink | undefined {
  if (name.startsWith('mails/')) return 'mail';
  if (name.endsWith('.log')) return 'log';
  return name.includes('/buckets/') || PACK.test(name) ? 'object' : undefined;
}
