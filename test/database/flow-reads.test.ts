/** Which persons a flow means: the statement held against the rules as they are written in TypeScript. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readMunicipalities } from '../../src/catalogue/reference-file.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { findRange, listFlowRows } from '../../src/database/flow-reads.ts';
import { insertStatuses } from '../../src/database/statuses.ts';
import { explain } from '../../src/domain/entitlement-rule.ts';
import type { Flow } from '../../src/domain/flow.ts';
import { planRun } from '../../src/domain/flow-plan.ts';
import type { DeliberationGround } from '../../src/domain/ground.ts';
import { type Municipality, municipalityOn } from '../../src/domain/municipality.ts';
import { addDays, type LocalDate } from '../../src/domain/period.ts';
import type { Status } from '../../src/domain/status.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { enterprise, newDeliberation } from '../support/grounds.ts';
import { day, fact, newPerson } from '../support/register.ts';
import { TRIAL } from '../support/trial-flow.ts';

const CODES = ['integrationIncome', 'pension', 'bridgingRight', 'disabilityAllowance'];
const SOURCES = ['sfp', 'inami'];
const PLACES = ['24062', '92094', '21004', '11002'];
const FIRST = day('2020-01-01');
const TODAY = day('2020-12-20');
const EVERYBODY = '00000000-0000-0000-0000-000000000000';

interface Known {
  readonly personId: string;
  readonly birthDate: LocalDate | undefined;
  readonly household: string | undefined;
  readonly domiciles: readonly { readonly nisCode: string; readonly validFrom: LocalDate }[];
  readonly facts: readonly Status[];
}

let testDatabase: TestDatabase;
let database: Database;
let municipalities: ReadonlyMap<string, Municipality>;
let ground: DeliberationGround;
let persons: readonly Known[];

before(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.url, connections: 2, log: createLog('silent') });
  municipalities = await readMunicipalities('templates');
  await database.transaction(async (connection) => {
    ground = await newDeliberation(connection, {
      flows: ['trial'],
      statuses: CODES,
      attributes: ['municipality', 'reference'],
      legalContext: 'CITY:TRIAL',
    });
  });
  persons = await Promise.all(fc.sample(personShape, { seed: 8, numRuns: 150 }).map(keep));
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

const someDay = fc.integer({ min: 0, max: 365 }).map((days) => addDays(FIRST, days));
const personShape = fc.record({
  birthDate: fc.option(
    fc.integer({ min: 1930, max: 2012 }).map((year) => day(`${year}-10-0${(year % 5) + 1}`)),
    { nil: undefined },
  ),
  household: fc.option(fc.integer({ min: 1, max: 40 }).map(String), { nil: undefined }),
  places: fc.uniqueArray(fc.tuple(fc.constantFrom(...PLACES), someDay), {
    maxLength: 3,
    selector: ([, from]) => from,
  }),
  isReplaced: fc.boolean(),
  periods: fc.array(
    fc.record({
      code: fc.constantFrom(...CODES),
      source: fc.constantFrom(...SOURCES),
      from: someDay,
      days: fc.option(fc.integer({ min: 0, max: 90 })),
      isOld: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
});

let references = 0;

/** Writes a person as the register knows them; some of their facts stand under a number they had before. */
async function keep({
  birthDate,
  household,
  places,
  isReplaced,
  periods,
}: typeof personShape extends fc.Arbitrary<infer T> ? T : never): Promise<Known> {
  return database.transaction(async (connection) => {
    const { personId } = await newPerson(connection);
    const earlier = isReplaced ? (await newPerson(connection)).personId : personId;
    await connection.query('update person set birth_date = $2, household = $3 where person_id = $1', [
      personId,
      birthDate ?? null,
      household ?? null,
    ]);
    if (isReplaced)
      await connection.query('update person set replaced_by = $2 where person_id = $1', [earlier, personId]);
    const domiciles = places
      .map(([nisCode, validFrom]) => ({ nisCode, validFrom }))
      .sort((one, other) => (one.validFrom < other.validFrom ? -1 : 1));
    for (const { nisCode, validFrom } of domiciles)
      await connection.query('insert into domicile (person_id, nis_code, valid_from) values ($1, $2, $3)', [
        personId,
        nisCode,
        validFrom,
      ]);
    const facts = periods.map(({ code, source, from, days, isOld }) => {
      references += 1;
      const period = { startDate: from, ...(days !== null && { endDate: addDays(from, days) }) };
      return {
        ...fact(isOld ? earlier : personId),
        code,
        source,
        period,
        reference: `R-${references}`,
        attributes: {},
        statusPeriodId: crypto.randomUUID(),
      };
    });
    await insertStatuses(
      connection,
      facts.map(({ employerId: _employerId, ...rest }) => rest),
    );
    return { personId, birthDate, household, domiciles, facts };
  });
}

const limits = fc.option(
  fc.record({ from: fc.integer({ min: 0, max: 40 }), until: fc.integer({ min: 41, max: 80 }) }),
  { nil: undefined },
);
const flowShape = fc.record({
  codes: fc.uniqueArray(fc.constantFrom(...CODES), { minLength: 1, maxLength: 4 }),
  split: fc.array(fc.constantFrom('all', 'any', 'none'), { minLength: 4, maxLength: 4 }),
  ofSources: fc.boolean(),
  from: someDay,
  length: fc.constantFrom(0, 10, 60, 200),
  days: fc.constantFrom(1, 1, 20, 45),
  age: limits,
  isSmall: fc.boolean(),
});

