/**
 * Batches from file to sealed, archived, published: rows a second with everything on this machine: a process that takes
 * requests and single jobs, a worker for batches, database and store.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consultBatch } from '../../src/workflows/batch-consult.ts';
import { until } from '../support/client.ts';
import { projectRoot } from '../support/needs.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { AGENCY, sendBatch } from './batch-file.ts';
import { followCourse } from './course.ts';
import { benchObvious } from './obvious.ts';
import { loadPeople, ssinOf } from './people.ts';
import { type Processes, startProcesses } from './processes.ts';
import { type Backends, peakOf, perRow, readUsed, type Used, watch } from './processor.ts';
import { documentOf, makeKey } from './samples.ts';
import { declareMeanwhile, percentile } from './singles.ts';

/** Single declarations beside a batch: one each 250 rows, within these bounds, so that they last about as long as it. */
const [FEWEST_SINGLES, MOST_SINGLES] = [40, 1000];
const ROWS_A_SINGLE = 250;
const SINGLE_PAUSE_MS = 500;
const OBVIOUS_ROWS = 40;
const LONGEST_MS = 12 * 3600_000;
/** Of an archived object of this batch. */
const OBJECT_BYTES = 47_000;

interface Run {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** From the answer to a single declaration until its message can be read, while the batch runs. */
  readonly singleP95Ms: number;
  /** Of the worker that takes batches, threads included. */
  readonly peakMiB: number;
  /** Of the process that takes requests and single jobs. */
  readonly servingPeakMiB: number;
  /** Of the process of the store. */
  readonly storePeakMiB: number;
  /**
   * Microseconds of processor time a row: of the worker's main thread (what is done for rows, the S3 client, the database
   * client), of the threads beside it (render, seal, check, compression, files), of what serves meanwhile, of the S3 store,
   * of the database.
   */
  readonly breakdown: Used;
  /** What a row adds to the database, with all that follows from it: declaration, attestation, message, evidence. */
  readonly databaseBytesPerRow: number;
  readonly checkedSeconds: number;
  readonly seconds: number;
  /** Rows a second of each tenth of the batch, counted from when it began to run; none of a small batch. */
  readonly tenths: readonly number[];
  readonly key: (typeof KEYS)[BatchKey];
  readonly level: 'B-B';
  readonly encrypted: true;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface BatchResult {
  readonly runs: readonly Run[];
  readonly s3PutsPerSecond: number;
  readonly sealsPerSecond: number;
  readonly obviousRowsPerSecond: number;
}

/** The keys a batch may be sealed with, as they are asked for, and as the service calls them. */
const KEYS = { p256: 'p-256', rsa2048: 'rsa-2048' } as const;
export type BatchKey = keyof typeof KEYS;

/** Tells whether a batch can be sealed with a key so called. */
export function isBatchKey(name: string): name is BatchKey {
  return Object.hasOwn(KEYS, name);
}

/** Runs batches of one row a person, one size after the other, each until every row has its outcome. */
export async function benchBatch(sizes: readonly number[], keyName: BatchKey): Promise<BatchResult> {
  const key = KEYS[keyName];
  const runs: Run[] = [];
  let alone: Omit<BatchResult, 'runs'> | undefined;
  for (const [at, rows] of sizes.entries()) {
    demandRoom(rows);
    // A store for each, so that no more than the objects of one batch lie on the disk.
    const store = await startStore();
    try {
      const service = await startTestService({
        ROLES: 'api',
        LOG_LEVEL: 'error',
        SEAL_THREADS: '',
        EMBEDDED_SEAL_KEY: key,
        ...store.settings,
      });
      try {
        const run = { ...(await benchProcesses(service, store, rows)), key };
        process.stdout.write(`  ${JSON.stringify(run)}\n`);
        runs.push(run);
        // Last: what the obvious way brings along stays in memory.
        if (at === sizes.length - 1) alone = await benchParts(service, store);
      } finally {
        await service.stop();
      }
    } finally {
      await store.stop();
    }
  }
  return { runs, ...(alone ?? { s3PutsPerSecond: 0, sealsPerSecond: 0, obviousRowsPerSecond: 0 }) };
}

/** Object, register and write-ahead log of a row. */
const ROW_BYTES = 60_000;

/** Throws when the disk has no room for a batch: half of one says nothing. */
function demandRoom(rows: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  const [needed, free] = [rows * ROW_BYTES, bavail * bsize].map((bytes) => Math.ceil(bytes / 2 ** 30));
  if ((needed ?? 0) > (free ?? 0))
    throw new RangeError(`${rows} rows take ${needed} GiB in ${tmpdir()}, where ${free} are free`);
}

interface Store {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Stops it and deletes all objects. */
  stop(): Promise<void>;
}

async function startStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const [accessKeyId, secretAccessKey] = ['bench', randomBytes(16).toString('hex')];
  const script = join(projectRoot, 'test', 'bench', 'store.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, join(folder, 'data'), accessKeyId, secretAccessKey],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const endpoint = line.toString().trim();
  return {
    child,
    endpoint,
    accessKeyId,
    secretAccessKey,
    settings: {
      S3_ENDPOINT: endpoint,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    stop: async () => {
      child.stdin.end();
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Who takes part; the service is reached where requests are taken. */
interface Parties {
  readonly service: TestService;
  readonly store: Store;
  readonly processes: Processes;
}

async function benchProcesses(service: TestService, store: Store, rows: number): Promise<Omit<Run, 'key'>> {
  const processes = await startProcesses(service);
  try {
    return await benchRun({ service: { ...service, url: processes.serving.url }, store, processes }, rows);
  } finally {
    await processes.stop();
  }
}

async function benchRun(parties: Parties, rows: number): Promise<Omit<Run, 'key'>> {
  const { service, store, processes } = parties;
  const [storePid, servingPid, workerPid] = [
    store.child.pid ?? 0,
    processes.serving.pid,
    processes.worker.pid,
  ];
  const { services } = service.service.composition;
  const singles = Math.min(MOST_SINGLES, Math.max(FEWEST_SINGLES, Math.round(rows / ROWS_A_SINGLE)));
  await loadPeople(service, rows + singles);
  const people = await findPeople(service, rows, singles);
  const backends: Backends = new Map();
  const used = async () => {
    watch(backends, await backendsOf(service));
    return readUsed({ servingPid, workerPid, storePid }, backends);
  };
  const bytesBefore = await bytesOf(service);
  const before = await used();
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const batchId = await sendBatch(service, rows);
  const stopSingles = declareMeanwhile(service, people, SINGLE_PAUSE_MS);
  const course = followCourse(rows);
  let checkedSeconds = 0;
  const batch = await until(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      watch(backends, await backendsOf(service));
      const now = await consultBatch(services, AGENCY, batchId);
      if (now?.startedAt && checkedSeconds === 0) checkedSeconds = seconds();
      if (now !== undefined) course.note(now);
      return now;
    },
    (now) => now?.state === 'done',
    LONGEST_MS,
  );
  const took = seconds();
  const after = await used();
  const singleTimes = await stopSingles();
  const bytes = (await bytesOf(service)) - bytesBefore;
  return {
    rows,
    rowsPerSecond: round(rows / took),
    singleP95Ms: percentile(singleTimes, 0.95),
    peakMiB: peakOf(workerPid),
    servingPeakMiB: peakOf(servingPid),
    storePeakMiB: peakOf(storePid),
    breakdown: perRow(before, after, rows),
    databaseBytesPerRow: Math.round(bytes / rows),
    checkedSeconds: round(checkedSeconds),
    seconds: round(took),
    tenths: course.tenths(),
    level: 'B-B',
    encrypted: true,
    outcomes: batch?.progress.outcomes ?? {},
  };
}

/** Persons who stand in no row, with their ids. */
async function findPeople({ database }: TestService, from: number, count: number) {
  const names = Array.from({ length: count }, (_, index) => `Nr ${from + index}`);
  const found = await database.query<{ personId: string; givenName: string }>(
    'select person_id as "personId", given_name as "givenName" from person where given_name = any($1)',
    [names],
  );
  return found.map(({ personId, givenName }) => ({ personId, ssin: ssinOf(Number(givenName.slice(3))) }));
}

async function bytesOf({ database }: TestService): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(
    'select pg_database_size(current_database())::float8 as bytes',
  );
  return row?.bytes ?? 0;
}

async function backendsOf({ database }: TestService): Promise<number[]> {
  const rows = await database.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  return rows.map(({ pid }) => pid);
}

/** What the parts do alone, and what the obvious way does, on the same machine in the same minutes. */
async function benchParts(service: TestService, store: Store): Promise<Omit<BatchResult, 'runs'>> {
  const { services } = service.service.composition;
  const { keyId } = services.sealKeys.current(new Date(), new Date());
  const object = randomBytes(OBJECT_BYTES);
  const sha256 = createHash('sha256').update(object).digest();
  const sealsPerSecond = await rateOf(16, (number) => services.documents.make(documentOf(number, keyId)));
  const s3PutsPerSecond = await rateOf(32, (number) =>
    services.archive.store(`bench/${number}`, object, sha256),
  );
  const folder = mkdtempSync(join(tmpdir(), 'bench-key-'));
  try {
    const key = await makeKey(folder, 'rsa-2048');
    const place = { ...store, bucket: 'attestations' };
    const obvious = await benchObvious(service.database, place, key, OBVIOUS_ROWS);
    return { s3PutsPerSecond, sealsPerSecond, obviousRowsPerSecond: round(obvious) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WARM_SECONDS = 3;
const MEASURED_SECONDS = 5;

/** How often a second something is done, so many at once, once it is warm. */
async function rateOf(width: number, work: (number: number) => Promise<unknown>): Promise<number> {
  let number = 0;
  const workFor = async (seconds: number) => {
    const begun = number;
    const started = performance.now();
    const line = async () => {
      while (performance.now() - started < seconds * 1000) await work((number += 1));
    };
    await Promise.all(Array.from({ length: width }, line));
    return ((number - begun) * 1000) / (performance.now() - started);
  };
  await workFor(WARM_SECONDS);
  return round(await workFor(MEASURED_SECONDS));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
