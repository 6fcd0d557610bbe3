/** Documents a second, one core: rendered and sealed with each kind of key, against others in the same run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../support/needs.ts';
import { type Contender, ownContenders } from './contenders.ts';
import { type LevelMeans, startLevels } from './levels.ts';
import { KEYS, type Key, signaturesPerSecond } from './openssl.ts';
import { startOthers } from './other-process.ts';
import { type BenchKey, makeKey } from './samples.ts';
import { benchThreads, type ThreadFigure } from './threads.ts';

const ROUNDS = 3;

interface Figure {
  readonly name: string;
  /** Of each round, in a second of one core, whatever else the machine did meanwhile: OpenSSL counts so too. */
  readonly perSecond: readonly number[];
  readonly median: number;
  readonly bytes: number;
}

interface Peak {
  readonly documents: number;
  readonly seconds: number;
  /** After each tenth of them: it must not grow with their number. */
  readonly residentMiB: readonly number[];
  readonly peakMiB: number;
}

export interface DocumentResult {
  readonly secondsARound: number;
  readonly figures: readonly Figure[];
  readonly threads: readonly ThreadFigure[];
  readonly peak: Peak;
  /** Medians of what the rounds of this run made over each other; with the check before release where the name says so. */
  readonly ratios: Readonly<Record<string, number>>;
  /** For one line of JSON: of documents rendered and sealed, bytes of one with P-256, peak memory. */
  readonly summary: {
    readonly ratios: Readonly<Record<string, number>>;
    readonly bytes: number;
    readonly peakMiB: number;
  };
}

/** Lets all take turns, `seconds` each, three rounds; then threads; then so many `documents` in a process of their own. */
export async function benchDocument(seconds: number, documents: number): Promise<DocumentResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const keys = new Map<Key, BenchKey>();
    for (const key of KEYS) keys.set(key, await makeKey(folder, key));
    // They read the keys where the authorities will be.
    const { others, stop } = await startOthers(folder);
    const means = new Map<Key, LevelMeans>();
    for (const [name, key] of keys) means.set(name, await startLevels(folder, name, key));
    const figures = await measure([...(await ownContenders(keys, means)), ...others], seconds);
    stop();
    for (const one of means.values()) await one.stop();
    for (const { name, median, bytes } of figures) print(name, median, bytes);
    const p256 = keys.get('p-256');
    const threads = p256 === undefined ? [] : await benchThreads(p256, seconds);
    for (const figure of threads) {
      const { p50, p99, max } = figure.delayMs;
      print(`${figure.threads} threads p-256`, figure.median);
      process.stdout.write(`  ${' '.repeat(22)}event loop late by ${p50} ms, p99 ${p99}, at most ${max}\n`);
    }
    const peak = measurePeak(documents);
    process.stdout.write(`  ${JSON.stringify(peak)}\n`);
    const ratios = ratiosOf(figures);
    process.stdout.write(`  ${JSON.stringify(ratios)}\n`);
    return {
      secondsARound: seconds,
      figures,
      threads,
      peak,
      ratios,
      summary: summarise(figures, ratios, peak),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** OpenSSL signs in every round too: on a shared machine only what was measured side by side can be compared. */
async function measure(contenders: readonly Contender[], seconds: number): Promise<Figure[]> {
  const rates = new Map<string, number[]>();
  const bytes = new Map<string, number>();
  const note = (name: string, rate: number | undefined) => {
    if (rate !== undefined) rates.set(name, [...(rates.get(name) ?? []), rate]);
  };
  // Code that has not run a while is slow, and each way of making documents has its own.
  for (const { run } of contenders) await run(seconds);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, run } of contenders) {
      // What the one before left behind is cleared away first.
      await run(seconds / 4);
      const { rate, size } = await run(seconds);
      note(name, rate);
      bytes.set(name, size);
    }
    for (const key of KEYS) note(`openssl ${key}`, signaturesPerSecond(key));
  }
  return [...rates].map(([name, perSecond]) => {
    return { name, perSecond, median: medianOf(perSecond), bytes: bytes.get(name) ?? 0 };
  });
}

function measurePeak(documents: number): Peak {
  const script = join(projectRoot, 'test', 'bench', 'peak.ts');
  const output = execFileSync(process.execPath, ['--import', 'tsx', script, String(documents)], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  // Written by that script.
  return JSON.parse(output) as Peak;
}

function ratiosOf(figures: readonly Figure[]): DocumentResult['ratios'] {
  const of = (name: string) => figures.find((figure) => figure.name === name)?.perSecond;
  /** Of each round: others keep the machine busy by turns, and only what stands side by side met the same. */
  const over = (one: string, other: string) => {
    const [above, below] = [of(one), of(other)];
    if (above === undefined || below === undefined) return [];
    const ratios = above.map((rate, round) => rate / (below[round] ?? Number.NaN));
    return [Math.round(medianOf(ratios) * 100) / 100];
  };
  const ratios = {
    rsa2048: over('ours rsa-2048 B-B', 'naive rsa-2048'),
    p256: over('ours p-256 B-B', 'naive rsa-2048'),
    p256OverParsedFont: over('ours p-256 B-B', 'parsed font p-256'),
    rsa2048OfOpenssl: over('ours rsa-2048 B-B', 'openssl rsa-2048'),
    rsa3072: over('ours rsa-3072 B-B', 'naive rsa-2048'),
    rsa2048OverParsedFont: over('ours rsa-2048 B-B', 'parsed font rsa-2048'),
    rsa3072OfOpenssl: over('ours rsa-3072 B-B', 'openssl rsa-3072'),
    checkedRsa2048: over('checked rsa-2048 B-B', 'naive rsa-2048'),
    checkedP256: over('checked p-256 B-B', 'naive rsa-2048'),
    checkedRsa2048OfOpenssl: over('checked rsa-2048 B-B', 'openssl rsa-2048'),
  };
  return Object.fromEntries(
    Object.entries(ratios).flatMap(([name, values]) => values.map((value) => [name, value])),
  );
}

/** What `--json` ends with. */
const ASKED_FOR = ['rsa2048', 'p256', 'p256OverParsedFont', 'rsa2048OfOpenssl'];

function summarise(
  figures: readonly Figure[],
  all: DocumentResult['ratios'],
  { peakMiB }: Peak,
): DocumentResult['summary'] {
  const bytes = figures.find(({ name }) => name === 'ours p-256 B-B')?.bytes ?? 0;
  const ratios = Object.fromEntries(Object.entries(all).filter(([name]) => ASKED_FOR.includes(name)));
  return { ratios, bytes, peakMiB };
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function print(name: string, perSecond: number, bytes = 0): void {
  const size = bytes === 0 ? '' : `  ${(bytes / 1000).toFixed(1)} kB`;
  process.stdout.write(`  ${name.padEnd(22)} ${perSecond.toFixed(1).padStart(8)}/s${size}\n`);
}
