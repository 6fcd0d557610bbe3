/** The register at the size of a country: a population is loaded, settled and asked, and every row goes the service's own way. */

import { claimJobs } from '../../src/database/jobs.ts';
import { NOBODY } from '../../src/database/register-pages.ts';
import { askStatus } from '../../src/database/statuses.ts';
import {
  citizenLines,
  enterpriseLine,
  FILES,
  type FileLine,
  type FileName,
  headerOf,
} from '../../src/population/files.ts';
import type { Population } from '../../src/population/population.ts';
import { applyReports } from '../../src/workflows/apply-statuses.ts';
import { loadRegisterFile } from '../../src/workflows/load.ts';
import { receiveStatusFile } from '../../src/workflows/receive-statuses.ts';
import { settlePersonsAfter } from '../../src/workflows/settle-register.ts';
import { weighPersonsAfter } from '../../src/workflows/weigh-register.ts';
import { newDeliberation } from '../support/grounds.ts';
import { makePopulation, openRegister, type RegisterServices, sourceAccess } from '../support/population.ts';
import { timeOf, timeOfServer } from './processor.ts';

interface Rate {
  readonly rows: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Processor time of this process, in microseconds a row. */
  readonly processorUs: number;
  /** And of the database. */
  readonly databaseUs: number;
}

export interface RegisterResult {
  readonly persons: number;
  readonly statusPeriods: number;
  /** What a person adds to the database, with statuses of two years, vacuumed. */
  readonly databaseBytesPerPerson: number;
  /** The population written to nowhere: what of the figures below is the generator’s own. */
  readonly generated: Rate;
  readonly loadedPersons: Rate;
  /** Read, checked and copied in. */
  readonly stagedStatuses: Rate;
  /** Judged against what is known, kept, and the cases queued that rest on them. */
  readonly keptStatuses: Rate;
  /** Every case of every type looked at, in persons. */
  readonly weighed: Rate & { readonly cases: number };
  /** The same with decisions and jobs written. */
  readonly settled: Rate;
  /** One person, yes or no at a date, on a deliberation; milliseconds. */
  readonly queryMs: { readonly p50: number; readonly p99: number };
  /** The most that this process had resident, and what it began with. */
  readonly memory: { readonly peakMiB: number; readonly atStartMiB: number };
}

const QUERIES = 2000;
const PERSONS_AT_ONCE = 1000;

/** Measures on a database of its own. */
export async function benchRegister(persons: number): Promise<RegisterResult> {
  const { test, services } = await openRegister();
  const memory = watchMemory();
  const [backend] = await test.query<{ pid: number }>('select pg_backend_pid() as pid');
  const rateOf = (work: () => number | Promise<number>) => measure(backend?.pid ?? 0, work);
  try {
    const population = await makePopulation(services, persons);
    const bytesOf = async () => {
      const [row] = await test.query<{ bytes: number }>(
        'select pg_database_size(current_database())::float8 as bytes',
      );
      return row?.bytes ?? 0;
    };
    const empty = await bytesOf();
    const generated = await rateOf(() => count(linesOf(population)));
    const loadedPersons = await rateOf(() => loadPersons(services, population));
    const staged: Rate[] = [];
    const kept: Rate[] = [];
    for (const source of ['onem', 'inasti', 'inami', 'sppis', 'sfp', 'spfss'] as const) {
      staged.push(await rateOf(() => stage(services, population, source)));
      kept.push(await rateOf(() => keep(services)));
    }
    await test.query('vacuum analyze');
    const [row] = await test.query<{ count: number }>('select count(*)::int as count from status_period');
    const databaseBytesPerPerson = Math.round(((await bytesOf()) - empty) / persons);
    const weighing = { cases: 0 };
    const weighed = await rateOf(() => weigh(services, weighing));
    const settled = await rateOf(async () => Math.min(persons, await settle(services)));
    const queryMs = await query(services);
    return {
      persons,
      statusPeriods: row?.count ?? 0,
      databaseBytesPerPerson,
      generated,
      loadedPersons,
      stagedStatuses: together(staged),
      keptStatuses: together(kept),
      weighed: { ...weighed, ...weighing },
      settled,
      queryMs,
      memory: memory(),
    };
  } finally {
    await test.drop();
  }
}

async function measure(backend: number, work: () => number | Promise<number>): Promise<Rate> {
  const used = () => ({ own: timeOf('/proc/self/stat'), database: timeOfServer(backend) });
  const [started, before] = [performance.now(), used()];
  const rows = await work();
  const [seconds, after] = [(performance.now() - started) / 1000, used()];
  return rate(rows, seconds, after.own - before.own, after.database - before.database);
}

function rate(rows: number, seconds: number, ownUs: number, databaseUs: number): Rate {
  const aRow = (microseconds: number) => Math.round((microseconds / Math.max(1, rows)) * 10) / 10;
  return {
    rows,
    seconds: Math.round(seconds * 10) / 10,
    perSecond: Math.round(rows / seconds),
    processorUs: aRow(ownUs),
    databaseUs: aRow(databaseUs),
  };
}

