/** Moments of the evidence log on the wire. */
import { brusselsDateTime } from './period.ts';

/** Writes a moment with microseconds (`…:00.123456Z`) in Brussels time, as eBox audit trails want it (`TIMESTAMP`). */
export function microTime(utc: string): string {
  const fraction = /\.\d{6}(?=Z$)/.exec(utc)?.[0] ?? '';
  return brusselsDateTime(new Date(utc)).replace(/(?=[+-]\d\d:\d\d$)/, fraction);
}
