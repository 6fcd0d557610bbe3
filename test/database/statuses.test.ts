/** Facts and periods: corrected by closing, listed under every id of a person, and what was known stays readable. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import { findPeriod, listLivePeriods, savePeriod } from '../../src/database/periods.ts';
import { correctStatus, insertStatus, listAllStatuses, listStatuses } from '../../src/database/statuses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { day, fact, newEmployer, newPerson, period } from '../support/register.ts';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

describe('facts', () => {
  it('are given back as they were kept', () =>
    run(async (connection) => {
      const { personId } = await newPerson(connection);
      const employerId = await newEmployer(connection, '1000000001');
      const full = fact(personId, { employerId, attributes: { jointCommittee: '144' } });
      const open = fact(personId, { period: { startDate: day('2020-09-05') } });
      for (const one of [full, open]) await insertStatus(connection, randomUUID(), one);
      const byReference = (one: { reference: string }, other: { reference: string }) =>
        one.reference < other.reference ? -1 : 1;
      assert.deepEqual(
        (await listStatuses(connection, [personId], ['quarantine'])).sort(byReference),
        [full, open].sort(byReference),
      );
      assert.equal((await listAllStatuses(connection, [personId])).length, 2);
    }));

  it('are listed under every id of a person', () =>
    run(async (connection) => {
      const [one, other] = [await newPerson(connection), await newPerson(connection)];
      for (const { personId } of [one, other]) await insertStatus(connection, randomUUID(), fact(personId));
      assert.equal(
        (await listStatuses(connection, [one.personId, other.personId], ['quarantine'])).length,
        2,
      );
      assert.equal((await listStatuses(connection, [one.personId], ['quarantine'])).length, 1);
      assert.deepEqual(await listStatuses(connection, [], ['quarantine']), []);
    }));

  it('are corrected by closing them: what was known before stays in the table', () =>
    run(async (connection) => {
      const { personId } = await newPerson(connection);
      const before = fact(personId);
      await insertStatus(connection, randomUUID(), before);
      assert.deepEqual(await correctStatus(connection, 'dimona', before.reference), before);
      assert.equal(await correctStatus(connection, 'dimona', before.reference), undefined);
      const now = { ...before, period: { startDate: day('2020-09-02'), endDate: day('2020-09-02') } };
      await insertStatus(connection, randomUUID(), now);
      assert.deepEqual(await listStatuses(connection, [personId], ['quarantine']), [now]);
      const rows = await connection.query<{ from: string; isOpen: boolean }>(
        `select valid_from as "from", corrected_at is null as "isOpen" from status_period where reference = $1 order by recorded_at`,
        [before.reference],
      );
      assert.deepEqual(rows, [
        { from: '2020-09-01', isOpen: false },
        { from: '2020-09-02', isOpen: true },
      ]);
    }));

  it('of another source under the same reference are another matter', () =>
    run(async (connection) => {
      const { personId } = await newPerson(connection);
      const one = fact(personId);
      await insertStatus(connection, randomUUID(), one);
      assert.equal(await correctStatus(connection, 'other', one.reference), undefined);
      assert.equal((await listStatuses(connection, [personId], ['quarantine'])).length, 1);
    }));
});

describe('periods', () => {
  it('are given back as they were saved, and moved by saving them again', () =>
    run(async (connection) => {
      const { personId } = await newPerson(connection);
      const employerId = await newEmployer(connection, '1000000002');
      const first = period(personId, employerId, {
        jointCommittee: '322',
        usingEmployer: { name: 'Vermeulen BV' },
        startHour: '08:00',
        endHour: '16:00',
      });
      await savePeriod(connection, first);
      assert.deepEqual(await findPeriod(connection, first.periodId), first);
      const moved = { ...first, endDate: day('2020-09-03'), changedAt: new Date('2026-01-16T10:00:00Z') };
      await savePeriod(connection, moved);
      assert.deepEqual(await findPeriod(connection, first.periodId), moved);
      assert.equal(await findPeriod(connection, '999999999999'), undefined);
    }));

  it('keep who declared them, of what kind and for whom', () =>
    run(async (connection) => {
      const [{ personId }, other] = [await newPerson(connection), await newPerson(connection)];
      const employerId = await newEmployer(connection, '1000000003');
      const first = period(personId, employerId);
      await savePeriod(connection, first);
      await savePeriod(connection, {
        ...first,
        personId: other.personId,
        declaredBy: '1900078956',
        workerType: 'OTH',
      });
      assert.deepEqual(await findPeriod(connection, first.periodId), first);
    }));

  it('are listed as live by worker and employer until they are cancelled', () =>
    run(async (connection) => {
      const { personId } = await newPerson(connection);
      const employerId = await newEmployer(connection, '1000000004');
      const one = period(personId, employerId);
      const other = period(personId, employerId, {
        startDate: day('2020-09-02'),
        endDate: day('2020-09-02'),
      });
      for (const each of [one, other]) await savePeriod(connection, each);
      await savePeriod(connection, { ...one, isCancelled: true });
      assert.deepEqual(await listLivePeriods(connection, [personId], employerId), [other]);
      assert.deepEqual(await listLivePeriods(connection, [], employerId), []);
    }));
});
