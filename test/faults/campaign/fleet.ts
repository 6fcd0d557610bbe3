/** The processes of the service in a campaign, each under a supervisor that starts it again whenever it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../src/embedded/ports.ts';
import { FAILPOINTS, type Failpoint } from '../../../src/failpoint.ts';
import { projectRoot } from '../../support/needs.ts';
import { ourProgram } from '../../support/program.ts';
import { keep } from '../../support/sinks/keep.ts';
import type { Dice } from './dice.ts';

export type Work = 'api' | 'worker';

/** One place of the fleet; its process changes, its port and folder stay. */
export interface Member {
  readonly name: string;
  readonly work: Work;
  readonly port: number;
  isUp: boolean;
  isPaused: boolean;
  child: ChildProcess | undefined;
}

export interface FleetWish {
  readonly settings: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly dice: Dice;
  /** What `node` is called with; default the service as it is here. */
  readonly program?: readonly string[] | undefined;
  readonly apis: number;
  readonly workers: number;
  /** Whether no failpoint is armed and nothing is to strike. */
  readonly isCalm?: boolean;
  /** Where a process runs that is not to run beside us; asked at each of its starts. */
  readonly placeOf?: (member: Member) => Place;
  /** The library that shifts the clock of a process; undefined: clocks are right. */
  readonly faketime: string | undefined;
}

/** What the command of a process begins with, which settings it is not told, and which others it is. */
export interface Place {
  readonly command: readonly string[];
  readonly without: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

const HERE: Place = { command: [], without: [], settings: {} };

/** What was done to processes. */
export interface FleetCounts {
  workerKills: number;
  apiKills: number;
  pauses: number;
  skewed: number;
  /** Starts that gave up, saying why. */
  refusedStarts: number;
  /** Processes that ended by themselves, with what they wrote last. */
  readonly crashes: string[];
  /** Kills, throws and hangs at each failpoint. */
  readonly byFailpoint: Record<Failpoint, number>;
}

/** How far clocks are off, in libfaketime's words. */
const SKEWS = ['+5m', '-5m', '+1d', '-1d'];
/** Of a hundred lives so many have a wrong clock. */
const SKEWED_PERCENT = 15;
const MOST_CRASHES = 20;
/** On a machine at rest it takes a few seconds. */
const START_MS = 300_000;

export class Fleet {
  readonly members: readonly Member[];
  readonly counts: FleetCounts;
  readonly #wish: FleetWish;
  readonly #struckByUs = new WeakSet<ChildProcess>();
  #isCalm = false;
  #isStopped = false;

  private constructor(wish: FleetWish, members: readonly Member[]) {
    this.#wish = wish;
    this.members = members;
    const none = FAILPOINTS.map((name) => [name, 0] as const);
    this.counts = {
      workerKills: 0,
      apiKills: 0,
      pauses: 0,
      skewed: 0,
      refusedStarts: 0,
      crashes: [],
      // Every name is there.
      byFailpoint: Object.fromEntries(none) as Record<Failpoint, number>,
    };
  }

  /** Starts the first process alone, which brings the schema up to date, and then all others. */
  static async start(wish: FleetWish): Promise<Fleet> {
    const members: Member[] = [];
    for (let count = 0; count < wish.apis + wish.workers; count += 1) {
      const work = count < wish.apis ? 'api' : 'worker';
      const state = { isUp: false, isPaused: false, child: undefined };
      members.push({ name: `${work}-${count}`, work, port: await freePort(), ...state });
    }
    const fleet = new Fleet(wish, members);
    const [first, ...others] = members;
    try {
      if (first) await fleet.#firstLife(first);
      for (const member of others) void fleet.#supervise(member);
      await fleet.allUp();
    } catch (error) {
      // Else their supervisors would start them for ever.
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  /** Resolves when every process answers; throws after five minutes, naming those that do not. */
  async allUp(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!this.members.every(({ isUp }) => isUp)) {
      if (Date.now() > deadline) {
        const away = this.members.filter(({ isUp }) => !isUp).map(({ name }) => name);
        throw new Error(`not up: ${away.join(', ')}; ${this.counts.crashes.slice(-2).join('\n')}`);
      }
      await sleep(50);
    }
  }

  /** Ports of API processes that answer. */
  get apiPorts(): number[] {
    return this.members.filter(({ work, isUp }) => work === 'api' && isUp).map(({ port }) => port);
  }

  /** `kill -9`; false where the process is only starting, which would starve the work. */
  kill(member: Member): boolean {
    const { child } = member;
    if (child === undefined || !member.isUp) return false;
    this.#struckByUs.add(child);
    this.#count(member.work);
    return child.kill('SIGKILL');
  }

  /** Stops a process for a while, as a machine does that is moved, and lets it go on. */
  async pause(member: Member, ms: number): Promise<void> {
    const { child } = member;
    if (child === undefined || !member.isUp || member.isPaused) return;
    this.counts.pauses += 1;
    member.isPaused = true;
    child.kill('SIGSTOP');
    await sleep(ms);
    child.kill('SIGCONT');
    member.isPaused = false;
  }

  /** Every process is started anew, with its failpoints off and the right time. */
  async heal(): Promise<void> {
    this.#isCalm = true;
    for (const { child } of this.members) {
      if (child === undefined) continue;
      this.#struckByUs.add(child);
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    for (const member of this.members) member.isUp = false;
    await this.allUp();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(
      this.members.map(async ({ child }) => {
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGCONT');
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
  }

  #count(work: Work): void {
    if (work === 'api') this.counts.apiKills += 1;
    else this.counts.workerKills += 1;
  }

  async #firstLife(member: Member): Promise<void> {
    this.#isCalm = true;
    void this.#supervise(member);
    const deadline = Date.now() + START_MS;
    while (!member.isUp) {
      const isHopeless = this.counts.crashes.length >= MOST_CRASHES;
      if (isHopeless || Date.now() > deadline) throw new Error(`not up: ${this.counts.crashes.join('\n')}`);
      await sleep(50);
    }
    this.#isCalm = this.#wish.isCalm ?? false;
  }

  async #supervise(member: Member): Promise<void> {
    while (!this.#isStopped) {
      const child = this.#spawn(member);
      let output = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-20_000);
        this.#readStrikes(text);
      });
      const ended = once(child, 'exit');
      void this.#waitUntilUp(member, child);
      const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
      member.isUp = false;
      keep('log', 'campaign', output);
      if (this.#isStopped || this.#struckByUs.has(child)) continue;
      if (signal === 'SIGKILL') this.#count(member.work);
      // It says why, and its supervisor tries again: the database is away, or a clock says that no key is good yet.
      else if (code === 1 && output.includes('The service does not start:')) this.counts.refusedStarts += 1;
      else if (this.counts.crashes.length < MOST_CRASHES)
        this.counts.crashes.push(`${member.name} ended (${signal ?? code}): ${output.slice(-1500)}`);
      if (signal !== 'SIGKILL') await sleep(200);
    }
  }