function flowOf({
  codes,
  split,
  ofSources,
  from,
  length,
  days,
  age,
  isSmall,
}: typeof flowShape extends fc.Arbitrary<infer T> ? T : never): Flow {
  const of = (list: string) => codes.filter((_, at) => (at === 0 ? list === 'any' : split[at] === list));
  return {
    ...TRIAL,
    receivers: [enterprise(ground.organization)],
    select: {
      ...TRIAL.select,
      all: of('all'),
      any: of('any'),
      none: of('none'),
      sources: ofSources ? Object.fromEntries(codes.map((code) => [code, ['sfp']])) : {},
      period: { from, until: addDays(from, length) },
      days: length === 0 ? 1 : days,
      ...(age && { age }),
      ...(isSmall && { household: { until: 4 } }),
    },
  };
}

function meant(flow: Flow): readonly string[] {
  const plan = planRun(flow, {}, 'whole', { municipalities, typeRules: [], today: TODAY });
  const size = (one: Known) =>
    persons.filter(({ household }) => household !== undefined && household === one.household).length ||
    undefined;
  return persons
    .filter((one) =>
      plan.rules.some((rule) => {
        // Of a flow, age counts on the last day looked at, whether or not the rule is of one day.
        const { age, household, ...statuses } = rule;
        const { reasons } = explain(statuses, one.facts, nobody, TODAY);

        const years = one.birthDate && yearsOn(one.birthDate, rule.on);
        const isOfAge =
          age === undefined ||
          (years !== undefined && years >= (age.from ?? 0) && years <= (age.until ?? 999));
        const isOfSize = household === undefined || (size(one) ?? 99) <= (household.until ?? 99);
        return reasons.length === 0 && isOfAge && isOfSize;
      }),
    )
    .map(({ personId }) => personId)
    .sort();
}

const nobody = { birthDate: undefined, householdSize: undefined, municipalityOn: () => undefined };

function yearsOn(birth: LocalDate, on: LocalDate): number {
  return Number(on.slice(0, 4)) - Number(birth.slice(0, 4)) - (on.slice(5) < birth.slice(5) ? 1 : 0);
}

describe('listFlowRows', () => {
  it('means the persons whom the rules mean', async () => {
    const ends = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(flowShape, async (shape) => {
        const flow = flowOf(shape);
        const plan = planRun(flow, {}, 'whole', { municipalities, typeRules: [], today: TODAY });
        const found = await database.transaction(async (connection) => {
          const range = await findRange(connection, {}, EVERYBODY, 10_000);
          return range ? listFlowRows(connection, ground, plan, {}, range) : [];
        });
        assert.deepEqual(
          found.map(({ personId }) => personId),
          meant(flow),
        );
        ends.add(found.length > 0);
      }),
      { seed: 24, numRuns: 60 },
    );
    assert.equal(ends.size, 2, 'some flows mean somebody and some nobody');
  });

  it('finds who lives in a place, part by part, each person once', async () => {
    const places = ['24062', '92094'];
    const flow = {
      ...flowOf({
        codes: CODES,
        split: ['any', 'any', 'any', 'any'],
        ofSources: false,
        from: FIRST,
        length: 200,
        days: 1,
        age: undefined,
        isSmall: false,
      }),
    };
    const plan = planRun(flow, {}, 'whole', { municipalities, typeRules: [], today: TODAY });
    const found: string[] = [];
    await database.transaction(async (connection) => {
      for (let after = EVERYBODY; ; ) {
        const range = await findRange(connection, { places }, after, 7);
        if (range === undefined) break;
        found.push(
          ...(await listFlowRows(connection, ground, plan, { places }, range)).map(
            ({ personId }) => personId,
          ),
        );
        after = range.last;
      }
    });
    const all = meant(flow);
    const living = persons.filter(({ domiciles }) =>
      places.includes(municipalityOn(municipalities, domiciles.at(-1)?.nisCode ?? '', TODAY)?.nisCode ?? ''),
    );
    assert.deepEqual(
      found,
      living
        .map(({ personId }) => personId)
        .filter((id) => all.includes(id))
        .sort(),
    );
    assert.ok(found.length > 10);
  });

  it('gives nothing where the deliberation names less than is told', async () => {
    const flow = flowOf({
      codes: CODES,
      split: ['any', 'any', 'any', 'any'],
      ofSources: false,
      from: FIRST,
      length: 200,
      days: 1,
      age: undefined,
      isSmall: false,
    });
    const plan = planRun(flow, {}, 'whole', { municipalities, typeRules: [], today: TODAY });
    const rowsOn = (changes: object) =>
      database.transaction(async (connection) => {
        const use = {
          flows: ['trial'],
          statuses: CODES,
          attributes: ['municipality'],
          legalContext: 'CITY:TRIAL',
          ...changes,
        };
        const narrow = await newDeliberation(connection, use);
        const range = await findRange(connection, {}, EVERYBODY, 10_000);
        return range ? listFlowRows(connection, narrow, plan, {}, range) : [];
      });
    assert.ok((await rowsOn({})).length > 10);
    const inOne = await rowsOn({ municipalities: ['24062'] });
    assert.ok(inOne.length > 0 && inOne.every(({ fields }) => fields.municipality === '24062'));
    for (const less of [
      { flows: ['other'] },
      { statuses: CODES.slice(1) },
      { attributes: ['ssin'] },
      { ownDossiers: true },
    ])
      assert.deepEqual(await rowsOn(less), [], JSON.stringify(less));
  });
});
