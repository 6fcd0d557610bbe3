/** Structured log lines on standard output; whatever looks like an SSIN is masked in the finished line. */
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

const UUID = String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`;
const ATTESTATION_NUMBER = String.raw`\b[a-z]{2,6}-\d{4}-\d{8,}-\d{2}\b`;
const GAP = String.raw`[.\-/ \u00a0\u202f]?`;
/** Eleven digits, plain or in groups. In a line of JSON, digits before them may belong to an escape such as `\u0001`. */
const SSIN = String.raw`(?:(?<!\d)|(?<=\\u[0-9a-f]{4}))\d\d${GAP}\d\d${GAP}\d\d${GAP}\d{3}${GAP}\d\d(?!\d)`;
const KEPT_OR_SSIN = new RegExp(`(${UUID}|${ATTESTATION_NUMBER})|${SSIN}`, 'gi');

const MASK = '***********';

/**
 * Replaces every run of eleven digits, also written with dots, dashes, slashes or spaces, by `***********`.
 * UUIDs and attestation numbers are kept.
 */
export function maskSsins(text: string): string {
  return text.replace(KEPT_OR_SSIN, (_match, kept?: string) => kept ?? MASK);
}

/** A text or a number of eleven digits, as they stand in JSON. */
const TEXT_OR_SSIN = /"(?:[^"\\]|\\.)*"|(?<![\d.])-?\d{11}(?![\d.eE])/g;
/** What terminals obey or lines break at, and JSON lets stand as it is. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Masks a finished line and leaves it one line of JSON: a masked number becomes a text. */
function maskLine(line: string): string {
  return line
    .replace(TEXT_OR_SSIN, (token) => (token.startsWith('"') ? maskSsins(token) : `"${MASK}"`))
    .replace(UNSEEN, (character) => character.split('').map(escapeUnit).join(''));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Makes the log of the process. `level` is one of pino's (`info`, `debug`, `silent` …). */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: maskLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
