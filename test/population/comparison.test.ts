/** Every shipped type and table on a population: what the service decides and counts is what the population itself knows. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { UNMET } from '../../src/domain/entitlement-rule.ts';
import type { Table } from '../../src/domain/statistics.ts';
import { cellsOf } from '../../src/flow/table-csv.ts';
import { listEntitled } from '../../src/population/entitled.ts';
import type { Citizen } from '../../src/population/population.ts';
import { makeExtract } from '../../src/workflows/make-extract.ts';
import { makeTable } from '../../src/workflows/make-table.ts';
import type { TestDatabase } from '../support/database.ts';
import { AGENCY, newDeliberation } from '../support/grounds.ts';
import {
  filesOf,
  loadPopulation,
  makePopulation,
  openRegister,
  type RegisterServices,
  settleAll,
} from '../support/population.ts';
import { day } from '../support/register.ts';
import {
  ageOf,
  type ChainsOf,
  type Counted,
  countCitizens,
  countEmployers,
  factsIn,
  placesOf,
  sexOf,
} from './counted.ts';
import { expectedOf } from './expected.ts';
import { compareFlows } from './flow-comparison.ts';

const PERSONS = 500;
/** One municipality has a type of its own, so many live there. */
const TOWNS = { '24062': 40, '24001': 40 };

interface Decided {
  readonly caseId: string;
  readonly ciphertext: Buffer;
  readonly isEntitled: boolean;
  readonly explanations: readonly { readonly reasons: readonly string[] }[];
}

