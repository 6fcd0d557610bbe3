import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import {
  findPerson,
  findPersonBySsin,
  findReplacement,
  listAliases,
  replacePerson,
  saveDomicile,
  savePerson,
} from '../../src/database/persons.ts';
import { addDays, brusselsDate } from '../../src/domain/period.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Citizen, newPerson } from '../support/register.ts';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

function newPersons(count: number): Promise<Citizen[]> {
  return run(async (connection) => {
    const persons: Citizen[] = [];
    for (let turn = 0; turn < count; turn += 1) persons.push(await newPerson(connection));
    return persons;
  });
}

/** Whom each person stands for now. */
function standFor(persons: readonly Citizen[]): Promise<(string | undefined)[]> {
  return run((connection) =>
    Promise.all(
      persons.map(async ({ ssinHmac }) => (await findPersonBySsin(connection, [{ ssinHmac }]))?.personId),
    ),
  );
}

describe('replacePerson', () => {
  it('lets number and id lead to the person that replaced theirs', async () => {
    const [old, now] = (await newPersons(2)) as [Citizen, Citizen];
    await run((connection) => replacePerson(connection, old.personId, now.personId));
    assert.deepEqual(await standFor([old, now]), [now.personId, now.personId]);
    assert.equal((await run((connection) => findPerson(connection, old.personId)))?.personId, now.personId);
    assert.equal(await run((connection) => findReplacement(connection, old.personId)), now.personId);
    assert.deepEqual(
      new Set(await run((connection) => listAliases(connection, now.personId))),
      new Set([old.personId, now.personId]),
    );
  });

  for (const [what, order] of Object.entries({ 'oldest first': [0, 1], 'newest first': [1, 0] })) {
    it(`leads along a chain to its end: ${what}`, async () => {
      const persons = await newPersons(3);
      const ids = persons.map(({ personId }) => personId);
      for (const at of order)
        await run((connection) => replacePerson(connection, ids[at] ?? '', ids[at + 1] ?? ''));
      assert.deepEqual(await standFor(persons), [ids[2], ids[2], ids[2]]);
      assert.equal((await run((connection) => listAliases(connection, ids[2] ?? ''))).length, 3);
    });
  }

  it('changes nothing when it is said again', async () => {
    const persons = await newPersons(3);
    const [one = '', two = '', three = ''] = persons.map(({ personId }) => personId);
    for (const [from, to] of [
      [one, two],
      [two, three],
      [one, two],
      [one, three],
    ] as const)
      await run((connection) => replacePerson(connection, from, to));
    assert.deepEqual(await standFor(persons), [three, three, three]);
  });

  it('leaves things as they are when a source turns them round', async () => {
    const persons = await newPersons(2);
    const [one = '', two = ''] = persons.map(({ personId }) => personId);
    await run((connection) => replacePerson(connection, one, two));
    await run((connection) => replacePerson(connection, two, one));
    assert.deepEqual(await standFor(persons), [two, two]);
  });
});

describe('savePerson', () => {
  const loaded = (ssinHmac: Buffer, familyName: string) => ({
    personId: randomUUID(),
    lookUps: [{ ssinHmac, keyVersion: 1 }],
    ssinCiphertext: randomBytes(40),
    keyVersion: 1,
    familyName,
    givenName: 'Lena',
    birthDate: '1988-03-14',
    language: 'nl' as const,
    email: null,
    hasEbox: true,
  });

  it('keeps the id of a person that is there, and takes what is new', async () => {
    const hmac = randomBytes(32);
    const first = await run((connection) => savePerson(connection, loaded(hmac, 'Peeters')));
    const second = await run((connection) => savePerson(connection, loaded(hmac, 'Vermeulen')));
    assert.equal(second, first);
    const person = await run((connection) => findPersonBySsin(connection, [{ ssinHmac: hmac }]));
    assert.deepEqual(
      [person?.personId, person?.familyName, person?.birthDate, person?.hasEbox],
      [first, 'Vermeulen', '1988-03-14', true],
    );
  });

  it('gives one person when several load it at once', async () => {
    const hmac = randomBytes(32);
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => run((connection) => savePerson(connection, loaded(hmac, 'Peeters')))),
    );
    assert.equal(new Set(ids).size, 1);
  });
});

describe('saveDomicile', () => {
  const nisCodeOf = async ({ personId }: Citizen) =>
    (await run((connection) => findPerson(connection, personId)))?.nisCode;

  it('gives the last one that began', async () => {
    const [citizen] = (await newPersons(1)) as [Citizen];
    const save = (nisCode: string, since: string) =>
      run((connection) => saveDomicile(connection, citizen.personId, nisCode, since));
    assert.equal(await nisCodeOf(citizen), null);
    await save('21004', '2020-01-01');
    await save('63023', '2015-01-01');
    assert.equal(await nisCodeOf(citizen), '21004');
    await save('24062', '2020-01-01');
    assert.equal(await nisCodeOf(citizen), '24062');
  });

  // The day turns in one of the two zones while it does not in Brussels, at any hour of the day.
  for (const zone of ['Etc/GMT+12', 'Pacific/Kiritimati']) {
    it(`counts days as Brussels does, also on a server of ${zone}`, async () => {
      const [citizen] = (await newPersons(1)) as [Citizen];
      const today = brusselsDate(new Date());
      const nisCode = await run(async (connection) => {
        await connection.query(`set local timezone = '${zone}'`);
        await saveDomicile(connection, citizen.personId, '21004', today);
        await saveDomicile(connection, citizen.personId, '63023', addDays(today, 1));
        return (await findPerson(connection, citizen.personId))?.nisCode;
      });
      assert.equal(nisCode, '21004');
    });
  }
});
