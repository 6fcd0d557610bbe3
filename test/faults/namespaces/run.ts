/**
 * Two API and three worker processes, each on a machine of its own as far as the network knows. Workers reach the database and the
 * store and nothing else: no login, no other registry, no time-stamping authority. One of them loses its cable for two leases.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testProgram } from '../../support/program.ts';
import { drain, openOwnVault } from '../campaign/aftermath.ts';
import { Caller } from '../campaign/caller.ts';
import { checkCases } from '../campaign/check-archive.ts';
import { checkInTheEnd } from '../campaign/check-register.ts';
import { registerPeople } from '../campaign/correspond.ts';
import { feedDeclarations } from '../campaign/declare.ts';
import { createDice } from '../campaign/dice.ts';
import { type Finding, findingOf } from '../campaign/finding.ts';
import { Fleet, type Member } from '../campaign/fleet.ts';
import { startIngress } from '../campaign/ingress.ts';
import { withNextSecret } from '../campaign/run.ts';
import { LEASE_SECONDS, startWorld, type World } from '../campaign/world.ts';
import { forward } from './forward.ts';
import { type Network, setUpNetwork } from './network.ts';

export interface NamespacesWish {
  readonly seed: number;
  readonly seconds: number;
  readonly program?: readonly string[];
  readonly say: (line: string) => void;
}

export interface NamespacesReport {
  readonly seed: number;
  readonly machines: readonly string[];
  readonly declarations: number;
  readonly attestations: number;
  readonly drained: boolean;
  readonly violations: number;
  readonly findings: readonly Finding[];
}

const MACHINES = ['api-0', 'api-1', 'worker-2', 'worker-3', 'worker-4'];
const CUT_OFF = 'worker-4';
const AT_ONCE = 3;
const DRAIN_SECONDS = 240;
/** Nothing goes to another registry here. */
const RELAYED = 'one relay of an attestation that was issued';
/** What a worker has no use for here. */
const NOT_OF_WORKERS = /^OIDC_/;