describe('a population of 500 persons', () => {
  let test: TestDatabase;
  let services: RegisterServices;
  let citizens: readonly Citizen[];
  let files: readonly string[];

  before(async () => {
    ({ test, services } = await openRegister());
    const population = await makePopulation(services, PERSONS, TOWNS);
    citizens = [...population.citizens()];
    files = await loadPopulation(services, filesOf(population.employers(), citizens));
    // Several ranges, and the last of them open.
    await settleAll(services, 150);
  });
  after(() => test.drop());

  it('is loaded to the last row, and nothing of it is doubtful', async () => {
    const rows = await test.query<{ state: string; refused: number; held: number }>(
      `select distinct state, refused_count as refused, held_count as held from register_file where file_id = any($1)`,
      [files],
    );
    assert.deepEqual(rows, [{ state: 'loaded', refused: 0, held: 0 }]);
    const counts = await test.query<{ status: string; count: number }>(
      `select status, count(*)::int as count from status_period where corrected_at is null group by 1 order by 1`,
    );
    const wanted = new Map<string, number>();
    for (const { status } of citizens.flatMap(({ facts }) => facts))
      wanted.set(status, (wanted.get(status) ?? 0) + 1);
    assert.deepEqual(new Map(counts.map(({ status, count }) => [status, count])), wanted);
    assert.equal(wanted.size, services.catalogue.statusList.statuses.size);
  });

  it('gets the decisions of every type that the population knows, each with its reasons', async () => {
    const decided = await readDecisions();
    const sizes = new Map<string, number>();
    for (const { household } of citizens) sizes.set(household, (sizes.get(household) ?? 0) + 1);
    const wanted = citizens.flatMap((citizen) =>
      [...expectedOf(citizen, sizes.get(citizen.household) ?? 0, services.catalogue.municipalities)].map(
        ([key, reasons]) => `${citizen.ssin} ${key}: ${[...reasons].sort().join(' ') || 'entitled'}`,
      ),
    );
    assert.deepEqual(decided.sort(), wanted.sort());
    for (const id of services.catalogue.types.keys())
      assert.ok(
        decided.some((one) => one.includes(` ${id} `) && one.endsWith(': entitled')),
        `nobody is entitled to ${id}, so it was compared with nothing`,
      );
    const reasons = new Set(decided.flatMap((one) => one.split(': ')[1]?.split(' ') ?? []));
    for (const reason of UNMET.filter((one) => one !== 'notYet'))
      assert.ok(reasons.has(reason), `no case comes to ${reason}`);
  });

  it('is entitled by the rules alone to what the register decides', () => {
    const { types, municipalities } = services.catalogue;
    const view = { types: [...types.values()], municipalities, today: day('2022-01-15') };
    const sizes = new Map<string, number>();
    for (const { household } of citizens) sizes.set(household, (sizes.get(household) ?? 0) + 1);
    for (const citizen of citizens) {
      const expected = expectedOf(citizen, sizes.get(citizen.household) ?? 0, municipalities);
      const wanted = [...expected]
        .filter(([, reasons]) => reasons.length === 0)
        .map(([key]) => key.replace(/ (?!rule=).*/, '').replace('rule=', ''));
      assert.deepEqual([...listEntitled(citizen, view)].sort(), wanted.sort(), citizen.ssin);
    }
  });

  it('has nothing left to decide when it is settled again', async () => {
    const before = await test.query('select decision_id from decision');
    // One range of more than are settled at once.
    await settleAll(services, 100_000);
    assert.equal((await test.query('select decision_id from decision')).length, before.length);
  });

  const MONTHS = ['2020-04', '2021-01'];
  const persons =
    (dimensions: (citizen: Citizen, month: string) => readonly (readonly string[])[]): ChainsOf =>
    (citizen, month) => [dimensions(citizen, month)];
  const homesOf = (citizen: Citizen, month: string) =>
    placesOf(citizen, month, services.catalogue.municipalities);
  const regionOf = (citizen: Citizen, month: string) => homesOf(citizen, month).slice(-2);
  /** A person counts once for each joint committee. */
  const byCommittee: ChainsOf = (citizen, month) => {
    const facts = factsIn(citizen, 'temporaryUnemployment', month);
    const committees = new Set(facts.map(({ attributes }) => attributes.jointCommittee ?? 'unknown'));
    return [...committees].map((one) => [[one, 'total'], regionOf(citizen, month)]);
  };

  /** Every cell that is shown is the count that the population has; every small count is hidden. */
  async function compare(
    tableId: string,
    status: string,
    countIn: (month: string) => Counted,
  ): Promise<void> {
    const table = await tableOf(tableId, status);
    let shown = 0;
    for (const month of MONTHS) {
      const wanted = countIn(month);
      for (const cell of cellsOf(table)) {
        if (cell.month !== month) continue;
        const key = cell.categories.map(({ id }) => id).join(' ');
        const count = wanted.get(key) ?? 0;
        if (cell.count === undefined) continue;
        assert.equal(cell.count, count, `${tableId} ${status} ${month} ${key}`);
        assert.ok(count === 0 || count >= 5, `${key} is shown though it is ${count}`);
        if (count > 0) shown += 1;
      }
      const known = new Set(
        [...cellsOf(table)].map(({ categories }) => categories.map(({ id }) => id).join(' ')),
      );
      for (const key of wanted.keys()) assert.ok(known.has(key), `${key} is no cell of ${tableId}`);
    }
    assert.ok(shown > 2, `of ${tableId} only ${shown} counts are shown, so little was compared`);
  }

  async function tableOf(
    tableId: string,
    status: string | undefined,
    statistics = services.catalogue.statistics,
  ): Promise<Table> {
    const statuses = [...services.catalogue.statusList.statuses.keys()];
    const ground = await test.database.transaction((connection) => newDeliberation(connection, { statuses }));
    const caller = {
      actor: { kind: 'client', id: 'statistics', organization: ground.organization },
      organization: ground.organization,
      traceId: 'trace',
    } as const;
    const { deliberationId, legalContext } = ground;
    const access = { ...caller, deliberated: { ...caller, deliberationId, legalContext } };
    const ours = { ...services, catalogue: { ...services.catalogue, statistics } };
    const outcome = await makeTable(ours, access, { tableId, status, months: MONTHS });
    return outcome.kind === 'made' ? outcome.table : assert.fail(outcome.kind);
  }

  it('is counted by place and sex as it counts itself, for every status', async () => {
    for (const status of ['temporaryUnemployment', 'pension', 'increasedIntervention'])
      await compare('persons-by-place', status, (month) =>
        countCitizens(
          citizens,
          status,
          month,
          persons((citizen) => [homesOf(citizen, month), sexOf(citizen)]),
        ),
      );
  });

  it('is counted by age, region and sex as it counts itself', async () => {
    for (const status of ['temporaryUnemployment', 'pension'])
      await compare('persons-by-age', status, (month) =>
        countCitizens(
          citizens,
          status,
          month,
          persons((citizen) => [ageOf(citizen, month), regionOf(citizen, month), sexOf(citizen)]),
        ),
      );
  });

  it('is counted by joint committee as it counts itself', async () => {
    const status = 'temporaryUnemployment';
    await compare('unemployed-by-committee', status, (month) =>
      countCitizens(citizens, status, month, byCommittee),
    );
  });

  it('has the employers with temporary unemployment that it knows', async () => {
    const table = await tableOf('employers-by-committee', undefined);
    for (const [at, month] of MONTHS.entries()) {
      const employers = new Set(
        citizens.flatMap((one) =>
          factsIn(one, 'temporaryUnemployment', month).map(({ employer }) => employer?.enterpriseNumber),
        ),
      );
      assert.equal(table.blocks[at]?.[0], employers.size);
    }
  });

  it('is counted cell by cell as it counts itself where nothing is hidden', async () => {
    const status = 'temporaryUnemployment';
    const open = { ...services.catalogue.statistics, smallestCount: 1 };
    const chains: Readonly<Record<string, (month: string) => ChainsOf>> = {
      'persons-by-place': (month) => persons((citizen) => [homesOf(citizen, month), sexOf(citizen)]),
      'persons-by-age': (month) =>
        persons((citizen) => [ageOf(citizen, month), regionOf(citizen, month), sexOf(citizen)]),
      'unemployed-by-committee': () => byCommittee,
    };
    for (const [tableId, { counts }] of open.tables) {
      if (counts === 'uses') continue;
      const cells = [...cellsOf(await tableOf(tableId, status, open))];
      for (const month of MONTHS) {
        const chainsOf = chains[tableId]?.(month);
        const wanted = chainsOf
          ? countCitizens(citizens, status, month, chainsOf)
          : countEmployers(citizens, status, month);
        const counted = cells.filter((cell) => cell.month === month && cell.count !== 0);
        const keyOf = ({ categories }: (typeof cells)[number]) => categories.map(({ id }) => id).join(' ');
        assert.deepEqual(
          counted.map((cell) => `${keyOf(cell)}: ${cell.count}`).sort(),
          [...wanted].map(([key, count]) => `${key}: ${count}`).sort(),
          `${tableId} ${month}`,
        );
      }
    }
  });

  it('counts its declarations among the uses of the service', async () => {
    const days = citizens.flatMap(({ facts }) => facts).filter(({ status }) => status === 'quarantine');
    const now = new Date().toISOString().slice(0, 7);
    const outcome = await makeTable(
      services,
      {
        actor: { kind: 'client', id: 'statistics' },
        organization: AGENCY,
        traceId: 'trace',
        deliberated: undefined,
      },
      { tableId: 'use', status: undefined, months: [now] },
    );
    const cells = outcome.kind === 'made' ? [...cellsOf(outcome.table)] : assert.fail(outcome.kind);
    assert.equal(
      cells.find(({ categories }) => categories[0]?.id === 'declaration.report')?.count,
      days.length,
    );
  });

  it('gives research nobody who stands out, and joins nothing to another extract', async () => {
    const statuses = ['temporaryUnemployment', 'pension'];
    const ground = await test.database.transaction((connection) =>
      newDeliberation(connection, { statuses, attributes: ['researchExtract'] }),
    );
    const { deliberationId, legalContext, organization } = ground;
    const actor = { kind: 'client', id: 'research', organization } as const;
    const access = { actor, organization, deliberationId, legalContext, traceId: 'trace' };
    const wish = { statuses, from: '2020-04', until: '2020-06' };
    const extract = async () => {
      const outcome = await makeExtract(services, access, wish);
      return outcome.kind === 'made' ? outcome : assert.fail(outcome.kind);
    };
    const [one, other] = [await extract(), await extract()];
    const groups = new Map<string, number>();
    for (const { sex, ageClass, place } of one.rows) {
      const key = `${sex} ${ageClass} ${place}`;
      groups.set(key, (groups.get(key) ?? 0) + 1);
    }
    assert.ok(groups.size > 3 && Math.min(...groups.values()) >= 10, JSON.stringify([...groups]));
    const months = (status: string) =>
      one.rows.reduce((all, { months: counted }) => all + (counted[status] ?? 0), 0);
    const wanted = citizens.filter((citizen) =>
      statuses.some((status) =>
        ['2020-04', '2020-05', '2020-06'].some((at) => factsIn(citizen, status, at).length > 0),
      ),
    );
    assert.equal(one.rows.length + one.leftOut, wanted.length);
    assert.ok(months('pension') >= 3 * 10);
    const pseudonyms = new Set(one.rows.map(({ pseudonym }) => pseudonym));
    assert.equal(pseudonyms.size, one.rows.length);
    assert.equal(other.rows.length, one.rows.length);
    assert.ok(other.rows.every(({ pseudonym }) => !pseudonyms.has(pseudonym)));
    const [audited] = await test.query<{ count: number }>(
      `select count(distinct person_id)::int as count from audit_entry where action = 'statistics.extract'`,
    );
    assert.equal(audited?.count, one.rows.length);
  });

  it('gives research nothing without a deliberation for it', async () => {
    const statuses = ['pension'];
    const ground = await test.database.transaction((connection) => newDeliberation(connection, { statuses }));
    const { deliberationId, legalContext, organization } = ground;
    const access = {
      actor: { kind: 'client', id: 'x' },
      organization,
      deliberationId,
      legalContext,
      traceId: 't',
    } as const;
    const wish = { statuses, from: '2020-04', until: '2020-06' };
    assert.deepEqual(await makeExtract(services, access, wish), { kind: 'notAllowed' });
  });

  compareFlows(() => ({ test, services, citizens }));

  /** Each as `<ssin> <type> <keys>: <reasons>`, with employers by their numbers. */
  async function readDecisions(): Promise<string[]> {
    const rows = await test.query<Decided>(
      `select d.case_id as "caseId", p.ssin_ciphertext as ciphertext, d.is_entitled as "isEntitled", d.explanations
       from decision d join person p using (person_id)`,
    );
    const employers = await test.query<{ id: string; number: string }>(
      'select employer_id as id, enterprise_number as number from employer',
    );
    const numbers = new Map(employers.map(({ id, number }) => [id, number]));
    return rows.map(({ caseId, ciphertext, isEntitled, explanations }) => {
      const [type, , ...keys] = caseId.split('/');
      const named = keys.map((key) =>
        key.replace(/^employer=(.*)/, (_, id) => `employer=${numbers.get(id)}`),
      );
      const reasons = [...new Set(explanations.flatMap((one) => one.reasons))].sort().join(' ');
      const ssin = services.vault.open(ciphertext, 'ssin').toString('utf8');
      return `${ssin} ${type} ${named.join(' ')}: ${isEntitled ? 'entitled' : reasons}`;
    });
  }
});
