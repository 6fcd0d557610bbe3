/** Telling senders, step by step: the order of the feed, what a crash leaves, what a receiver may answer, what is kept. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import { listSenderEvents } from '../../src/database/sender-events.ts';
import type { EnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import { MOST_TRIES } from '../../src/domain/webhook.ts';
import { armFailpoints, disarmFailpoints } from '../../src/failpoint.ts';
import { createVault } from '../../src/keys/vault.ts';
import { createWebhookCaller } from '../../src/remote/webhook-call.ts';
import { applyRetention } from '../../src/workflows/retain.ts';
import { sealEvidence } from '../../src/workflows/seal-evidence.ts';
import { deliverEvents, takeUpEvents } from '../../src/workflows/tell-senders.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const SENDER = '0206731645' as EnterpriseNumber;
const GROUND = { kind: 'sender', organization: SENDER } as const;

let test: TestDatabase;
let receiver: Receiver;
let subscriptionId: string;

before(async () => {
  test = await createTestDatabase();
  receiver = await startReceiver();
});
after(async () => {
  await receiver.stop();
  await test.drop();
});
beforeEach(async () => {
  subscriptionId = randomUUID();
  await test.query(
    `insert into subscription (subscription_id, organization, url, format, created_by)
     values ($1, $2, $3, 'cloudEvents', 'test')`,
    [subscriptionId, SENDER, `${receiver.origin}/${subscriptionId}`],
  );
});
afterEach(async () => {
  disarmFailpoints();
  await test.query('update subscription set ended_at = now() where ended_at is null');
  await test.query('delete from job');
});

const services = () => ({
  database: test.database,
  vault: createVault(randomBytes(32)),
  webhooks: createWebhookCaller({ allowedOrigins: [receiver.origin], allowInside: true, timeoutMs: 5000 }),
  clock: () => new Date(),
  settings: {
    publicUrl: 'https://ebox.example.be',
    settleAfterSeconds: 0,
    headSeconds: 0,
    fileKeyDays: 400,
    languagePresumption: { brussels: 'fr', facilities: 'own', unknown: 'fr' },
  } as const,
});

/** Adds a message of the sender with the receipt that it was published; gives the id of that event. */
async function publish(connection: Pick<Connection, 'query'>): Promise<string> {
  const [row] = await connection.query<{ eventId: string }>(
    `with someone as (
       insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name)
       values (gen_random_uuid(), '\\x01', 1, 'Peeters', 'An') returning person_id
     ), sent as (
       insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
         language, received_at, expires_at, idempotency_key)
       select gen_random_uuid(), person_id, 'letter', $1, 'app', 'Brief', 'nl', now(), now() + interval '1 year',
         gen_random_uuid() from someone returning message_id
     )
     insert into receipt (event_id, message_id, kind, event_time) select gen_random_uuid(), message_id, 'published', now()
     from sent returning event_id as "eventId"`,
    [SENDER],
  );
  return row?.eventId ?? assert.fail();
}

async function takeUpWhatMay(): Promise<void> {
  await sealEvidence({ database: test.database });
  await takeUpEvents({ database: test.database });
}

/** Takes up all that was written: transactions of the whole server are waited for, those of other tests too. */
async function takeUp(): Promise<void> {
  const [now] = await test.query<{ next: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
  );
  await until(
    () =>
      test.query<{ ended: boolean }>(
        'select pg_snapshot_xmin(pg_current_snapshot())::text::numeric >= $1::numeric as ended',
        [now?.next],
      ),
    ([row]) => row?.ended === true,
  );
  await takeUpWhatMay();
}

const feed = async (from: number) =>
  test.database.transaction((connection) => listSenderEvents(connection, GROUND, { from, size: 1000 }));

/** Runs the job that delivers, as the worker would. */
async function runJob(): Promise<void> {
  await takeUp();
  const jobs = await test.database.transaction((connection) => claimJobs(connection, ['webhook'], 10, 60));
  assert.equal(jobs.length, 1);
  for (const job of jobs) await deliverEvents(services(), job, subscriptionId);
}

const received = () => receiver.received.filter(({ path }) => path === `/${subscriptionId}`);
const deliveries = () =>
  test.query<{ id: string; state: string; tries: number; outcomes: string[] }>(
    `select delivery_id as id, state, tries,
       array(select outcome from delivery_try t where t.delivery_id = d.delivery_id order by tried_at) as outcomes
     from delivery d where subscription_id = $1 order by leaf_index`,
    [subscriptionId],
  );
/** As if the time to wait were over. */
const makeDue = () =>
  test.query(
    `with rested as (update subscription set rests_until = null where subscription_id = $1)
     update delivery set next_try_at = now() where subscription_id = $1 and state = 'waiting'`,
    [subscriptionId],
  );

