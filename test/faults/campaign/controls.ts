/** Puts one bug after the other into the service, and tells which of them a short campaign finds. */
import { describeError } from '../../../src/errors.ts';
import { makeBuggyCopy } from './buggy-copy.ts';
import { SEEDED_BUGS, type SeededBug } from './bugs.ts';
import { runCampaign } from './run.ts';

export interface Control {
  readonly bug: string;
  /** The rules that were broken; none: the bug was not found, and the campaign is no proof. */
  readonly found: readonly string[];
}

export interface ControlWish {
  readonly seconds: number;
  readonly seed: number;
  /** Part of the names of the bugs that are to be tried; undefined: all. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
  /** Called after each bug with all that were tried, so that a run that is cut off leaves something. */
  readonly keep: (tried: readonly Control[]) => void;
}

/** Tries each bug until a campaign finds it, up to three times with other seeds. */
export async function runControls({ seconds, seed, only = '', say, keep }: ControlWish): Promise<Control[]> {
  const controls: Control[] = [];
  for (const bug of SEEDED_BUGS.filter(({ name }) => name.includes(only))) {
    let found: readonly string[] = [];
    for (let tried = 0; tried < TRIES && found.length === 0; tried += 1)
      found = await tryBug(bug, seconds * (tried + 1), seed + tried).catch((error: unknown) => {
        say(`could not be run: ${describeError(error)}`);
        return [];
      });
    controls.push({ bug: bug.name, found });
    keep(controls);
    say(`${found.length > 0 ? 'found' : 'NOT FOUND'}  ${bug.name}: ${found.join('; ')}`);
  }
  return controls;
}

const TRIES = 3;
/** Long enough for what is only slow to end. */
const DRAIN_SECONDS = 45;

async function tryBug(bug: SeededBug, seconds: number, seed: number): Promise<readonly string[]> {
  const copy = makeBuggyCopy(bug.patches ?? []);
  try {
    const { findings } = await runCampaign({
      seconds,
      seed,
      drainSeconds: DRAIN_SECONDS,
      program: copy.program,
      ...(bug.statements && { statements: bug.statements }),
    });
    return findings.map(({ rule, count }) => `${rule} (${count})`);
  } finally {
    copy.remove();
  }
}
