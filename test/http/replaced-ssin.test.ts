/** A number that is replaced by another: one person, one eBox, attestations under the number that counts now. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/client.ts';
import { quaCancel, quaIn } from '../support/declarations.ts';
import { contentPath, INBOX, linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

const NAME = {
  familyName: 'Ionescu',
  givenName: 'Șerban',
  birthDate: '1994-07-21',
  language: 'fr',
  hasEbox: true,
};
/** A BIS number, the national number that replaced it, and one that replaced that. */
const BIS = ssinFrom('942721997');
const NATIONAL = ssinFrom('940721997');
const THIRD = ssinFrom('940721998');

let scene: Scene & { readonly tokens: Tokens };

before(async () => {
  scene = await startOpenScene();
});
after(() => scene.stop());

interface Message {
  readonly messageId: string;
  readonly attachments: { readonly items: readonly { readonly contentHref: string }[] };
}

async function load(...records: readonly unknown[]): Promise<void> {
  const { refused } = await scene.client.load(linesOf(records));
  assert.equal(refused, 0);
  await scene.client.settled();
}

async function inboxOf(ssin: string): Promise<readonly Message[]> {
  const { status, body } = await scene.api.get(INBOX, scene.tokens.person(ssin));
  assert.equal(status, 200);
  return body.items;
}

async function idsOf(ssin: string): Promise<readonly string[]> {
  return (await inboxOf(ssin)).map(({ messageId }) => messageId);
}

/** Opens a message as the holder of a number, and verifies what was in it. */
async function verify(message: Message | undefined, ssin: string) {
  assert.ok(message);
  const { status, bytes } = await scene.api.get(contentPath(message), scene.tokens.person(ssin));
  assert.equal(status, 200);
  const call = { type: 'application/pdf', body: bytes };
  const { body } = await scene.api.call('post', '/verifications/v1/verifications', call);
  assert.equal(body.signature.indication, 'TOTAL_PASSED');
  return { status: body.status, ssin: body.attestation.holder.ssin, days: body.attestation.days.length };
}

function attestations(): Promise<readonly { readonly version: number; readonly state: string }[]> {
  return scene.service.database.query(
    `select version, state from attestation order by prepared_at, attestation_id`,
  );
}

describe('a person who was known under another number', () => {
  let periodId: string;

  before(async () => {
    await load({ ...NAME, ssin: BIS });
    const answer = await scene.client.declare(quaIn({ ssin: BIS, day: '2021-06-14' }));
    periodId = answer.periodId ?? '';
    await scene.client.settled();
  });

  it('has an attestation under the old number', async () => {
    const [message, ...others] = await inboxOf(BIS);
    assert.deepEqual(others, []);
    assert.deepEqual(await verify(message, BIS), { status: 'valid', ssin: '94.27.21-***.**', days: 1 });
    assert.deepEqual(await inboxOf(NATIONAL), []);
  });

  it('is one person once the number is replaced: both numbers open the same eBox', async () => {
    const [old] = await idsOf(BIS);
    await load({ ...NAME, ssin: NATIONAL, replaces: [BIS] });
    const ids = await idsOf(NATIONAL);
    assert.equal(ids.length, 2);
    assert.equal(ids[1], old);
    assert.deepEqual(await idsOf(BIS), ids);
    for (const ssin of [BIS, NATIONAL]) {
      const [newer, older] = await inboxOf(ssin);
      assert.deepEqual(await verify(newer, ssin), { status: 'valid', ssin: '94.07.21-***.**', days: 1 });
      assert.deepEqual(await verify(older, ssin), { status: 'revoked', ssin: '94.27.21-***.**', days: 1 });
    }
  });

  it('is found by the sender under either number', async () => {
    const [messageId] = await idsOf(NATIONAL);
    const [row] = await scene.service.database.query<{ id: string }>(
      'select sender_organization_id as id from message',
    );
    const token = scene.tokens.client('ebox:publish', row?.id);
    for (const eboxIdValue of [BIS, NATIONAL]) {
      const body = [{ messageId, eboxId: { eboxType: 'citizen', eboxIdValue } }];
      const answer = await scene.api.call('post', '/ebox/citizen/v2/searchMessageStatus', { token, body });
      assert.deepEqual([answer.status, answer.body[0]?.eboxId.eboxIdValue], [201, eboxIdValue]);
    }
  });

  it('stays as it is when old and new file are loaded again', async () => {
    const before = await attestations();
    await load({ ...NAME, ssin: BIS });
    await load({ ...NAME, ssin: NATIONAL, replaces: [BIS] });
    assert.deepEqual(await attestations(), before);
    assert.equal((await idsOf(BIS)).length, 2);
  });

  it('gets what is declared under the old number from then on', async () => {
    await scene.client.declare(quaIn({ ssin: BIS, day: '2021-06-15' }));
    await scene.client.settled();
    const [newest] = await inboxOf(NATIONAL);
    assert.deepEqual(await verify(newest, NATIONAL), { status: 'valid', ssin: '94.07.21-***.**', days: 2 });
  });

  it('follows a number that is replaced twice, and one that turns up late', async () => {
    await load({ ...NAME, ssin: THIRD, replaces: [NATIONAL] });
    const late = ssinFrom('942721998');
    await load({ ...NAME, ssin: late });
    await scene.client.declare(quaIn({ ssin: late, day: '2021-06-16' }));
    await scene.client.settled();
    // The source's line names the number that was replaced meanwhile.
    await load({ ...NAME, ssin: NATIONAL, replaces: [BIS, late] });
    const ids = await idsOf(THIRD);
    for (const ssin of [BIS, NATIONAL, late]) assert.deepEqual(await idsOf(ssin), ids);
    const [newest] = await inboxOf(THIRD);
    assert.deepEqual(await verify(newest, THIRD), { status: 'valid', ssin: '94.07.21-***.**', days: 3 });
    const live = (await attestations()).filter(({ state }) => state === 'issued');
    assert.equal(live.length, 1);
  });

  it('loses a day that is taken back under whatever number it was declared', async () => {
    const { result } = await scene.client.declare(quaCancel({ periodId }));
    assert.match(result, /^[AW]$/);
    await scene.client.settled();
    const [newest] = await inboxOf(BIS);
    assert.deepEqual(await verify(newest, THIRD), { status: 'valid', ssin: '94.07.21-***.**', days: 2 });
  });
});

