/**
 * Runs every test file, two at a time, on one PostgreSQL, and ends with the checks that could not run here and why. After
 * them, all that tests left in logs, tables, stores, mails and addresses is looked through for numbers of persons.
 * `--built`: programs are started as `npm run build` left them in `dist/`, and test files run compiled: both begin sooner.
 * `--strict`: a check that misses a Debian package fails the run, and properties are tried with one fixed seed, so that
 * unchanged code gives an unchanged verdict; else with a seed of the moment, or that of `--seed N`. One or two files that
 * broke are run once more, alone. Other words name files or folders under test/.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { buildTests, builtOf, sourceOf } from './support/built.ts';
import { testServer } from './support/database.ts';
import { projectRoot } from './support/needs.ts';
import { BUILT } from './support/program.ts';
import { keepOutput, openSinks } from './support/sinks/whole-run.ts';

const folder = join(projectRoot, 'test');

interface Tally {
  passed: number;
  failed: number;
  readonly skips: Map<string, string[]>;
  /** Milliseconds by file. */
  readonly times: Map<string, number>;
  /** Files in which something failed. */
  readonly broken: Set<string>;
}

function listFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(path, name))
    .sort();
}

interface Outcome {
  readonly name: string;
  readonly file?: string;
  readonly nesting: number;
  readonly skip?: string | boolean;
  readonly details: {
    readonly duration_ms: number;
    readonly type?: string;
    readonly error?: Error & { cause?: unknown; failureType?: string };
  };
}

async function runFiles(files: readonly string[], concurrency: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skips: new Map(), times: new Map(), broken: new Set() };
  const stream = run({ files: [...files], concurrency, timeout: 15 * 60_000 });
  for await (const event of stream) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr')
      keepOutput(placeOf(event.data.file), event.data.message);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    note(tally, event.type === 'test:pass', event.data as Outcome);
  }
  return tally;
}

/** The name of a test file from test/. */
function placeOf(file: string | undefined): string {
  return file === undefined ? '' : relative(folder, sourceOf(file));
}

function note(tally: Tally, isPassed: boolean, outcome: Outcome): void {
  const place = placeOf(outcome.file);
  if (outcome.nesting === 0)
    tally.times.set(place, (tally.times.get(place) ?? 0) + outcome.details.duration_ms);
  if (outcome.skip !== undefined && outcome.skip !== false) {
    const reason = typeof outcome.skip === 'string' ? outcome.skip : 'skipped without a reason';
    tally.skips.set(reason, [...(tally.skips.get(reason) ?? []), `${place}: ${outcome.name}`]);
    return;
  }
  // A suite fails with what is in it; of its own it has only what prepares and clears up.
  const isHook = outcome.details.error?.failureType === 'hookFailed';
  if (outcome.details.type === 'suite' && !isHook) return;
  // The file itself is reported as a test on the outermost level.
  const isFile = outcome.nesting === 0 && outcome.file !== undefined && outcome.name === outcome.file;
  if (isPassed && !isFile) tally.passed += 1;
  if (isPassed) return;
  const cause = outcome.details.error?.cause ?? outcome.details.error;
  if (isFile && tally.broken.has(place)) return;
  tally.failed += 1;
  tally.broken.add(place);
  process.stdout.write(
    `\nFAILED ${place}: ${outcome.name}\n${cause instanceof Error ? cause.stack : inspect(cause)}\n`,
  );
}

/** More broken files than this are no accident. */
const MOST_UNSTEADY = 2;

/** Some files mostly wait, for leases that run out and processes that end: one more than there are cores for. */
const AT_ONCE = availableParallelism() + 1;

/**
 * Runs some files at a time; in a strict run the few that broke are run once more, alone: what passes then needs a steadier
 * test, but says nothing against the change. It is listed at the end, so that it is not forgotten.
 */
async function runSteadily(files: readonly string[], isStrict: boolean): Promise<Tally> {
  const placed = (paths: readonly string[]) => (process.env[BUILT] === 'true' ? paths.map(builtOf) : paths);
  const first = await runFiles(placed(files), AT_ONCE);
  const isFew = first.broken.size <= MOST_UNSTEADY && !first.broken.has('');
  if (!isStrict || first.failed === 0 || !isFew) return first;
  const names = [...first.broken].join(', ');
  process.stdout.write(`\nOnce more, alone: ${names}\n`);
  const second = await runFiles(placed([...first.broken].map((name) => join(folder, name))), 1);
  if (second.failed > 0) return first;
  process.stdout.write(`Unsteady: failed beside other tests, passed alone: ${names}\n`);
  return { ...first, failed: 0, passed: first.passed + first.failed };
}

