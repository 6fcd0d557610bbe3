/** How long something is kept, and when that is over. */

/** From a moment of the row: so many days; so many years, counted from the 1 January after it; or until that moment. */
export type Keep = { readonly days: number } | { readonly years: number } | 'until';

/** Gives the moment before which what began is over. */
export function overBefore(keep: Keep, now: Date): Date {
  if (keep === 'until') return now;
  if ('days' in keep) return new Date(now.getTime() - keep.days * 86_400_000);
  // Kept until the 1 January after it, and so many years more.
  return new Date(Date.UTC(now.getUTCFullYear() - keep.years, 0, 1));
}

/** Says how long in words, for the report. */
export function describeKeep(keep: Keep): string {
  if (keep === 'until') return 'until its moment';
  return 'days' in keep ? `${keep.days} days` : `${keep.years} years from 1 January`;
}
