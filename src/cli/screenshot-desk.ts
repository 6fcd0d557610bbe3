/** What a desk has to do, before pages are photographed: input that is held, counts, runs of a flow, a job that was set aside. */
import { queueJob } from '../database/jobs.ts';
import { DEMO_CITIZENS } from '../embedded/demo.ts';
import { citizenLines, type FileName, headerOf } from '../population/files.ts';
import type { RunningService } from '../service.ts';
import { until } from './demo-client.ts';
import type { Wire } from './demo-wire.ts';
import { readPopulation } from './population.ts';
import type { ToldGrounds } from './screenshot-grounds.ts';

export interface ToldDesk {
  /** The address of the page of a run with files. */
  readonly run: string;
}

const FLOW = 'statbel-statuses';
/** So many that some counts are shown and some are too small to be. */
const PERSONS = 2000;
/** Nobody in the register has it. */
const STRANGER = '75032299637';
/** An event that is in no outbox: whoever is to tell it gives up at once. */
const NO_EVENT = '999999999';

/** Has all of it come about. */
export async function tellDesk(
  wire: Wire,
  { composition }: RunningService,
  { counts }: ToldGrounds,
): Promise<ToldDesk> {
  await loadPopulation(wire);
  await holdReports(wire);
  const run = await runFlow(wire, counts);
  await composition.services.database.transaction((connection) =>
    queueJob(connection, { lane: 'tell', kind: 'tell', payload: { outboxId: NO_EVENT } }),
  );
  return { run };
}

/** Persons who do not exist, and their pensions: no document follows from these. */
async function loadPopulation(wire: Wire): Promise<void> {
  const population = await readPopulation(PERSONS, 1);
  const files = new Map<FileName, string>();
  for (const name of ['persons.csv', 'statuses-sfp.csv'] as const) files.set(name, headerOf(name).text);
  const known = new Set<string>(DEMO_CITIZENS.map(({ ssin }) => ssin));
  for (const citizen of population.citizens()) {
    if (known.has(citizen.ssin)) continue;
    for (const { file, text } of citizenLines(citizen)) {
      const kept = files.get(file);
      if (kept !== undefined && (file === 'persons.csv' || text.includes(';pension;')))
        files.set(file, kept + text);
    }
  }
  const issuer = await wire.client('issuer', 'register:report');
  const load = async (query: string, name: FileName, token: string) => {
    const path = `/register/v1/files${query}`;
    const location = (await wire.post(path, 'text/csv', files.get(name) ?? '', token)).headers.get(
      'location',
    );
    const read = async () => (await wire.json(location ?? '', token)) as { state: string };
    await until(`the file ${name}`, read, ({ state }) => state === 'loaded');
  };
  await load('', 'persons.csv', await wire.population());
  await load('?content=statuses&source=sfp', 'statuses-sfp.csv', issuer);
}

/** One begins far in the future, one is of a person whom the register does not know. */
async function holdReports(wire: Wire): Promise<void> {
  const amelie = DEMO_CITIZENS.find(({ personId }) => personId === 'amelie')?.ssin;
  const status = 'temporaryUnemployment';
  const items = [
    { ssin: amelie, status, reference: 'C32-2021-000017', validFrom: '2999-01-01' },
    {
      ssin: STRANGER,
      status,
      reference: 'C32-2021-000018',
      validFrom: '2021-04-01',
      validUntil: '2021-04-30',
    },
  ];
  const body = JSON.stringify({ source: 'onem', items });
  const token = await wire.client('issuer', 'register:report');
  await wire.post('/register/v1/statuses', 'application/json', body, token);
}

/** Once as ordered, and once more for a year that has something to count. */
async function runFlow(wire: Wire, deliberationId: string): Promise<string> {
  const token = await wire.client('city', 'flows:run');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const path = `/flows/v1/flows/${FLOW}`;
  const order = { deliberationId, mail: { address: 'data@example.org', language: 'nl' } };
  await wire.call(`${path}/order`, { method: 'PUT', headers, body: JSON.stringify(order) });
  const run = async (choices: object) => {
    const body = JSON.stringify({ choices });
    const response = await wire.post(`${path}/runs`, 'application/json', body, token);
    const location = response.headers.get('location') ?? '';
    const read = async () => (await wire.json(location, token)) as { state: string };
    await until('the run of a flow', read, ({ state }) => state === 'done');
    return location.split('/').at(-1) ?? '';
  };
  await run({});
  const runId = await run({ period: { from: '2021-01-01', until: '2021-12-31' } });
  return `/desk/flows/${FLOW}/runs/${runId}`;
}
