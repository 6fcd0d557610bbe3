/** One turn of keeping the evidence log: take up what is committed, make a head, time-stamp it, export it. */
import { makeAuditMonths } from '../database/log-heads.ts';
import { describeError } from '../errors.ts';
import { exportLog } from './export-log.ts';
import { makeHead, stampHeads } from './log-head.ts';
import { sealEvidence } from './seal-evidence.ts';
import type { Services } from './services.ts';

type EvidenceServices = Pick<
  Services,
  'database' | 'evidenceKey' | 'evidenceBucket' | 'timeStamp' | 'clock' | 'settings' | 'log'
>;

/** Months whose partitions are made beforehand. */
const MONTHS_AHEAD = 2;

/**
 * Does what is due. Each part goes on where it was left, so a turn may be cut off anywhere; one that fails keeps none of
 * the others: a bucket or an authority that is away delays the export or the time-stamp, never the log.
 */
export async function keepEvidence(services: EvidenceServices): Promise<void> {
  const { database, log } = services;
  const parts = {
    months: () => database.transaction((connection) => makeAuditMonths(connection, MONTHS_AHEAD)),
    leaves: () => sealEvidence(services),
    head: () => makeHead(services),
    export: () => exportLog(services),
    timeStamp: () => stampHeads(services),
  };
  for (const [part, work] of Object.entries(parts)) {
    try {
      await work();
    } catch (error) {
      log.warn({ part, reason: describeError(error) }, 'the evidence log was not kept');
    }
  }
}
