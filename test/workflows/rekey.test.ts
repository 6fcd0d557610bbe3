/** Changing over to another secret: processes side by side, rows brought over, and the former one gone for good. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { findCitizenKey, keepCitizenKey } from '../../src/database/citizen-keys.ts';
import { insertAnswer } from '../../src/database/declarations.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import { findPersonBySsin, savePerson } from '../../src/database/persons.ts';
import type { Vault } from '../../src/keys/vault.ts';
import { keepVault } from '../../src/workflows/keep-vault.ts';
import { openVault, type VaultSecrets } from '../../src/workflows/open-vault.ts';
import { rekeySome, showVersions, startRekey } from '../../src/workflows/rekey.ts';
import type { Services } from '../../src/workflows/services.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaIn } from '../support/declarations.ts';
import { newDeclaration } from '../support/register.ts';
import { demoSsin } from '../support/service.ts';

const [FIRST, SECOND, THIRD] = [randomBytes(32), randomBytes(32), randomBytes(32)] as const;
const OPERATOR = { actor: { kind: 'service', id: 'operator/test' } } as const;
/** More than are brought over at once. */
const PERSONS = 230;
const text = Buffer.from('Peeters');

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const open = (current: Buffer, former: readonly Buffer[] = []) =>
  openVault(test, { current, former } satisfies VaultSecrets);

function save(vault: Vault, ssin: string): Promise<string> {
  return test.database.transaction((connection) =>
    savePerson(connection, {
      personId: randomUUID(),
      lookUps: vault.lookUps(ssin),
      ssinCiphertext: vault.seal(Buffer.from(ssin), 'ssin'),
      keyVersion: vault.version,
      familyName: 'Peeters',
      givenName: 'An',
      birthDate: null,
      language: null,
      email: null,
      hasEbox: false,
    }),
  );
}

async function find(vault: Vault, ssin: string): Promise<string | undefined> {
  const found = await test.database.transaction((connection) =>
    findPersonBySsin(connection, vault.lookUps(ssin)),
  );
  assert.ok(found === undefined || vault.open(found.ssinCiphertext, 'ssin').toString() === ssin);
  return found?.personId;
}

async function keyOf(vault: Vault, personId: string): Promise<string> {
  const citizenKeyId = randomUUID();
  const wrappedKey = vault.createCitizenKey(citizenKeyId);
  const kept = await test.database.transaction((connection) =>
    keepCitizenKey(connection, personId, { citizenKeyId, wrappedKey, keyVersion: vault.version }),
  );
  return kept?.citizenKeyId ?? '';
}

async function openKey(vault: Vault, citizenKeyId: string) {
  const row = await test.database.transaction((connection) => findCitizenKey(connection, citizenKeyId));
  assert.ok(row);
  return vault.openCitizenKey(citizenKeyId, row.wrappedKey);
}

/** Works off the queue as a worker does; gives how many jobs it took. */
async function work(vault: Vault): Promise<number> {
  const services = {
    database: test.database,
    vault,
    newId: randomUUID,
    settings: { fileKeyDays: 400 } as Services['settings'],
  };
  for (let jobs = 0; ; jobs += 1) {
    const [job] = await test.database.transaction((connection) => claimJobs(connection, ['bulk'], 1, 30));
    if (job === undefined) return jobs;
    await rekeySome(services, job);
  }
}

const ssinOf = (index: number) => String(80_000_000_000 + index);

