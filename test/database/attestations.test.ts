import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { findHeld } from '../../src/database/attestation-reads.ts';
import {
  findAttestation,
  listVersions,
  markIssued,
  nextAttestationNumber,
  revokeAttestation,
  supersedeIssued,
  withdrawAttestation,
} from '../../src/database/attestations.ts';
import type { Connection } from '../../src/database/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { issuance, newAttestation, newPerson } from '../support/register.ts';

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

async function prepared(connection: Connection) {
  return newAttestation(connection, await newPerson(connection));
}

async function stateOf(connection: Connection, attestationId: string) {
  return (await findAttestation(connection, attestationId))?.state;
}

describe('markIssued', () => {
  it('issues a prepared version once', () =>
    run(async (connection) => {
      const { attestationId } = await prepared(connection);
      const first = issuance();
      assert.ok((await markIssued(connection, attestationId, first)) instanceof Date);
      assert.equal(await markIssued(connection, attestationId, issuance()), undefined);
      const row = await findAttestation(connection, attestationId);
      assert.deepEqual(
        [row?.state, row?.pdfSha256, row?.objectSha256],
        ['issued', first.pdfSha256, first.objectSha256],
      );
    }));

  it('does not issue what was withdrawn', () =>
    run(async (connection) => {
      const { attestationId } = await prepared(connection);
      await withdrawAttestation(connection, attestationId);
      assert.equal(await markIssued(connection, attestationId, issuance()), undefined);
      assert.equal(await stateOf(connection, attestationId), 'withdrawn');
    }));
});

describe('withdrawAttestation and revokeAttestation', () => {
  it('end a version in the one state they are for, and leave it in any other', () =>
    run(async (connection) => {
      const { attestationId } = await prepared(connection);
      await revokeAttestation(connection, attestationId);
      assert.equal(await stateOf(connection, attestationId), 'prepared');
      await markIssued(connection, attestationId, issuance());
      await withdrawAttestation(connection, attestationId);
      assert.equal(await stateOf(connection, attestationId), 'issued');
      await revokeAttestation(connection, attestationId);
      assert.equal(await stateOf(connection, attestationId), 'revoked');
      const ended = (await findAttestation(connection, attestationId))?.endedAt;
      await revokeAttestation(connection, attestationId);
      assert.deepEqual((await findAttestation(connection, attestationId))?.endedAt, ended);
    }));
});

describe('supersedeIssued', () => {
  it('ends the issued version of the case and says which it was', () =>
    run(async (connection) => {
      const { attestationId, messageId, caseId } = await prepared(connection);
      assert.equal(await supersedeIssued(connection, caseId), undefined);
      await markIssued(connection, attestationId, issuance());
      assert.deepEqual(await supersedeIssued(connection, caseId), { attestationId, messageId });
      assert.equal(await supersedeIssued(connection, caseId), undefined);
    }));
});

const holding = (sha256: Buffer) => ({ kind: 'holder' as const, held: { kind: 'pdf' as const, sha256 } });

describe('findHeld', () => {
  it('finds an issued document by its bytes and says which number took its place', () =>
    run(async (connection) => {
      const citizen = await newPerson(connection);
      const [first, second] = [issuance(), issuance()];
      const old = await newAttestation(connection, citizen, { version: 1 });
      await markIssued(connection, old.attestationId, first);
      assert.equal((await findHeld(connection, holding(first.pdfSha256)))?.supersededBy, null);
      // A version that was never issued took nobody's place.
      const withdrawn = await newAttestation(connection, citizen, { version: 2 });
      await withdrawAttestation(connection, withdrawn.attestationId);
      await supersedeIssued(connection, old.caseId);
      const now = await newAttestation(connection, citizen, { version: 3 });
      await markIssued(connection, now.attestationId, second);
      assert.equal((await findHeld(connection, holding(first.pdfSha256)))?.supersededBy, now.number);
      assert.equal((await findHeld(connection, holding(second.pdfSha256)))?.supersededBy, null);
      assert.equal(await findHeld(connection, holding(randomBytes(32))), undefined);
    }));
});

describe('listVersions', () => {
  it('lists the versions of a case in their order', () =>
    run(async (connection) => {
      const citizen = await newPerson(connection);
      for (const version of [2, 1, 3]) {
        const { attestationId } = await newAttestation(connection, citizen, {
          version,
          fingerprint: String(version),
        });
        await withdrawAttestation(connection, attestationId);
      }
      const versions = await listVersions(connection, `quarantine/${citizen.personId}`);
      assert.deepEqual(
        versions.map(({ version, state, fingerprint }) => [version, state, fingerprint]),
        [1, 2, 3].map((version) => [version, 'withdrawn', String(version)]),
      );
      assert.deepEqual(await listVersions(connection, randomUUID()), []);
    }));
});

describe('nextAttestationNumber', () => {
  it('gives no number twice, also when a transaction fails', async () => {
    const numbers = await Promise.all(Array.from({ length: 20 }, () => run(nextAttestationNumber)));
    await run(async (connection) => {
      numbers.push(await nextAttestationNumber(connection));
      throw new Error('rolled back');
    }).catch(() => undefined);
    numbers.push(await run(nextAttestationNumber));
    assert.equal(new Set(numbers).size, numbers.length);
  });
});
