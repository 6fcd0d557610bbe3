/** What an offline code says of an attestation's facts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOfflineCode } from '../../src/code/offline-code.ts';
import type { AttestationRow } from '../../src/database/attestations.ts';
import type { AttestationFacts } from '../../src/domain/attestation.ts';
import type { CodeForm } from '../../src/domain/attestation-type.ts';
import { makeOfflineCode } from '../../src/workflows/offline-code.ts';
import { catalogue, daysFrom, quarantine, sample } from '../render/samples.ts';
import { codeKeys } from '../support/offline.ts';

const { signer } = codeKeys();
/** The columns that a code is made of. */
const ROW = {
  number: 'QUA-2026-00000042-17',
  type: 'quarantine',
  preparedAt: new Date('2026-11-21T15:04:05Z'),
  statusList: 3,
  statusIndex: 77,
} as AttestationRow;

async function claimsOf(
  facts: AttestationFacts,
  { qr = 'offline' as CodeForm, row = ROW }: { qr?: CodeForm; row?: AttestationRow } = {},
) {
  const services = { catalogue, codeSigner: signer };
  const code = await makeOfflineCode(services, row, { ...quarantine, qr }, facts);
  return code === undefined ? undefined : readOfflineCode(code)?.claims;
}

describe('makeOfflineCode', () => {
  const { facts } = sample();

  it('says who, what, and until when the code counts', async () => {
    assert.deepEqual(await claimsOf(facts), {
      issuer: catalogue.issuer.enterpriseNumber,
      issuedAt: ROW.preparedAt,
      expiresAt: new Date('2029-11-21T15:04:05Z'),
      number: ROW.number,
      type: 'quarantine',
      initials: 'A.P.',
      birthYear: 1981,
      period: { from: '2020-08-24', until: '2020-08-26' },
      status: { list: 3, index: 77 },
    });
  });

  it('goes from the first day to the last, in whatever order they stand', async () => {
    const days = daysFrom('2020-08-24', 3).toReversed();
    assert.deepEqual((await claimsOf({ ...facts, days }))?.period, {
      from: '2020-08-24',
      until: '2020-08-26',
    });
  });

  it('takes periods as well as days, and says nothing of an end that is open', async () => {
    const periodOf = (startDate: string, endDate?: string) => ({
      period: { startDate, ...(endDate !== undefined && { endDate }) } as never,
      source: 'x',
      attributes: {},
    });
    const [closed, open] = [periodOf('2020-02-01', '2020-03-31'), periodOf('2020-01-01')];
    const spanOf = async (...periods: (typeof closed)[]) =>
      (await claimsOf({ ...facts, days: [], periods }))?.period;
    assert.deepEqual(await spanOf(closed), { from: '2020-02-01', until: '2020-03-31' });
    assert.deepEqual(await spanOf(closed, open), { from: '2020-01-01' });
    assert.equal(await spanOf(), undefined);
  });

  it('makes none for a type without one, nor for what stands in no list', async () => {
    assert.equal(await claimsOf(facts, { qr: 'url' }), undefined);
    assert.ok(await claimsOf(facts, { qr: 'both' }));
    assert.equal(await claimsOf(facts, { row: { ...ROW, statusList: null, statusIndex: null } }), undefined);
  });
});
