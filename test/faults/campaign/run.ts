/** One campaign: strikes while work comes in, then nothing strikes any more, the work is brought to its end and looked at. */

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/database/database.ts';
import { migrate } from '../../../src/database/migrate.ts';
import { createLog } from '../../../src/log.ts';
import { openVault } from '../../../src/workflows/open-vault.ts';
import { checkAll, checkUndrained, drain } from './aftermath.ts';
import { Caller } from './caller.ts';
import { type Battlefield, patienceOf, strike } from './chaos.ts';
import { checkMails } from './check-outside.ts';
import { checkAlways } from './check-register.ts';
import { doChores } from './chores.ts';
import { correspond, prepareRegister } from './correspond.ts';
import { feedDeclarations } from './declare.ts';
import { createDice } from './dice.ts';
import { type Disk, mountDisk } from './disk.ts';
import { type Finding, findingOf } from './finding.ts';
import { Fleet, faketimeLibrary } from './fleet.ts';
import { startIngress } from './ingress.ts';
import type { CampaignReport, CampaignWish } from './report.ts';
import { startWorld, type World } from './world.ts';

/** Runs a campaign. Throws when it cannot be run; what it finds stands in its report. */
export async function runCampaign(wish: CampaignWish): Promise<CampaignReport> {
  const folder = mkdtempSync(join(tmpdir(), 'campaign-'));
  // Else the server of the database, which is no root, could not reach it.
  chmodSync(folder, 0o755);
  const disks = mountDisks(folder);
  try {
    return await campaign(wish, folder, disks);
  } finally {
    for (const { disk } of disks) disk.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
}

type FilledDisks = Battlefield['disks'];

/** Nothing where mounts are not permitted. */
function mountDisks(folder: string): FilledDisks {
  const sizes = { database: 1500, store: 700, files: 200 } as const;
  const mounted: { holds: keyof typeof sizes; disk: Disk }[] = [];
  for (const holds of ['database', 'store', 'files'] as const) {
    const disk = mountDisk(join(folder, holds), sizes[holds]);
    if (disk !== undefined) mounted.push({ holds, disk });
  }
  return mounted;
}

async function campaign(wish: CampaignWish, folder: string, disks: FilledDisks): Promise<CampaignReport> {
  const { seconds, seed, say = () => undefined } = wish;
  const dice = createDice(seed);
  const places = {
    folder,
    database: join(folder, 'database', 'postgres'),
    store: join(folder, 'store', 's3'),
  };
  const world = await startWorld(places, createDice(seed, 'network'), wish.storeProgram);
  await beginRegister(world);
  const settings = await withNextSecret(world);
  const faketime = faketimeLibrary();
  let fleet: Fleet | undefined;
  let isGivenUp = false;
  const ingress = await startIngress(
    world.ingressPort,
    createDice(seed, 'ingress'),
    () => fleet?.apiPorts ?? [],
  );
  try {
    const { apis = 2, workers = 3, program } = wish;
    const filesFolder = join(folder, 'files');
    mkdirSync(filesFolder, { recursive: true });
    const began = Date.now();
    fleet = await Fleet.start({
      // Whoever starts a hundred times compiles once (Node.js 22.10).
      settings: { ...settings, NODE_COMPILE_CACHE: join(folder, 'compiled') },
      folder: filesFolder,
      dice: createDice(seed, 'fleet'),
      apis,
      workers,
      faketime,
      program,
    });
    const patience = patienceOf(Date.now() - began);
    for (const statement of wish.statements ?? []) await world.database.query(statement);
    const caller = new Caller(world, () => isGivenUp);
    await prepareRegister(caller, world);
    say(
      `${apis} API and ${workers} worker processes run; strikes begin, ${patience.toFixed(1)} times as seldom as on a machine at rest`,
    );
    const until = Date.now() + seconds * 1000;
    const isOver = () => Date.now() > until;
    const { counts } = fleet;
    const watching = watch(world, fleet, say, isOver);
    const peerReads = readAtPeer(world, dice, isOver);
    const work = Promise.all([
      feedDeclarations({ caller, database: world.database, dice: createDice(seed, 'declare'), isOver }, 6),
      correspond(caller, createDice(seed, 'correspond'), isOver),
      doChores({ ...world, settings }, isOver, (place) => {
        counts.byFailpoint[place] += 1;
      }),
    ]);
    const chaos = await strike({ world, fleet, ingress, disks, patience }, createDice(seed, 'chaos'), isOver);
    const { longestTakeUp, findings: during } = await watching;
    await peerReads;
    say('nothing strikes any more');
    await fleet.heal();
    const healed = Date.now();
    setTimeout(() => {
      isGivenUp = true;
    }, wish.drainSeconds * 1000).unref();
    const [declared, done, chores] = await work;
    const drainedAt = await drain(world, healed + wish.drainSeconds * 1000);
    const isDrained = drainedAt !== undefined;
    const drainedSeconds = isDrained ? Math.round((drainedAt - healed) / 100) / 10 : undefined;
    say(`drained: ${drainedSeconds ?? 'not'} s`);
    isGivenUp = false;
    const mailed = await checkMails(world);
    const findings = [
      ...during,
      ...(isDrained
        ? await checkAll({ world, settings, caller, ingress, declared, done })
        : await checkUndrained(world, wish.drainSeconds)),
      ...(isDrained ? mailed.findings : []),
      ...findingOf('processes end only when they are struck', counts.crashes),
    ];
    const [row] = await world.database.query<{ count: number }>(
      'select count(*)::int as count from attestation',
    );
    return {
      seed,
      seconds,
      runtime: `Node.js ${process.version}`,
      workerKills: counts.workerKills,
      apiKills: counts.apiKills,
      databaseKills: chaos.databaseKills,
      networkFaults:
        sum(Object.values(world.proxies).flatMap(({ faults }) => Object.values(faults))) +
        sum(Object.values(ingress.faults)),
      pauses: counts.pauses,
      skewedClocks: counts.skewed,
      fullDisks: chaos.fullDisks,
      declarations: declared.accepted,
      duplicates: declared.duplicates,
      disordered: declared.disordered,
      cancelled: declared.cancelled,
      takenBack: declared.takenBack,
      batches: done.batches,
      recalls: done.recalls,
      letters: done.letters.size,
      readings: done.read.length,
      attestations: row?.count ?? 0,
      repeatedMails: mailed.repeated,
      violations: sum(findings.map(({ count }) => count)),
      findings,
      drainedSeconds,
      longestTakeUpSeconds: longestTakeUp,
      byFailpoint: counts.byFailpoint,
      notRun: [
        ...(faketime === undefined ? ['wrong clocks: needs package faketime'] : []),
        ...(disks.length === 0 ? ['full disks: mounts are not permitted here'] : []),
        ...(declared.takenBack > 0
          ? []
          : ['a cancellation after the attestation: the campaign was too short']),
        ...(done.recalls > 0 ? [] : ['a recall: the campaign was too short']),
        ...(chores.isRekeyed ? [] : ['a new secret: the campaign was too short']),
      ],
    };
  } finally {
    isGivenUp = true;
    await fleet?.stop();
    ingress.stop();
    await world.stop();
  }
}

/** Begins the register under the secret of now: an empty one would take what processes are given first for the only one. */
async function beginRegister({ database: { url }, settings }: World): Promise<void> {
  await migrate(url);
  const database = openDatabase({ url, connections: 1, log: createLog('silent') });
  await openVault({ database }, { current: readFileSync(settings.VAULT_SECRET_FILE ?? ''), former: [] });
  await database.close();
}

/** Every process knows the secret of now and the next one; which of them counts, the register says. */
export async function withNextSecret(world: World): Promise<Record<string, string>> {
  const former = world.settings.VAULT_SECRET_FILE ?? '';
  const next = join(world.folder, 'vault-next.secret');
  writeFileSync(next, randomBytes(32), { mode: 0o600 });
  return { ...world.settings, VAULT_SECRET_FILE: next, FORMER_VAULT_SECRET_FILES: former };
}

/** What waits no longer than that is usual. */
const TELLING_SECONDS = 5;

/** Looks at the register while everything is struck; says what waits longer than anything did before. */
async function watch(world: World, { members }: Fleet, say: (line: string) => void, isOver: () => boolean) {
  const findings: Finding[] = [];
  let longestTakeUp = 0;
  for (let turn = 1; !isOver(); turn += 1) {
    await sleep(1000);
    const [row] = await world.database.query<{ late: number; kind: string; lane: string }>(
      `select extract(epoch from clock_timestamp() - lease_until)::float as late, kind, lane from job
       where lease_until < clock_timestamp() and dead_at is null order by lease_until limit 1`,
    );
    const late = Math.round((row?.late ?? 0) * 10) / 10;
    if (row !== undefined && late > Math.max(longestTakeUp, TELLING_SECONDS)) {
      const awake = members.filter((one) => one.work === 'worker' && one.isUp && !one.isPaused);
      say(
        `a job ${row.kind} (${row.lane}) of a dead worker waits ${late} s; ${awake.length} workers are awake`,
      );
    }
    longestTakeUp = Math.max(longestTakeUp, late);
    if (turn % 10 === 0) findings.push(...(await checkAlways(world.database)));
  }
  return { findings, longestTakeUp };
}

/** Recipients open what lies in the other registry. */
async function readAtPeer({ registry }: World, dice: ReturnType<typeof createDice>, isOver: () => boolean) {
  while (!isOver()) {
    await sleep(300);
    const message = dice.pick(registry.messages);
    if (message !== undefined) message.isRead = true;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
