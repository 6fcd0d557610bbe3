/** Where `ebox evidence` reads the exported log from: a folder, or the locked bucket of the configuration. */
import type { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LockedBucket, openLockedBucket } from '../archive/locked-bucket.ts';
import { type Config, readConfig } from '../config.ts';
import { knownPort } from '../embedded/ports.ts';
import { ServiceError } from '../errors.ts';
import { readEvidenceKey } from '../keys/evidence-key.ts';
import { readCertificates } from '../keys/signer.ts';
import { parseCertificate } from '../pades/certificate.ts';
import { type HeadKeys, readHeadKeys } from '../verify/head.ts';
import type { LogSource } from '../verify/log-heads.ts';
import { type StampTrust, stampTrustOf } from '../verify/log-stamps.ts';
import type { SealTrust } from '../verify/seal.ts';

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

/** How the store is reached: the institution's own, or the embedded one of a service that was started on this folder. */
export function storeOf({ archive, dataDir }: Config) {
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

/**
 * What time-stamps are checked against: the certificates of a file, else those of the service itself. An auditor who names
 * keys of another service has to name its authority too; until then nothing is: time-stamps are counted.
 */
export async function stampTrust({ keys, tsaTrust }: TrustOptions): Promise<StampTrust | undefined> {
  const certificates = await stampCertificates({ keys, tsaTrust });
  return (
    certificates &&
    stampTrustOf(
      certificates.map(({ raw }) => parseCertificate(raw)),
      new Date(),
    )
  );
}

async function stampCertificates({
  keys,
  tsaTrust,
}: TrustOptions): Promise<readonly X509Certificate[] | undefined> {
  const path = tsaTrust ?? (keys === undefined ? ownTrustFile() : undefined);
  if (path === undefined) return undefined;
  const certificates = readCertificates('time-stamp trust', await readText(path, '--tsa-trust'));
  if (certificates.length === 0) throw new ServiceError('keyUnfit', `${path} holds no certificate (PEM)`);
  return certificates;
}

interface TrustOptions {
  readonly keys?: string | undefined;
  readonly tsaTrust?: string | undefined;
}

/**
 * What seals of documents are checked against: the certificates of a file, else those of the service itself; those that
 * signed themselves are roots. Undefined where keys of another service are named and not its certificates.
 */
export async function documentTrust(
  options: TrustOptions & { readonly sealTrust?: string | undefined },
): Promise<Omit<SealTrust, 'at'> | undefined> {
  const paths =
    options.sealTrust === undefined
      ? options.keys === undefined
        ? ownSealTrustFiles()
        : []
      : [options.sealTrust];
  if (paths.length === 0) return undefined;
  const texts = await Promise.all(paths.map((path) => readText(path, '--seal-trust')));
  const certificates = texts.flatMap((text) => readCertificates('seal trust', text));
  const isRoot = ({ issuer, subject }: X509Certificate) => issuer === subject;
  const stamps = await stampCertificates(options);
  return {
    anchors: certificates.filter(isRoot).map(({ raw }) => raw),
    intermediates: certificates.filter((one) => !isRoot(one)).map(({ raw }) => raw),
    ...(stamps && { timeStamps: { anchors: stamps.map(({ raw }) => raw), intermediates: [] } }),
  };
}

function ownSealTrustFiles(): readonly string[] {
  const { seal, dataDir } = readConfig();
  if (seal.kind === 'given') return [seal.trustFile];
  const files = ['root.crt', 'issuing.crt'].map((name) => join(dataDir, 'pki', name));
  return files.filter((path) => existsSync(path));
}

function ownTrustFile(): string | undefined {
  const { timeStamps, dataDir } = readConfig();
  if (timeStamps.kind === 'given') return timeStamps.trustFile;
  const embedded = join(dataDir, 'pki', 'root.crt');
  return timeStamps.kind === 'embedded' && existsSync(embedded) ? embedded : undefined;
}

/** The public half of the key that the service seals heads with. */
export async function ownPublicKey() {
  const { evidence, dataDir } = readConfig();
  const path = evidence.kind === 'given' ? evidence.keyFile : join(dataDir, 'evidence.key');
  return (await readEvidenceKey(await readText(path))).publicKey;
}

async function readText(path: string, option = '--keys'): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ServiceError('keyUnfit', `the file ${path} cannot be read; name one with ${option}`, {
      cause,
    });
  }
}