describe('a number that was given to the wrong person', () => {
  it('moves with its facts to the right one, and the wrong one keeps none of them', async () => {
    const [number, wrong, right] = ['852501997', '850501996', '850501998'].map(ssinFrom);
    assert.ok(number && wrong && right);
    await load({ ...NAME, ssin: number });
    await scene.client.declare(quaIn({ ssin: number, day: '2021-03-01' }));
    await load({ ...NAME, ssin: wrong, replaces: [number] });
    const [first] = await inboxOf(wrong);
    assert.equal((await verify(first, wrong)).status, 'valid');
    await load({ ...NAME, ssin: right, replaces: [number] });
    assert.deepEqual(await verify((await inboxOf(right))[0], right), {
      status: 'valid',
      ssin: '85.05.01-***.**',
      days: 1,
    });
    assert.equal((await verify(first, wrong)).status, 'revoked');
  });
});

describe('a day that is declared while the number is being replaced', () => {
  const calls = {
    load: (older: string, newer: string) =>
      scene.client.load(linesOf([{ ...NAME, ssin: newer, replaces: [older] }])),
    declare: (older: string) => scene.client.declare(quaIn({ ssin: older, day: '2021-06-14' })),
  };

  for (const [what, serial, order] of [
    ['declaration', '996', ['declare', 'load']],
    ['replacement', '997', ['load', 'declare']],
  ] as const) {
    it(`is attested when the ${what} comes first`, async () => {
      const [older, newer] = [ssinFrom(`952721${serial}`), ssinFrom(`950721${serial}`)];
      await load({ ...NAME, ssin: older });
      const [row] = await scene.service.database.query<{ id: string }>(
        'select person_id as id from person order by updated_at desc limit 1',
      );
      const begun: Promise<unknown>[] = [];
      // Whoever holds the worker's lock makes both wait, in the order in which they came.
      await scene.service.database.database.transaction(async (connection) => {
        await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
          `worker/${row?.id}`,
        ]);
        for (const [index, name] of order.entries()) {
          begun.push(calls[name](older, newer));
          await until(countWaiting, (count) => count === index + 1);
        }
      });
      await Promise.all(begun);
      await scene.client.settled();
      const [message] = await inboxOf(newer);
      assert.equal((await verify(message, newer)).status, 'valid');
    });
  }

  async function countWaiting(): Promise<number> {
    const [row] = await scene.service.database.query<{ count: number }>(
      `select count(*)::int from pg_locks join pg_database on oid = database
       where datname = current_database() and locktype = 'advisory' and not granted`,
    );
    return row?.count ?? 0;
  }
});
