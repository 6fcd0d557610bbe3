/** Retention: what has been kept for its time is reported, and deleted where the operator wants it. */
import { insertAuditEntry } from '../database/audit.ts';
import { listAuditMonths } from '../database/log-heads.ts';
import {
  APPLIED_CLASSES,
  type AppliedClass,
  countOver,
  type OverCount,
  removeOver,
} from '../database/retention.ts';
import { type Actor, keptUntil } from '../domain/evidence.ts';
import { overBefore } from '../domain/keep.ts';
import { RETENTION, type RetentionClass } from '../domain/retention.ts';
import { failpoint } from '../failpoint.ts';
import type { Services } from './services.ts';

type RetainServices = Pick<Services, 'database' | 'clock'>;

/** How much of a class is over. */
export interface OverClass extends OverCount {
  readonly name: RetentionClass;
}

/** Counts what is over, class by class; nothing is changed by that. */
export async function reportRetention({ database, clock }: RetainServices): Promise<readonly OverClass[]> {
  const now = clock();
  const classes: OverClass[] = [];
  for (const name of APPLIED_CLASSES) {
    const before = overBefore(RETENTION[name].keep, now);
    classes.push({
      name,
      ...(await database.transaction((connection) => countOver(connection, name, before))),
    });
  }
  const months = await database.transaction(listAuditMonths);
  const over = months.filter(({ year }) => keptUntil(year) <= now);
  const [first] = over;
  classes.push({
    name: 'auditEntries',
    rows: over.reduce((sum, { entries }) => sum + Math.max(0, entries), 0),
    oldest: first === undefined ? null : new Date(Date.UTC(first.year, first.month - 1, 1)),
    bytes: over.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  return classes;
}

const ROWS_AT_ONCE = 500;

/** Deletes what is over, or destroys its keys; each part of it with its evidence. Gives how many rows of each class. */
export async function applyRetention(
  { database, clock }: RetainServices,
  actor: Actor,
): Promise<Readonly<Record<AppliedClass, number>>> {
  const removed: Partial<Record<AppliedClass, number>> = {};
  for (const name of APPLIED_CLASSES) removed[name] = await applyClass({ database, clock }, actor, name);
  // Every class was gone through.
  return removed as Record<AppliedClass, number>;
}

async function applyClass(
  { database, clock }: RetainServices,
  actor: Actor,
  name: AppliedClass,
): Promise<number> {
  const before = overBefore(RETENTION[name].keep, clock());
  let removed = 0;
  for (;;) {
    const rows = await database.transaction(async (connection) => {
      const count = await removeOver(connection, name, before, ROWS_AT_ONCE);
      if (count > 0)
        await insertAuditEntry(connection, {
          actor,
          action: 'retention.apply',
          ground: 'duty',
          object: `${RETENTION[name].table}/${count}`,
        });
      return count;
    });
    await failpoint('retain.chunk');
    removed += rows;
    if (rows < ROWS_AT_ONCE) return removed;
  }
}
