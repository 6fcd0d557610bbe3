/** Looks through all that tests left in any sink for numbers of persons. */
import { ALLOWED, type Allowed } from './allowed.ts';
import { fixtureNumbers } from './fixtures.ts';
import { type Kept, readKept } from './keep.ts';
import { findWritten, type Written } from './written.ts';

/** A number where none belongs; told without the number. */
export interface Leak extends Pick<Kept, 'sink' | 'place' | 'file'> {
  readonly form: string;
  /** Where the number stands in the project; undefined for one that only passes the check. */
  readonly fixture: string | undefined;
  /** What stands around it, digits masked. */
  readonly around: string;
}

export interface ScanReport {
  readonly leaks: readonly Leak[];
  /** How often each reason allowed a number. */
  readonly allowed: ReadonlyMap<Allowed, number>;
  readonly sinks: ReadonlyMap<string, number>;
}

/** Scans what was kept in a folder; `allowList` is that of the project unless a test has another. */
export function scanSinks(folder: string, allowList: readonly Allowed[] = ALLOWED): ScanReport {
  const fixtures = fixtureNumbers();
  const known = new Set(fixtures.keys());
  const allowed = new Map<Allowed, number>();
  const sinks = new Map<string, number>();
  const leaks = new Map<string, Leak>();
  for (const kept of readKept(folder)) {
    sinks.set(kept.sink, (sinks.get(kept.sink) ?? 0) + kept.content.length);
    for (const written of findWritten(kept.content, known)) {
      const text = surroundings(kept.content, written);
      // The same number may stand beside itself in another form.
      const around = findWritten(Buffer.from(text), known).length > 0 ? '' : text;
      const reason = allowList.find((one) => allows(one, kept, around));
      if (reason !== undefined) allowed.set(reason, (allowed.get(reason) ?? 0) + 1);
      else {
        const { sink, file } = kept;
        const place =
          findWritten(Buffer.from(kept.place), known).length > 0 ? 'a name that holds it' : kept.place;
        const leak = { sink, place, file, form: written.form, fixture: fixtures.get(written.number), around };
        // The same row or line comes back in many tests; once for each place is enough to find it.
        const name = [sink, place, file, leak.form, leak.fixture].join('\n');
        if (!leaks.has(name)) leaks.set(name, leak);
      }
    }
  }
  return { leaks: [...leaks.values()], allowed, sinks };
}

function allows({ sink, file, place, around }: Allowed, kept: Kept, text: string): boolean {
  return (
    (sink === undefined || sink === kept.sink) &&
    (file === undefined || file === kept.file) &&
    (place === undefined || place.test(kept.place)) &&
    (around === undefined || around.test(text))
  );
}

const BEFORE = 60;
const AFTER = 40;

function surroundings(content: Buffer, { at, form }: Written): string {
  const text = (from: number, to: number) => content.toString('latin1', Math.max(0, from), to);
  const mask = (part: string) => part.replace(/\d/g, '#').replace(/[^ -~]/g, ' ');
  if (form !== 'plain') return `${mask(text(at - BEFORE, at))}<${form}>`;
  return mask(text(at - BEFORE, at + 14 + AFTER));
}

/** Says what was found, a line for each leak. */
export function describeScan({ leaks, sinks, allowed }: ScanReport): string {
  const size = [...sinks].map(([sink, bytes]) => `${sink} ${Math.ceil(bytes / 1024)} KiB`).join(', ');
  const times = [...allowed.values()].reduce((sum, count) => sum + count, 0);
  const lines = leaks.map(
    ({ sink, place, file, form, fixture, around }) =>
      `  ${sink} / ${place} of test/${file}: ${fixture === undefined ? 'a number that passes the check' : `the number of ${fixture}`}, ${form}: …${around}…`,
  );
  const verdict =
    leaks.length === 0
      ? 'No number of a person was found where none belongs'
      : `Numbers of persons were found where none belong, ${leaks.length} times`;
  return [`${verdict} (${size}; ${times} allowed).`, ...lines].join('\n');
}
