import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import {
  findByBody,
  findByMessageKey,
  findConsulted,
  insertAnswer,
  insertWaiting,
  listResolvable,
  takeWaiting,
  wasChangedSince,
} from '../../src/database/declarations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newDeclaration, newPerson } from '../support/register.ts';

const ORGANIZATION = '1900045601';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

/** Keeps a declaration that got an answer at a moment given to the microsecond. */
async function answeredAt(
  connection: Connection,
  periodId: string,
  answeredAt: string,
  result = 'A',
): Promise<string> {
  const { declarationId } = await newDeclaration(connection);
  await connection.query(
    `insert into declaration_answer (declaration_id, answer_number, result, anomalies, period_id, impact, answered_at)
     values ($1, 1, $2, '{}', $3, '{}', $4)`,
    [declarationId, result, periodId, answeredAt],
  );
  return declarationId;
}

describe('wasChangedSince', () => {
  let periods = 0;
  const changed = (first: string, other: string, result?: string) =>
    run(async (connection) => {
      periods += 1;
      const periodId = `9${String(periods).padStart(11, '0')}`;
      const declarationId = await answeredAt(connection, periodId, first);
      await answeredAt(connection, periodId, other, result);
      const row = await findConsulted(
        connection,
        { kind: 'declarant', organization: ORGANIZATION },
        declarationId,
      );
      assert.ok(row);
      return wasChangedSince(connection, row);
    });

  it('says yes when an accepted declaration came later', async () => {
    assert.equal(await changed('2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z'), true);
    assert.equal(await changed('2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z', 'W'), true);
  });

  it('says no when it came earlier, or was not accepted', async () => {
    assert.equal(await changed('2026-01-15T10:00:01Z', '2026-01-15T10:00:00Z'), false);
    assert.equal(await changed('2026-01-15T10:00:00Z', '2026-01-15T10:00:01Z', 'B'), false);
  });

  it('tells apart what lies within one millisecond', async () => {
    assert.equal(await changed('2026-01-15T10:00:00.123900Z', '2026-01-15T10:00:00.123500Z'), false);
    assert.equal(await changed('2026-01-15T10:00:00.123500Z', '2026-01-15T10:00:00.123900Z'), true);
  });
});

describe('insertAnswer', () => {
  it('adds an answer after those that are there; the last one counts', () =>
    run(async (connection) => {
      const { declarationId, messageKey } = await newDeclaration(connection);
      assert.equal(await findByMessageKey(connection, ORGANIZATION, messageKey), undefined);
      await insertAnswer(connection, declarationId, { result: 'S', anomalies: ['90017-510'] });
      await insertAnswer(connection, declarationId, { result: 'B', anomalies: ['00024-096', '00015-008'] });
      const found = await findByMessageKey(connection, ORGANIZATION, messageKey);
      assert.deepEqual([found?.result, found?.anomalies], ['B', ['00024-096', '00015-008']]);
      const [row] = await connection.query<{ numbers: number[] }>(
        `select array_agg(answer_number order by answer_number) as numbers from declaration_answer where declaration_id = $1`,
        [declarationId],
      );
      assert.deepEqual(row?.numbers, [1, 2]);
    }));
});

describe('findByBody', () => {
  it('gives the last declaration with the same body and no key of its own, of the same sender', () =>
    run(async (connection) => {
      const bodyHmac = randomBytes(32);
      const add = async (messageKey: string, receivedAt: string, senderOrganization = ORGANIZATION) => {
        const declaration = { bodyHmac, messageKey, receivedAt: new Date(receivedAt), senderOrganization };
        const { declarationId } = await newDeclaration(connection, declaration);
        await insertAnswer(connection, declarationId, { result: 'B', anomalies: [] });
        return declarationId;
      };
      await add(`body:${bodyHmac.toString('hex')}`, '2026-01-15T10:00:00Z');
      const last = await add(`body:${bodyHmac.toString('hex')}:2`, '2026-01-15T10:00:02Z');
      await add('key:a', '2026-01-15T10:00:03Z');
      await add('body:other', '2026-01-15T10:00:04Z', '1900078956');
      assert.equal((await findByBody(connection, ORGANIZATION, bodyHmac))?.declarationId, last);
      assert.equal(await findByBody(connection, ORGANIZATION, randomBytes(32)), undefined);
    }));
});

describe('declarations that wait', () => {
  it('can be judged once their person is there, oldest first, and are taken once', async () => {
    const { personId, ssinHmac } = await run((connection) => newPerson(connection));
    const waiting = async (declaredAt: string, hmac: Buffer) =>
      run(async (connection) => {
        const { declarationId } = await newDeclaration(connection, { declaredAt: new Date(declaredAt) });
        await insertAnswer(connection, declarationId, { result: 'S', anomalies: [] });
        await insertWaiting(connection, declarationId, hmac);
        return declarationId;
      });
    const later = await waiting('2026-01-15T10:00:01Z', ssinHmac);
    const earlier = await waiting('2026-01-15T10:00:00Z', ssinHmac);
    await waiting('2026-01-15T09:00:00Z', randomBytes(32));
    assert.ok(personId);
    assert.deepEqual(await run((connection) => listResolvable(connection, 10)), [earlier, later]);
    assert.deepEqual(await run((connection) => listResolvable(connection, 1)), [earlier]);
    const takes = await Promise.all(
      Array.from({ length: 6 }, () => run((connection) => takeWaiting(connection, earlier))),
    );
    assert.equal(takes.filter((row) => row?.declarationId === earlier).length, 1);
    assert.equal(takes.filter((row) => row === undefined).length, 5);
    assert.deepEqual(await run((connection) => listResolvable(connection, 10)), [later]);
  });

  it('wait on when the transaction that took one fails', async () => {
    const [before] = await run((connection) => listResolvable(connection, 10));
    await run(async (connection) => {
      await takeWaiting(connection, before ?? '');
      throw new Error('rolled back');
    }).catch(() => undefined);
    assert.deepEqual(await run((connection) => listResolvable(connection, 10)), [before]);
  });
});
