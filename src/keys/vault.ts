/**
 * Symmetric keys by purpose and version: keyed hashes for look-up and codes, and the envelope that encrypts persons'
 * data. Callers get functions, never key bytes.
 */
import { randomBytes } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import { type Cipher, cipherOf, openWith, sealWith } from './cipher.ts';
import {
  deriveLasting,
  type Hmac,
  hmacOf,
  KEY_BYTES,
  LASTING_PURPOSES,
  type LastingKeys,
  type LastingPurpose,
  openVersion,
  type SecretVersion,
} from './vault-secret.ts';

/** The key of one file: opens what came in with it, until it is destroyed. */
export interface FileKey {
  /** For small texts: nonce and ciphertext in one. */
  seal(plaintext: Buffer, context: string): Buffer;
  open(sealed: Buffer, context: string): Buffer;
}

/** The key of one citizen: opens every data key of that citizen's documents, and nothing when destroyed. One of a file does so too. */
export interface CitizenKey extends FileKey {
  /** Makes the key of one document, and the form in which it is stored beside it. */
  createDataKey(): { readonly wrapped: Buffer; readonly cipher: Cipher };
  openDataKey(wrapped: Buffer): Cipher;
}

/** The keyed hash of an SSIN under one version. */
export interface LookUp {
  readonly keyVersion: number;
  readonly ssinHmac: Buffer;
}

/** Which versions are in use, and under which one everything new is written. */
export interface VersionsInUse {
  readonly current: number;
  readonly all: readonly number[];
}

/** Hashes that last whatever becomes of the secret: see `LASTING_PURPOSES`. */
export interface Vault extends Readonly<Record<LastingPurpose, Hmac>> {
  /** The version under which everything new is written. */
  readonly version: number;
  /** Names an SSIN without storing it, under that version. */
  readonly lookUp: Hmac;
  /** Gives the hashes of an SSIN under every version in use, the oldest first: a person may be kept under any of them. */
  lookUps(ssin: string): readonly LookUp[];
  /** For what belongs to no single citizen or file: SSINs in the person table, sessions. */
  seal(plaintext: Buffer, context: string): Buffer;
  open(sealed: Buffer, context: string): Buffer;
  /** Makes a citizen key and gives it wrapped, ready to be stored. */
  createCitizenKey(citizenKeyId: string): Buffer;
  openCitizenKey(citizenKeyId: string, wrapped: Buffer): CitizenKey;
  /** Makes the key of a file and gives it wrapped. */
  createFileKey(fileKeyId: string): Buffer;
  openFileKey(fileKeyId: string, wrapped: Buffer): CitizenKey;
  /** Wraps the key of a citizen or a file again, under the version of now. */
  rewrap(kind: 'citizen' | 'file', id: string, wrapped: Buffer): Buffer;
  /** Gives the keys that last, wrapped. */
  wrapLasting(): Buffer;
  /** From now on these versions are in use. Throws `keyUnfit` when the secret of one is missing. */
  follow(versions: VersionsInUse): void;
}

/** The secrets of a vault by version; each has at least 32 bytes. */
export interface VaultKeys {
  readonly secrets: ReadonlyMap<number, Buffer>;
  readonly inUse: VersionsInUse;
  readonly lasting: LastingKeys;
}

/** Builds the vault from one secret, or from versions of it. Throws `keyUnfit` when one has fewer than 32 bytes. */
export function createVault(keys: Buffer | VaultKeys): Vault {
  const { secrets, inUse, lasting } = Buffer.isBuffer(keys) ? onlyVersion(keys) : keys;
  const known = new Map([...secrets].map(([version, secret]) => [version, openVersion(version, secret)]));
  let [current, usable] = choose(known, inUse);
  const open = (kind: 'register' | 'envelope', sealed: Buffer, context: string) =>
    openAny([current, ...usable], kind, sealed, context);
  const fileContext = (fileKeyId: string) => `file/${fileKeyId}`;
  const createKey = (context: string) => sealWith(current.envelope, randomBytes(KEY_BYTES), context);
  const openKey = (context: string, wrapped: Buffer) => keyOf(open('envelope', wrapped, context));
  return {
    ...hmacsOf(lasting),
    get version() {
      return current.version;
    },
    lookUp: (ssin) => current.lookUp(ssin),
    lookUps: (ssin) => usable.map(({ version, lookUp }) => ({ keyVersion: version, ssinHmac: lookUp(ssin) })),
    seal: (plaintext, context) => sealWith(current.register, plaintext, context),
    open: (sealed, context) => open('register', sealed, context),
    createCitizenKey: createKey,
    openCitizenKey: openKey,
    createFileKey: (fileKeyId) => createKey(fileContext(fileKeyId)),
    openFileKey: (fileKeyId, wrapped) => openKey(fileContext(fileKeyId), wrapped),
    rewrap: (kind, id, wrapped) => {
      const context = kind === 'citizen' ? id : fileContext(id);
      return sealWith(current.envelope, open('envelope', wrapped, context), context);
    },
    wrapLasting: () => sealWith(current.envelope, writeLasting(lasting), LASTING_CONTEXT),
    follow: (versions) => {
      [current, usable] = choose(known, versions);
    },
  };
}

