/** The months of a table of counts. */

/** As many months as one request may count. */
export const MOST_MONTHS = 24;

/** Lists the months from one to another, `yyyy-MM`, both included; none where the last lies before the first. */
export function monthsBetween(from: string, until: string): string[] {
  const [first, last] = [numberOf(from), numberOf(until)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => {
    const number = first + at;
    return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
  });
}

/** Counted from the year 0. */
function numberOf(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
}
