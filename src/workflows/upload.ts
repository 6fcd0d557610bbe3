/** A large file arrives in parts: each is kept, encrypted, when it is whole; then a batch is made of all of them. */
import { createHash } from 'node:crypto';
import type { Connection } from '../database/database.ts';
import {
  addPart,
  closeUpload,
  deleteUploads,
  findOwnUpload,
  findPart,
  insertUpload,
  type StoredUpload,
} from '../database/uploads.ts';
import type { FileKey } from '../keys/vault.ts';
import { type AgencyAccess, type BatchFile, submitBatch } from './batch-submit.ts';
import { createFileKey, demandFileKey } from './file-key.ts';
import type { Services } from './services.ts';

export type { StoredUpload };

export type UploadServices = Pick<Services, 'database' | 'vault' | 'newId' | 'clock' | 'settings'>;

/** So long after its last part an upload is forgotten. */
const KEPT_HOURS = 24;
/** More than these an organisation has no use for at once. */
const MOST_OPEN = 20;

/** Opens an upload and gives its id; undefined where the organisation has as many open as it may have. */
export async function openUpload(
  services: UploadServices,
  { organization }: AgencyAccess,
): Promise<string | undefined> {
  const uploadId = services.newId();
  return services.database.transaction(async (connection) => {
    await deleteUploads(connection, KEPT_HOURS);
    if (!(await insertUpload(connection, uploadId, organization, MOST_OPEN))) return undefined;
    await createFileKey(services, connection, uploadId);
    return uploadId;
  });
}

/** Finds an upload of the agency's own; undefined for anybody else's, and for one whose time is over. */
export function consultUpload(
  { database }: Pick<Services, 'database'>,
  { organization }: AgencyAccess,
  uploadId: string,
): Promise<StoredUpload | undefined> {
  return database.transaction((connection) => findOwnUpload(connection, organization, uploadId, KEPT_HOURS));
}

/** `elsewhere`: the part does not begin where the last one ended, or a batch was made of the upload. */
export type PartOutcome = 'kept' | 'elsewhere' | 'changedOnTheWay';

/** Keeps a part as a whole. One that was changed on the way is not kept. */
export async function keepPart(
  { database, vault }: UploadServices,
  { uploadId, ...row }: StoredUpload,
  part: { readonly offset: number; readonly bytes: Buffer; readonly sha256: Buffer },
): Promise<PartOutcome> {
  if (!createHash('sha256').update(part.bytes).digest().equals(part.sha256)) return 'changedOnTheWay';
  if (row.batchId !== null) return 'elsewhere';
  const key = demandFileKey(vault, uploadId, row);
  const sealed = key.seal(part.bytes, contextOf(uploadId, part.offset));
  const isKept = await database.transaction((connection) =>
    addPart(connection, uploadId, { offset: part.offset, bytes: part.bytes.length, sealed }),
  );
  return isKept ? 'kept' : 'elsewhere';
}

/**
 * Makes a batch of an upload and gives its id; asked again, that of the first time. `unpack` reads what its parts come to.
 * Throws as `submitBatch` does; then the upload stays.
 */
export async function submitUpload(
  services: UploadServices,
  access: AgencyAccess,
  upload: StoredUpload,
  file: BatchFile,
  unpack: (parts: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
): Promise<string> {
  if (upload.batchId !== null) return upload.batchId;
  const { uploadId } = upload;
  const key = demandFileKey(services.vault, uploadId, upload);
  try {
    return await submitBatch(services, access, file, unpack(readParts(services, key, uploadId)), (...batch) =>
      demandUpload(uploadId, ...batch),
    );
  } catch (error) {
    // Whatever this was: the parts go once another call has made a batch of them, be it while they are read here.
    const now = await consultUpload(services, access, uploadId);
    if (now?.batchId) return now.batchId;
    throw error;
  }
}

/** Another call made a batch of the same upload first. */
class TakenBefore extends Error {}

async function demandUpload(uploadId: string, connection: Connection, batchId: string): Promise<void> {
  if (!(await closeUpload(connection, uploadId, batchId))) throw new TakenBefore();
}

async function* readParts(
  { database }: Pick<Services, 'database'>,
  key: FileKey,
  uploadId: string,
): AsyncGenerator<Buffer> {
  for (let from = 0; ; ) {
    const at = from;
    const part = await database.transaction((connection) => findPart(connection, uploadId, at));
    if (part === undefined) return;
    const bytes = key.open(part.body, contextOf(uploadId, part.offset));
    yield bytes;
    from = part.offset + bytes.length;
  }
}

/** A part opens at its own place only. */
function contextOf(uploadId: string, offset: number): string {
  return `${uploadId}/${offset}`;
}

/** Forgets an upload that is not wanted any more. */
export async function dropUpload(
  { database }: Pick<Services, 'database'>,
  { uploadId }: StoredUpload,
): Promise<void> {
  await database.transaction((connection) => deleteUploads(connection, 0, uploadId));
}

/** Forgets uploads that nobody went on with. */
export async function sweepUploads({ database }: Pick<Services, 'database'>): Promise<void> {
  await database.transaction((connection) => deleteUploads(connection, KEPT_HOURS));
}
