/** Property: whatever order reports come in, what is known now, and what was known at each moment before, is as a list says. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../src/database/database.ts';
import type { ReportRow } from '../../src/database/status-reports.ts';
import { askStatus } from '../../src/database/statuses.ts';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { addDays } from '../../src/domain/period.ts';
import { keepReports, lockSource } from '../../src/workflows/keep-statuses.ts';
import type { LoadServices } from '../../src/workflows/load-person.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newDeliberation } from '../support/grounds.ts';
import { type Citizen, day, newPerson } from '../support/register.ts';

const FIRST = day('2020-04-01');
const ORGANIZATION = parseEnterpriseNumber('0206737484') ?? assert.fail();

/** One report of a story: of which fact, decided when, and what it says. */
interface Told {
  readonly reference: number;
  readonly person: number;
  readonly decided: number;
  readonly start: number;
  readonly days: number | null;
  readonly isWithdrawn: boolean;
}

const told: fc.Arbitrary<Told> = fc.record({
  reference: fc.integer({ min: 0, max: 3 }),
  person: fc.integer({ min: 0, max: 1 }),
  decided: fc.integer({ min: 1, max: 5 }),
  start: fc.integer({ min: 0, max: 4 }),
  days: fc.option(fc.integer({ min: 0, max: 4 })),
  isWithdrawn: fc.boolean(),
});
/** Deliveries, each known at one moment. */
const story = fc.array(fc.array(told, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

/** The model: of each reference what was decided last, and when. */
type Model = ReadonlyMap<number, { readonly decided: number; readonly said: string | undefined }>;

function saidBy({ person, start, days, isWithdrawn }: Told): string | undefined {
  const last = days === null ? null : addDays(FIRST, start + days);
  return isWithdrawn ? undefined : JSON.stringify([person, addDays(FIRST, start), last]);
}

function follow(model: Model, delivery: readonly Told[]): Model {
  const next = new Map(model);
  for (const one of delivery) {
    const known = next.get(one.reference);
    if (known !== undefined && one.decided < known.decided) continue;
    next.set(one.reference, { decided: one.decided, said: saidBy(one) });
  }
  return next;
}

function factsOf(model: Model): string[] {
  return [...model]
    .flatMap(([reference, { said }]) => (said === undefined ? [] : [`${reference} ${said}`]))
    .sort();
}

describe('reports in any order, kept some at a time', () => {
  let test: TestDatabase;
  let citizens: readonly Citizen[];
  let services: LoadServices;
  let runs = 0;

  before(async () => {
    test = await createTestDatabase();
    citizens = await run(async (connection) => [await newPerson(connection), await newPerson(connection)]);
    const statusList = { sources: new Map(), statuses: new Map(), doubts: undefined };
    // What keeping reports takes of the service: no type rests on these statuses, and no vault is opened.
    services = {
      database: test.database,
      catalogue: { types: new Map(), flows: new Map(), statusList },
      clock: () => new Date(),
      newId: () => randomUUID(),
      settings: { settleAfterSeconds: 0 },
    } as unknown as LoadServices;
  });
  after(() => test.drop());

  const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    test.database.transaction(work);

  async function keep(source: string, delivery: readonly Told[]): Promise<string> {
    const rows = delivery.map(
      (one, at): ReportRow => ({
        fileId: randomUUID(),
        rowNumber: at + 1,
        personId: citizens[one.person]?.personId ?? null,
        sealedSsin: null,
        subjectMark: null,
        source,
        code: 'temporaryUnemployment',
        reference: String(one.reference),
        changedAt: new Date(Date.UTC(2020, 4, one.decided)),
        validFrom: addDays(FIRST, one.start),
        validUntil: one.days === null ? null : addDays(FIRST, one.start + one.days),
        employerId: null,
        attributes: {},
        isWithdrawn: one.isWithdrawn,
      }),
    );
    const access = {
      actor: { kind: 'client', id: 'onem' },
      ground: { kind: 'source', organization: ORGANIZATION },
    } as const;
    await run(async (connection) => {
      await lockSource(connection, source);
      await keepReports(services, connection, source, rows, { access, isReleased: true });
    });
    const [now] = await test.query<{ at: string }>('select clock_timestamp()::text as at');
    return now?.at ?? assert.fail();
  }

  async function knownAt(source: string, at: string): Promise<string[]> {
    const rows = await test.query<{ reference: string; person: string; start: string; end: string | null }>(
      `select reference, person_id as person, valid_from as start, valid_until as end from status_period
       where source = $1 and recorded_at <= $2 and coalesce(corrected_at, 'infinity') > $2`,
      [source, at],
    );
    const placeOf = (id: string) => citizens.findIndex(({ personId }) => personId === id);
    return rows
      .map(
        ({ reference, person, start, end }) =>
          `${reference} ${JSON.stringify([placeOf(person), start, end])}`,
      )
      .sort();
  }

  it('leaves what a list of them says, at every moment since', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (deliveries) => {
        runs += 1;
        const source = `source-${runs}`;
        const moments: { readonly at: string; readonly facts: string[] }[] = [];
        let model: Model = new Map();
        for (const delivery of deliveries) {
          model = follow(model, delivery);
          moments.push({ at: await keep(source, delivery), facts: factsOf(model) });
        }
        for (const { at, facts } of moments) assert.deepEqual(await knownAt(source, at), facts);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('says as known at a moment what was known then, and to nobody what came later', async () => {
    const base: Told = { reference: 9, person: 0, decided: 1, start: 0, days: 2, isWithdrawn: false };
    await keep('history', [base]);
    await keep('history', [{ ...base, decided: 2, isWithdrawn: true }]);
    const hmacs = [citizens[0]?.ssinHmac ?? assert.fail()];
    await run(async (connection) => {
      const ground = await newDeliberation(connection, { statuses: ['temporaryUnemployment'] });
      const ask = async (knownAt: Date | undefined) => {
        const at = { date: addDays(FIRST, 1), knownAt };
        const rows = await askStatus(connection, ground, hmacs, 'temporaryUnemployment', at);
        return rows.map(({ hasStatus }) => hasStatus);
      };
      await connection.query(`delete from status_period where source <> 'history'`);
      // Reported on 1 May, withdrawn on the 3rd.
      await connection.query(
        `update status_period set recorded_at = '2020-05-01T00:00Z', corrected_at = '2020-05-03T00:00Z'`,
      );
      const days = ['2020-04-30', '2020-05-02', '2020-05-03'].map((text) => new Date(text));
      const answers: boolean[][] = [];
      for (const moment of [...days, undefined]) answers.push(await ask(moment));
      assert.deepEqual(answers, [[false], [true], [false], [false]]);
    });
  });
});
