/** An agency looks on while its batch goes on: how far it is, how fast, and how long it still takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { canaryState, isAtRest } from '../domain/batch.ts';
import { type BatchRow, consultBatch } from './batch-consult.ts';
import type { AgencyAccess } from './batch-submit.ts';
import type { Services } from './services.ts';

/** A batch as it stands, with the pace of the last seconds. */
export interface BatchStep {
  readonly batch: BatchRow;
  /** Rows checked a second while it is checked, rows with an outcome a second while it runs; null while that is not known. */
  readonly rowsPerSecond: number | null;
  /** At that pace; null while there is none. */
  readonly secondsLeft: number | null;
}

const LOOK_EVERY_MS = 1000;
/** A pace is that of so many looks. */
const LOOKS_A_PACE = 10;
/** Whoever looks on longer asks anew, and is asked for a token that is good still. */
const LONGEST_LOOKS = 600;

/**
 * Gives a batch of the agency's own whenever a second has passed, until it is at rest: done, cancelled, or waiting for
 * somebody. It reads what any process wrote. Ends early after ten minutes, and when `stopping` says so.
 */
export async function* followBatch(
  services: Pick<Services, 'database' | 'vault'>,
  access: AgencyAccess,
  first: BatchRow,
  stopping: AbortSignal,
): AsyncGenerator<BatchStep> {
  const pace = createPace();
  let batch: BatchRow | undefined = first;
  for (let looks = 0; batch !== undefined && looks < LONGEST_LOOKS; looks += 1) {
    yield pace.next(batch, performance.now());
    if (isAtRest(batch.state) || canaryState(batch) === 'waiting' || stopping.aborted) return;
    // Being told to stop is no fault.
    await sleep(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
    batch = await consultBatch(services, access, first.batchId);
  }
}

interface Look {
  readonly at: number;
  readonly phase: 'check' | 'run';
  readonly done: number;
}

/** Measures the pace of a batch over the last looks; checking and running have each their own. */
export function createPace(): { next(batch: BatchRow, atMs: number): BatchStep } {
  let looks: Look[] = [];
  return {
    next: (batch, at) => {
      const look = lookAt(batch, at);
      looks = [...looks.filter(({ phase }) => phase === look.phase), look].slice(-LOOKS_A_PACE);
      const [earliest = look] = looks;
      const seconds = (look.at - earliest.at) / 1000;
      const isGoing = batch.state === 'checking' || batch.state === 'running' || batch.state === 'cancelling';
      if (!isGoing || seconds === 0) return { batch, rowsPerSecond: null, secondsLeft: null };
      const rowsPerSecond = (look.done - earliest.done) / seconds;
      const secondsLeft = rowsPerSecond > 0 ? (batch.progress.rows - look.done) / rowsPerSecond : null;
      return { batch, rowsPerSecond, secondsLeft };
    },
  };
}

function lookAt({ state, checked, progress }: BatchRow, at: number): Look {
  return state === 'checking'
    ? { at, phase: 'check', done: checked }
    : { at, phase: 'run', done: progress.ended };
}
