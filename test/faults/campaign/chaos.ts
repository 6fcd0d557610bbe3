/** Strikes: processes, database, network, disks. Each kind by a clock of its own, what exactly by dice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Disk } from './disk.ts';
import { NETWORK_FAULTS } from './fault-proxy.ts';
import type { Fleet, Work } from './fleet.ts';
import type { Ingress } from './ingress.ts';
import { LEASE_SECONDS, OUTSIDES, type World } from './world.ts';

export interface ChaosCounts {
  databaseKills: number;
  fullDisks: number;
}

/** Milliseconds between two strikes of a kind, least and most. */
const RESTS = {
  worker: [500, 1200],
  api: [3500, 6000],
  // More often, and nothing gets done any more.
  database: [5000, 7000],
  pause: [6000, 12_000],
  network: [60, 240],
  registry: [700, 1500],
  disk: [9000, 14_000],
} as const;

const INGRESS_PERCENT = 4;
/** Beyond two leases. */
const PAUSE_MS = 2.2 * LEASE_SECONDS * 1000;
const FULL_MS = 1200;

/** How long it takes the processes of a campaign to start where nothing else runs on the machine, in milliseconds. */
const USUAL_START_MS = 9000;

/** How much seldomer processes are struck on a machine that is slow or busy: else nothing would get done. */
export function patienceOf(startMs: number): number {
  return Math.max(1, startMs / USUAL_START_MS);
}

export interface Battlefield {
  readonly patience: number;
  readonly world: World;
  readonly fleet: Fleet;
  readonly ingress: Ingress;
  /** Those that can be filled, by what lies there. */
  readonly disks: readonly { readonly holds: 'database' | 'store' | 'files'; readonly disk: Disk }[];
}

/** Strikes until told to stop; everything is whole again when it resolves, but for processes that are killed. */
export async function strike(field: Battlefield, dice: Dice, isOver: () => boolean): Promise<ChaosCounts> {
  const { world, fleet, ingress, disks, patience } = field;
  const counts: ChaosCounts = { databaseKills: 0, fullDisks: 0 };
  const every = async (kind: keyof typeof RESTS, blow: () => Promise<void> | void) => {
    const [least, most] = RESTS[kind];
    for (;;) {
      const rest = (least + dice.below(most - least)) * (kind === 'network' ? 1 : patience);
      const until = Date.now() + rest;
      while (Date.now() < until && !isOver()) await sleep(Math.min(100, Math.max(1, until - Date.now())));
      if (isOver()) return;
      await blow();
    }
  };
  let databaseBusy: Promise<void> = Promise.resolve();
  const killDatabase = () => {
    databaseBusy = databaseBusy.then(() => world.database.kill());
    return databaseBusy;
  };
  ingress.spoil(INGRESS_PERCENT);
  await Promise.all([
    every('worker', () => killOne(fleet, dice, 'worker')),
    every('api', () => killOne(fleet, dice, 'api')),
    every('database', async () => {
      counts.databaseKills += 1;
      await killDatabase();
    }),
    every('pause', () => pauseOne(fleet, dice)),
    every('network', () => {
      const name = dice.pick(OUTSIDES);
      const fault = dice.pick(NETWORK_FAULTS);
      if (name !== undefined && fault !== undefined) world.proxies[name].strike(fault);
    }),
    // It took a message, and its answer is lost: seldom hit by chance, as it is called seldom.
    every('registry', () => {
      if (world.registry.tricks.length === 0) world.registry.tricks.push('loseAnswer');
    }),
    every('disk', async () => {
      const chosen = dice.pick(disks);
      if (chosen === undefined) return;
      counts.fullDisks += 1;
      chosen.disk.fill();
      await sleep(FULL_MS);
      chosen.disk.empty();
      // A server that could not write its log has ended, or is about to.
      if (chosen.holds === 'database') await killDatabase();
    }),
  ]);
  ingress.spoil(0);
  for (const { disk } of disks) disk.empty();
  // Its next answers are lost too: in a short campaign nothing got so far before.
  world.registry.tricks.push('loseAnswer', 'loseAnswer', 'loseAnswer');
  for (const name of OUTSIDES) world.proxies[name].heal();
  return counts;
}

/** Never the last one that works: then nothing would be under way to be struck. */
function killOne(fleet: Fleet, dice: Dice, work: Work): void {
  const up = fleet.members.filter((member) => member.work === work && member.isUp);
  const awake = up.filter(({ isPaused }) => !isPaused);
  const member = dice.pick(up);
  if (member !== undefined && awake.some((one) => one !== member)) fleet.kill(member);
}

async function pauseOne(fleet: Fleet, dice: Dice): Promise<void> {
  const member = dice.pick(fleet.members.filter(({ work, isUp }) => work === 'worker' && isUp));
  if (member !== undefined) await fleet.pause(member, PAUSE_MS);
}