function together(rates: readonly Rate[]): Rate {
  const sum = (pick: (one: Rate) => number) => rates.reduce((all, one) => all + pick(one), 0);
  return rate(
    sum(({ rows }) => rows),
    sum(({ seconds }) => seconds),
    sum(({ rows, processorUs }) => rows * processorUs),
    sum(({ rows, databaseUs }) => rows * databaseUs),
  );
}

function* linesOf(population: Population): Generator<FileLine> {
  for (const employer of population.employers()) yield enterpriseLine(employer);
  for (const citizen of population.citizens()) yield* citizenLines(citizen);
}

function count(lines: Iterable<FileLine>): number {
  let rows = 0;
  for (const _ of lines) rows += 1;
  return rows;
}

const BLOCK = 64 * 1024;

/** The lines of one file as they would arrive; `tally` counts them. */
async function* chunksOf(
  population: Population,
  file: FileName,
  tally: { rows: number },
): AsyncGenerator<Buffer> {
  let text = headerOf(file).text;
  for (const line of linesOf(population)) {
    if (line.file !== file) continue;
    tally.rows += 1;
    text += line.text;
    if (text.length < BLOCK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

async function loadPersons(services: RegisterServices, population: Population): Promise<number> {
  const tally = { rows: 0 };
  for (const file of ['enterprises.csv', 'persons.csv'] as const)
    await loadRegisterFile(services, sourceAccess, 'csv', chunksOf(population, file, tally));
  return tally.rows;
}

async function stage(services: RegisterServices, population: Population, source: string): Promise<number> {
  const tally = { rows: 0 };
  const file = Object.keys(FILES).find((name) => name === `statuses-${source}.csv`) as FileName;
  const asked = { source, wholeOf: undefined, changedAt: undefined };
  await receiveStatusFile(services, sourceAccess, asked, 'csv', chunksOf(population, file, tally));
  return tally.rows;
}

/** Does what keeps the reports of the file that is there; the jobs that settle single cases are left alone. */
async function keep(services: RegisterServices): Promise<number> {
  const { database } = services;
  const kept = () =>
    database.transaction(async (connection) => {
      const [row] = await connection.query<{ count: number }>(
        'select coalesce(sum(loaded_count), 0)::int as count from register_file where content = $1',
        ['statuses'],
      );
      return row?.count ?? 0;
    });
  const before = await kept();
  for (;;) {
    const [job] = await database.transaction(async (connection) => {
      await connection.query(`delete from job where kind = 'settle'`);
      return claimJobs(connection, ['bulk'], 1, 600);
    });
    if (job === undefined) return (await kept()) - before;
    await applyReports(services, job, String(job.payload.fileId));
  }
}

async function weigh(services: RegisterServices, tally: { cases: number }): Promise<number> {
  let persons = 0;
  for (let after: string | undefined = NOBODY; after !== undefined; ) {
    const from: string = after;
    const some = await services.database.transaction((connection) =>
      weighPersonsAfter(services, connection, from, PERSONS_AT_ONCE),
    );
    persons += some.length;
    tally.cases += some.reduce((all, { cases }) => all + cases.length, 0);
    after = some.length < PERSONS_AT_ONCE ? undefined : some.at(-1)?.person.personId;
  }
  return persons;
}

async function settle(services: RegisterServices): Promise<number> {
  let persons = 0;
  for (let after: string | undefined = NOBODY; after !== undefined; persons += PERSONS_AT_ONCE) {
    const from: string = after;
    after = await services.database.transaction((connection) =>
      settlePersonsAfter(services, connection, from, PERSONS_AT_ONCE),
    );
  }
  return persons;
}

/** Asks for somebody else each time, one after the other. */
async function query(services: RegisterServices): Promise<RegisterResult['queryMs']> {
  const { database } = services;
  const statuses = ['temporaryUnemployment'];
  const ground = await database.transaction((connection) => newDeliberation(connection, { statuses }));
  const hashes = await database.transaction((connection) =>
    connection.query<{ hash: Buffer }>(
      'select ssin_hmac as hash from person_look_up tablesample system (20) limit $1',
      [QUERIES],
    ),
  );
  const times: number[] = [];
  for (const { hash } of hashes) {
    const started = performance.now();
    await database.transaction((connection) =>
      askStatus(connection, ground, [hash], 'temporaryUnemployment', {
        date: '2020-04-15' as never,
        knownAt: undefined,
      }),
    );
    times.push(performance.now() - started);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}

function watchMemory(): () => RegisterResult['memory'] {
  const mib = (bytes: number) => Math.round(bytes / 1024 / 1024);
  const atStartMiB = mib(process.memoryUsage.rss());
  return () => ({ peakMiB: Math.round(process.resourceUsage().maxRSS / 1024), atStartMiB });
}
