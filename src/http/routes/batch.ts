/** What the batch routes share: the batch that a path names, and how it and its rows are written. */
import { z } from 'zod';
import {
  CANARY_STATES,
  canaryState,
  isAtRest,
  RECALL_RESULTS,
  ROW_OUTCOMES,
  SHOWN_STATES,
} from '../../domain/batch.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { type BatchRow, consultBatch, type ReportRow } from '../../workflows/batch-consult.ts';
import { awaitsSecond } from '../../workflows/batch-guard.ts';
import type { Services } from '../../workflows/services.ts';
import { agencyAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Request } from '../route.ts';

export type BatchServices = Pick<Services, 'database' | 'vault' | 'newId' | 'clock' | 'settings'>;

/** What every batch route has in common. */
export const batchCommon = {
  tag: 'Batches',
  errors: 'belgif',
  access: { kind: 'scope', scope: 'batches:submit', caller: 'client' },
} as const;

/** What the routes of one batch have in common. */
export const oneBatch = {
  ...batchCommon,
  body: { kind: 'none' },
  params: z.strictObject({
    batchId: z.uuid().meta({ description: 'From the `Location` of the batch' }),
  }),
} as const;

/** Finds the batch that the path names; throws a `Refusal` (404) for one that is not the caller's organisation's. */
export async function findBatch(services: BatchServices, request: Request): Promise<BatchRow> {
  const batch = await consultBatch(services, agencyAccessOf(request), request.params.batchId ?? '');
  if (batch === undefined) throw new Refusal(resourceNotFound('batchId'));
  return batch;
}

/** Gives the address of a batch. */
export function batchAddress({ settings }: Pick<Services, 'settings'>, batchId: string): string {
  return `${settings.publicUrl}/batches/v1/batches/${batchId}`;
}

const count = (description: string) => z.int().meta({ description });
const dateTime = z.string().meta({ format: 'date-time' });

export const batchSchema = z
  .object({
    self: z.url(),
    batchId: z.uuid(),
    fileName: z.string(),
    state: z.enum(SHOWN_STATES),
    status: z
      .object({
        state: z.enum(['processing', 'done']),
        pollAfter: dateTime.optional(),
        completed: dateTime.optional(),
      })
      .meta({ description: 'Belgif `LongRunningTaskStatus`: of the check, and after the start of the run' }),
    awaitsSecond: z.boolean().meta({
      description: 'Whether it waits to be started by another official or program than the one that sent it',
    }),
    rows: count('Rows of the file'),
    checked: count('Rows checked so far'),
    faulty: count('Rows that checking found faulty; running refuses them'),
    ended: count('Rows with an outcome'),
    recalled: count('Rows whose declaration was taken back by recalling the batch'),
    outcomes: z.object(Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, z.int()]))),
    canary: z
      .object({
        rows: count('So many rows, from the first, are issued before the others'),
        state: z.enum(CANARY_STATES).meta({
          description:
            '`waiting`: they have ended, and the others wait for `resumption` or `cancellation`; `over`: that was decided',
        }),
      })
      .optional()
      .meta({ description: 'Where the batch has one' }),
    createdAt: dateTime,
  })
  .meta({ id: 'Batch' });

/** Writes a batch as it stands. */
export function toBatch(
  services: Pick<Services, 'clock' | 'settings'>,
  batch: BatchRow,
): z.input<typeof batchSchema> {
  const canary = canaryState(batch);
  const isOpen = !isAtRest(batch.state) && canary !== 'waiting';
  const completed = batch.doneAt ?? batch.checkedAt;
  return {
    self: batchAddress(services, batch.batchId),
    batchId: batch.batchId,
    fileName: batch.fileName,
    // A batch that is still being received is not found.
    state: batch.state === 'receiving' ? 'checking' : batch.state,
    status: isOpen
      ? { state: 'processing', pollAfter: brusselsDateTime(new Date(services.clock().getTime() + 2000)) }
      : { state: 'done', ...(completed && { completed: brusselsDateTime(completed) }) },
    awaitsSecond: awaitsSecond(services, batch),
    rows: batch.progress.rows,
    checked: batch.checked,
    faulty: batch.progress.faulty,
    ended: batch.progress.ended,
    recalled: batch.progress.recalled,
    outcomes: batch.progress.outcomes,
    ...(canary !== undefined && { canary: { rows: batch.canaryRows ?? 0, state: canary } }),
    createdAt: brusselsDateTime(batch.createdAt),
  };
}

export const rowsSchema = z
  .object({
    items: z.array(
      z.object({
        row: z
          .int()
          .meta({ description: 'Its number in the file, from 1; the header of a CSV is not counted' }),
        reference: z.string().optional().meta({ description: 'As the sender wrote it' }),
        state: z.enum(['staged', 'checked', 'accepted', 'ended']),
        outcome: z.enum(ROW_OUTCOMES).optional(),
        anomalies: z.array(z.string()).meta({ description: 'NSSO codes' }),
        declarationId: z.uuid().optional(),
        attestation: z.string().optional().meta({ description: 'The number of the attestation' }),
        recall: z.enum(RECALL_RESULTS).optional().meta({
          description:
            'What recalling came to: held back before it was issued, revoked and told, replaced by a version without this row, taken back where nothing was issued, or kept',
        }),
      }),
    ),
    next: z.url().optional(),
  })
  .meta({ id: 'BatchRows' });

/** Writes one row with what became of it. */
export function toRow(row: ReportRow): z.input<typeof rowsSchema>['items'][number] {
  return {
    row: row.rowNumber,
    state: row.state,
    anomalies: [...(row.anomalies ?? [])],
    ...(row.reference !== null && { reference: row.reference }),
    ...(row.outcome !== null && { outcome: row.outcome }),
    ...(row.declarationId !== null && { declarationId: row.declarationId }),
    ...(row.attestationNumber !== null && { attestation: row.attestationNumber }),
    ...(row.recall !== null && { recall: row.recall }),
  };
}