function onlyVersion(secret: Buffer): VaultKeys {
  return {
    secrets: new Map([[1, secret]]),
    inUse: { current: 1, all: [1] },
    lasting: deriveLasting(secret),
  };
}

function choose(
  known: ReadonlyMap<number, SecretVersion>,
  { current, all }: VersionsInUse,
): [SecretVersion, readonly SecretVersion[]] {
  const find = (version: number) => {
    const found = known.get(version);
    if (found === undefined)
      throw new ServiceError('keyUnfit', `the secret of vault version ${version} is not configured`);
    return found;
  };
  // A next version that only other processes know is theirs alone until it is the current one.
  const usable = all.filter((version) => known.has(version)).sort((one, other) => one - other);
  return [find(current), usable.map(find)];
}

/**
 * Opens under whichever version it was sealed. Only we seal under any of them, so that what opens under one is what was
 * sealed under it.
 */
function openAny(
  versions: readonly SecretVersion[],
  kind: 'register' | 'envelope',
  sealed: Buffer,
  context: string,
): Buffer {
  const distinct = [...new Set(versions)];
  for (const version of distinct.slice(0, -1)) {
    try {
      return openWith(version[kind], sealed, context);
    } catch {
      // Then it is under another version.
    }
  }
  const last = distinct.at(-1);
  if (last === undefined) throw new ServiceError('keyUnfit', 'the vault has no secret');
  return openWith(last[kind], sealed, context);
}

function keyOf(key: Buffer): CitizenKey {
  const cipher = cipherOf(key);
  return {
    createDataKey: () => {
      const dataKey = randomBytes(KEY_BYTES);
      return { wrapped: sealWith(cipher, dataKey, 'data-key'), cipher: cipherOf(dataKey) };
    },
    openDataKey: (wrapped) => cipherOf(openWith(cipher, wrapped, 'data-key')),
    seal: (plaintext, context) => sealWith(cipher, plaintext, context),
    open: (sealed, context) => openWith(cipher, sealed, context),
  };
}

function hmacsOf(lasting: LastingKeys): Readonly<Record<LastingPurpose, Hmac>> {
  const hmacs = LASTING_PURPOSES.map((purpose) => [purpose, hmacOf(lasting[purpose])]);
  // One entry for each purpose of the list.
  return Object.fromEntries(hmacs) as Record<LastingPurpose, Hmac>;
}

const LASTING_CONTEXT = 'lasting-keys';

function writeLasting(lasting: LastingKeys): Buffer {
  return Buffer.concat(LASTING_PURPOSES.map((purpose) => lasting[purpose]));
}

/** Opens the lasting keys under one of these secrets. Throws `archivedObjectCorrupt` when none of them wrapped them. */
export function unwrapLasting(secrets: ReadonlyMap<number, Buffer>, wrapped: Buffer): LastingKeys {
  const versions = [...secrets].map(([version, secret]) => openVersion(version, secret));
  const bytes = openAny(versions, 'envelope', wrapped, LASTING_CONTEXT);
  const keys = LASTING_PURPOSES.map((purpose, index) => [
    purpose,
    bytes.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES),
  ]);
  // One entry for each purpose of the list.
  return Object.fromEntries(keys) as LastingKeys;
}

/** Tells whether a secret opens what was sealed. */
export function opensWith(secret: Buffer, sealed: Buffer, context: string): boolean {
  try {
    openWith(openVersion(1, secret).register, sealed, context);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'archivedObjectCorrupt') return false;
    throw error;
  }
}
