/** Every shipped type on a population: what the service decides is what the population itself knows. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Citizen } from '../../src/population/population.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  filesOf,
  loadPopulation,
  makePopulation,
  openRegister,
  type RegisterServices,
  settleAll,
} from '../support/population.ts';
import { expectedOf } from './expected.ts';

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
    await settleAll(services);
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
    assert.deepEqual(
      new Map(counts.map(({ status, count }) => [status, count])),
      new Map([...wanted].sort()),
    );
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
    for (const reason of ['noFacts', 'statusMissing', 'age', 'domicile', 'household'])
      assert.ok(reasons.has(reason), `no case comes to ${reason}`);
  });

  it('has nothing left to decide when it is settled again', async () => {
    const before = await test.query('select decision_id from decision');
    await settleAll(services);
    assert.equal((await test.query('select decision_id from decision')).length, before.length);
  });

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
