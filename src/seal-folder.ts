/** The folder of seal keys: one small JSON file a key, so that the next one can be added while the service runs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { z } from 'zod';
import { describeError, ServiceError } from './errors.ts';
import { readKeyFile } from './keys/seal-files.ts';
import type { KeyPlace, SealSource } from './keys/seal-source.ts';

/** A key that was made and waits for its certificate. */
export interface RequestedKey {
  readonly name: string;
  /** Certificates of such a key are looked for in this file. */
  readonly place: KeyPlace & { readonly certificatesFile: string };
}

export interface SealFolder {
  readonly sources: readonly SealSource[];
  readonly requested: readonly RequestedKey[];
}

const FILE = z.strictObject({ file: z.string(), passphraseFile: z.string().optional() });
const TOKEN = z
  .strictObject({
    module: z.string(),
    token: z.union([z.string().min(1), z.int().min(0)]),
    label: z.string().min(1).optional(),
    id: z
      .string()
      .regex(/^([0-9a-f]{2})+$/i)
      .optional(),
    pinFile: z.string(),
    sessions: z.int().min(1).max(64).default(4),
  })
  .refine(({ label, id }) => label !== undefined || id !== undefined, 'label or id is needed');
const SERVICE = z.strictObject({
  service: z.url({ protocol: /^https?$/ }),
  credential: z.string().min(1),
  user: z.string().optional(),
  passwordFile: z.string().optional(),
  tokenFile: z.string().optional(),
  activationKeyFile: z.string().optional(),
  activationKeyId: z.string().optional(),
});

/** One key: where it is, its certificates (by default `<name>.crt` beside the file), when it takes over. */
const KEY_FILE = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  certificates: z.string().optional(),
  key: z.union([FILE, TOKEN, SERVICE]).optional(),
});
type KeyFile = z.infer<typeof KEY_FILE>;

/** Reads every `<name>.json` of a folder; paths in it are relative to the folder. Throws `keyUnfit` in one sentence. */
export function readSealFolder(folder: string): SealFolder {
  const read = namesIn(folder).map((name) => readKey(folder, name));
  return {
    sources: read.flatMap((one) => ('source' in one ? [one.source] : [])),
    requested: read.flatMap((one) => ('requested' in one ? [one.requested] : [])),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => parse(file).name)
      .sort();
  } catch (cause) {
    throw new ServiceError('keyUnfit', `the folder of seal keys ${folder} cannot be read`, { cause });
  }
}

function readKey(
  folder: string,
  name: string,
): { readonly source: SealSource } | { readonly requested: RequestedKey } {
  const given = parseKeyFile(join(folder, `${name}.json`));
  const beside = join(folder, `${name}.crt`);
  const certificatesFile = given.certificates === undefined ? beside : resolve(folder, given.certificates);
  const place = placeOf(folder, given, certificatesFile);
  if (given.certificates === undefined && !existsSync(beside)) {
    if (place.kind === 'file' && isPkcs12(place.keyFile))
      return sourceOf(name, given, { ...place, certificatesFile: undefined });
    return { requested: { name, place } };
  }
  return sourceOf(name, given, place);
}

function sourceOf(name: string, { from }: KeyFile, place: KeyPlace): { readonly source: SealSource } {
  return { source: { name, ...(from !== undefined && { from: new Date(from) }), place } };
}

/** A PKCS#12 file brings its certificates along. */
function isPkcs12(path: string): boolean {
  return !readKeyFile(path).includes('-----BEGIN ');
}

function parseKeyFile(path: string): KeyFile {
  try {
    return KEY_FILE.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; ')
        : describeError(cause);
    throw new ServiceError('keyUnfit', `the seal key file ${path} cannot be read: ${reason}`, { cause });
  }
}

function placeOf(folder: string, { key }: KeyFile, certificatesFile: string): RequestedKey['place'] {
  const at = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
  if (key === undefined) return { kind: 'none', certificatesFile };
  if ('file' in key) {
    const passphrase =
      key.passphraseFile === undefined
        ? undefined
        : readKeyFile(resolve(folder, key.passphraseFile)).toString('utf8').trim();
    return { kind: 'file', keyFile: resolve(folder, key.file), passphrase, certificatesFile };
  }
  if ('module' in key)
    return { kind: 'token', ...key, pinFile: resolve(folder, key.pinFile), certificatesFile };
  const { service, ...others } = key;
  return {
    kind: 'remote',
    ...others,
    url: service.replace(/\/$/, ''),
    passwordFile: at(key.passwordFile),
    tokenFile: at(key.tokenFile),
    activationKeyFile: at(key.activationKeyFile),
    certificatesFile,
  };
}
