/** `ebox population`: writes the files of a population that does not exist, as large as one wants. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readInhabitants, readMunicipalities } from '../catalogue/reference-file.ts';
import { readTemplateSettings } from '../config.ts';
import { ServiceError } from '../errors.ts';
import {
  citizenLines,
  enterpriseLine,
  FILES,
  type FileLine,
  type FileName,
  headerOf,
} from '../population/files.ts';
import { LARGEST_POPULATION } from '../population/numbers.ts';
import { createPopulation, type Population } from '../population/population.ts';

export interface PopulationWords {
  readonly persons?: string | undefined;
  readonly seed?: string | undefined;
  readonly out?: string | undefined;
  readonly json: boolean;
}

/** Writes the files; says how many lines each has. */
export async function runPopulation({
  persons,
  seed,
  out = 'population',
  json,
}: PopulationWords): Promise<number> {
  const population = await readPopulation(
    wholeOf('persons', persons, 10_000, 1),
    wholeOf('seed', seed, 1, 0),
  );
  await mkdir(out, { recursive: true });
  const counts = await writeFiles(population, out);
  const rows = Object.entries(counts);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, count] of rows)
    process.stdout.write(`${name.padEnd(width)}  ${String(count).padStart(10)} lines\n`);
  process.stdout.write(`Nobody of them exists; SSINs have serial numbers from 900 on. Written to ${out}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ folder: out, lines: counts })}\n`);
  return 0;
}

/** Makes the population of a seed in the municipalities of the templates. */
export async function readPopulation(
  persons: number,
  seed: number,
  folder: string = readTemplateSettings().templatesDir,
): Promise<Population> {
  const [municipalities, inhabitants] = await Promise.all([
    readMunicipalities(folder),
    readInhabitants(folder),
  ]);
  return createPopulation({ persons, seed, municipalities, inhabitants });
}

function wholeOf(name: string, text: string | undefined, fallback: number, least: number): number {
  const most = name === 'persons' ? LARGEST_POPULATION : 2 ** 31 - 1;
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ServiceError('configurationInvalid', `--${name} takes a whole number from ${least} to ${most}`);
}

/** One pass over the population for all files. */
async function writeFiles(population: Population, out: string): Promise<Record<FileName, number>> {
  const names = Object.keys(FILES) as FileName[];
  const files = await Promise.all(
    names.map(async (name) => [name, await openFile(join(out, name))] as const),
  );
  const byName = new Map(files);
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<FileName, number>;
  for (const name of names) await byName.get(name)?.write(headerOf(name).text);
  for (const { file, text } of linesOf(population)) {
    counts[file] += 1;
    await byName.get(file)?.write(text);
  }
  for (const [, file] of files) await file.close();
  return counts;
}

function* linesOf(population: Population): Generator<FileLine> {
  for (const employer of population.employers()) yield enterpriseLine(employer);
  for (const citizen of population.citizens()) yield* citizenLines(citizen);
}

/** So many characters are written at once. */
const BLOCK = 256 * 1024;

/** Nothing but the last lines waits in memory: who writes waits until they are on disk. */
async function openFile(path: string) {
  const handle = await open(path, 'w');
  let waiting = '';
  const flush = async () => {
    const text = waiting;
    waiting = '';
    await handle.write(text);
  };
  return {
    /** Gives a promise only when there is something to wait for. */
    write: (text: string): Promise<void> | undefined => {
      waiting += text;
      return waiting.length < BLOCK ? undefined : flush();
    },
    close: async () => {
      await flush();
      await handle.close();
    },
  };
}
