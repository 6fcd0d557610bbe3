/** What the benches measured, from the raw results that they keep. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapacityFigures } from '../domain/capacity.ts';
import { ServiceError } from '../errors.ts';

/** A raw result, as far as anything here rests on it. */
interface Raw {
  readonly machine: { readonly cpu: string; readonly cores: number };
  readonly runs?: readonly {
    readonly rows: number;
    readonly peakMiB: number;
    readonly breakdown: Readonly<Record<'main' | 'threads' | 'store' | 'database', number>>;
    readonly databaseBytesPerRow?: number;
    readonly objectBytesPerRow?: number;
  }[];
  readonly http?: { readonly genuine: { readonly serviceMs: number; readonly databaseMs: number } };
  readonly databaseBytesPerPerson?: number;
  readonly bytes?: number;
  readonly summary?: { readonly bytes: number };
  readonly rowsPerDocument?: number;
  readonly rowsPerSecond?: number;
  readonly objectsPerSecond?: number;
}

/** Reads the newest result of each bench. Throws `configurationInvalid` where one that is needed is not there. */
export function readFigures(folder: string): { readonly figures: CapacityFigures; readonly machine: string } {
  const batch = newest(folder, 'batch');
  const verify = newest(folder, 'verify');
  const register = tryNewest(folder, 'register');
  const restore = tryNewest(folder, 'restore');
  const run = batch.runs?.toSorted((one, other) => one.rows - other.rows).at(-1);
  const genuine = verify.http?.genuine;
  if (run === undefined || genuine === undefined) throw missing(folder, 'batch or verify');
  const { main, threads, store, database } = run.breakdown;
  return {
    machine: `${batch.machine.cores} cores, ${batch.machine.cpu}, a batch of ${run.rows} rows`,
    figures: {
      rowMicros: { service: main + threads, store, database },
      processMiB: run.peakMiB,
      databaseBytesPerDocument: run.databaseBytesPerRow,
      databaseBytesPerPerson: register?.databaseBytesPerPerson,
      objectBytes: run.objectBytesPerRow ?? newest(folder, 'document').summary?.bytes ?? 47_000,
      verifiedPerCore: 1000 / (genuine.serviceMs + genuine.databaseMs),
      restoredRowsPerSecond: restore?.rowsPerSecond,
      restoredObjectsPerSecond: restore?.objectsPerSecond,
      rowsPerDocument: restore?.rowsPerDocument,
    },
  };
}

function newest(folder: string, bench: string): Raw {
  const found = tryNewest(folder, bench);
  if (found === undefined) throw missing(folder, bench);
  return found;
}

/** Results are named by their day. */
function tryNewest(folder: string, bench: string): Raw | undefined {
  const name = namesIn(folder)
    .filter((one) => /^\d{4}-\d\d-\d\d-/.test(one) && one.slice(11) === `${bench}.json`)
    .toSorted()
    .at(-1);
  // Written by the benches of this project.
  return name === undefined ? undefined : (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Raw);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new ServiceError('configurationInvalid', `${folder} cannot be read`, { cause });
  }
}

function missing(folder: string, bench: string): ServiceError {
  return new ServiceError(
    'configurationInvalid',
    `${folder} has no result of ${bench}: run \`npm run bench -- ${bench}\`, or name another folder with --results`,
  );
}