  #spawn(member: Member): ChildProcess {
    const { settings, folder, program, faketime, dice } = this.#wish;
    const dataDir = join(folder, member.name);
    mkdirSync(dataDir, { recursive: true });
    const isSkewed = !this.#isCalm && faketime !== undefined && dice.percent(SKEWED_PERCENT);
    if (isSkewed) this.counts.skewed += 1;
    const place = this.#wish.placeOf?.(member) ?? HERE;
    const told = Object.entries(settings).filter(([name]) => !place.without.includes(name));
    const [tool = '', ...rest] = [...place.command, process.execPath, ...(program ?? ourProgram('main'))];
    const child = spawn(tool, rest, {
      cwd: projectRoot,
      env: {
        PATH: process.env.PATH,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        TEMPLATES_DIR: join(projectRoot, 'templates'),
        ...Object.fromEntries(told),
        ...place.settings,
        PORT: String(member.port),
        DATA_DIR: dataDir,
        ROLES: member.work === 'api' ? 'api' : 'worker,scheduler',
        ...(this.#isCalm ? {} : { FAILPOINTS: this.#arms() }),
        ...(isSkewed && {
          LD_PRELOAD: faketime,
          FAKETIME: dice.pick(SKEWS),
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    member.child = child;
    return child;
  }

  /** Strikes anywhere now and then, at what nothing has struck yet soon, and at what was struck least by a kill. */
  #arms(): string {
    const { dice } = this.#wish;
    const { byFailpoint } = this.counts;
    const hitOf = (name: Failpoint) => (name === SELDOM ? 1 : 1 + dice.below(3));
    const soon = (name: Failpoint, action: string) => `${name}=${action}@${hitOf(name)}`;
    const least = FAILPOINTS.map((name) => ({ name, struck: byFailpoint[name] + dice.next() }))
      .sort((one, other) => one.struck - other.struck)
      .map(({ name }) => name);
    const unstruck = least.filter((name) => byFailpoint[name] === 0);
    return [
      ...least.slice(0, KILLED).map((name) => soon(name, 'kill')),
      ...unstruck.slice(KILLED).map((name) => soon(name, 'throw')),
      `*=kill%${RANDOM_KILL}`,
      `*=throw%${RANDOM_THROW}`,
      `seed=${dice.below(2 ** 31)}`,
    ].join(',');
  }

  #readStrikes(text: string): void {
    // Written by our own program.
    for (const [, name = ''] of text.matchAll(/^failpoint ([a-z.-]+)=\w+$/gm))
      this.counts.byFailpoint[name as Failpoint] += 1;
  }

  async #waitUntilUp(member: Member, child: ChildProcess): Promise<void> {
    while (member.child === child && child.exitCode === null && child.signalCode === null) {
      const signal = AbortSignal.timeout(2000);
      const isOk = await fetch(`http://127.0.0.1:${member.port}/health`, { signal }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isOk && member.child === child) {
        member.isUp = true;
        return;
      }
      await sleep(50);
    }
  }
}

/** A place that is reached a few times in all, once the secret changes. */
const SELDOM: Failpoint = 'rekey.chunk';
/** At so many places each life is to be killed soon. */
const KILLED = 3;
/** Per cent of the hits of all places. */
const RANDOM_KILL = 0.2;
const RANDOM_THROW = 0.5;

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** The library of the Debian package `faketime`; undefined where it is not installed. */
export function faketimeLibrary(): string | undefined {
  return existsSync(FAKETIME) ? FAKETIME : undefined;
}