describe('a change of the secret', () => {
  let former: Vault;
  let both: Vault;
  let sealed: Buffer;
  let citizenKeyId: string;
  let code: Buffer;

  it('begins with the secret of the first start', async () => {
    former = await open(FIRST);
    assert.equal(former.version, 1);
    assert.deepEqual((await open(FIRST)).lookUp('1'), former.lookUp('1'));
    code = former.code('1');
    for (let index = 0; index < PERSONS; index += 1) await save(former, ssinOf(index));
    citizenKeyId = await keyOf(former, (await find(former, ssinOf(0))) ?? '');
    sealed = (await openKey(former, citizenKeyId)).seal(text, 'name');
  });

  it('refuses another secret that comes without the one that is used', async () => {
    await assert.rejects(open(SECOND), { code: 'keyUnfit' });
  });

  it('lets a process with the next secret work beside one without, each finding whom the other loaded', async () => {
    both = await open(SECOND, [FIRST]);
    assert.equal(both.version, 1, 'the next one is not used yet');
    assert.equal(await find(both, ssinOf(1)), await find(former, ssinOf(1)));
    const here = await save(both, ssinOf(PERSONS));
    assert.equal(await find(former, ssinOf(PERSONS)), here);
    assert.deepEqual((await openKey(both, citizenKeyId)).open(sealed, 'name'), text);
  });

  it('gives one person when processes with and without it load the same number at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const ssin = ssinOf(1000 + round);
      const ids = await Promise.all(
        Array.from({ length: 6 }, (_, index) => save(index % 2 === 0 ? former : both, ssin)),
      );
      assert.equal(new Set(ids).size, 1);
    }
  });

  it('takes no third secret while it is under way', async () => {
    await assert.rejects(open(THIRD, [SECOND, FIRST]), { code: 'keyUnfit' });
  });

  it('keeps finding everybody while rows are brought over, some at a time', async () => {
    assert.equal(await startRekey(test, OPERATOR), 2);
    await keepVault({ database: test.database, vault: both });
    assert.equal(both.version, 2);
    await assert.rejects(open(FIRST), { code: 'keyUnfit' }, 'without the new secret nobody starts any more');
    await assert.rejects(open(SECOND), { code: 'keyUnfit' }, 'what is under the former one would be lost');
    const between = await save(both, ssinOf(2000));
    const [job] = await test.database.transaction((connection) => claimJobs(connection, ['bulk'], 1, 30));
    assert.ok(job);
    const services = { database: test.database, vault: both, newId: randomUUID };
    await rekeySome({ ...services, settings: { fileKeyDays: 400 } as Services['settings'] }, job);
    const [, now] = await showVersions(test);
    const [before] = await showVersions(test);
    assert.ok((before?.under?.persons ?? 0) > 0 && (now?.under?.persons ?? 0) > 0, 'some are, some are not');
    for (const index of [0, 100, 229, PERSONS, 1000, 2000])
      assert.ok((await find(both, ssinOf(index))) !== undefined, String(index));
    assert.equal(await save(both, ssinOf(2000)), between);
  });

  it('retires the former secret when nothing is left under it', async () => {
    assert.ok((await work(both)) >= 2);
    const versions = await showVersions(test);
    assert.deepEqual(
      versions.map(({ version, state }) => [version, state]),
      [
        [1, 'retired'],
        [2, 'current'],
      ],
    );
    assert.deepEqual(await test.query('select from person_look_up where key_version = 1'), []);
  });

  it('needs the former secret no more, and finds and opens what was there', async () => {
    const now = await open(SECOND);
    for (const index of [0, 229, PERSONS, 1019, 2000])
      assert.ok((await find(now, ssinOf(index))) !== undefined, String(index));
    assert.deepEqual((await openKey(now, citizenKeyId)).open(sealed, 'name'), text);
    assert.deepEqual(now.code('1'), code, 'codes on paper stay right');
  });

  it('takes nothing more from a process that has not noticed', async () => {
    await assert.rejects(save(former, ssinOf(3000)), { code: '23001' });
    const fresh = await save(both, ssinOf(3001));
    await assert.rejects(keyOf(former, fresh), { code: '23001' });
    await assert.rejects(open(FIRST, [SECOND]), { code: 'keyUnfit' });
  });

  it('may be followed by another one', async () => {
    const next = await open(THIRD, [SECOND]);
    assert.equal(await startRekey(test, OPERATOR), 3);
    await keepVault({ database: test.database, vault: next });
    await work(next);
    assert.ok((await find(await open(THIRD), ssinOf(0))) !== undefined);
    assert.deepEqual((await open(THIRD)).code('1'), code);
  });
});

describe('what was declared before there were keys for it', () => {
  it('is brought under the key of its citizen, or one of its own', async () => {
    const vault = await open(THIRD);
    const personId = await save(vault, demoSsin('lena'));
    const declare = (ssin: string) =>
      test.database.transaction(async (connection) => {
        const declarationId = randomUUID();
        const body = Buffer.from(JSON.stringify(quaIn({ ssin, day: '2020-09-01' })));
        await newDeclaration(connection, { declarationId, body: vault.seal(body, declarationId) });
        await insertAnswer(connection, declarationId, { result: 'B', anomalies: [] });
        return declarationId;
      });
    const [known, unknown] = [await declare(demoSsin('lena')), await declare(demoSsin('amelie'))];
    await keepVault({ database: test.database, vault });
    assert.ok((await work(vault)) > 0);
    const rows = await test.query(
      `select c.declaration_id as id, k.person_id as person, f.file_key_id as file from declaration_content c
       left join citizen_key k using (citizen_key_id) left join file_key f using (file_key_id)`,
    );
    assert.deepEqual(
      new Set(rows),
      new Set([
        { id: known, person: personId, file: null },
        { id: unknown, person: null, file: unknown },
      ]),
    );
  });
});
