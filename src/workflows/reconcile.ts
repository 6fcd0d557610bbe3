/**
 * Holds the archive against the register, slice by slice, again and again: objects that are missing, objects that nothing
 * names, attestations that nobody was given. It tells and changes nothing: what lies there without a name may be what a
 * register of yesterday does not know yet.
 */
import { archiveFolders } from '../archive/object-key.ts';
import {
  advanceRound,
  type Findings,
  forgetRounds,
  listExpected,
  listUnknown,
  type Round,
  takeRound,
} from '../database/reconciliation.ts';
import type { Services } from './services.ts';

export type ReconcileServices = Pick<Services, 'database' | 'archive' | 'clock'>;

/** The year of the first attestation that there can be. */
const FIRST_YEAR = 2020;
/** A round begins a day after the last one ended. */
const REST_SECONDS = 24 * 60 * 60;
/** So much of a round at once: with a step each minute, at most 20 000 objects a minute, so that others get at archive and register. */
const SLICES_AT_ONCE = 20;
/** As many as the protocol gives at once. */
const KEYS_AT_ONCE = 1000;
const KEPT_ROUNDS = 30;

/** What is wrong with one object. */
export interface Finding {
  readonly kind: 'missing' | 'unknown' | 'undelivered';
  readonly objectKey: string;
}

type Place = Pick<Round, 'folder' | 'afterKey'>;

interface Slice {
  readonly objects: number;
  readonly findings: readonly Finding[];
  /** Where the next one begins; undefined after the last. */
  readonly next: Place | undefined;
}

/** Does a part of the round that is under way, or begins one; each finding is logged. Two at once do no harm. */
export async function reconcile(
  services: ReconcileServices & Pick<Services, 'log'>,
  keysAtOnce = KEYS_AT_ONCE,
): Promise<void> {
  const { database, log, clock } = services;
  const folder = archiveFolders(FIRST_YEAR, clock())[0] ?? '';
  let round = await database.transaction((connection) => takeRound(connection, folder, REST_SECONDS));
  for (let slices = 0; round !== undefined && slices < SLICES_AT_ONCE; slices += 1) {
    const { objects, findings, next } = await lookAt(services, round, keysAtOnce);
    const done: Round = round;
    const isOurs = await database.transaction(async (connection) => {
      if (next === undefined) await forgetRounds(connection, KEPT_ROUNDS);
      return advanceRound(connection, done, { objects, ...countOf(findings) }, next);
    });
    if (!isOurs) return;
    for (const { kind, objectKey } of findings)
      log.warn({ objectKey }, `the archive and the register differ: ${kind}`);
    round = next && { ...next, round: done.round };
  }
}

/** Goes through the whole archive at once and gives each finding to `tell`. */
export async function reconcileAll(
  services: ReconcileServices,
  tell: (finding: Finding) => void,
  keysAtOnce = KEYS_AT_ONCE,
): Promise<Findings> {
  const [folder = ''] = archiveFolders(FIRST_YEAR, services.clock());
  let sum: Findings = { objects: 0, missing: 0, unknown: 0, undelivered: 0 };
  for (let place: Place | undefined = { folder, afterKey: '' }; place !== undefined; ) {
    const slice: Slice = await lookAt(services, place, keysAtOnce);
    const found = countOf(slice.findings);
    sum = {
      objects: sum.objects + slice.objects,
      missing: sum.missing + found.missing,
      unknown: sum.unknown + found.unknown,
      undelivered: sum.undelivered + found.undelivered,
    };
    for (const finding of slice.findings) tell(finding);
    place = slice.next;
  }
  return sum;
}

async function lookAt(
  services: ReconcileServices,
  { folder, afterKey }: Place,
  keysAtOnce: number,
): Promise<Slice> {
  const { database, archive, clock } = services;
  const keys = await archive.listFolder(folder, afterKey, keysAtOnce);
  const last = keys.length < keysAtOnce ? undefined : keys.at(-1);
  const { expected, unknown } = await database.transaction(async (connection) => ({
    expected: await listExpected(connection, { folder, after: afterKey, upTo: last }),
    unknown: await listUnknown(connection, keys),
  }));
  const there = new Set(keys);
  const findings: Finding[] = [
    ...expected
      .filter(({ objectKey }) => !there.has(objectKey))
      .map(({ objectKey }) => ({ kind: 'missing' as const, objectKey })),
    ...expected
      .filter(({ isDelivered }) => !isDelivered)
      .map(({ objectKey }) => ({ kind: 'undelivered' as const, objectKey })),
    ...unknown.map((objectKey) => ({ kind: 'unknown' as const, objectKey })),
  ];
  if (last !== undefined) return { objects: keys.length, findings, next: { folder, afterKey: last } };
  const folders = archiveFolders(FIRST_YEAR, clock());
  const next = folders[folders.indexOf(folder) + 1];
  return {
    objects: keys.length,
    findings,
    next: next === undefined ? undefined : { folder: next, afterKey: '' },
  };
}

function countOf(findings: readonly Finding[]): Omit<Findings, 'objects'> {
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  return { missing: count('missing'), unknown: count('unknown'), undelivered: count('undelivered') };
}
