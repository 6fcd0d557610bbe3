/** Rows of a file on their way into the archive and back: encrypted under the key of their run, in parts. */
import { createHash } from 'node:crypto';
import { openObject, wrapObject } from '../archive/envelope.ts';
import { partKeyOf } from '../archive/object-key.ts';
import type { Connection } from '../database/database.ts';
import { findFileKey } from '../database/file-keys.ts';
import type { FlowPart } from '../database/flow-files.ts';
import { nameObjects } from '../database/publications.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { CitizenKey } from '../keys/vault.ts';
import type { Services } from './services.ts';

type PartServices = Pick<Services, 'database' | 'archive' | 'vault' | 'newId' | 'clock'>;

/** The key of a run, and its id. */
export interface RunKey {
  readonly runId: string;
  readonly key: CitizenKey;
}

/** Opens the key of a run; undefined once it was destroyed: then nothing of the run can be read any more. */
export async function findRunKey(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  runId: string,
): Promise<RunKey | undefined> {
  const row = await findFileKey(connection, runId);
  if (row === undefined || row.wrappedFileKey === null) return undefined;
  return { runId, key: vault.openFileKey(runId, row.wrappedFileKey) };
}

/** Stores rows as a part that nobody names yet; it is removed where no transaction adopts it in time. */
export async function storePart(
  { database, archive, newId, clock }: PartServices,
  { runId, key }: RunKey,
  text: string,
): Promise<FlowPart> {
  const partId = newId();
  const objectKey = partKeyOf(partId, clock());
  await database.transaction((connection) => nameObjects(connection, [objectKey]));
  const content = Buffer.from(text);
  const object = wrapObject(content, { documentId: partId, citizenKeyId: runId }, key);
  const objectSha256 = createHash('sha256').update(object).digest();
  await archive.store(objectKey, object, objectSha256);
  await failpoint('flow.stored');
  return { partId, objectKey, objectSha256, bytes: content.length };
}

/** Fetches the rows of a part. Throws `archivedObjectCorrupt` where it is not what was stored. */
export async function fetchPart(
  { archive }: Pick<Services, 'archive'>,
  { key }: RunKey,
  { partId, objectKey, objectSha256 }: FlowPart,
): Promise<Buffer> {
  const object = await archive.fetch(objectKey);
  if (!createHash('sha256').update(object).digest().equals(objectSha256))
    throw new ServiceError('archivedObjectCorrupt', `part ${partId} of a flow is not what was stored`);
  return openObject(object, partId, key);
}
