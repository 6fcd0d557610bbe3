/**
 * One flow of many rows, from the register to encrypted files: read, archived, measured and encrypted in a process of its
 * own, so that its memory and processor time are those of the flow alone; then fetched as its receiver would.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFiles, listParts } from '../../src/database/flow-files.ts';
import { findRun } from '../../src/database/flow-runs.ts';
import type { FlowChoices } from '../../src/domain/flow.ts';
import { measure, readContent } from '../../src/workflows/flow-content.ts';
import { findRunKey } from '../../src/workflows/flow-part.ts';
import { simulate } from '../../src/workflows/simulate.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  beginRun,
  type FlowServices,
  type FlowStore,
  onDay,
  orderFlow,
  startFlowStore,
} from '../support/flow-runs.ts';
import { createAuthority, createSigner } from '../support/pki.ts';
import { makePopulation, openRegister, type RegisterServices } from '../support/population.ts';
import { day } from '../support/register.ts';
import { workApart } from './apart.ts';
import { loadFile, writeFiles } from './register-files.ts';

export interface FlowResult {
  readonly persons: number;
  readonly rows: number;
  readonly files: number;
  /** Of the content, before it is encrypted. */
  readonly contentMiB: number;
  /** Read, written, archived and closed. */
  readonly made: {
    readonly seconds: number;
    readonly rowsPerSecond: number;
    /** Of that process, in microseconds a row; the rest is the database’s, the store’s or waiting. */
    readonly processorUs: number;
    /** What it had resident when it began, and at most. */
    readonly atStartMiB: number;
    readonly peakMiB: number;
  };
  /** Everybody of the register looked at, by the rules of the attestation type, without anything being issued. */
  readonly simulated: { readonly seconds: number; readonly persons: number };
  /** Read from the archive again, part by part, as it is for a receiver who fetches it; in this process. */
  readonly fetched: { readonly seconds: number; readonly MiBPerSecond: number };
}

const FLOW = 'temporary-unemployment';
/** What it tells of. */
export const statusOf = 'temporaryUnemployment';
/** The certificate is valid then; the weeks looked at are those of the population. */
const DAY = '2026-06-01';
const PERIOD = { from: day('2020-01-01'), until: day('2021-12-31') };
/** How many weeks of it a thousand persons have, of the shipped population. */
const ROWS_A_THOUSAND = 4250;

/** Measures on a database of its own, with about so many rows. */
export async function benchFlow(rows: number): Promise<FlowResult> {
  const secret = randomBytes(32);
  const store = await startFlowStore();
  const { test, services } = await openRegister(secret);
  const folder = mkdtempSync(join(tmpdir(), 'population-'));
  try {
    const persons = Math.ceil((rows / ROWS_A_THOUSAND) * 1000);
    await writeFiles(await makePopulation(services, persons), folder);
    for (const file of ['enterprises.csv', 'persons.csv', 'statuses-onem.csv'] as const)
      await loadFile(services, folder, file);
    await test.query('vacuum analyze');
    const made = await makeFlow({ test, services, secret, store }, PERIOD);
    const simulated = await simulateType(onDay({ ...services, archive: store.archive }, DAY));
    return { persons, simulated, ...made };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await test.drop();
    await store.stop();
  }
}

/** A register with the flow's store beside it. */
export interface FlowPlace {
  readonly test: Pick<TestDatabase, 'url'>;
  readonly services: RegisterServices;
  readonly secret: Buffer;
  readonly store: FlowStore;
}

/** What one flow comes to. */
export type FlowMade = Omit<FlowResult, 'persons' | 'simulated'>;

/** Orders, runs and fetches the flow for a period. */
export async function makeFlow(
  { test, services: register, secret, store }: FlowPlace,
  period: FlowChoices['period'],
): Promise<FlowMade> {
  const services: FlowServices = onDay({ ...register, archive: store.archive }, DAY);
  const { certificate } = createSigner({ authority: createAuthority('Receivers'), key: 'rsa-3072' });
  await orderFlow(services, FLOW, { choices: { ...(period && { period }) }, certificate });
  const runId = await beginRun(services, FLOW);
  const used = await workApart<Used>('faults/flow-process.ts', {
    DATABASE_URL: test.url,
    STORE: JSON.stringify(store.address),
    VAULT_SECRET: secret.toString('hex'),
    FLOW_DAY: DAY,
  });
  return look(services, runId, used);
}

type Used = Omit<FlowResult['made'], 'rowsPerSecond' | 'processorUs'> & { readonly processorSeconds: number };

async function look(
  services: FlowServices,
  runId: string,
  { seconds, processorSeconds, atStartMiB, peakMiB }: Used,
): Promise<FlowMade> {
  const { run, files, key } = await services.database.transaction(async (connection) => ({
    run: await findRun(connection, runId),
    files: await listFiles(connection, runId),
    key: await findRunKey(services, connection, runId),
  }));
  if (run?.state !== 'done' || key === undefined) throw new Error(`the run is ${run?.state}`);
  const started = performance.now();
  let bytes = 0;
  for (const file of files) {
    const parts = await services.database.transaction((connection) => listParts(connection, file.fileId));
    const measured = await measure(readContent(services, { plan: run.plan, key, parts }));
    if (!file.sha256?.equals(measured.sha256)) throw new Error(`${file.part} is not what it was`);
    bytes += measured.bytes;
  }
  const fetching = (performance.now() - started) / 1000;
  const [rows, mib] = [run.rowCount, bytes / 2 ** 20];
  return {
    rows,
    files: files.length,
    contentMiB: round(mib),
    made: {
      seconds: round(seconds),
      rowsPerSecond: Math.round(rows / seconds),
      processorUs: round((processorSeconds * 1e6) / rows),
      atStartMiB,
      peakMiB,
    },
    fetched: { seconds: round(fetching), MiBPerSecond: round(mib / fetching) },
  };
}

async function simulateType(services: FlowServices): Promise<FlowResult['simulated']> {
  const started = performance.now();
  const outcome = await simulate(
    services,
    { kind: 'operator', actor: { kind: 'service', id: 'operator/bench' } },
    { subject: { kind: 'type', id: FLOW, is: 'entitled' }, unitInCents: 100 },
  );
  if (outcome.kind !== 'made') throw new Error(outcome.kind);
  const persons = outcome.simulation.places[0]?.told?.persons ?? 0;
  return { seconds: round((performance.now() - started) / 1000), persons };
}

const round = (value: number) => Math.round(value * 10) / 10;
