/** A register with a population in it: loaded and reported by the service's own steps, without the rest of the service. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { readInhabitants } from '../../src/catalogue/reference-file.ts';
import type { Database } from '../../src/database/database.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import type { EnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { uuidv7 } from '../../src/domain/identifier.ts';
import { readCsv, toDeclaration } from '../../src/flow/quarantine-csv.ts';
import { citizenLines, enterpriseLine, FILES, type FileName, headerOf } from '../../src/population/files.ts';
import { type Citizen, createPopulation } from '../../src/population/population.ts';
import { freshBytes } from '../../src/random.ts';
import { createRenderer } from '../../src/render/render.ts';
import { applyReports } from '../../src/workflows/apply-statuses.ts';
import { loadRegisterFile, type SourceAccess } from '../../src/workflows/load.ts';
import type { LoadServices } from '../../src/workflows/load-person.ts';
import { openVault } from '../../src/workflows/open-vault.ts';
import { receiveStatusFile, reportsOf } from '../../src/workflows/receive-statuses.ts';
import { reportDeclaration } from '../../src/workflows/report.ts';
import { type PersonsBehind, settlePersons, startSettling } from '../../src/workflows/settle-register.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { projectRoot } from './needs.ts';

/** The institution, which may deliver for every source. */
export const INSTITUTION = '1912345694' as EnterpriseNumber;

export type RegisterServices = LoadServices;

/** Opens the parts of the service that keep a register; nothing runs by itself. */
export async function openRegister(secret = randomBytes(32)): Promise<{
  readonly test: TestDatabase;
  readonly services: RegisterServices;
}> {
  const test = await createTestDatabase();
  return { test, services: await openServices(test.database, secret) };
}

/** The same parts, on a database that is there. */
export async function openServices(database: Database, secret: Buffer): Promise<RegisterServices> {
  const catalogue = await loadCatalogue(join(projectRoot, 'templates'));
  const clock = () => new Date();
  return {
    database,
    catalogue,
    clock,
    newId: () => uuidv7(clock(), freshBytes(10)),
    vault: await openVault({ database }, { current: secret, former: [] }),
    renderer: createRenderer(catalogue),
    settings: { settleAfterSeconds: 0, fileKeyDays: 90 },
    // These are the settings that such steps take.
  } as unknown as RegisterServices;
}

/** Makes a population; `towns` have so many times the inhabitants that they have. */
export async function makePopulation(
  services: Pick<RegisterServices, 'catalogue'>,
  persons: number,
  towns: Readonly<Record<string, number>> = {},
) {
  const shares = await readInhabitants(join(projectRoot, 'templates'));
  const inhabitants = new Map([...shares].map(([code, count]) => [code, count * (towns[code] ?? 1)]));
  const { municipalities } = services.catalogue;
  // Of this seed some have a status for little longer than a rule wants, and each reason why not occurs.
  return createPopulation({ persons, seed: 22, municipalities, inhabitants });
}

export const sourceAccess: SourceAccess = {
  actor: { kind: 'client', id: 'population', organization: INSTITUTION },
  ground: { kind: 'source', organization: INSTITUTION },
};

/** Writes the files of citizens. */
export function filesOf(
  employers: Iterable<Parameters<typeof enterpriseLine>[0]>,
  citizens: Iterable<Citizen>,
): ReadonlyMap<FileName, string> {
  const names = Object.keys(FILES) as FileName[];
  const files = new Map(names.map((name) => [name, [headerOf(name).text]]));
  for (const employer of employers) files.get('enterprises.csv')?.push(enterpriseLine(employer).text);
  for (const citizen of citizens)
    for (const { file, text } of citizenLines(citizen)) files.get(file)?.push(text);
  return new Map([...files].map(([name, lines]) => [name, lines.join('')]));
}

/** Loads enterprises, persons and statuses, and reports the days of quarantine. Gives the files' ids. */
export async function loadPopulation(
  services: RegisterServices,
  files: ReadonlyMap<FileName, string>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const [name, text] of files) {
    const chunks = inChunks(text);
    const [, source] = /^statuses-(\w+)\.csv$/.exec(name) ?? [];
    if (name === 'quarantine.csv') await declare(services, chunks);
    else if (source === undefined) ids.push(await loadRegisterFile(services, sourceAccess, 'csv', chunks));
    else {
      const asked = { source, wholeOf: undefined, changedAt: undefined };
      ids.push(await receiveStatusFile(services, sourceAccess, asked, 'csv', chunks));
      await applyAll(services);
    }
  }
  return ids;
}

async function* inChunks(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Does the jobs that keep reports, and leaves all others. */
async function applyAll(services: RegisterServices): Promise<void> {
  for (;;) {
    const jobs = await services.database.transaction((connection) =>
      claimJobs(connection, ['bulk'], 10_000, 600),
    );
    const applying = jobs.filter(({ kind }) => kind === 'applyReports');
    if (applying.length === 0) return;
    for (const job of applying) await applyReports(services, job, reportsOf(job));
  }
}

async function declare(services: RegisterServices, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const row of readCsv(chunks)) {
    const receivedAt = services.clock();
    await reportDeclaration(services, {
      declaration: toDeclaration(row, receivedAt),
      body: Buffer.from(JSON.stringify(row)),
      channel: 'csv',
      lane: 'bulk',
      messageKey: { kind: 'reference', value: row.reference ?? '' },
      sender: { organization: INSTITUTION, clientId: 'population' },
      receivedAt,
    });
  }
}

/** So many jobs of the lane run at once where nothing else is set. */
const AT_ONCE = 4;

/** Does work on each, as many at once as a process does jobs of the lane. */
export async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of left) await work(one);
    }),
  );
}

/** Settles the whole register as an operator has it done; documents are not made, as nothing runs their jobs. */
export async function settleAll(services: RegisterServices, personsOfRange?: number): Promise<void> {
  const operator = { kind: 'service', id: 'operator/test' } as const;
  assert.equal(await startSettling(services, operator, personsOfRange), true);
  assert.equal(await startSettling(services, operator), false);
  for (let isGoing = true; isGoing; ) {
    const jobs = await services.database.transaction((connection) =>
      claimJobs(connection, ['bulk'], 100_000, 600),
    );
    const settling = jobs.filter(({ kind }) => kind === 'settleRegister');
    await inParallel(settling, (job) =>
      // Written by the step that is tested.
      settlePersons(services, job, job.payload as unknown as PersonsBehind),
    );
    isGoing = settling.length > 0;
  }
}
