/** What the commands about privacy work with: the database, and the vault with the secrets of the configuration. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { openDatabase } from '../database/database.ts';
import type { Actor } from '../domain/evidence.ts';
import { uuidv7 } from '../domain/identifier.ts';
import { ServiceError } from '../errors.ts';
import { createLog } from '../log.ts';
import { readVaultSecrets } from '../own-keys.ts';
import { openVault } from '../workflows/open-vault.ts';
import type { Services } from '../workflows/services.ts';

export type PrivacyServices = Pick<Services, 'database' | 'vault' | 'clock' | 'newId'>;

/** The database that a command names. */
export interface DatabaseWish {
  readonly database?: string | undefined;
}

/** Opens both, and closes them afterwards. Throws `configurationInvalid` where no database is named. */
export function withRegister<T>(
  url: string | undefined,
  work: (services: PrivacyServices) => Promise<T>,
): Promise<T> {
  return withDatabase(url, async ({ database }) => {
    const config = readConfig();
    const clock = () => new Date();
    const secrets = readVaultSecrets(config, (name) => join(config.dataDir, name));
    const vault = await openVault({ database }, secrets);
    return work({ database, vault, clock, newId: () => uuidv7(clock(), randomBytes(10)) });
  });
}

/** Opens the database, and closes it afterwards. Throws `configurationInvalid` where none is named. */
export async function withDatabase<T>(
  url: string | undefined,
  work: (services: Pick<Services, 'database'>) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ url: databaseOf(url), connections: 2, log: createLog('silent') });
  try {
    return await work({ database });
  } finally {
    await database.close();
  }
}

/** The database that is named, else that of the configuration. Throws `configurationInvalid` where there is none. */
export function databaseOf(url: string | undefined): string {
  const { database: part } = readConfig();
  const given = url ?? (part.kind === 'given' ? part.url : undefined);
  if (given === undefined)
    throw new ServiceError(
      'configurationInvalid',
      'DATABASE_URL is not set; name the database with --database',
    );
  return given;
}

/** The operator as evidence names them. Throws `configurationInvalid` for a name that is none. */
export function operatorOf(name: string | undefined): Actor {
  if (name === undefined || !/^[\w.@-]{1,64}$/.test(name) || /\d{11}/.test(name))
    throw new ServiceError('configurationInvalid', 'Say who you are: --actor <name of your account>');
  return { kind: 'service', id: `operator/${name}` };
}

/** A reason is kept for years and names nobody. Throws `configurationInvalid`. */
export function reasonOf(text: string | undefined): string {
  const reason = text?.trim() ?? '';
  if (reason === '' || reason.length > 500)
    throw new ServiceError('configurationInvalid', 'Say why: --reason "<reference, without names>"');
  if (/(\d[ .-]?){11}/.test(reason))
    throw new ServiceError('configurationInvalid', '--reason holds a number like an SSIN; leave it out');
  return reason;
}
