/** The files of a backup: what stands in them, written and read as a stream, each with its SHA-256. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { ServiceError } from '../errors.ts';
import { type BackupManifest, type BackupTable, parseManifest } from '../flow/backup-manifest.ts';

const MANIFEST = 'backup.json';

/** Says what the folder holds. Written last: a folder without it is no backup. */
export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const draft = join(folder, `${MANIFEST}.draft`);
  await writeFile(draft, `${JSON.stringify(manifest, undefined, 1)}\n`, { flush: true });
  await rename(draft, join(folder, MANIFEST));
}

/** Reads what a folder holds. Throws `configurationInvalid` where it holds no backup. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw new ServiceError('configurationInvalid', `${folder} holds no backup that was ended`, { cause });
  });
  return parseManifest(text, join(folder, MANIFEST));
}

/** Writes rows as PostgreSQL gave them, compressed and kept on disk. Gives how many there are, and the SHA-256 of the file. */
export async function writeRows(path: string, rows: Readable): Promise<Pick<BackupTable, 'rows' | 'sha256'>> {
  const lines = countLines();
  const hash = createHash('sha256');
  await pipeline(rows, lines.through, createGzip({ level: 1 }), hashing(hash), createWriteStream(path));
  const handle = await open(path, 'r+');
  await handle.sync();
  await handle.close();
  return { rows: lines.count(), sha256: hash.digest('hex') };
}

/** Reads the rows again. */
export function readRows(path: string): Readable {
  const unpacked = createGunzip();
  // `pipeline` hands a fault of the file on to whoever reads.
  pipeline(createReadStream(path), unpacked).catch((error: Error) => unpacked.destroy(error));
  return unpacked;
}

/** Tells whether each file is as it was written. Throws `archivedObjectCorrupt` with the name of the one that is not. */
export async function checkFiles(folder: string, tables: readonly BackupTable[]): Promise<void> {
  for (const { name, sha256 } of tables) {
    const hash = createHash('sha256');
    const path = rowsPath(folder, name);
    await pipeline(createReadStream(path), hash).catch((cause: unknown) => {
      throw new ServiceError('archivedObjectCorrupt', `${path} cannot be read`, { cause });
    });
    if (hash.digest('hex') !== sha256)
      throw new ServiceError(
        'archivedObjectCorrupt',
        `${path} is not as it was written; take another backup`,
      );
  }
}

/** Where the rows of a table are. */
export function rowsPath(folder: string, table: string): string {
  return join(folder, `${table}.copy.gz`);
}

/** One line is one row: PostgreSQL's text format escapes line ends in values. */
function countLines(): { readonly through: Transform; count(): number } {
  let count = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1;
      done(null, chunk);
    },
  });
  return { through, count: () => count };
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
