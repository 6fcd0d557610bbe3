/** The key of a file: made when the file begins to arrive, gone when its time is over, and with it what came in. */
import type { Connection } from '../database/database.ts';
import { type FileKeyRow, insertFileKey } from '../database/file-keys.ts';
import type { Declaration } from '../domain/declaration.ts';
import { ServiceError } from '../errors.ts';
import type { FileKey } from '../keys/vault.ts';
import type { Services } from './services.ts';

type KeyServices = Pick<Services, 'vault'> & { readonly settings: Pick<Services['settings'], 'fileKeyDays'> };

/** Makes the key of a file, or of one declaration, and keeps it wrapped. */
export async function createFileKey(
  { vault, settings }: KeyServices,
  connection: Connection,
  fileKeyId: string,
): Promise<FileKey> {
  const wrappedKey = vault.createFileKey(fileKeyId);
  const { fileKeyDays: days } = settings;
  await insertFileKey(connection, { fileKeyId, wrappedKey, keyVersion: vault.version, days });
  return vault.openFileKey(fileKeyId, wrappedKey);
}

/** Opens what is under a file's key; undefined once that was destroyed. Older files are under the institution's own. */
export function openFileKey(
  vault: Services['vault'],
  fileId: string,
  { hasFileKey, wrappedFileKey }: FileKeyRow,
): FileKey | undefined {
  if (!hasFileKey) return vault;
  return wrappedFileKey === null ? undefined : vault.openFileKey(fileId, wrappedFileKey);
}

/** As `openFileKey`, for work that cannot be done without. Throws `recordMissing`. */
export function demandFileKey(vault: Services['vault'], fileId: string, row: FileKeyRow): FileKey {
  const key = openFileKey(vault, fileId, row);
  if (key === undefined) throw new ServiceError('recordMissing', `the key of file ${fileId} was destroyed`);
  return key;
}

/** Marks whom a staged declaration names, so that it is found when that person is erased; undefined for nobody. */
export function subjectMarkOf(
  vault: Services['vault'],
  { worker }: Pick<Declaration, 'worker'>,
): Buffer | undefined {
  const digits = worker?.ssin?.replace(/\D/g, '');
  return digits === undefined || digits.length !== 11 ? undefined : markSubject(vault, digits);
}

/** The mark of an SSIN in staged rows. */
export function markSubject(vault: Services['vault'], ssin: string): Buffer {
  return vault.staged(`subject/${ssin}`);
}