describe('the feed', () => {
  it('has one order, in which nothing comes in between later, whoever commits first', async () => {
    const [last] = (await feed(0)).slice(-1);
    const from = last === undefined ? 0 : last.leafIndex + 1;
    let late = '';
    let early = '';
    await test.database.transaction(async (connection) => {
      late = await publish(connection);
      early = await publish(test);
      await takeUpWhatMay();
      assert.deepEqual(await feed(from), [], 'what a transaction under way may still precede is not told');
    });
    await takeUp();
    const ids = (await feed(from)).map(({ eventId }) => eventId);
    assert.deepEqual(ids, [late, early]);
    const again = await publish(test);
    await Promise.all([takeUp(), takeUp()]);
    // Whoever is second leaves it to the first, which may not have seen all.
    await takeUp();
    assert.deepEqual(
      (await feed(from)).map(({ eventId }) => eventId),
      [...ids, again],
    );
  });
});

describe('a delivery', () => {
  it('that was made and not recorded is made again under the same id', async () => {
    await publish(test);
    armFailpoints('webhook.sent=throw');
    await assert.rejects(runJob());
    disarmFailpoints();
    const [left] = await deliveries();
    assert.deepEqual([left?.state, left?.outcomes], ['waiting', []]);
    await test.query('delete from job');
    await makeDue();
    await runJob();
    const ids = received().map(({ headers }) => headers['webhook-id']);
    assert.deepEqual(ids, [left?.id, left?.id]);
    assert.deepEqual(
      (await deliveries()).map(({ state, outcomes }) => [state, outcomes]),
      [['delivered', ['delivered']]],
    );
  });

  it('fails after its last try, and delays nothing', async () => {
    await publish(test);
    await publish(test);
    receiver.answerWith(400);
    await runJob();
    const [first, second] = await deliveries();
    assert.deepEqual([first?.outcomes, second?.outcomes], [['refused'], ['delivered']]);
    await test.query('update delivery set tries = $2 where delivery_id = $1', [first?.id, MOST_TRIES - 1]);
    await makeDue();
    receiver.answerWith(404);
    await runJob();
    assert.deepEqual(
      (await deliveries()).map(({ state }) => state),
      ['failed', 'delivered'],
    );
  });

  it('waits while the receiver cannot be reached, with all that come after it', async () => {
    await publish(test);
    await publish(test);
    receiver.answerWith(503);
    await runJob();
    assert.equal(received().length, 1);
    await takeUp();
    assert.deepEqual(await test.query('select from job'), [], 'the receiver rests');
    await makeDue();
    await runJob();
    assert.deepEqual(
      (await deliveries()).map(({ state }) => state),
      ['delivered', 'delivered'],
    );
    const [row] = await test.query('select failures from subscription where subscription_id = $1', [
      subscriptionId,
    ]);
    assert.deepEqual(row, { failures: 0 });
  });

  it('that is answered with 410 ends the subscription', async () => {
    await publish(test);
    await publish(test);
    receiver.answerWith(410);
    await runJob();
    assert.deepEqual(
      (await deliveries()).map(({ state }) => state),
      ['failed', 'failed'],
    );
    const [row] = await test.query<{ ended: boolean }>(
      'select ended_at is not null as ended from subscription where subscription_id = $1',
      [subscriptionId],
    );
    assert.equal(row?.ended, true);
  });

  it('is made by one of two workers', async () => {
    for (let count = 0; count < 5; count += 1) await publish(test);
    await takeUp();
    await test.query(`insert into job (lane, kind, payload) values ('webhook', 'deliver', '{}')`);
    const jobs = await test.database.transaction((connection) => claimJobs(connection, ['webhook'], 10, 60));
    assert.equal(jobs.length, 2);
    await Promise.all(jobs.map((job) => deliverEvents(services(), job, subscriptionId)));
    assert.equal(new Set(received().map(({ headers }) => headers['webhook-id'])).size, 5);
    assert.equal(received().length, 5);
  });
});

describe('what was told', () => {
  it('goes when its time is over, with its tries; the receipt stays', async () => {
    await publish(test);
    await runJob();
    const clock = (days: number) => () => new Date(Date.now() + days * 86_400_000);
    const actor = { kind: 'service', id: 'test' } as const;
    const [before] = await test.query<{ count: number }>('select count(*)::int as count from receipt');
    const remove = (days: number) => applyRetention({ database: test.database, clock: clock(days) }, actor);
    assert.equal((await remove(89)).endedDeliveries, 0);
    assert.ok((await remove(91)).endedDeliveries > 0);
    assert.deepEqual(await test.query('select from delivery_try'), []);
    assert.ok((await remove(366)).endedSubscriptions > 0);
    assert.ok((await remove(731)).senderEvents > 0);
    const [afterwards] = await test.query('select count(*)::int as count from receipt');
    assert.deepEqual(afterwards, before);
    await takeUp();
    assert.deepEqual(await feed(0), [], 'what went does not come back');
  });
});
