/** `ebox reconcile`: the whole archive held against the register now, each difference told. */
import { reconcileAll } from '../workflows/reconcile.ts';
import { withArchive } from './backup-objects.ts';
import { withDatabase } from './privacy-source.ts';

export interface ReconcileOptions {
  readonly database?: string | undefined;
  readonly json: boolean;
}

const MEANINGS = {
  missing: 'the register names it, and it is not there',
  unknown: 'it is there, and nothing in the register names it',
  undelivered: 'issued an hour ago or longer, and in nobody’s eBox',
} as const;

/** Tells every difference; gives the exit status: 1 where there is any. Throws `archiveUnavailable`. */
export async function reconcileNow({ database, json }: ReconcileOptions): Promise<number> {
  const found = await withDatabase(database, (services) =>
    withArchive((archive) =>
      reconcileAll({ ...services, archive, clock: () => new Date() }, ({ kind, objectKey }) => {
        process.stdout.write(`${objectKey}  ${kind}: ${MEANINGS[kind]}\n`);
      }),
    ),
  );
  const { objects, missing, unknown, undelivered } = found;
  process.stdout.write(
    `${objects} objects: ${missing} missing, ${unknown} unknown, ${undelivered} undelivered.\n`,
  );
  if (json) process.stdout.write(`${JSON.stringify(found)}\n`);
  return missing + unknown + undelivered === 0 ? 0 : 1;
}
