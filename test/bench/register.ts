/** The register at the size of a country: a population is loaded, settled, asked and told, and every row goes the service's own way. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFlowStore } from '../support/flow-runs.ts';
import { makePopulation, openRegister } from '../support/population.ts';
import { day } from '../support/register.ts';
import { workApart } from './apart.ts';
import { type FlowMade, makeFlow, statusOf } from './flow.ts';
import type { RegisterWork } from './register.process.ts';
import { writeFiles } from './register-files.ts';

export interface RegisterResult extends RegisterWork {
  readonly persons: number;
  readonly statusPeriods: number;
  /** What a person adds to the database, with statuses of two years and decisions, vacuumed. */
  readonly databaseBytesPerPerson: number;
  /** One flow, made in another process and read from the archive again as it is for a receiver who fetches it. */
  readonly flow: FlowMade;
}

/** Measures on a database of its own; the flow has about so many rows. */
export async function benchRegister(persons: number, flowRows: number): Promise<RegisterResult> {
  const secret = randomBytes(32);
  const { test, services } = await openRegister(secret);
  const folder = mkdtempSync(join(tmpdir(), 'population-'));
  const one = async <Row>(text: string) => (await test.query<Row>(text))[0];
  const bytesOf = async () =>
    (await one<{ bytes: number }>('select pg_database_size(current_database())::float8 as bytes'))?.bytes ??
    0;
  try {
    const rows = await writeFiles(await makePopulation(services, persons), folder);
    process.stderr.write(`register: ${JSON.stringify(rows)}\n`);
    const empty = await bytesOf();
    const work = await workApart<RegisterWork>('bench/register.process.ts', {
      DATABASE_URL: test.url,
      VAULT_SECRET: secret.toString('hex'),
      FOLDER: folder,
      ROWS: JSON.stringify(rows),
    });
    await test.query('vacuum analyze');
    const databaseBytesPerPerson = Math.round(((await bytesOf()) - empty) / persons);
    const counted = await one<{ count: number }>('select count(*)::int as count from status_period');
    const from = day('2020-01-01');
    const [last] = await test.query<{ day: string }>(
      'select valid_from as day from status_period where status = $1 and valid_from >= $2 order by 1 offset $3 limit 1',
      [statusOf, from, flowRows],
    );
    // Nothing issues here, so what would be issued stands before the flow for ever.
    await test.query('truncate job');
    process.stderr.write('register: the flow\n');
    const until = day(last?.day ?? '2021-12-31');
    const flow = await withStore((store) => makeFlow({ test, services, secret, store }, { from, until }));
    return { persons, statusPeriods: counted?.count ?? 0, databaseBytesPerPerson, ...work, flow };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await test.drop();
  }
}

async function withStore<T>(
  work: (store: Awaited<ReturnType<typeof startFlowStore>>) => Promise<T>,
): Promise<T> {
  const store = await startFlowStore();
  try {
    return await work(store);
  } finally {
    await store.stop();
  }
}