const MOST_SLOW = 12;

function report({ passed, failed, skips, times }: Tally, isStrict: boolean, seconds: number): boolean {
  process.stdout.write(`\n${passed} tests passed, ${failed} failed in ${Math.round(seconds)} s.\n`);
  const slowest = [...times].sort(([, one], [, other]) => other - one).slice(0, MOST_SLOW);
  if (isStrict) process.stdout.write('\nWhat took longest:\n');
  if (isStrict)
    for (const [file, ms] of slowest) process.stdout.write(`  ${Math.round(ms / 1000)} s ${file}\n`);
  if (skips.size > 0) process.stdout.write('\nChecks not run:\n');
  for (const [reason, names] of skips) process.stdout.write(`  ${reason}: ${names.length}\n`);
  const isLacking = [...skips.keys()].some((reason) => reason.startsWith('needs package'));
  if (isStrict && isLacking) process.stdout.write('A check that misses a package counts as failed here.\n');
  const isUnexplained = skips.has('skipped without a reason');
  return failed === 0 && passed > 0 && !isUnexplained && !(isStrict && isLacking);
}

/** Any number will do; another one finds other things. */
const STRICT_SEED = 20_260_301;
const MOST_SEED = 2 ** 31;

/** Takes `--seed N` out of the words of the command; without it the seed is fixed in a strict run, else random. */
function takeSeed(words: string[]): number {
  const at = words.indexOf('--seed');
  if (at === -1) return words.includes('--strict') ? STRICT_SEED : randomInt(MOST_SEED);
  const [, given = ''] = words.splice(at, 2);
  if (/^\d{1,10}$/.test(given) && Number(given) < MOST_SEED) return Number(given);
  process.stdout.write(`--seed takes a number from 0 to ${MOST_SEED - 1}.\n`);
  return process.exit(2);
}

/** Test files run in processes of their own, which get the environment and the options of this one. */
function preload(name: string): void {
  const path = join(folder, 'support', name);
  const loaded = process.env[BUILT] === 'true' ? builtOf(path) : path;
  process.execArgv.push('--import', pathToFileURL(loaded).href);
}

function preloadSeed(seed: number): void {
  process.env.PROPERTY_SEED = String(seed);
  preload('properties.ts');
  process.stdout.write(`Properties are tried with seed ${seed} (--seed ${seed} tries the same).\n`);
}

/** Goes on as what was compiled, without what loads TypeScript: test files get the options of the process that runs them. */
async function runBuilt(options: readonly string[]): Promise<number> {
  const env = { ...process.env, [BUILT]: 'true' };
  const child = spawn(process.execPath, [builtOf(fileURLToPath(import.meta.url)), ...options], {
    stdio: 'inherit',
    env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

const OPTIONS = ['--strict', '--built'];
const words = process.argv.slice(2);
if (words.includes('--built') && import.meta.url.endsWith('.ts')) {
  buildTests();
  process.exit(await runBuilt(words));
}
preloadSeed(takeSeed(words));
const sinks = openSinks();
process.env.SINKS_FOLDER = sinks.folder;
preload('sinks/watch.ts');
const started = performance.now();
const paths = words.filter((word) => !OPTIONS.includes(word)).map((word) => resolve(word));
const server = await testServer();
const databaseLog = join(dirname(server.data), 'server.log');
const logged = statSync(databaseLog).size;
let isGood = false;
try {
  const isStrict = words.includes('--strict');
  const tally = await runSteadily((paths.length > 0 ? paths : [folder]).flatMap(listFiles), isStrict);
  const isPassed = report(tally, isStrict, (performance.now() - started) / 1000);
  isGood = sinks.scan(readFileSync(databaseLog).subarray(logged)) && isPassed;
} finally {
  await server.stop();
  sinks.remove();
}
process.exit(isGood ? 0 : 1);
