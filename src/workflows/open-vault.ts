/** Opens the vault with the secrets of the configuration, as the register says which of them is used. */
import type { Connection } from '../database/database.ts';
import { lockName } from '../database/locks.ts';
import {
  addVersion,
  findLastingKeys,
  findSample,
  listVaultVersions,
  nameVersion,
  saveLastingKeys,
  type VaultVersionRow,
} from '../database/vault-versions.ts';
import { ServiceError } from '../errors.ts';
import { createVault, opensWith, unwrapLasting, type Vault, type VersionsInUse } from '../keys/vault.ts';
import { deriveLasting, fingerprintOf } from '../keys/vault-secret.ts';
import type { Services } from './services.ts';

/** The secret of now, and those that it took the place of. */
export interface VaultSecrets {
  readonly current: Buffer;
  readonly former: readonly Buffer[];
}

/**
 * Opens the vault. A secret that the register does not know yet is its next version: it is used once the operator says
 * so (`ebox keys rekey start`), until when processes without it go on beside this one.
 * Throws `keyUnfit` when a secret is missing under which something lies, or when it is none of ours.
 */
export function openVault({ database }: Pick<Services, 'database'>, secrets: VaultSecrets): Promise<Vault> {
  return database.transaction(async (connection) => {
    await lockName(connection, 'vault-versions');
    await nameFirst(connection, secrets);
    await noteNext(connection, secrets.current);
    const versions = await listVaultVersions(connection);
    const known = matchSecrets(versions, [secrets.current, ...secrets.former]);
    const missing = versions.find(
      ({ version, state }) => (state === 'current' || state === 'former') && !known.has(version),
    );
    if (missing !== undefined) throw missingSecret(missing);
    const inUse = inUseOf(versions);
    const lasting = await openLasting(connection, known);
    const vault = createVault({ secrets: known, inUse, lasting: lasting.keys });
    if (lasting.isNew) await saveLastingKeys(connection, vault.wrapLasting(), vault.version);
    return vault;
  });
}

/** Goes on with the versions that the register says are in use now. Throws `keyUnfit` when a secret is missing. */
export async function followVersions(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
): Promise<void> {
  vault.follow(inUseOf(await listVaultVersions(connection)));
}

/** The secret of the first version is whichever opens what is there; in an empty register the one of now. */
async function nameFirst(connection: Connection, { current, former }: VaultSecrets): Promise<void> {
  const [first] = await listVaultVersions(connection);
  if (first === undefined || first.fingerprint !== null) return;
  const sample = await findSample(connection);
  const all = [current, ...former];
  const secret =
    sample === undefined ? current : all.find((one) => opensWith(one, sample.sealed, sample.context));
  if (secret === undefined)
    throw new ServiceError(
      'keyUnfit',
      'VAULT_SECRET_FILE holds another secret than the one that the register lies under',
    );
  await nameVersion(connection, first.version, fingerprintOf(secret));
}

async function noteNext(connection: Connection, secret: Buffer): Promise<void> {
  const versions = await listVaultVersions(connection);
  const fingerprint = fingerprintOf(secret);
  const known = versions.find((one) => one.fingerprint?.equals(fingerprint));
  if (known?.state === 'retired')
    throw new ServiceError('keyUnfit', 'VAULT_SECRET_FILE holds a secret that was retired');
  if (known !== undefined) return;
  if (versions.some(({ state }) => state === 'next' || state === 'former'))
    throw new ServiceError(
      'keyUnfit',
      'VAULT_SECRET_FILE holds a third secret; bring the change that is under way to its end first (ebox keys rekey status)',
    );
  await addVersion(connection, Math.max(...versions.map(({ version }) => version)) + 1, fingerprint);
}

function matchSecrets(
  versions: readonly VaultVersionRow[],
  secrets: readonly Buffer[],
): ReadonlyMap<number, Buffer> {
  const known = new Map<number, Buffer>();
  for (const secret of secrets) {
    const fingerprint = fingerprintOf(secret);
    const found = versions.find((one) => one.fingerprint?.equals(fingerprint));
    if (found !== undefined && found.state !== 'retired') known.set(found.version, secret);
  }
  return known;
}

function missingSecret({ version, state }: VaultVersionRow): ServiceError {
  const what = state === 'current' ? 'everything new is under it' : 'something is still under it';
  return new ServiceError(
    'keyUnfit',
    `the secret of vault version ${version} is missing and ${what}; name its file in VAULT_SECRET_FILE or FORMER_VAULT_SECRET_FILES`,
  );
}

function inUseOf(versions: readonly VaultVersionRow[]): VersionsInUse {
  const current = versions.find(({ state }) => state === 'current');
  if (current === undefined) throw new ServiceError('keyUnfit', 'the register has no current vault version');
  const all = versions.filter(({ state }) => state !== 'retired').map(({ version }) => version);
  return { current: current.version, all };
}

async function openLasting(connection: Connection, known: ReadonlyMap<number, Buffer>) {
  const wrapped = await findLastingKeys(connection);
  if (wrapped !== undefined) return { keys: unwrapLasting(known, wrapped), isNew: false };
  // The first time: the first secret is there, as nothing was retired before.
  const [, first] = [...known].sort(([one], [other]) => one - other)[0] ?? [];
  if (first === undefined) throw new ServiceError('keyUnfit', 'the vault has no secret');
  return { keys: deriveLasting(first), isNew: true };
}
