/** How many requests are taken from one caller: counted in the database that all processes share. */
import { createRequestLimits, type RequestLimits } from './access/request-limits.ts';
import type { Config } from './config.ts';
import { clearUses, countUses } from './database/limit-uses.ts';
import type { Services } from './workflows/services.ts';

/** How long a request waits until it is counted. */
const COUNT_PATIENCE_MS = 250;

/** Opens the limits; nothing is asked before the first request. */
export function openLimits(
  { limits: perMinute }: Pick<Config, 'limits'>,
  { database, vault, log }: Pick<Services, 'database' | 'vault' | 'log'>,
): RequestLimits {
  const by = (patienceMs: number) => ({
    query: <Row>(text: string, values: readonly unknown[] = []) =>
      database.statement<Row>(text, values, patienceMs),
  });
  return createRequestLimits({
    perMinute,
    hashSsin: (ssin) => vault.lookUp(ssin).toString('hex'),
    nameOf: (subject) => vault.attempt(subject),
    count: (subject, uses, windowSeconds) => countUses(by(COUNT_PATIENCE_MS), subject, uses, windowSeconds),
    clear: () => clearUses(by(30_000)),
    log,
    patienceMs: COUNT_PATIENCE_MS,
  });
}
