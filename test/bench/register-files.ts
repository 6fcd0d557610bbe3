/** A population as files on disk, and one of them into a register as it would arrive: nothing is held but a block at a time. */
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { claimJobs } from '../../src/database/jobs.ts';
import { citizenLines, enterpriseLine, FILES, type FileName, headerOf } from '../../src/population/files.ts';
import type { Population } from '../../src/population/population.ts';
import { applyReports } from '../../src/workflows/apply-statuses.ts';
import { loadRegisterFile } from '../../src/workflows/load.ts';
import { receiveStatusFile, reportsOf } from '../../src/workflows/receive-statuses.ts';
import { type RegisterServices, sourceAccess } from '../support/population.ts';

const BLOCK = 64 * 1024;
/** As it comes from a network: more at once is only more to hold. */
const CHUNK = { highWaterMark: BLOCK };

/** How many rows each file has, without its header. */
export type RowsOf = Readonly<Record<FileName, number>>;

/** Writes the files of a population into a folder, so that making it is no part of what is measured. */
export async function writeFiles(population: Population, folder: string): Promise<RowsOf> {
  const names = Object.keys(FILES) as FileName[];
  const rows = Object.fromEntries(names.map((name) => [name, 0])) as Record<FileName, number>;
  const texts = Object.fromEntries(names.map((name) => [name, headerOf(name).text]));
  const files = new Map(names.map((name) => [name, createWriteStream(join(folder, name))]));
  for (const { file, text } of linesOf(population)) {
    rows[file] += 1;
    const all = (texts[file] ?? '') + text;
    texts[file] = all.length < BLOCK ? all : '';
    if (all.length >= BLOCK) await write(files.get(file), all);
  }
  for (const [name, file] of files) {
    file.end(texts[name]);
    await once(file, 'close');
  }
  return rows;
}

async function write(file: WriteStream | undefined, text: string): Promise<void> {
  if (file?.write(text) === false) await once(file, 'drain');
}

function* linesOf(population: Population) {
  for (const employer of population.employers()) yield enterpriseLine(employer);
  for (const citizen of population.citizens()) yield* citizenLines(citizen);
}

/** Loads persons or enterprises, or has the facts of a source kept; cases are left unsettled. */
export async function loadFile(services: RegisterServices, folder: string, file: FileName): Promise<void> {
  if (!file.startsWith('statuses-')) return loadRecords(services, folder, file);
  await stageFile(services, folder, file);
  await keepStaged(services);
}

export async function loadRecords(services: RegisterServices, folder: string, file: FileName): Promise<void> {
  await loadRegisterFile(services, sourceAccess, 'csv', createReadStream(join(folder, file), CHUNK));
}

/** Reads, checks and copies in what a source reports. */
export async function stageFile(services: RegisterServices, folder: string, file: FileName): Promise<void> {
  const [, source = ''] = /^statuses-(\w+)\.csv$/.exec(file) ?? [];
  const asked = { source, wholeOf: undefined, changedAt: undefined };
  const chunks = createReadStream(join(folder, file), CHUNK);
  await receiveStatusFile(services, sourceAccess, asked, 'csv', chunks);
}

/** So that what would settle single cases is not due while the register is loaded. */
const SETTLED_AFTER_SECONDS = 86_400;

/** Keeps what was staged; the cases that rest on it are queued for later. */
export async function keepStaged(services: RegisterServices): Promise<void> {
  const settings = { ...services.settings, settleAfterSeconds: SETTLED_AFTER_SECONDS };
  for (;;) {
    const [job] = await services.database.transaction((connection) =>
      claimJobs(connection, ['bulk'], 1, 600),
    );
    if (job === undefined) return;
    await applyReports({ ...services, settings }, job, reportsOf(job));
  }
}
