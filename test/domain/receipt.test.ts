/** What receipts amount to, and which reported ones are taken in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ETSI_EVENTS,
  faultOf,
  type KnownMessage,
  RECEIPT_KINDS,
  type ReceiptKind,
  stateOf,
} from '../../src/domain/receipt.ts';
import { stepsOf, USUAL_REMINDERS } from '../../src/domain/reminder.ts';

const day = (number: number) => new Date(Date.UTC(2026, 0, number));

describe('the state of a message', () => {
  const cases: readonly (readonly [readonly ReceiptKind[], string | undefined])[] = [
    [[], undefined],
    [['published'], 'published'],
    [['published', 'notified', 'notificationFailed'], 'notified'],
    [['published', 'notified', 'reminded', 'expiryAlerted', 'read'], 'read'],
    [['published', 'reminded', 'neverRead'], 'neverRead'],
    [['published', 'printed', 'neverRead'], 'neverRead'],
    [['published', 'printed'], 'printed'],
    [['published', 'refused'], 'refused'],
    [['published', 'printed', 'read'], 'read'],
  ];
  for (const [kinds, state] of cases)
    it(`is ${state} after ${kinds.join(', ') || 'nothing'}, in whatever order`, () => {
      const receipts = kinds.map((kind) => ({ kind }));
      for (const order of [receipts, receipts.toReversed()]) assert.equal(stateOf(order), state);
    });
});

it('kinds stand for the events of ETSI EN 319 522-1', () => {
  const named = RECEIPT_KINDS.flatMap((kind) => (ETSI_EVENTS[kind] ? [`${kind} ${ETSI_EVENTS[kind]}`] : []));
  assert.deepEqual(named.sort(), [
    'notificationFailed D.4',
    'notified D.3',
    'printed F.1',
    'published D.1',
    'read E.1',
    'refused B.2',
  ]);
});

describe('a reported receipt', () => {
  const message: KnownMessage = {
    receivedAt: day(2),
    expiresAt: day(30),
    receipts: [{ kind: 'published', eventTime: day(2), reportedBy: null }],
  };
  const after = (kind: ReceiptKind, at: Date, reportedBy: string | null = null): KnownMessage => ({
    ...message,
    receipts: [...message.receipts, { kind, eventTime: at, reportedBy }],
  });
  const cases: readonly (readonly [string, Date, KnownMessage, string | undefined])[] = [
    ['in its time', day(3), message, undefined],
    ['as early as the message', day(2), message, undefined],
    ['by a clock that is a little ahead', new Date(day(5).getTime() + 299_000), message, undefined],
    ['before the message', day(1), message, 'early'],
    ['in the future', new Date(day(5).getTime() + 301_000), message, 'future'],
    ['after it was read', day(4), after('read', day(3)), 'outOfOrder'],
    ['before it was read, told later', day(3), after('read', day(4)), undefined],
    ['before another that was reported', day(3), after('notified', day(4), '0206731645'), 'outOfOrder'],
    ['before one of our own', day(3), after('notified', day(4)), undefined],
    ['a second time', day(4), after('printed', day(3), '0206731645'), 'outOfOrder'],
    ['after the message had expired', day(4), { ...message, expiresAt: day(4) }, 'outOfOrder'],
  ];
  for (const [name, eventTime, known, fault] of cases)
    it(`${name} ${fault === undefined ? 'is taken in' : `is ${fault}`}`, () =>
      assert.equal(faultOf({ kind: 'printed', eventTime }, known, day(5)), fault));
});

it('reminders are steps of their type, and that it was never read is always one', () => {
  assert.deepEqual(
    stepsOf(USUAL_REMINDERS).map(({ kind, days }) => [kind, days]),
    [
      ['reminded', 15],
      ['expiryAlerted', -7],
      ['neverRead', 0],
    ],
  );
  assert.deepEqual(
    stepsOf({ unreadAfterDays: undefined, beforeExpiryDays: undefined }).map(({ kind }) => kind),
    ['neverRead'],
  );
});
