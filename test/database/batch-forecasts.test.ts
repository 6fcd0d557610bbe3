/** What a batch would come to is the same whether it is counted at once or in parts. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findForecast, keepForecast } from '../../src/database/batch-forecasts.ts';
import type { StoredForecast } from '../../src/domain/batch-forecast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica } from '../support/rows-read.ts';

const PERSONS = 60;
const BATCH = '00000000-0000-7000-8000-000000000001';

describe('counting what a batch would come to', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await inReplica(test.database, async (connection) => {
      await connection.query(
        `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name, language, has_ebox)
         select uuidv7(), '\\x00', 1, 'Peeters', n::text, (array['nl', 'fr', 'de'])[n % 4], n % 5 > 0
         from generate_series(1, ${PERSONS}) n`,
      );
      await connection.query(
        `insert into domicile (person_id, nis_code, valid_from)
         select person_id, (array['24062', '92094'])[given_name::int % 3], '2020-01-01' from person where given_name::int % 3 > 0`,
      );
      // Two rows of each case; every other person has a case of a second type; the row of the last is refused.
      await connection.query(
        `insert into batch_row (batch_id, row_number, body, state, anomalies, foreseen_cases, message_mark, body_mark)
         select $1, row_number() over (), '\\x00', 'checked',
           case when given_name = '${PERSONS}' then array['blocking'] else '{}' end,
           array['quarantine/' || person_id || '/2021-03']
             || case when given_name::int % 2 = 0 then array['rent-premium/' || person_id || '/2021'] else '{}' end,
           '\\x00', '\\x00' from person cross join generate_series(1, 2)`,
        [BATCH],
      );
    });
  });
  after(() => test.drop());

  async function countIn(rowsAPart?: number): Promise<StoredForecast | undefined> {
    await test.query('delete from batch_forecast');
    return inReplica(test.database, async (connection) => {
      await keepForecast(connection, { batchId: BATCH, rows: 2 * PERSONS }, ['blocking'], rowsAPart);
      return findForecast(connection, BATCH);
    });
  }

  function inOrder(forecast: StoredForecast | undefined) {
    return { ...forecast, recipients: forecast?.recipients.map((group) => JSON.stringify(group)).sort() };
  }

  it('counts each case once, and each person once', async () => {
    const forecast = await countIn();
    assert.deepEqual(forecast?.attestations, { quarantine: PERSONS - 1, 'rent-premium': PERSONS / 2 - 1 });
    const persons = forecast.recipients.reduce((sum, group) => sum + group.persons, 0);
    assert.equal(persons, PERSONS - 1);
    assert.ok(forecast.recipients.length > 5, 'persons of several languages and places');
  });

  it('comes to the same in parts', async () => {
    const whole = inOrder(await countIn());
    for (const rowsAPart of [2 * PERSONS - 1, 17, 1])
      assert.deepEqual(inOrder(await countIn(rowsAPart)), whole, `${rowsAPart} rows a part`);
  });
});
