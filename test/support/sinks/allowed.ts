/** Where a number with the check digits of an SSIN may be found, and why. Whatever is not here is a leak. */
import type { Kept } from './keep.ts';

export interface Allowed extends Partial<Pick<Kept, 'sink' | 'file'>> {
  readonly place?: RegExp;
  /** What must stand around the number; the number itself is `#`. */
  readonly around?: RegExp;
  readonly why: string;
}

/** What a test sends in an address stands in the address it called, and in the one the server was asked for. */
const mistakes = (file: string, why: string): Allowed[] =>
  (['address asked for', 'address called'] as const).map((sink) => ({ sink, file, why }));

export const ALLOWED: readonly Allowed[] = [
  {
    sink: 'process output',
    place: /^verify\.process\.[jt]s$/,
    why: 'a pipe, not a log: what a ZIP held goes back to the service that asked, and nowhere else',
  },
  ...mistakes(
    'http/privacy.test.ts',
    'callers put numbers into addresses by mistake; that nothing keeps them is tested',
  ),
  ...mistakes(
    'http/batches.test.ts',
    'a sender names a file after a person; that no table holds the name is tested',
  ),
  {
    sink: 'database',
    file: 'access/session.test.ts',
    place: /session$/,
    why: 'a login that is not sealed is forged into the table; that it is worth nothing is tested',
  },
  ...['workflows/relay.test.ts', 'remote/registry.test.ts', 'faults/campaign.test.ts'].map((file) => ({
    sink: 'refusal' as const,
    file,
    place: /^POST server/,
    why: 'the other registry, a part of the test, names a number in its refusal; that nothing of ours keeps it is tested',
  })),
];
