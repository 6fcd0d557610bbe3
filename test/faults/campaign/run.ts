/** One campaign: strikes while work comes in, then nothing strikes any more, the work is brought to its end and looked at. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../../src/database/database.ts';
import { FAILPOINTS, type Failpoint } from '../../../src/failpoint.ts';
import { createLog } from '../../../src/log.ts';
import { openVault } from '../../../src/workflows/open-vault.ts';
import { Caller } from './caller.ts';
import { type Battlefield, strike } from './chaos.ts';
import { checkArchive, checkCases } from './check-archive.ts';
import {
  checkAnswers,
  checkEvents,
  checkEvidence,
  checkMails,
  checkReadings,
  checkVerdicts,
} from './check-outside.ts';
import { checkAlways, checkInTheEnd } from './check-register.ts';
import { doChores } from './chores.ts';
import { correspond, prepareRegister, sendBatch } from './correspond.ts';
import { feedDeclarations } from './declare.ts';
import { createDice } from './dice.ts';
import { type Disk, mountDisk } from './disk.ts';
import { type Finding, findingOf } from './finding.ts';
import { Fleet, faketimeLibrary } from './fleet.ts';
import { startIngress } from './ingress.ts';
import { startWorld, type World } from './world.ts';

export interface CampaignWish {
  readonly seconds: number;
  readonly seed: number;
  /** How long the work may take to come to its end once nothing strikes any more. */
  readonly drainSeconds: number;
  readonly apis?: number;
  readonly workers?: number;
  /** What processes of the service, and that of the store, are started with; default: as they are here. */
  readonly program?: readonly string[];
  readonly storeProgram?: readonly string[];
  /** Done to the database once its schema stands. */
  readonly statements?: readonly string[];
  readonly say?: (line: string) => void;
}

export interface CampaignReport {
  readonly seed: number;
  readonly seconds: number;
  readonly workerKills: number;
  readonly apiKills: number;
  readonly databaseKills: number;
  readonly networkFaults: number;
  readonly pauses: number;
  readonly skewedClocks: number;
  readonly fullDisks: number;
  readonly declarations: number;
  readonly duplicates: number;
  readonly disordered: number;
  readonly cancelled: number;
  readonly batches: number;
  readonly letters: number;
  readonly readings: number;
  readonly attestations: number;
  /** Mails that came twice where nobody could know whether the first had arrived. */
  readonly repeatedMails: number;
  readonly violations: number;
  readonly findings: readonly Finding[];
  readonly drainedSeconds: number | undefined;
  /** How long work of a dead worker waited at most, beside its lease. */
  readonly longestTakeUpSeconds: number;
  readonly byFailpoint: Readonly<Record<string, number>>;
  readonly notRun: readonly string[];
}

