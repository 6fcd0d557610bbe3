/** Retention over the years: what goes is what was foretold, and nothing of whom a hold lasts on. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { insertAnswer } from '../../src/database/declarations.ts';
import { endDeliberation } from '../../src/database/deliberations.ts';
import { closeDossier, keepDossier } from '../../src/database/dossiers.ts';
import { insertFileKey } from '../../src/database/file-keys.ts';
import { revokeMandate } from '../../src/database/mandates.ts';
import { insertStep, keepRequest } from '../../src/database/requests.ts';
import { correctStatus, insertStatus } from '../../src/database/statuses.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { createVault } from '../../src/keys/vault.ts';
import { erasePerson, requestErasure } from '../../src/workflows/erase.ts';
import { endHold, placeHold, showHolds } from '../../src/workflows/hold.ts';
import { applyRetention, reportRetention } from '../../src/workflows/retain.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { daysFromNow, deliberation, enterprise, newDeliberation, newMandate } from '../support/grounds.ts';
import { type Citizen, fact, newAttestation, newDeclaration, newPerson } from '../support/register.ts';

const ACTOR = { kind: 'service', id: 'operator/test' } as const;
const MEASURE = { actor: ACTOR, reason: 'court case 12/345' };
const vault = createVault(randomBytes(32));

let test: TestDatabase;
let held: Citizen;
let free: Citizen;
let holdId: string;
const ssins = new Map<string, Ssin>();

/** What the service gives, at a moment of so many years from now. */
function services(years = 0) {
  const clock = () => {
    const now = new Date();
    now.setUTCFullYear(now.getUTCFullYear() + years);
    return now;
  };
  return { database: test.database, vault, clock, newId: randomUUID };
}

async function overOf(years: number): Promise<Record<string, number>> {
  const classes = await reportRetention(services(years));
  return Object.fromEntries(classes.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]));
}

/** A declaration of a person, a fact of theirs that was corrected, and the number by which they are found. */
async function fill(citizen: Citizen): Promise<void> {
  await test.database.transaction(async (connection) => {
    const { declarationId } = await newDeclaration(connection, {
      citizenKeyId: citizen.citizenKeyId,
      receivedAt: new Date(),
    });
    await insertAnswer(connection, declarationId, { result: 'B', anomalies: [] });
    const one = fact(citizen.personId);
    await insertStatus(connection, randomUUID(), one);
    await correctStatus(connection, one.source, one.reference);
    const ssin = `900101${String(ssins.size).padStart(5, '0')}` as Ssin;
    ssins.set(citizen.personId, ssin);
    await connection.query('update person_look_up set ssin_hmac = $2 where person_id = $1', [
      citizen.personId,
      vault.lookUp(ssin),
    ]);
    await connection.query('update person set ssin_ciphertext = $2 where person_id = $1', [
      citizen.personId,
      vault.seal(Buffer.from(ssin), 'ssin'),
    ]);
  });
}

const ssinOf = ({ personId }: Citizen) => ssins.get(personId) ?? ('' as Ssin);

before(async () => {
  test = await createTestDatabase();
  [held, free] = await test.database.transaction(async (connection) => [
    await newPerson(connection),
    await newPerson(connection),
  ]);
  await fill(held);
  await fill(free);
  await test.database.transaction(async (connection) => {
    const fileKeyId = randomUUID();
    await insertFileKey(connection, { fileKeyId, wrappedKey: randomBytes(60), keyVersion: 1, days: 400 });
    const { declarationId } = await newDeclaration(connection, { fileKeyId, receivedAt: new Date() });
    await insertAnswer(connection, declarationId, { result: 'B', anomalies: [] });
  });
  const placed = await placeHold(services(), { kind: 'person', ssin: ssinOf(held) }, MEASURE);
  assert.ok(placed);
  holdId = placed;
});
after(() => test.drop());

