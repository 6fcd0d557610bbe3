/** Transactions and notifications against a real server, which is also killed, silent and in the way. */
import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Connection, type Database, isDuplicate, openDatabase } from '../../src/database/database.ts';
import { queueJob } from '../../src/database/jobs.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startRelay } from '../support/relay.ts';

const isUnavailable = { name: 'ServiceError', code: 'databaseUnavailable' };
const log = createLog('silent');

let test: TestDatabase;
let database: Database;

before(async () => {
  test = await createTestDatabase();
  ({ database } = test);
  await test.query('create table account (id integer primary key, amount integer not null)');
});
after(() => test.drop());

/** Ends every connection of the service's pool from outside, as a server does that is shut down. */
async function killConnections(): Promise<void> {
  await test.query(KILL);
}

/** Waits for each to be gone. */
const KILL = `select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = current_database() and application_name = 'citizen-ebox'`;

/** The same while this thread does nothing, not even hear that its connections were closed. */
function killWhileBlocked(): void {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const source = `
    const { workerData: { url, signal } } = require('node:worker_threads');
    const pg = require('pg');
    const client = new pg.Client({ connectionString: url });
    client.connect()
      .then(() => client.query(\`${KILL}\`))
      .then(() => client.end())
      .finally(() => { Atomics.store(signal, 0, 1); Atomics.notify(signal, 0); });`;
  const worker = new Worker(source, { eval: true, workerData: { url: test.url, signal } });
  assert.notEqual(Atomics.wait(signal, 0, 0, 20_000), 'timed-out');
  worker.unref();
}

/** How often something is called, and a promise for its n-th call. */
function counter() {
  const waiting = new Map<number, () => void>();
  let calls = 0;
  return {
    count: () => {
      calls += 1;
      waiting.get(calls)?.();
    },
    get calls() {
      return calls;
    },
    call: (number: number) =>
      new Promise<void>((resolve) => {
        if (calls >= number) resolve();
        else waiting.set(number, resolve);
      }),
  };
}

/** Lets two pieces of work meet: each waits until the other has come as well, the first time. */
function meeting() {
  const { count, call } = counter();
  return async () => {
    count();
    await call(2);
  };
}

async function amountOf(id: number): Promise<number | undefined> {
  return (await test.query<{ amount: number }>('select amount from account where id = $1', [id]))[0]?.amount;
}

async function add(connection: Connection, id: number, amount: number): Promise<void> {
  await connection.query('update account set amount = amount + $2 where id = $1', [id, amount]);
}

