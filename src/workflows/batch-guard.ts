/** A batch that may be a mistake waits for somebody to look at it; where its agency wants so, for somebody else. */
import { countUnseen } from '../database/batch-forecasts.ts';
import { lastRunOf } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { isJump, mostUnseen, needsSecond } from '../domain/batch-guard.ts';
import type { BatchRow } from './batch-row.ts';
import type { AgencyAccess } from './batch-submit.ts';
import type { Services } from './services.ts';

type Guarded = Pick<BatchRow, 'batchId' | 'organization' | 'progress'>;

/** Whether a batch that was to run at once waits to be started. */
export async function isHeldBack(
  { settings }: Pick<Services, 'settings'>,
  connection: Connection,
  { batchId, organization, progress }: Guarded,
): Promise<boolean> {
  const { batchGuards } = settings;
  if (batchGuards === undefined) return false;
  if (needsSecond(batchGuards, organization, progress)) return true;
  const last = await lastRunOf(connection, organization, batchId);
  if (last === undefined) return false;
  if (isJump(batchGuards, organization, progress.rows, last.rows)) return true;
  const most = mostUnseen(batchGuards, organization);
  return most !== undefined && (await countUnseen(connection, batchId, last.batchId)) > most;
}

/** Whether a batch has to be started by somebody else than who sent it. */
export function awaitsSecond(
  { settings }: Pick<Services, 'settings'>,
  { state, organization, progress }: Guarded & Pick<BatchRow, 'state'>,
): boolean {
  return state === 'checked' && needsSecond(settings.batchGuards, organization, progress);
}

/** Whether it is this one who may not start it, because they sent it. */
export function isOwnSubmission(
  { actor }: Pick<AgencyAccess, 'actor'>,
  batch: Pick<BatchRow, 'submittedBy' | 'submittedByKind'>,
): boolean {
  return actor.id === batch.submittedBy && actor.kind === batch.submittedByKind;
}
