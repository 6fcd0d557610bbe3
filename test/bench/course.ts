/** The course of a batch: told on standard error while it runs, and as the pace of each tenth of it. */

interface Batch {
  readonly state: string;
  readonly startedAt: Date | null;
  readonly checked: number;
  readonly progress: { readonly ended: number };
}

const TOLD_EVERY_MS = 5000;
/** Rows end by chunks: a tenth of fewer rows is a few of them, and its pace is chance. */
const FEWEST_ROWS = 20_000;

/** Follows a batch of so many rows, which is noted now and then. */
export function followCourse(rows: number): { note(batch: Batch): void; tenths(): number[] } {
  /** When so many tenths had an outcome; the first is when it began to run. */
  const reached: number[] = [];
  let toldAt = performance.now();
  let told = 0;
  return {
    note({ state, startedAt, checked, progress: { ended } }) {
      const now = performance.now();
      if (startedAt !== null && reached.length === 0) reached.push(now);
      while (reached.length > 0 && reached.length <= 10 && ended * 10 >= rows * reached.length)
        reached.push(now);
      if (now - toldAt < TOLD_EVERY_MS) return;
      const done = startedAt === null ? checked : ended;
      const pace = Math.max(0, Math.round(((done - told) * 1000) / (now - toldAt)));
      process.stderr.write(`  ${state} ${done} of ${rows}, ${pace}/s\n`);
      [toldAt, told] = [now, done];
    },
    tenths: () => (rows < FEWEST_ROWS ? [] : pacesOf(reached, rows)),
  };
}

function pacesOf(reached: readonly number[], rows: number): number[] {
  return reached.slice(1).map((at, index) => {
    const seconds = (at - (reached[index] ?? at)) / 1000;
    return Math.round(rows / 10 / Math.max(seconds, 0.001));
  });
}
