/** Deliberations on the wire. */
import { z } from 'zod';
import { ANNOUNCED_DAYS, type Deliberation, daysBetween, stateOf } from '../../domain/deliberation.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import type { DeliberationRow } from '../../workflows/deliberate.ts';
import { enterpriseNumber, localDate } from '../fields.ts';
import { readUse, shownUseShape, toUse, USE_EXAMPLE, useShape } from './data-use-schema.ts';

const decision = {
  number: z
    .string()
    .regex(/^\d{2,4}\/\d{1,4}$/, 'expected a number such as 20/123')
    .meta({ description: 'As the Committee numbers it', example: '20/123' }),
  decidedOn: localDate('When the Committee decided', '2025-11-04'),
};

/** A deliberation to record. */
export const newDeliberationSchema = z
  .strictObject({
    ...decision,
    organization: enterpriseNumber('The organisation that may use the data'),
    ...useShape,
  })
  .meta({ id: 'NewDeliberation' });

/** A version to add; the organisation stays. */
export const changeSchema = z
  .strictObject({
    changes: z.int().min(1).meta({ description: 'The version that is changed: the last one' }),
    ...decision,
    ...useShape,
  })
  .meta({ id: 'DeliberationChange' });

export const DELIBERATION_EXAMPLE = {
  number: '20/123',
  decidedOn: '2025-11-04',
  organization: '0206731645',
  ...USE_EXAMPLE,
};

/** Reads a deliberation; the route's schema read the body. */
export function readDeliberation(body: unknown): Deliberation {
  const read = body as z.output<typeof newDeliberationSchema>;
  const { number, decidedOn, organization } = read;
  return { number, decidedOn, organization, ...readUse(read) };
}

/** Reads a change, and which version it was made from. */
export function readChange(body: unknown): {
  readonly changed: number;
  readonly change: Omit<Deliberation, 'organization'>;
} {
  const read = body as z.output<typeof changeSchema>;
  const { changes: changed, number, decidedOn } = read;
  return { changed, change: { number, decidedOn, ...readUse(read) } };
}

const dateTime = z.string().meta({ format: 'date-time' });

export const deliberationSchema = z
  .object({
    deliberationId: z.uuid(),
    version: z.int(),
    lastVersion: z.int(),
    state: z.enum(['future', 'inForce', 'replaced', 'expired', 'ended']),
    number: z.string().meta({ example: '20/123' }),
    decidedOn: z.string().meta({ format: 'date' }),
    organization: z.string().meta({ example: '0206731645' }),
    ...shownUseShape,
    recordedAt: dateTime,
    expiresInDays: z
      .int()
      .optional()
      .meta({ description: `When it is in force and ends within ${ANNOUNCED_DAYS} days` }),
    expiryAnnouncedAt: dateTime.optional(),
    ended: z.object({ at: dateTime, reasons: z.string() }).optional(),
  })
  .meta({ id: 'Deliberation' });

export const deliberationsSchema = z
  .object({
    items: z.array(deliberationSchema),
    next: z.string().optional().meta({ format: 'uri', description: 'The next page' }),
  })
  .meta({ id: 'Deliberations' });

/** Writes a deliberation. */
export function toDeliberation(row: DeliberationRow) {
  const { deliberationId, version, lastVersion, number, decidedOn, organization, endedAt } = row;
  const { isReplaced, announcedAt, endReasons, today, recordedAt } = row;
  const state = stateOf(row, { isEnded: endedAt !== null, isReplaced }, today);
  const expiresInDays = daysBetween(today, row.validUntil);
  const expires = state === 'inForce' && expiresInDays <= ANNOUNCED_DAYS;
  return {
    deliberationId,
    version,
    lastVersion,
    state,
    number,
    decidedOn,
    organization,
    ...toUse(row),
    recordedAt: brusselsDateTime(recordedAt),
    ...(expires && { expiresInDays }),
    ...(announcedAt !== null && { expiryAnnouncedAt: brusselsDateTime(announcedAt) }),
    ...(endedAt !== null && { ended: { at: brusselsDateTime(endedAt), reasons: endReasons ?? '' } }),
  };
}
