/** What operators watch beside rates: what waits, what was set aside, how far evidence is behind, which certificate ends when. */
import {
  countUntold,
  type EvidenceGauge,
  gaugeEvidence,
  gaugeJobs,
  type LaneGauge,
} from '../database/gauges.ts';
import { type Findings, lastRound } from '../database/reconciliation.ts';
import type { Services } from './services.ts';

export interface Gauges {
  readonly jobs: readonly LaneGauge[];
  readonly evidence: EvidenceGauge;
  /** Messages whose event nobody took up yet. */
  readonly untold: number;
  /** What the last whole round of holding the archive against the register came to; undefined before the first. */
  readonly archive: (Findings & { readonly seconds: number }) | undefined;
  readonly certificates: readonly { readonly key: string; readonly notAfter: Date }[];
}

/** How long a reading may take: a database that is busy is not made busier by who watches it. */
const PATIENCE_MS = 5000;

/** Reads all of it. Throws `databaseUnavailable`. */
export function readGauges({ database, sealKeys }: Pick<Services, 'database' | 'sealKeys'>): Promise<Gauges> {
  return database.transaction(
    async (connection) => ({
      jobs: await gaugeJobs(connection),
      evidence: await gaugeEvidence(connection),
      untold: await countUntold(connection),
      archive: await lastRound(connection),
      certificates: sealKeys.all.map(({ name, notAfter }) => ({ key: name, notAfter })),
    }),
    PATIENCE_MS,
  );
}
