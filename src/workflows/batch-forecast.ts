/** An agency sees what a checked batch would come to before it has it run. */
import { insertAuditEntry } from '../database/audit.ts';
import { findForecast, rateOfLast } from '../database/batch-forecasts.ts';
import { type BatchForecast, weighForecast } from '../domain/batch-forecast.ts';
import { dimensionOf } from '../domain/dimension.ts';
import { brusselsDate } from '../domain/period.ts';
import { entryOf } from './batch-consult.ts';
import type { BatchRow } from './batch-row.ts';
import type { AgencyAccess } from './batch-submit.ts';
import type { Services } from './services.ts';

export interface ConsultedForecast extends BatchForecast {
  /** Of running it, by how fast the last batches went; undefined while there were none. */
  readonly estimatedSeconds: number | undefined;
}

/** Tells what a batch would come to; undefined for one that ran as soon as it was checked. Find it with `consultBatch` first. */
export async function consultForecast(
  { database, catalogue, clock, settings }: Pick<Services, 'database' | 'catalogue' | 'clock' | 'settings'>,
  access: AgencyAccess,
  batch: BatchRow,
): Promise<ConsultedForecast | undefined> {
  const found = await database.transaction(async (connection) => {
    const stored = await findForecast(connection, batch.batchId);
    if (stored === undefined) return undefined;
    await insertAuditEntry(connection, entryOf(access, 'batch.consult', batch));
    return { stored, rate: await rateOfLast(connection) };
  });
  if (found === undefined) return undefined;
  const today = brusselsDate(clock());
  const { municipalities, statistics } = catalogue;
  const view = {
    places: dimensionOf('place', { ...catalogue, today }),
    municipalities,
    today,
    smallestCount: statistics.smallestCount,
    presumption: settings.languagePresumption,
  };
  const rows = batch.progress.rows - batch.progress.faulty;
  return {
    ...weighForecast(found.stored, view),
    estimatedSeconds: found.rate === undefined ? undefined : Math.ceil(rows / found.rate),
  };
}
