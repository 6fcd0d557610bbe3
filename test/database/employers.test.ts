import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import { describeEmployers } from '../../src/database/employer-loads.ts';
import {
  completeEmployer,
  type EmployerNumbers,
  findEmployer,
  insertEmployer,
  knownEmployer,
  listEmployers,
} from '../../src/database/employers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

function numbers(
  enterpriseNumber: string | null,
  nssoNumber?: string,
  provisional?: string,
): EmployerNumbers {
  return { enterpriseNumber, nssoNumber: nssoNumber ?? null, provisionalNssoNumber: provisional ?? null };
}

/** Inserts an employer and gives its id. */
async function insert(connection: Connection, one: EmployerNumbers): Promise<string> {
  const employerId = randomUUID();
  await insertEmployer(connection, employerId, one);
  return employerId;
}

async function idsOf(connection: Connection, one: EmployerNumbers): Promise<string[]> {
  return (await listEmployers(connection, one)).map(({ employerId }) => employerId);
}

describe('listEmployers', () => {
  it('finds by any of the numbers, the one with the NSSO number first', () =>
    run(async (connection) => {
      const byEnterprise = await insert(connection, numbers('1000000001'));
      const byNsso = await insert(connection, numbers(null, '100001'));
      const byProvisional = await insert(connection, numbers(null, undefined, '5000000001'));
      assert.deepEqual(await idsOf(connection, numbers('1000000001')), [byEnterprise]);
      assert.deepEqual(await idsOf(connection, numbers('1000000001', '100001')), [byNsso, byEnterprise]);
      assert.deepEqual(await idsOf(connection, numbers('1000000001', undefined, '5000000001')), [
        byProvisional,
        byEnterprise,
      ]);
      assert.deepEqual(await idsOf(connection, numbers('1000000009', '100009')), []);
      assert.deepEqual(await idsOf(connection, numbers(null)), []);
    }));
});

describe('insertEmployer', () => {
  it('leaves one that has the number already as it is, also when several come at once', async () => {
    await Promise.all(
      Array.from({ length: 8 }, () => run((connection) => insert(connection, numbers('1000000002')))),
    );
    assert.equal((await run((connection) => idsOf(connection, numbers('1000000002')))).length, 1);
  });
});

describe('completeEmployer', () => {
  it('adds the numbers that were not known, and changes none', () =>
    run(async (connection) => {
      const employerId = await insert(connection, numbers('1000000003'));
      await completeEmployer(connection, employerId, numbers('1000000003', '100003'));
      await completeEmployer(connection, employerId, numbers('1000000004', '100004', '5000000003'));
      const row = await findEmployer(connection, employerId);
      assert.deepEqual(
        [row?.enterpriseNumber, row?.nssoNumber, row?.provisionalNssoNumber],
        ['1000000003', '100003', '5000000003'],
      );
    }));
});

const described = (employerId: string) => ({
  ...numbers(null),
  employerId,
  name: 'Vermeulen BV',
  activeUntil: '2025-12-31',
});

describe('describeEmployers', () => {
  it('names an employer and says until when it is active', () =>
    run(async (connection) => {
      const employerId = await insert(connection, numbers('1000000005'));
      assert.equal((await findEmployer(connection, employerId))?.name, null);
      await describeEmployers(connection, [described(employerId)]);
      const row = await findEmployer(connection, employerId);
      assert.deepEqual([row?.name, row?.activeUntil], ['Vermeulen BV', '2025-12-31']);
    }));
});

describe('knownEmployer', () => {
  it('takes the first, and calls two a contradiction', () =>
    run(async (connection) => {
      const first = await insert(connection, numbers(null, '100006'));
      await insert(connection, numbers('1000000006'));
      await describeEmployers(connection, [described(first)]);
      assert.deepEqual(knownEmployer(await listEmployers(connection, numbers('1000000006', '100006'))), {
        employerId: first,
        isContradictory: true,
        activeUntil: '2025-12-31',
      });
      assert.equal(knownEmployer(await listEmployers(connection, numbers('1000000007'))), undefined);
    }));
});
