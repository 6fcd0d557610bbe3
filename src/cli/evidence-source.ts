/** Where `ebox evidence` reads the exported log from: a folder, or the locked bucket of the configuration. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LockedBucket, openLockedBucket } from '../archive/locked-bucket.ts';
import { type Config, readConfig } from '../config.ts';
import { knownPort } from '../embedded/ports.ts';
import { ServiceError } from '../errors.ts';
import { readEvidenceKey } from '../keys/evidence-key.ts';
import { type HeadKeys, readHeadKeys } from '../verify/head.ts';
import type { LogSource } from '../verify/log-heads.ts';

/** Reads from a folder that holds an export. */
export function folderSource(folder: string): LogSource {
  return {
    async *list(prefix) {
      const [part = ''] = prefix.split('/');
      const names = existsSync(join(folder, part)) ? await readdir(join(folder, part)) : [];
      for (const name of names.sort()) if (`${part}/${name}`.startsWith(prefix)) yield `${part}/${name}`;
    },
    read: (key) => readFile(join(folder, key)),
  };
}

/** Opens the locked bucket; of an embedded store, the one that the service on this data folder started. */
export function openBucket(config: Config = readConfig()): LockedBucket {
  const { s3Region: region, evidenceBucket: bucket } = config;
  return openLockedBucket({ ...storeOf(config), region, bucket });
}

function storeOf({ archive, dataDir }: Config) {
  if (archive.kind === 'given') return archive;
  const port = knownPort(dataDir, 's3');
  if (port === undefined) {
    throw new ServiceError(
      'configurationInvalid',
      `no service was started on ${dataDir} yet; name the export with --folder`,
    );
  }
  const secretAccessKey = readFileSync(join(dataDir, 's3', 'secret')).toString('hex');
  return { endpoint: `http://127.0.0.1:${port}`, accessKeyId: 'citizen-ebox', secretAccessKey };
}

/** Reads from a bucket. */
export function bucketSource(bucket: LockedBucket): LogSource {
  return { list: (prefix) => bucket.list(prefix), read: (key) => bucket.fetch(key) };
}

/** Copies a whole export into a folder; gives how many objects. */
export async function copyTo(source: LogSource, folder: string): Promise<number> {
  let count = 0;
  for (const part of ['keys', 'heads', 'leaves', 'hashes']) {
    for await (const key of source.list(`${part}/`)) {
      await mkdir(join(folder, dirname(key)), { recursive: true });
      await writeFile(join(folder, key), await source.read(key));
      count += 1;
    }
  }
  return count;
}

/** The public keys that are trusted: of a file (JWK or JWK set), else of the key that the service itself uses. */
export async function trustedKeys(path: string | undefined): Promise<HeadKeys> {
  const text = path === undefined ? JSON.stringify(await ownPublicKey()) : await readText(path);
  const keys = readHeadKeys(text);
  if (keys.size > 0) return keys;
  throw new ServiceError('keyUnfit', `${path} holds no public key (JWK, ES256, with a kid)`);
}

/** The public half of the key that the service seals heads with. */
export async function ownPublicKey() {
  const { evidence, dataDir } = readConfig();
  const path = evidence.kind === 'given' ? evidence.keyFile : join(dataDir, 'evidence.key');
  return (await readEvidenceKey(await readText(path))).publicKey;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ServiceError('keyUnfit', `the key file ${path} cannot be read; name one with --keys`, {
      cause,
    });
  }
}