describe('retention', () => {
  it('has nothing to do at first', async () => {
    assert.deepEqual(await overOf(0), {});
    assert.ok(Object.values(await applyRetention(services(), ACTOR)).every((rows) => rows === 0));
  });

  it('destroys the key of a file after its days', async () => {
    assert.deepEqual(await overOf(2), { fileKeys: 1 });
    assert.equal((await applyRetention(services(2), ACTOR)).fileKeys, 1);
    assert.deepEqual(await test.query('select from file_key where wrapped_key is not null'), []);
    assert.deepEqual(await overOf(2), {});
  });

  it('foretells what goes six years later, without what is held', async () =>
    assert.deepEqual(await overOf(6), { declarationContents: 2 }));

  it('deletes what it foretold, a declaration and its answers after what was declared, and says so in evidence', async () => {
    assert.equal((await applyRetention(services(6), ACTOR)).declarationContents, 2);
    assert.deepEqual(await overOf(6), {});
    const { correctedFacts, declarations, auditEntries } = await overOf(11);
    assert.deepEqual([correctedFacts, declarations, (auditEntries ?? 0) >= 0], [1, 2, true]);
    const removed = await applyRetention(services(11), ACTOR);
    assert.deepEqual([removed.correctedFacts, removed.declarations], [1, 2]);
    const [left] = await test.query(
      `select (select count(*)::int from declaration) as declarations, (select count(*)::int from status_period) as facts,
         (select count(*)::int from declaration_answer) as answers,
         (select count(*)::int from audit_entry where action = 'retention.apply') as entries`,
    );
    assert.deepEqual(left, { declarations: 1, facts: 1, answers: 1, entries: 4 });
  });

  it('deletes grounds ten years after they ended, with what belongs to them, and none that lasts or is held', async () => {
    const recorded = { by: 'issuer', organization: '1912345694' };
    const past = { validFrom: daysFromNow(-20), validUntil: daysFromNow(-10) };
    await test.database.transaction(async (c) => {
      const employers = {
        kind: 'employer',
        agent: enterprise('0474028805'),
        employer: enterprise('0206731645'),
      } as const;
      const persons = {
        kind: 'administrator',
        agentPersonId: free.personId,
        representedPersonId: held.personId,
      } as const;
      await newMandate(c, employers, past);
      await revokeMandate(c, await newMandate(c, employers), 'over', recorded);
      await newMandate(c, employers);
      await newMandate(c, persons, past);
      const over = await newDeliberation(c, past);
      await newDeliberation(c, past, { deliberationId: over.deliberationId, version: 2 });
      await endDeliberation(c, over.deliberationId, 'over', recorded);
      const used = await newDeliberation(c, past);
      const lasting = await newDeliberation(c, past);
      const long = { validUntil: daysFromNow(20 * 365) };
      await newDeliberation(c, long, { deliberationId: lasting.deliberationId, version: 2 });
      const ask = async (validUntil = past.validUntil) => {
        const requestId = randomUUID();
        const asked = {
          ...deliberation({ ...past, validUntil }),
          askedBy: 'city',
          bodyHmac: randomBytes(32),
        };
        await keepRequest(c, { ...asked, requestId, messageKey: requestId });
        return requestId;
      };
      await ask(long.validUntil);
      const step = { state: 'granted', reasons: undefined, deliberation: used } as const;
      await insertStep(c, await ask(), step, recorded);
      const dossier = { organization: used.organization, registeredBy: 'city', validUntil: undefined };
      for (const { personId } of [free, held]) {
        const dossierId = randomUUID();
        const { deliberationId } = over;
        await keepDossier(c, { ...dossier, dossierId, deliberationId, personId, validFrom: past.validFrom });
        await closeDossier(c, dossierId, 'city');
      }
    });
    const { mandates, requests, dossiers, deliberations } = await overOf(12);
    assert.deepEqual(
      { mandates, requests, dossiers, deliberations },
      {
        mandates: 2,
        requests: 1,
        dossiers: 1,
        // Those on which a dossier or a request rests go after these.
        deliberations: undefined,
      },
    );
    await assert.rejects(test.query('delete from mandate'), { code: '23001' });
    const removed = await applyRetention(services(12), ACTOR);
    assert.deepEqual(
      [removed.mandates, removed.requests, removed.dossiers, removed.deliberations],
      // The one that was granted on goes with its request; the other when nobody held has a dossier any more.
      [2, 1, 1, 1],
    );
    const [left] = await test.query(
      `select (select count(*)::int from mandate) as mandates, (select count(*)::int from mandate_revocation) as revocations,
         (select count(*)::int from request) as requests, (select count(*)::int from request_step) as steps,
         (select count(*)::int from deliberation) as versions, (select count(*)::int from deliberation_end) as ends`,
    );
    assert.deepEqual(left, { mandates: 2, revocations: 0, requests: 1, steps: 0, versions: 4, ends: 1 });
    await test.query('delete from dossier');
    assert.equal((await applyRetention(services(12), ACTOR)).deliberations, 2);
    assert.deepEqual(await test.query('select from deliberation_end'), []);
  });

  it('never changes audit entries itself', async () => {
    await assert.rejects(
      test.database.transaction(async (connection) => {
        await connection.query(`set local ebox.retention = 'over'`);
        await connection.query('delete from audit_entry');
      }),
    );
  });

  it('leaves a declaration that is not over to nobody', async () => {
    await assert.rejects(test.query('delete from declaration'), { code: '23001' });
  });
});

describe('a legal hold', () => {
  it('keeps a person from being erased', async () => {
    assert.deepEqual(await requestErasure(services(), ssinOf(held), MEASURE), { kind: 'held' });
    const [row] = await test.query<{ name: string }>(
      'select family_name as name from person where person_id = $1',
      [held.personId],
    );
    assert.equal(row?.name, 'Vermeulen');
  });

  it('placed after erasing was asked for, comes first', async () => {
    const asked = await requestErasure(services(), ssinOf(free), MEASURE);
    assert.ok(asked.kind === 'requested');
    const { caseId } = await test.database.transaction((connection) => newAttestation(connection, free));
    const onCase = await placeHold(services(), { kind: 'case', caseId }, MEASURE);
    assert.ok(onCase);
    assert.equal(await erasePerson(services(), asked.erasureId), 'held');
    assert.equal(await endHold(services(), onCase, MEASURE), true);
    assert.equal(await erasePerson(services(), asked.erasureId), 'erased');
    assert.equal(await placeHold(services(), { kind: 'case', caseId }, MEASURE), undefined);
  });

  it('is released once, with who did and why', async () => {
    assert.equal(await endHold(services(), holdId, { ...MEASURE, reason: 'closed' }), true);
    assert.equal(await endHold(services(), holdId, MEASURE), false);
    assert.deepEqual(await showHolds(services(), false), []);
    const [first] = await showHolds(services(), true);
    assert.deepEqual([first?.releasedBy, first?.releaseReason], ['operator/test', 'closed']);
    const entries = await test.query(
      `select action from audit_entry where person_id = $1 and action like 'hold.%' order by audit_entry_id`,
      [held.personId],
    );
    assert.deepEqual(entries, [{ action: 'hold.place' }, { action: 'hold.release' }]);
  });

  it('is of nobody that the register does not know', async () => {
    assert.equal(await placeHold(services(), { kind: 'person', ssin: '1' as Ssin }, MEASURE), undefined);
    assert.equal(await placeHold(services(), { kind: 'case', caseId: 'none' }, MEASURE), undefined);
  });
});
