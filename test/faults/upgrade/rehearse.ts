/**
 * An upgrade without a pause: the code of a former commit works under load, the schema is brought up to date under it, the
 * present code works beside it, and then alone. Nothing is struck; nothing may be refused, lost or done twice.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../../src/database/migrate.ts';
import { checkAll, checkUndrained, drain } from '../campaign/aftermath.ts';
import { Caller } from '../campaign/caller.ts';
import { correspond, prepareRegister } from '../campaign/correspond.ts';
import { feedDeclarations } from '../campaign/declare.ts';
import { createDice } from '../campaign/dice.ts';
import { type Finding, findingOf } from '../campaign/finding.ts';
import { Fleet } from '../campaign/fleet.ts';
import { type Ingress, startIngress } from '../campaign/ingress.ts';
import { withNextSecret } from '../campaign/run.ts';
import { startWorld, type World } from '../campaign/world.ts';
import { commitOf, layOut } from './former-code.ts';

export interface UpgradeWish {
  /** A commit, branch or tag: the former release. */
  readonly ref: string;
  readonly seed: number;
  /** Of each of the three parts: the former code alone, both, the present code alone. */
  readonly seconds: number;
  /** What processes of the present code are started with; default: as they are here. */
  readonly program?: readonly string[];
  /** Done to the database once it is up to date, while both run. */
  readonly statements?: readonly string[];
  readonly say: (line: string) => void;
}

export interface UpgradeReport {
  readonly seed: number;
  readonly from: string;
  /** Applied while the former code worked. */
  readonly migrations: readonly string[];
  readonly declarations: number;
  readonly letters: number;
  readonly batches: number;
  /** Calls by what answered them at the time. */
  readonly calls: Readonly<Record<Part, number>>;
  readonly drained: boolean;
  readonly violations: number;
  readonly findings: readonly Finding[];
}

type Part = 'former' | 'both' | 'present';

const AT_ONCE = 3;
const DRAIN_SECONDS = 240;

/** Rehearses an upgrade; `reason` says why it could not be. */
export async function rehearseUpgrade(
  wish: UpgradeWish,
): Promise<UpgradeReport | { readonly reason: string }> {
  const commit = await commitOf(wish.ref);
  if (commit === undefined) return { reason: `there is no commit ${wish.ref} here, or no git` };
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  // Else the server of the database, which is no root, could not reach it.
  chmodSync(folder, 0o755);
  try {
    await layOut(commit, join(folder, 'former'));
    return await rehearse(wish, commit, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rehearse(wish: UpgradeWish, from: string, folder: string): Promise<UpgradeReport> {
  const places = {
    folder,
    database: join(folder, 'database', 'postgres'),
    store: join(folder, 'store', 's3'),
  };
  const world = await startWorld(places, createDice(wish.seed, 'network'));
  const settings = await withNextSecret(world);
  const fleets: Fleet[] = [];
  const ingress = await startIngress(world.ingressPort, createDice(wish.seed, 'ingress'), () =>
    fleets.flatMap(({ apiPorts }) => apiPorts),
  );
  const begin = async (name: string, own: Readonly<Record<string, string>>, program?: readonly string[]) => {
    const files = join(folder, name);
    mkdirSync(files);
    const fleet = await Fleet.start({
      settings: { ...settings, ...own },
      folder: files,
      dice: createDice(wish.seed, name),
      apis: 1,
      workers: 1,
      program,
      isCalm: true,
      faketime: undefined,
    });
    fleets.push(fleet);
    return fleet;
  };
  try {
    return await upgrade({ wish, from, world, settings, ingress, begin, folder });
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    ingress.stop();
    await world.stop();
  }
}

interface Stage {
  readonly wish: UpgradeWish;
  readonly from: string;
  readonly world: World;
  readonly settings: Readonly<Record<string, string>>;
  readonly ingress: Ingress;
  readonly begin: (
    name: string,
    own: Readonly<Record<string, string>>,
    program?: readonly string[],
  ) => Promise<Fleet>;
  readonly folder: string;
}

async function upgrade(stage: Stage): Promise<UpgradeReport> {
  const { wish, from, world, settings, ingress, begin, folder } = stage;
  const { seed, seconds, say } = wish;
  const code = join(folder, 'former');
  const program = ['--import', 'tsx', join(code, 'src', 'main.ts')];
  const former = await begin('former-files', { TEMPLATES_DIR: join(code, 'templates') }, program);
  let isOver = false;
  const caller = new Caller(world, () => isOver);
  await prepareRegister(caller, world);
  const work = Promise.all([
    feedDeclarations(
      { caller, database: world.database, dice: createDice(seed, 'declare'), isOver: () => isOver },
      AT_ONCE,
    ),
    correspond(caller, createDice(seed, 'correspond'), () => isOver),
  ]);
  say(`${from.slice(0, 12)} works`);
  await sleep(seconds * 1000);
  const alone = ingress.log.length;
  const applied = await Promise.all([1, 2].map(() => migrate(world.database.url)));
  for (const statement of wish.statements ?? []) await world.database.query(statement);
  say(`${applied.flat().length} migrations were applied under it, by two at once`);
  const present = await begin('present-files', {}, wish.program);
  say('both work');
  await sleep(seconds * 1000);
  const together = ingress.log.length;
  await former.stop();
  say('the present code works alone');
  await sleep(seconds * 1000);
  isOver = true;
  const [declared, done] = await work;
  isOver = false;
  const isDrained = (await drain(world, Date.now() + DRAIN_SECONDS * 1000)) !== undefined;
  const findings = [
    ...(isDrained
      ? await checkAll({ world, settings, caller, ingress, declared, done })
      : await checkUndrained(world, DRAIN_SECONDS)),
    ...findingOf('every call is answered while both work', refusals(ingress, together)),
    ...findingOf('processes end only when they are stopped', [
      ...former.counts.crashes,
      ...present.counts.crashes,
    ]),
  ];
  return {
    seed,
    from,
    migrations: applied.flat(),
    declarations: declared.accepted,
    letters: done.letters.size,
    batches: done.batches,
    calls: { former: alone, both: together - alone, present: ingress.log.length - together },
    drained: isDrained,
    violations: findings.reduce((sum, { count }) => sum + count, 0),
    findings,
  };
}

/** Calls that came while the former code worked and were answered with a fault of the server. */
function refusals({ log }: Ingress, until: number): string[] {
  return log
    .slice(0, until)
    .filter(({ status = 0 }) => status >= 500)
    .map(({ method, path, status }) => `${method} ${path}: ${status}`);
}
