/**
 * Loads, settles and asks a register in a process of its own, so that memory and processor time are those of this work:
 * `DATABASE_URL`, `VAULT_SECRET` in hexadecimal, `FOLDER` with the files, `ROWS` of each as JSON. What it does goes to
 * standard error; the last line of standard output is a `RegisterWork`.
 */
import { openDatabase } from '../../src/database/database.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import { NOBODY } from '../../src/database/register-pages.ts';
import { askStatus } from '../../src/database/statuses.ts';
import { createLog } from '../../src/log.ts';
import type { FileName } from '../../src/population/files.ts';
import { type PersonsBehind, settlePersons, startSettling } from '../../src/workflows/settle-register.ts';
import { weighPersonsAfter } from '../../src/workflows/weigh-register.ts';
import { newDeliberation } from '../support/grounds.ts';
import { inParallel, openServices } from '../support/population.ts';
import { day } from '../support/register.ts';
import { type Meter, meterOf, type Rate, together } from './meter.ts';
import { keepStaged, loadRecords, type RowsOf, stageFile } from './register-files.ts';

export interface RegisterWork {
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
  /** The most that the process had resident, and what it began with. */
  readonly memory: { readonly peakMiB: number; readonly atStartMiB: number };
}

const QUERIES = 2000;
const PERSONS_AT_ONCE = 1000;
const SOURCES = ['onem', 'inasti', 'inami', 'sppis', 'sfp', 'spfss'] as const;
const TOLD_EVERY_MS = 30_000;

const { DATABASE_URL = '', VAULT_SECRET = '', FOLDER = '', ROWS = '' } = process.env;

const database = openDatabase({ url: DATABASE_URL, connections: 16, log: createLog('silent') });
const services = await openServices(database, Buffer.from(VAULT_SECRET, 'hex'));
const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
const atStartMiB = mib(process.memoryUsage.rss());
const begun = performance.now();
const tell = (text: string) => {
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stderr.write(`register: ${seconds} s, ${mib(process.memoryUsage.rss())} MiB: ${text}\n`);
};
let step = '';
setInterval(() => tell(`still ${step}`), TOLD_EVERY_MS).unref();

const meter = await meterOf(database);
const work = await measureAll(meter, JSON.parse(ROWS) as RowsOf);
const memory = { peakMiB: Math.round(process.resourceUsage().maxRSS / 1024), atStartMiB };
process.stdout.write(`${JSON.stringify({ ...work, memory })}\n`);
await database.close();

async function measureAll(measure: Meter, rows: RowsOf): Promise<Omit<RegisterWork, 'memory'>> {
  const during = async (name: string, doing: () => Promise<number>): Promise<Rate> => {
    step = name;
    const rate = await measure(doing);
    tell(`${name}: ${rate.perSecond}/s, ${rate.processorUs} and ${rate.databaseUs} µs of processor a row`);
    return rate;
  };
  const loadedPersons = await during('loading enterprises and persons', async () => {
    for (const file of ['enterprises.csv', 'persons.csv'] as const) await loadRecords(services, FOLDER, file);
    return rows['enterprises.csv'] + rows['persons.csv'];
  });
  const [staged, kept]: [Rate[], Rate[]] = [[], []];
  for (const source of SOURCES) {
    const file: FileName = `statuses-${source}.csv`;
    const inFile = (doing: () => Promise<void>) => () => doing().then(() => rows[file]);
    staged.push(
      await during(
        `staging ${source}`,
        inFile(() => stageFile(services, FOLDER, file)),
      ),
    );
    kept.push(
      await during(
        `keeping ${source}`,
        inFile(() => keepStaged(services)),
      ),
    );
  }
  step = 'vacuum';
  // Everything is settled together below.
  await database.statement('truncate job', [], 60_000);
  await database.statement('vacuum analyze', [], 3_600_000);
  let cases = 0;
  const weighed = await during('weighing', () =>
    walk(async (after) => {
      const some = await database.transaction((connection) =>
        weighPersonsAfter(services, connection, { after }, PERSONS_AT_ONCE),
      );
      cases += some.reduce((all, one) => all + one.cases.length, 0);
      return some.length < PERSONS_AT_ONCE ? undefined : some.at(-1)?.person.personId;
    }),
  );
  const settled = await during('settling', async () => {
    await startSettling(services, { kind: 'service', id: 'operator/bench' });
    const jobs = await database.transaction((connection) => claimJobs(connection, ['bulk'], 10_000, 3600));
    const ranges = jobs.filter(({ kind }) => kind === 'settleRegister');
    await inParallel(ranges, (job) => settlePersons(services, job, job.payload as unknown as PersonsBehind));
    return countPersons();
  });
  step = 'asking';
  const queryMs = await query();
  return {
    loadedPersons,
    stagedStatuses: together(staged),
    keptStatuses: together(kept),
    weighed: { ...weighed, cases },
    settled,
    queryMs,
  };
}

/** Goes through the register, some persons at a time; gives how many there are. */
async function walk(someAfter: (after: string) => Promise<string | undefined>): Promise<number> {
  for (let after: string | undefined = NOBODY; after !== undefined; ) after = await someAfter(after);
  return countPersons();
}

async function countPersons(): Promise<number> {
  const [row] = await database.statement<{ count: number }>(
    'select count(*)::int as count from person where replaced_by is null and erased_at is null',
    [],
    60_000,
  );
  return row?.count ?? 0;
}

/** Asks for somebody else each time, one after the other. */
async function query(): Promise<RegisterWork['queryMs']> {
  const statuses = ['temporaryUnemployment'];
  const ground = await database.transaction((connection) => newDeliberation(connection, { statuses }));
  const hashes = await database.statement<{ hash: Buffer }>(
    'select ssin_hmac as hash from person_look_up tablesample system (20) limit $1',
    [QUERIES],
    60_000,
  );
  const times: number[] = [];
  for (const { hash } of hashes) {
    const started = performance.now();
    await database.transaction((connection) =>
      askStatus(connection, ground, [hash], 'temporaryUnemployment', {
        date: day('2020-04-15'),
        knownAt: undefined,
      }),
    );
    times.push(performance.now() - started);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}
