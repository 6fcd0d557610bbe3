/** The keys of citizens: one at a time, none once a person was erased. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { findCitizenKey, keepCitizenKey } from '../../src/database/citizen-keys.ts';
import type { Connection } from '../../src/database/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newPerson } from '../support/register.ts';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

function run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  return test.database.transaction(work);
}

describe('keepCitizenKey', () => {
  it('keeps the first key of a person, also when several ask at once', async () => {
    const { personId, citizenKeyId } = await run((connection) => newPerson(connection));
    const fresh = () => ({ citizenKeyId: randomUUID(), wrappedKey: randomBytes(60), keyVersion: 1 });
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => run((connection) => keepCitizenKey(connection, personId, fresh()))),
    );
    assert.deepEqual(new Set(keys.map((key) => key?.citizenKeyId)), new Set([citizenKeyId]));
  });

  it('keeps a fresh one after the last was destroyed, which is found no more', async () => {
    const { personId, citizenKeyId } = await run((connection) => newPerson(connection));
    await test.query(
      'update citizen_key set wrapped_key = null, destroyed_at = clock_timestamp() where person_id = $1',
      [personId],
    );
    const fresh = { citizenKeyId: randomUUID(), wrappedKey: randomBytes(60) };
    const keep = () => run((connection) => keepCitizenKey(connection, personId, { ...fresh, keyVersion: 1 }));
    assert.deepEqual(await keep(), fresh);
    assert.equal(await run((connection) => findCitizenKey(connection, citizenKeyId)), undefined);
    assert.deepEqual(await run((connection) => findCitizenKey(connection, fresh.citizenKeyId)), fresh);
  });
});