/** Struck where what they write is read: the examining process speaks to nobody, and flows have a campaign of their own. */
export const STRUCK_ELSEWHERE: Readonly<Partial<Record<Failpoint, string>>> = {
  'verify.begun': 'test/workflows/verifiers.test.ts',
  'flow.stored': 'test/http/flows.test.ts',
  'flow.closed': 'test/http/flows.test.ts',
};

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
  const places = { folder, database: join(folder, 'database', 'postgres'), store: join(folder, 'store', 's3') };
  const world = await startWorld(places, createDice(seed, 'network'), wish.storeProgram);
  const settings = await withNextSecret(world);
  const faketime = faketimeLibrary();
  let fleet: Fleet | undefined;
  let isGivenUp = false;
  const ingress = await startIngress(world.ingressPort, createDice(seed, 'ingress'), () => fleet?.apiPorts ?? []);
  try {
    const { apis = 2, workers = 3, program } = wish;
    const filesFolder = join(folder, 'files');
    mkdirSync(filesFolder, { recursive: true });
    fleet = await Fleet.start({
      settings,
      folder: filesFolder,
      dice: createDice(seed, 'fleet'),
      apis,
      workers,
      faketime,
      program,
    });
    for (const statement of wish.statements ?? []) await world.database.query(statement);
    const caller = new Caller(world, () => isGivenUp);
    await prepareRegister(caller, world);
    say(`${apis} API and ${workers} worker processes run; strikes begin`);
    const until = Date.now() + seconds * 1000;
    const isOver = () => Date.now() > until;
    const { counts } = fleet;
    const watching = watch(world, isOver);
    const peerReads = readAtPeer(world, dice, isOver);
    const work = Promise.all([
      feedDeclarations(caller, createDice(seed, 'declare'), isOver, 6),
      correspond(caller, createDice(seed, 'correspond'), isOver),
      doChores({ ...world, settings }, isOver, (place) => {
        counts.byFailpoint[place] += 1;
      }),
    ]);
    const chaos = await strike({ world, fleet, ingress, disks }, createDice(seed, 'chaos'), isOver);
    const { longestTakeUp, findings: during } = await watching;
    await peerReads;
    say('nothing strikes any more');
    await fleet.heal();
    const healed = Date.now();
    setTimeout(() => {
      isGivenUp = true;
    }, wish.drainSeconds * 1000).unref();
    const [declared, done, chores] = await work;
    const isDrained = await drain(world, healed + wish.drainSeconds * 1000);
    const drainedSeconds = isDrained ? Math.round((Date.now() - healed) / 100) / 10 : undefined;
    say(`drained: ${drainedSeconds ?? 'not'} s`);
    const vault = await openOwnVault(world, settings);
    const { findings: archived, sample } = await checkArchive(world, vault);
    const mailed = await checkMails(world);
    isGivenUp = false;
    const findings = [
      ...during,
      ...(await checkInTheEnd(world.database)),
      ...archived,
      ...(await checkCases(world, vault, declared.cases)),
      ...(await checkAnswers(world, declared, done)),
      ...(await checkReadings(world, ingress)),
      ...mailed.findings,
      ...(await checkEvents(world)),
      ...(isDrained ? await checkVerdicts(caller, sample) : []),
      ...(isDrained ? await checkRepeated(world, caller, done) : []),
      ...(await checkEvidence(world)),
      ...findingOf('processes end only when they are struck', counts.crashes),
    ];
    const [row] = await world.database.query<{ count: number }>('select count(*)::int as count from attestation');
    return {
      seed,
      seconds,
      workerKills: counts.workerKills,
      apiKills: counts.apiKills,
      databaseKills: chaos.databaseKills,
      networkFaults: sum(Object.values(world.proxies).flatMap(({ faults }) => Object.values(faults))) + sum(Object.values(ingress.faults)),
      pauses: counts.pauses,
      skewedClocks: counts.skewed,
      fullDisks: chaos.fullDisks,
      declarations: declared.accepted,
      duplicates: declared.duplicates,
      disordered: declared.disordered,
      cancelled: declared.cancelled,
      batches: done.batches,
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

/** Every process knows the secret of now and the next one; which of them counts, the register says. */
async function withNextSecret(world: World): Promise<Record<string, string>> {
  const former = world.settings.VAULT_SECRET_FILE ?? '';
  const next = join(world.folder, 'vault-next.secret');
  writeFileSync(next, randomBytes(32), { mode: 0o600 });
  return { ...world.settings, VAULT_SECRET_FILE: next, FORMER_VAULT_SECRET_FILES: former };
}

async function openOwnVault(world: World, settings: Readonly<Record<string, string>>) {
  const database = openDatabase({ url: world.database.url, connections: 2, log: createLog('silent') });
  const read = (path = '') => readFileSync(path);
  try {
    return await openVault(
      { database },
      { current: read(settings.VAULT_SECRET_FILE), former: [read(settings.FORMER_VAULT_SECRET_FILES)] },
    );
  } finally {
    await database.close();
  }
}

/** Looks at the register while everything is struck. */
async function watch(world: World, isOver: () => boolean) {
  const findings: Finding[] = [];
  let longestTakeUp = 0;
  for (let turn = 1; !isOver(); turn += 1) {
    await sleep(1000);
    const [row] = await world.database.query<{ late: number | null }>(
      `select extract(epoch from max(clock_timestamp() - lease_until))::float as late from job
       where lease_until < clock_timestamp() and dead_at is null`,
    );
    longestTakeUp = Math.max(longestTakeUp, Math.round((row?.late ?? 0) * 10) / 10);
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

/** Resolves with true when nothing is left to do; false when that takes too long. */
async function drain({ database }: World, deadline: number): Promise<boolean> {
  for (;;) {
    const [row] = await database.query<{ open: number }>(
      `select (select count(*) from job where dead_at is null and kind not in ('rekey', 'resolve', 'digest'))::int
         + (select count(*) from outbox where told_at is null)::int
         + (select count(*) from delivery where state = 'waiting')::int as open`,
    );
    if (row?.open === 0) return true;
    if (Date.now() > deadline) return false;
    await sleep(200);
  }
}

/** A batch that is sent again once it has ended changes nothing. */
async function checkRepeated(
  world: World,
  caller: Caller,
  done: Awaited<ReturnType<typeof correspond>>,
): Promise<Finding[]> {
  const count = async () => {
    const [row] = await world.database.query<{ counts: string }>(
      `select (select count(*) from attestation) || ' ' || (select count(*) from dimona_period) || ' ' ||
         (select count(*) from message where attestation_id is not null) as counts`,
    );
    return row?.counts ?? '';
  };
  if (done.batches === 0) return [];
  const before = await count();
  await sendBatch(caller, done, 0);
  const deadline = Date.now() + 60_000;
  while (!(await isBatchDone(world)) && Date.now() < deadline) await sleep(200);
  const after = await count();
  return findingOf('a batch that is sent again changes nothing', before === after ? [] : [`${before} became ${after}`]);
}

async function isBatchDone({ database }: World): Promise<boolean> {
  const [row] = await database.query<{ open: number }>(
    `select (select count(*) from batch where state not in ('done', 'receiving'))::int + (select count(*) from job where dead_at is null
       and kind not in ('rekey', 'resolve', 'digest'))::int as open`,
  );
  return row?.open === 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Failpoints that nothing struck. */
export function unstruck({ byFailpoint }: Pick<CampaignReport, 'byFailpoint'>): Failpoint[] {
  return FAILPOINTS.filter((name) => STRUCK_ELSEWHERE[name] === undefined && byFailpoint[name] === 0);
}
