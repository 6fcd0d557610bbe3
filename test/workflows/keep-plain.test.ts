/** Property: reports of which some are kept set by set leave what is left when each is judged by itself. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../src/database/database.ts';
import { replacePerson } from '../../src/database/persons.ts';
import { listStagedRows } from '../../src/database/plain-reports.ts';
import { insertStatusFile } from '../../src/database/register-files.ts';
import { insertFacts, listPresentFacts } from '../../src/database/status-history.ts';
import { insertReports, listStagedReports, markReports } from '../../src/database/status-reports.ts';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { addDays } from '../../src/domain/period.ts';
import { keepPlain } from '../../src/workflows/keep-plain.ts';
import { keepReports } from '../../src/workflows/keep-statuses.ts';
import type { LoadServices } from '../../src/workflows/load-person.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { day, newPerson } from '../support/register.ts';

const FIRST = day('2020-04-01');
const ORGANIZATION = parseEnterpriseNumber('0206737484') ?? assert.fail();
const ACCESS = {
  actor: { kind: 'client', id: 'onem', organization: ORGANIZATION },
  ground: { kind: 'source', organization: ORGANIZATION },
} as const;

/** One report: `person` 0 to 2 are plain ones, 3 was replaced by 2, 4 is unknown. */
const told = fc.record({
  reference: fc.integer({ min: 0, max: 9 }),
  person: fc.constantFrom(0, 1, 2, 2, 2, 3, 4),
  code: fc.constantFrom('temporaryUnemployment', 'bridgingRight', 'pension'),
  start: fc.constantFrom(0, 3, 20, 60_000),
  days: fc.option(fc.integer({ min: 0, max: 4 })),
  isWithdrawn: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});
type Told = typeof told extends fc.Arbitrary<infer One> ? One : never;

/** What was known before: by the same source under references 8 and 9, by another one under 100 and up. */
const known = fc.array(
  fc.record({
    person: fc.constantFrom(0, 2, 3, 3),
    start: fc.constantFrom(0, 20),
    isOwn: fc.constantFrom(true, false, false),
  }),
  {
    maxLength: 2,
  },
);

class Undone extends Error {}

describe('reports kept set by set', () => {
  let test: TestDatabase;
  let services: LoadServices;
  let persons: readonly string[];
  let plainOnes = 0;

  before(async () => {
    test = await createTestDatabase();
    persons = await test.database.transaction(async (connection) => {
      const made: string[] = [];
      for (let at = 0; at < 4; at += 1) made.push((await newPerson(connection)).personId);
      await replacePerson(connection, made[3] ?? '', made[2] ?? '');
      return made;
    });
    const doubts = {
      startsAfterDays: 365,
      contradictions: [['temporaryUnemployment', 'pension']],
      largestDropPercent: 50,
      dropCountsFrom: 100,
    };
    services = {
      database: test.database,
      catalogue: {
        types: new Map(),
        flows: new Map(),
        statusList: { sources: new Map(), statuses: new Map(), doubts },
      },
      clock: () => new Date(),
      newId: () => randomUUID(),
      settings: { settleAfterSeconds: 0 },
    } as unknown as LoadServices;
  });
  after(() => test.drop());

  const factOf = (person: number, reference: string, source: string, start: number) => ({
    statusPeriodId: randomUUID(),
    changedAt: new Date(0),
    status: {
      personId: persons[person] ?? '',
      code: 'pension',
      source,
      reference,
      attributes: {},
      period: { startDate: addDays(FIRST, start), endDate: addDays(FIRST, start + 5) },
    },
  });

  async function stage(connection: Connection, delivery: readonly Told[]): Promise<string> {
    const fileId = randomUUID();
    const file = { fileId, organization: ORGANIZATION, clientId: 'onem', source: 'onem', wholeOf: undefined };
    await insertStatusFile(connection, { ...file, changedAt: new Date() });
    const rows = delivery.map((one, at) => ({
      fileId,
      rowNumber: at + 1,
      personId: persons[one.person] ?? null,
      sealedSsin: null,
      subjectMark: null,
      source: 'onem',
      code: one.code,
      reference: String(one.reference),
      changedAt: new Date(Date.UTC(2020, 4, 1)),
      validFrom: addDays(FIRST, one.start),
      validUntil: one.days === null ? null : addDays(FIRST, one.start + one.days),
      employerId: null,
      attributes: { jointCommittee: '145' },
      isWithdrawn: one.isWithdrawn,
    }));
    await insertReports(connection, rows);
    return fileId;
  }

  /** What is left, and which rows were held; nothing of it stays. */
  async function outcome(
    delivery: readonly Told[],
    before: readonly (() => Parameters<typeof insertFacts>[1][number])[],
    isBySet: boolean,
  ) {
    let left: unknown;
    const work = test.database.transaction(async (connection) => {
      await insertFacts(
        connection,
        before.map((make) => make()),
        '2020-01-01',
      );
      const fileId = await stage(connection, delivery);
      const rows = await listStagedRows(connection, fileId, 0, 100);
      const plain = isBySet
        ? await keepPlain(services, connection, { fileId, source: 'onem' }, rows, ACCESS)
        : [];
      plainOnes += plain.length;
      await markReports(connection, fileId, plain, [], false);
      const others = await listStagedReports(connection, fileId, 1, 100);
      const kept = await keepReports(services, connection, 'onem', others, {
        access: ACCESS,
        isReleased: false,
      });
      const facts = await listPresentFacts(connection, persons);
      left = {
        facts: facts.map((fact) => JSON.stringify(fact)).sort(),
        held: kept.flatMap(({ row, verdict }) =>
          verdict.kind === 'held' ? [[row.rowNumber, verdict.doubts]] : [],
        ),
      };
      throw new Undone();
    });
    await assert.rejects(work, Undone);
    return left;
  }

  it('leave what judging each of them leaves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 8 }), known, async (delivery, earlier) => {
        const facts = earlier.map(
          ({ person, start, isOwn }, at) =>
            () =>
              factOf(person, String(isOwn ? 8 + at : 100 + at), isOwn ? 'onem' : 'sfp', start),
        );
        assert.deepEqual(await outcome(delivery, facts, true), await outcome(delivery, facts, false));
      }),
      { numRuns: 60, seed: 8 },
    );
    assert.ok(plainOnes > 60, `only ${plainOnes} were plain`);
  });
});
