/** A batch of made-up persons on a fleet, and what is counted of it in the end. */
import pg from 'pg';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { peopleFile } from '../bench/people.ts';
import { until } from '../support/client.ts';
import type { Fleet } from './fleet.ts';

const HEADER = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
const NOBODY = '85122499755';

/** What counts in the end: the same however often something died on the way. */
export type EndState = Readonly<Record<string, string | number>>;

/** Loads the register and sends a batch that runs at once: one day of each person; every tenth row is about nobody we know, every fiftieth is wrong. */
export async function sendBatch(fleet: Fleet, rows: number): Promise<string> {
  const { ssins, file } = peopleFile(rows);
  const headers = { 'content-type': 'application/x-ndjson' };
  await fleet.call(
    '/register/v1/files',
    { method: 'POST', headers, body: file },
    'population',
    'register:report',
  );
  const cells = ssins.map((ssin, at) => {
    const person = at % 50 === 49 ? '81022903534' : at % 10 === 9 ? NOBODY : ssin;
    return [`ROW-${at}`, person, '2021-03-01', '1900012343', '145'];
  });
  const body = writeCsv(HEADER, cells);
  const answer = await fleet.call('/batches/v1/batches', {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body,
  });
  return new URL(answer.headers.get('location') ?? '').pathname;
}

/** Waits until the batch is done and nothing is left to do. */
export async function batchEnded(fleet: Fleet): Promise<void> {
  await until(
    () =>
      ask(
        fleet,
        `select (select count(*)::int from batch where state = 'done') as done,
      (select count(*)::int from job where dead_at is null and kind in ('checkRows', 'runRows', 'settle', 'issue')) as jobs`,
      ),
    (found) => found?.done === 1 && found.jobs === 0,
    3_600_000,
  );
}

/** Counts rows with an outcome, for whoever waits for some; undefined while the database is away. */
export async function endedRows(fleet: Fleet): Promise<number | undefined> {
  const found = await ask(fleet, 'select coalesce(sum(ended_count), 0)::int as ended from batch');
  return found && Number(found.ended);
}

/** Counts what the batch came to, and what of it is not there exactly once. */
export async function endState(fleet: Fleet): Promise<EndState> {
  const counted = await ask(
    fleet,
    `select (select state from batch) as state,
       ${['issued', 'unchanged', 'refused', 'waiting', 'notEntitled', 'cancelled']
         .map(
           (outcome) => `(select count(*)::int from batch_row where outcome = '${outcome}') as "${outcome}"`,
         )
         .join(', ')},
       (select count(*)::int from batch_row where outcome is null) as "withoutOutcome",
       (select ended_count from batch) as ended,
       (select count(*)::int from declaration) as declarations,
       (select count(*)::int from dimona_period) as periods,
       (select count(*)::int from attestation) as versions,
       (select count(*)::int from attestation where state = 'issued') as attestations,
       (select count(distinct object_key)::int from attestation where object_sha256 is not null) as objects,
       (select count(*)::int from message) as messages,
       (select count(*)::int from receipt where kind = 'published') as published,
       (select count(*)::int from audit_entry where action = 'attestation.issue') as audited,
       (select count(*)::int from job where dead_at is not null) as dead,
       (select count(*)::int from batch_row r where r.outcome = 'issued' and 1 <> (
         select count(*) from attestation a join message m on m.attestation_id = a.attestation_id
           join receipt p on p.message_id = m.message_id and p.kind = 'published'
         where a.attestation_id = r.attestation_id and a.state = 'issued')) as "notOnce"`,
  );
  if (counted === undefined) throw new Error('the database does not answer');
  return counted;
}

async function ask(fleet: Fleet, text: string): Promise<EndState | undefined> {
  const client = new pg.Client(fleet.databaseUrl);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<EndState>(text)).rows[0];
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}
