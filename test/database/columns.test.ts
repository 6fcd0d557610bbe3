/** Rows written by one statement: every value arrives as it was given. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { columnsOf } from '../../src/database/columns.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

describe('columnsOf', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it('gives texts, bytes, numbers, moments and nothing to PostgreSQL unchanged', async () => {
    const texts = ['', 'NULL', 'a,b', '{}', '"quoted"', 'back\\slash \\"', ' blank ', 'Łena\n\tGülşen', null];
    const rows = texts.map((text, index) => ({
      text,
      bytes: text === null ? null : Buffer.from([0, 34, 92, 255, index]),
      number: text === null ? undefined : 2n ** 60n + BigInt(index),
      isOdd: index % 2 === 1,
      at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, index)),
    }));
    const found = await database.query(
      `select g.text, g.bytes, g.number::text as number, g.is_odd as "isOdd", g.at
       from unnest($1::text[], $2::bytea[], $3::bigint[], $4::boolean[], $5::timestamptz[])
         with ordinality as g (text, bytes, number, is_odd, at, place) order by place`,
      columnsOf(rows, [
        (row) => row.text,
        (row) => row.bytes,
        (row) => row.number,
        (row) => row.isOdd,
        (row) => row.at,
      ]),
    );
    assert.deepEqual(
      found,
      rows.map(({ number, ...row }) => ({ ...row, number: number === undefined ? null : String(number) })),
    );
  });

  it('gives an empty array for no rows', async () => {
    const [row] = await database.query<{ count: number }>(
      'select cardinality($1::text[]) as count',
      columnsOf([], [() => '']),
    );
    assert.equal(row?.count, 0);
  });
});