/** Runs it; `reason` says why it could not be. */
export async function runInNamespaces(
  wish: NamespacesWish,
): Promise<NamespacesReport | { readonly reason: string }> {
  const network = await setUpNetwork(`e${process.pid % 1000}`, MACHINES);
  if ('reason' in network) return network;
  const folder = mkdtempSync(join(tmpdir(), 'namespaces-'));
  // Else the server of the database, which is no root, could not reach it.
  chmodSync(folder, 0o755);
  try {
    return await onNetwork(wish, network, folder);
  } finally {
    await network.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onNetwork(wish: NamespacesWish, network: Network, folder: string): Promise<NamespacesReport> {
  const { seed } = wish;
  const places = {
    folder,
    database: join(folder, 'database', 'postgres'),
    store: join(folder, 'store', 's3'),
  };
  const world = await startWorld(places, createDice(seed, 'network'));
  const doors = new Doors(network);
  let fleet: Fleet | undefined;
  const ingress = await startIngress(
    world.ingressPort,
    createDice(seed, 'ingress'),
    () => fleet?.apiPorts ?? [],
  );
  try {
    const settings = await settingsHere(world, network, doors);
    const files = join(folder, 'files');
    mkdirSync(files);
    fleet = await Fleet.start({
      settings,
      folder: files,
      dice: createDice(seed, 'fleet'),
      apis: 2,
      workers: 3,
      program: wish.program,
      isCalm: true,
      faketime: undefined,
      placeOf: (member) => doors.placeOf(member, world, settings),
    });
    return await work(wish, { world, network, fleet, settings });
  } finally {
    await fleet?.stop();
    doors.close();
    ingress.stop();
    await world.stop();
  }
}

/** Ways between this machine and the others, one for each port that may be reached. */
class Doors {
  readonly #network: Network;
  readonly #servers: Server[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #known = new Set<string>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Lets every machine reach a port of ours. */
  async open(port: number): Promise<void> {
    const { host } = this.#network;
    this.#servers.push(await forward({ host, port }, { host: '127.0.0.1', port }));
  }

  /** Where a process of the service begins, and what it is told. Its port is reached from here, and the login from an API. */
  placeOf(member: Member, world: World, settings: Readonly<Record<string, string>>) {
    const { name, port, work } = member;
    const network = this.#network;
    if (!this.#known.has(name)) {
      this.#known.add(name);
      void forward({ host: '127.0.0.1', port }, { host: network.addressOf(name), port }).then((server) =>
        this.#servers.push(server),
      );
      const login = new URL(world.login.issuer).port;
      if (work === 'api') this.#forwardWithin(name, [network.host, login]);
    }
    const left = Object.keys(settings).filter((key) => work === 'worker' && NOT_OF_WORKERS.test(key));
    return {
      command: network.within(name),
      without: left,
      settings: { LISTEN_ADDRESS: network.addressOf(name) },
    };
  }

  #forwardWithin(name: string, [host, port]: readonly [string, string]): void {
    const [tool = '', ...rest] = this.#network.within(name);
    const program = testProgram('faults/namespaces/forward.ts');
    const words = [...rest, process.execPath, ...program, '127.0.0.1', port, host, port];
    const child = spawn(tool, words, { stdio: 'ignore' });
    this.#ends.push(() => child.kill('SIGKILL'));
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const server of this.#servers) server.close();
  }
}

/** The settings of all, by addresses that are reached from elsewhere. */
async function settingsHere(
  world: World,
  { host }: Network,
  doors: Doors,
): Promise<Readonly<Record<string, string>>> {
  const elsewhere = (url = '') => {
    const moved = new URL(url);
    moved.hostname = host;
    return moved;
  };
  const settings = await withNextSecret(world);
  const database = elsewhere(settings.DATABASE_URL);
  const store = elsewhere(settings.S3_ENDPOINT);
  for (const { port } of [database, store, new URL(world.login.issuer)]) await doors.open(Number(port));
  const kept = Object.entries(settings).filter(([name]) => !/^(REGISTRY|TSA|WEBHOOK|SMTP)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    DATABASE_URL: database.href,
    S3_ENDPOINT: store.origin,
    SEAL_LEVEL: 'B-B',
    BATCH_SEAL_LEVEL: 'B-B',
  };
}

interface Running {
  readonly world: World;
  readonly network: Network;
  readonly fleet: Fleet;
  readonly settings: Readonly<Record<string, string>>;
}

async function work(
  { seed, seconds, say }: NamespacesWish,
  { world, network, fleet, settings }: Running,
): Promise<NamespacesReport> {
  let isOver = false;
  const caller = new Caller(world, () => isOver);
  await registerPeople(caller);
  say(`${MACHINES.join(', ')} work, each in a namespace of its own`);
  const feeding = feedDeclarations(
    { caller, database: world.database, dice: createDice(seed, 'declare'), isOver: () => isOver },
    AT_ONCE,
  );
  await sleep(seconds * 500);
  await network.plug(CUT_OFF, false);
  say(`${CUT_OFF} has no cable`);
  await sleep(2 * LEASE_SECONDS * 1000);
  await network.plug(CUT_OFF, true);
  await sleep(seconds * 500);
  isOver = true;
  const declared = await feeding;
  const isDrained = (await drain(world, Date.now() + DRAIN_SECONDS * 1000)) !== undefined;
  const findings = [
    ...findingOf('everything comes to its end', isDrained ? [] : [`${DRAIN_SECONDS} s were not enough`]),
    ...(isDrained ? (await checkInTheEnd(world.database)).filter(({ rule }) => rule !== RELAYED) : []),
    ...(isDrained ? await checkCases(world, await openOwnVault(world, settings), declared.cases) : []),
    ...findingOf('processes end only when they are stopped', fleet.counts.crashes),
  ];
  const [row] = await world.database.query<{ count: number }>(
    'select count(*)::int as count from attestation',
  );
  return {
    seed,
    machines: MACHINES,
    declarations: declared.accepted,
    attestations: row?.count ?? 0,
    drained: isDrained,
    violations: findings.reduce((sum, { count }) => sum + count, 0),
    findings,
  };
}
