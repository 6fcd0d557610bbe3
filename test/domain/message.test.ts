import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { expiryOf, type ValidityPeriod } from '../../src/domain/message.ts';

function expiry(receivedAt: string, number: number, unit: ValidityPeriod['unit']): string {
  return expiryOf(new Date(receivedAt), { number, unit }).toISOString();
}

describe('expiryOf', () => {
  const table = [
    ['2026-01-15T10:20:30.456Z', 1, 'day', '2026-01-16T10:20:30.456Z'],
    ['2026-02-27T10:00:00.000Z', 2, 'day', '2026-03-01T10:00:00.000Z'],
    ['2028-02-27T10:00:00.000Z', 2, 'day', '2028-02-29T10:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 1, 'day', '2027-01-01T23:59:59.999Z'],
    ['2026-01-31T10:00:00.000Z', 1, 'month', '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00.000Z', 1, 'month', '2028-02-29T10:00:00.000Z'],
    ['2026-01-28T10:00:00.000Z', 1, 'month', '2026-02-28T10:00:00.000Z'],
    ['2026-03-31T10:00:00.000Z', 1, 'month', '2026-04-30T10:00:00.000Z'],
    ['2026-08-31T10:00:00.000Z', 18, 'month', '2028-02-29T10:00:00.000Z'],
    ['2026-11-30T10:00:00.000Z', 3, 'month', '2027-02-28T10:00:00.000Z'],
    ['2026-06-15T10:00:00.000Z', 12, 'month', '2027-06-15T10:00:00.000Z'],
    ['2028-02-29T10:00:00.000Z', 1, 'year', '2029-02-28T10:00:00.000Z'],
    ['2028-02-29T10:00:00.000Z', 4, 'year', '2032-02-29T10:00:00.000Z'],
    ['2026-12-31T10:00:00.000Z', 10, 'year', '2036-12-31T10:00:00.000Z'],
  ] as const;
  for (const [receivedAt, number, unit, expected] of table) {
    it(`is ${expected} for ${number} ${unit} from ${receivedAt}`, () =>
      assert.equal(expiry(receivedAt, number, unit), expected));
  }

  it('leaves the moment it was given alone', () => {
    const receivedAt = new Date('2026-01-31T10:00:00Z');
    expiryOf(receivedAt, { number: 1, unit: 'month' });
    assert.equal(receivedAt.toISOString(), '2026-01-31T10:00:00.000Z');
  });

  it('keeps the day of the month, or takes the last one of a shorter month', () => {
    const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 600 }), (receivedAt, number) => {
        const end = expiryOf(receivedAt, { number, unit: 'month' });
        const months = (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth();
        assert.equal(months(end) - months(receivedAt), number);
        const tomorrow = new Date(end.getTime() + 86_400_000);
        const isLastDay = tomorrow.getUTCMonth() !== end.getUTCMonth();
        assert.ok(
          end.getUTCDate() === receivedAt.getUTCDate() ||
            (isLastDay && end.getUTCDate() < receivedAt.getUTCDate()),
        );
        assert.equal(end.getTime() % 86_400_000, receivedAt.getTime() % 86_400_000);
      }),
    );
  });
});
