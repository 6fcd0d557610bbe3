/** One process at a time works on a data folder: its embedded parts lie there. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '../errors.ts';
import { isProcessAlive, ownProcessId } from './s3/process-id.ts';

const FREE = 'free';

/**
 * Claims a data folder for this process and gives the function that releases it. A claim left by a process that is
 * gone is taken over. Throws `embeddedPartFailed` naming the process that holds it.
 *
 * The claim is a folder with one empty file, whose name says who holds it. Whoever renames that file has the claim: of
 * several renames of one name exactly one succeeds, so that two processes cannot both take over from a third.
 */
export function claimFolder(folder: string): () => void {
  const claim = join(folder, 'claim');
  const mine = join(claim, ownProcessId());
  for (;;) {
    placeToken(folder, claim);
    const [holder = FREE] = readdirSync(claim);
    if (holder !== FREE && isProcessAlive(holder)) throw inUse(folder, holder);
    if (tryRename(join(claim, holder), mine)) return () => void tryRename(mine, join(claim, FREE));
  }
}

/** Puts a free token where there is none yet. */
function placeToken(folder: string, claim: string): void {
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, 'claim-'));
  writeFileSync(join(draft, FREE), '');
  // A folder takes the place of an empty one only.
  if (!tryRename(draft, claim)) rmSync(draft, { recursive: true });
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function inUse(folder: string, holder: string): ServiceError {
  const pid = holder.split('-')[0];
  return new ServiceError(
    'embeddedPartFailed',
    `${folder} is in use by the service with process id ${pid}; stop it or set DATA_DIR to another folder`,
  );
}
