/** Structured log lines on standard output; whatever looks like an SSIN is masked in the finished line. */
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** A UUID is kept as it is; eleven digits, plain or written 6-3-2 or 2.2.2-3.2, are masked. */
const UUID_OR_SSIN =
  /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(?<!\d)\d{2}[.\- ]?\d{2}[.\- ]?\d{2}[.\- ]?\d{3}[.\- ]?\d{2}(?!\d)/gi;

/** Replaces every run of eleven digits, also written with dots, dashes or spaces, by `***********`. */
export function maskSsins(text: string): string {
  return text.replace(UUID_OR_SSIN, (match: string, uuid?: string) =>
    uuid === undefined ? '***********' : match,
  );
}

/** Makes the log of the process. `level` is one of pino's (`info`, `debug`, `silent` …). */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: maskSsins },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