describe('transaction', () => {
  before(() => test.query('insert into account select id, 0 from generate_series(1, 20) id'));

  it('commits what its work did, and gives what it returns', async () => {
    assert.equal(
      await database.transaction(async (connection) => {
        await add(connection, 1, 5);
        return 'done';
      }),
      'done',
    );
    assert.equal(await amountOf(1), 5);
  });

  it('keeps nothing when its work throws, and throws the same', async () => {
    const fault = new Error('enough');
    const work = async (connection: Connection) => {
      await add(connection, 2, 5);
      throw fault;
    };
    await assert.rejects(database.transaction(work), (error) => error === fault);
    assert.equal(await amountOf(2), 0);
  });

  it('keeps nothing when a statement fails, and says what the server said', async () => {
    const work = async (connection: Connection) => {
      await add(connection, 2, 5);
      await connection.query('insert into account values (1, 1)');
    };
    await assert.rejects(database.transaction(work), (error) => isDuplicate(error, 'account_pkey'));
    assert.equal(await amountOf(2), 0);
  });

  it('gives a date as text and a time as a moment', async () => {
    const rows = await database.transaction((connection) =>
      connection.query(`select '2020-02-29'::date as day, '2020-02-29 12:00+02'::timestamptz as moment`),
    );
    assert.deepEqual(rows, [{ day: '2020-02-29', moment: new Date('2020-02-29T10:00:00Z') }]);
  });

  it('leaves nothing of one transaction to the next on the same connection', async () => {
    await database.transaction((connection) => connection.query(`set local application_name = 'other'`));
    await database
      .transaction(async (connection) => {
        await connection.query(`set local statement_timeout = '1s'`);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const settings = await database.transaction((connection) =>
      connection.query(
        `select current_setting('application_name') as name, current_setting('statement_timeout') as most`,
      ),
    );
    assert.deepEqual(settings, [{ name: 'citizen-ebox', most: '1min' }]);
  });

  describe('when two are in each other’s way', () => {
    it('lets both do their work after a deadlock', async () => {
      const meet = meeting();
      let tries = 0;
      const move = (from: number, to: number) =>
        database.transaction(async (connection) => {
          tries += 1;
          await add(connection, from, -1);
          await meet();
          await add(connection, to, 1);
        });
      await Promise.all([move(3, 4), move(4, 3)]);
      assert.deepEqual([await amountOf(3), await amountOf(4)], [0, 0]);
      assert.ok(tries >= 3, `${tries} tries`);
    });

    it('lets both do their work after a serialisation failure', async () => {
      const meet = meeting();
      let tries = 0;
      const raise = (id: number) =>
        database.transaction(async (connection) => {
          tries += 1;
          await connection.query('set transaction isolation level serializable');
          const [sum] = await connection.query<{ sum: string }>(
            'select sum(amount) from account where id in (5, 6)',
          );
          await meet();
          await add(connection, id, Number(sum?.sum) + 1);
        });
      await Promise.all([raise(5), raise(6)]);
      // One after the other: 0 + 1, then 1 + 1.
      assert.deepEqual(new Set([await amountOf(5), await amountOf(6)]), new Set([1, 2]));
      // The second try may meet the end of the other's work as well.
      assert.ok(tries >= 3, `${tries} tries`);
    });

    for (const code of ['40001', '40P01']) {
      it(`gives up on ${code} after five tries`, async () => {
        let tries = 0;
        const work = async (connection: Connection) => {
          tries += 1;
          await connection.query(`do $$ begin raise exception using errcode = '${code}'; end $$`);
        };
        await assert.rejects(database.transaction(work), { code });
        assert.equal(tries, 5);
      });
    }

    it('does not try again what failed for another reason', async () => {
      let tries = 0;
      const work = async (connection: Connection) => {
        tries += 1;
        await connection.query('insert into account values (1, 1)');
      };
      await assert.rejects(database.transaction(work), { code: '23505' });
      assert.equal(tries, 1);
    });

    it('says databaseUnavailable for a lock that does not come free', async () => {
      const hasty = openDatabase({ url: test.url, connections: 2, log, patienceMs: 300 });
      const [holds, mayGo] = [counter(), counter()];
      const holder = database.transaction(async (connection) => {
        await add(connection, 7, 1);
        holds.count();
        await mayGo.call(1);
      });
      await holds.call(1);
      await assert.rejects(
        hasty.transaction((connection) => add(connection, 7, 1)),
        isUnavailable,
      );
      mayGo.count();
      await holder;
      await hasty.transaction((connection) => add(connection, 7, 1));
      assert.equal(await amountOf(7), 2);
      await hasty.close();
    });
  });

  describe('when the server ends its connection', () => {
    const moments: Readonly<Record<string, (connection: Connection) => Promise<unknown>>> = {
      'while a statement runs': (connection) =>
        Promise.all([connection.query('select pg_sleep(30)'), sleep(50).then(killConnections)]),
      'between two statements': async (connection) => {
        await killConnections();
        await sleep(50);
        await connection.query('select 1');
      },
      'just before a statement': async (connection) => {
        await killConnections();
        await connection.query('select 1');
      },
      'just before the commit': killConnections,
      'a while before the commit': async () => {
        await killConnections();
        await sleep(50);
      },
    };
    for (const [moment, strike] of Object.entries(moments)) {
      it(`says databaseUnavailable, keeps nothing and goes on afterwards: ${moment}`, async () => {
        const work = async (connection: Connection) => {
          await add(connection, 8, 1);
          await strike(connection);
        };
        await assert.rejects(database.transaction(work), isUnavailable);
        assert.equal(await amountOf(8), 0);
        await database.transaction((connection) => add(connection, 9, 1));
      });
    }

    it('says databaseUnavailable when a connection is lost while rows are copied over it', async () => {
      function* rows() {
        yield '7001\t1\n';
        killWhileBlocked();
        for (let id = 7002; id < 60_000; id += 1) yield `${id}\t1\n`;
      }
      const copying = database.copyIn('copy account from stdin', rows());
      await assert.rejects(copying, isUnavailable);
      assert.deepEqual(await test.query('select id from account where id > 7000'), []);
    });

    it('goes on with new connections before it could learn that all were lost', async () => {
      const hold = () => database.transaction((connection) => connection.query('select pg_sleep(0.05)'));
      await Promise.all(Array.from({ length: 16 }, hold));
      killWhileBlocked();
      await database.transaction((connection) => add(connection, 10, 1));
      assert.equal(await amountOf(10), 1);
    });

    it('goes on with new connections when all were lost while nobody used them', async () => {
      await Promise.all(
        Array.from({ length: 16 }, () =>
          database.transaction((connection) => connection.query('select pg_sleep(0.05)')),
        ),
      );
      await killConnections();
      await sleep(50);
      await Promise.all(
        Array.from({ length: 16 }, () => database.transaction((connection) => connection.query('select 1'))),
      );
    });

    it('fails or finishes each of many, and none by half', async () => {
      await test.query('update account set amount = 0');
      const works = Array.from({ length: 40 }, (_, index) =>
        database.transaction(async (connection) => {
          await add(connection, 10 + (index % 5), 1);
          await sleep(index);
          await add(connection, 15 + (index % 5), 1);
        }),
      );
      const settled = Promise.allSettled(works);
      await sleep(20);
      await killConnections();
      const outcomes = await settled;
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          assert.equal((outcome.reason as { code: string }).code, 'databaseUnavailable');
      const [sums] = await test.query<{ one: number; other: number }>(
        `select sum(amount) filter (where id between 10 and 14)::int as one,
                sum(amount) filter (where id between 15 and 19)::int as other from account`,
      );
      assert.equal(sums?.one, sums?.other);
      // Whose connection breaks while the commit is answered does not learn that it was done.
      const [done, known] = [sums?.one ?? 0, outcomes.filter(({ status }) => status === 'fulfilled').length];
      assert.ok(done >= known, `${done} done, ${known} known to be`);
      assert.ok(outcomes.some(({ status }) => status === 'rejected'));
    });
  });

  describe('when the server cannot be reached', () => {
    it('says databaseUnavailable where nothing listens', async () => {
      for (const host of ['127.0.0.1', 'localhost']) {
        const url = `postgres://ebox@${host}:${await freePort()}/ebox`;
        const nowhere = openDatabase({ url, connections: 2, log });
        await assert.rejects(
          nowhere.transaction(() => Promise.resolve()),
          isUnavailable,
        );
        assert.equal(await nowhere.isUp(), false);
        await nowhere.close();
      }
    });

    it('says databaseUnavailable where connections are closed at once', async (t) => {
      const relay = await startRelay();
      t.after(() => relay.stop());
      const cut = openDatabase({ url: withPort(relay.port), connections: 2, log });
      await assert.rejects(
        cut.transaction(() => Promise.resolve()),
        isUnavailable,
      );
      await cut.close();
    });

    it('says databaseUnavailable where the server ends in the moment in which it is ready', async (t) => {
      const fields = 'SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0';
      // AuthenticationOk, ReadyForQuery and ErrorResponse, in one piece.
      const answer = [
        message('R', Buffer.alloc(4)),
        message('Z', Buffer.from('I')),
        message('E', Buffer.from(fields)),
      ];
      const server = createServer((socket) => {
        socket.once('data', () => socket.end(Buffer.concat(answer)));
        socket.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      t.after(() => server.close());
      const ending = openDatabase({
        url: withPort((server.address() as AddressInfo).port),
        connections: 2,
        log,
        patienceMs: 300,
      });
      await assert.rejects(
        ending.transaction(() => Promise.resolve()),
        isUnavailable,
      );
      await ending.close();
    });

    it('says databaseUnavailable when nothing comes back any more', async (t) => {
      const relay = await startRelay(Number(new URL(test.url).port));
      t.after(() => relay.stop());
      const behind = openDatabase({ url: withPort(relay.port), connections: 2, log, patienceMs: 300 });
      await behind.transaction((connection) => connection.query('select 1'));
      relay.silence();
      // The first statement of a connection that was there, and a connection that is new.
      await assert.rejects(
        behind.transaction((connection) => connection.query('select 1')),
        isUnavailable,
      );
      await assert.rejects(
        behind.transaction((connection) => connection.query('select 1')),
        isUnavailable,
      );
      assert.equal(await behind.isUp(), false);
      relay.cut();
      await behind.close();
    });

    it('does not wait for the answer to a rollback where a statement got none', async (t) => {
      const relay = await startRelay(Number(new URL(test.url).port));
      t.after(() => relay.stop());
      const behind = openDatabase({ url: withPort(relay.port), connections: 2, log, patienceMs: 300 });
      const events: string[] = [];
      let connecting: Promise<unknown> = Promise.resolve();
      const work = async (connection: Connection) => {
        // Or the server, which hears nothing more either, would end the connection first.
        await connection.query('set local idle_in_transaction_session_timeout = 0');
        relay.silence();
        await connection.query('select 1').catch((error: unknown) => {
          // Takes as long as a connection is tried for, which is less than a statement is waited for.
          connecting = behind.transaction(() => Promise.resolve()).catch(() => events.push('not connected'));
          throw error;
        });
      };
      await assert.rejects(behind.transaction(work), isUnavailable);
      events.push('given up');
      await connecting;
      assert.deepEqual(events, ['given up', 'not connected']);
      await behind.close();
    });

    it('gives up earlier where less patience is asked for', { timeout: 30_000 }, async (t) => {
      const relay = await startRelay(Number(new URL(test.url).port));
      t.after(() => relay.stop());
      const behind = openDatabase({ url: withPort(relay.port), connections: 1, log });
      await behind.transaction((connection) => connection.query('select 1'));
      relay.silence();
      await assert.rejects(
        behind.transaction((connection) => connection.query('select 1'), 200),
        isUnavailable,
      );
      await behind.close();
    });

    it('has the server end a statement earlier as well, and no later one', async () => {
      const one = openDatabase({ url: test.url, connections: 1, log });
      const settings = (patienceMs?: number) =>
        one.transaction(
          (connection) =>
            connection.query(
              `select current_setting('statement_timeout') as most, current_setting('lock_timeout') as lock`,
            ),
          patienceMs,
        );
      assert.deepEqual(await settings(3000), [{ most: '3s', lock: '1s' }]);
      assert.deepEqual(await settings(), [{ most: '1min', lock: '20s' }]);
      await one.close();
    });

    it('lets a statement run longer where that is allowed, and no later transaction', async () => {
      const hasty = openDatabase({ url: test.url, connections: 1, log, patienceMs: 200 });
      await hasty.transaction(async (connection) => {
        await connection.allow(60_000);
        await connection.query('select pg_sleep(0.6)');
      });
      await assert.rejects(
        hasty.transaction((connection) => connection.query('select pg_sleep(0.6)')),
        { code: '57014' },
      );
      await hasty.close();
    });

    it('tells whether it is up', async () => assert.equal(await database.isUp(), true));
  });
});

function withPort(port: number): string {
  const url = new URL(test.url);
  url.port = String(port);
  return url.href;
}

describe('isDuplicate', () => {
  it('knows one constraint from another, and a duplicate from other faults', async () => {
    const fault = async (text: string): Promise<unknown> =>
      database.transaction((connection) => connection.query(text)).catch((error: unknown) => error);
    const duplicate = await fault('insert into account values (1, 1)');
    assert.equal(isDuplicate(duplicate, 'account_pkey'), true);
    assert.equal(isDuplicate(duplicate, 'other'), false);
    assert.equal(isDuplicate(await fault('insert into account values (100, null)'), 'account_pkey'), false);
    assert.equal(isDuplicate(new Error('duplicate'), 'account_pkey'), false);
  });
});

describe('onJob', () => {
  const job = { lane: 'single', kind: 'settle', payload: {} } as const;
  const queue = () => database.transaction((connection) => queueJob(connection, job));

  async function listeners(): Promise<number> {
    const [row] = await test.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
    );
    return row?.count ?? 0;
  }

  it('wakes at once and whenever a job was queued, by whomever', async () => {
    const wakes = counter();
    const stop = await database.onJob(wakes.count);
    await wakes.call(1);
    await queue();
    await wakes.call(2);
    await test.query(`insert into job (lane, kind, payload) values ('tell', 'tell', '{}')`);
    await wakes.call(3);
    await stop();
  });

  it('does not wake for a job that was rolled back', async () => {
    const wakes = counter();
    const stop = await database.onJob(wakes.count);
    await database
      .transaction(async (connection) => {
        await queueJob(connection, job);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await queue();
    await wakes.call(2);
    assert.equal(wakes.calls, 2);
    await stop();
  });

  it('connects again by itself and wakes, for what was queued meanwhile was not heard', async () => {
    const wakes = counter();
    const stop = await database.onJob(wakes.count);
    for (let turn = 2; turn <= 4; turn += 2) {
      await killConnections();
      await wakes.call(turn);
      await queue();
      await wakes.call(turn + 1);
    }
    await stop();
    assert.equal(await listeners(), 0);
  });

  it('neither wakes nor connects any more once stopped', async () => {
    const wakes = counter();
    const stop = await database.onJob(wakes.count);
    await stop();
    await queue();
    await sleep(50);
    assert.equal(wakes.calls, 1);
    assert.equal(await listeners(), 0);
  });

  it('leaves no connection behind when it is stopped while it connects again', async (t) => {
    const relay = await startRelay(Number(new URL(test.url).port));
    t.after(() => relay.stop());
    const behind = openDatabase({ url: withPort(relay.port), connections: 1, log });
    const stop = await behind.onJob(() => undefined);
    const before = relay.connections;
    relay.cut();
    while (relay.connections === before) await sleep(5);
    await stop();
    while ((await listeners()) > 0) await sleep(5);
    await behind.close();
  });

  it('says databaseUnavailable where nothing listens, and does not go on trying', async (t) => {
    const relay = await startRelay();
    t.after(() => relay.stop());
    const cut = openDatabase({ url: withPort(relay.port), connections: 1, log });
    await assert.rejects(
      cut.onJob(() => undefined),
      isUnavailable,
    );
    const before = relay.connections;
    await sleep(1500);
    assert.equal(relay.connections, before);
    await cut.close();
  });
});

/** A message of PostgreSQL's protocol, version 3 (PostgreSQL documentation, 54.7). */
function message(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}
