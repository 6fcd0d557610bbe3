/** One file of a population into a register, as it would arrive: nothing of it is held but a block at a time. */
import { claimJobs } from '../../src/database/jobs.ts';
import { citizenLines, enterpriseLine, type FileName, headerOf } from '../../src/population/files.ts';
import type { Population } from '../../src/population/population.ts';
import { applyReports } from '../../src/workflows/apply-statuses.ts';
import { loadRegisterFile } from '../../src/workflows/load.ts';
import { receiveStatusFile } from '../../src/workflows/receive-statuses.ts';
import { type RegisterServices, sourceAccess } from '../support/population.ts';

const BLOCK = 64 * 1024;

/** Loads persons or enterprises, or has the facts of a source kept; cases are left unsettled. */
export async function loadFile(
  services: RegisterServices,
  population: Population,
  file: FileName,
): Promise<void> {
  const [, source] = /^statuses-(\w+)\.csv$/.exec(file) ?? [];
  const chunks = chunksOf(population, file);
  if (source === undefined) {
    await loadRegisterFile(services, sourceAccess, 'csv', chunks);
    return;
  }
  const asked = { source, wholeOf: undefined, changedAt: undefined };
  await receiveStatusFile(services, sourceAccess, asked, 'csv', chunks);
  for (;;) {
    const [job] = await services.database.transaction(async (connection) => {
      await connection.query(`delete from job where kind = 'settle'`);
      return claimJobs(connection, ['bulk'], 1, 600);
    });
    if (job === undefined) return;
    await applyReports(services, job, String(job.payload.fileId));
  }
}

async function* chunksOf(population: Population, file: FileName): AsyncGenerator<Buffer> {
  let text = headerOf(file).text;
  for (const line of linesOf(population)) {
    if (line.file !== file) continue;
    text += line.text;
    if (text.length < BLOCK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function* linesOf(population: Population) {
  for (const employer of population.employers()) yield enterpriseLine(employer);
  for (const citizen of population.citizens()) yield* citizenLines(citizen);
}
