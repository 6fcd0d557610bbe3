/** What a person sees of their eBox: the order of pages, what became of each attestation, and the evidence left. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  markIssued,
  type NewAttestation,
  revokeAttestation,
  supersedeIssued,
} from '../../src/database/attestations.ts';
import type { Connection, Database } from '../../src/database/database.ts';
import { insertAttachment, insertReceipt, type NewMessage } from '../../src/database/messages.ts';
import { replacePerson } from '../../src/database/persons.ts';
import { createVault } from '../../src/keys/vault.ts';
import { consultMessage, type InboxMessage, listUnreadFirst } from '../../src/workflows/inbox.ts';
import type { Reader } from '../../src/workflows/read.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Citizen, issuance, newAttestation, newMessage, newPerson } from '../support/register.ts';

const vault = createVault(randomBytes(32));
const SUBJECT = { employer: { name: 'Hof ter Linde', enterpriseNumber: '1900012343' }, month: '2020-09' };

let test: TestDatabase;

before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

/** A citizen whose key opens what is stored of their attestations. */
async function newCitizen(): Promise<Citizen> {
  const citizen = await run((connection) => newPerson(connection));
  await test.query('update citizen_key set wrapped_key = $2 where citizen_key_id = $1', [
    citizen.citizenKeyId,
    vault.createCitizenKey(citizen.citizenKeyId),
  ]);
  return citizen;
}

function readerOf({ personId }: Citizen, traceId?: string): Reader {
  return {
    actor: { kind: 'person', id: personId },
    ground: { kind: 'ownData', personId },
    subjectId: personId,
    ...(traceId !== undefined && { traceId }),
  };
}

interface Published {
  readonly attestationId: string;
  readonly messageId: string;
  readonly number: string;
}

/** Issues an attestation, in the place of an earlier one of its case, and publishes its message. */
async function publish(
  citizen: Citizen,
  changes: Partial<NewMessage> & { readonly isRead?: boolean } = {},
  ofCase: Partial<Pick<NewAttestation, 'caseId' | 'version'>> = {},
): Promise<Published> {
  const { isRead = false, ...ofMessage } = changes;
  const [row] = await test.query<{ key: Buffer }>(
    'select wrapped_key as key from citizen_key where citizen_key_id = $1',
    [citizen.citizenKeyId],
  );
  const attestationId = randomUUID();
  const facts = vault
    .openCitizenKey(citizen.citizenKeyId, row?.key ?? Buffer.alloc(0))
    .seal(Buffer.from(JSON.stringify({ ...SUBJECT, days: [], holder: {} })), attestationId);
  return run(async (connection) => {
    const fresh = { attestationId, facts, caseId: randomUUID(), ...ofCase };
    const attestation = await newAttestation(connection, citizen, fresh);
    const former = await supersedeIssued(connection, attestation.caseId);
    await markIssued(connection, attestationId, issuance());
    const { messageId } = await newMessage(connection, attestation, {
      originalMessageId: former?.messageId,
      ...ofMessage,
    });
    if (isRead) await read(connection, messageId);
    return { attestationId, messageId, number: attestation.number };
  });
}

async function read(connection: Connection, messageId: string): Promise<void> {
  const receipt = { eventId: randomUUID(), messageId, kind: 'read' as const, eventTime: new Date() };
  assert.equal(await insertReceipt(connection, receipt), true);
}

const services = () => ({ database: test.database, vault });

const list = (citizen: Citizen, size = 100, offset = 0, traceId?: string) =>
  listUnreadFirst(services(), readerOf(citizen, traceId), { visible: true }, { size, offset });

const consult = (citizen: Citizen, messageId: string, traceId?: string) =>
  consultMessage(services(), readerOf(citizen, traceId), messageId);

const idsOf = (messages: readonly InboxMessage[]) => messages.map(({ messageId }) => messageId);

/** What the evidence log holds of a person. */
const evidence = ({ personId }: Citizen) =>
  test.query(
    `select actor_kind as kind, actor_id as actor, action, ground, object, trace_id as "traceId" from audit_entry
     where person_id = $1 order by audit_entry_id`,
    [personId],
  );

describe('listUnreadFirst', () => {
  describe('when some messages are read', () => {
    let citizen: Citizen;
    /** As they must be listed: published at these hours, the first three unread. */
    let expected: string[];

    before(async () => {
      citizen = await newCitizen();
      const at = (hour: number) => new Date(Date.UTC(2026, 10, 19, hour));
      const [one, two, three] = [
        await publish(citizen, { receivedAt: at(1) }),
        await publish(citizen, { receivedAt: at(2), isRead: true }),
        await publish(citizen, { receivedAt: at(3) }),
      ];
      const [four, five, six] = [
        await publish(citizen, { receivedAt: at(4), isRead: true }),
        await publish(citizen, { receivedAt: at(5), isRead: true }),
        await publish(citizen, { receivedAt: at(6) }),
      ];
      const seven = await publish(citizen, { receivedAt: at(7), isRead: true });
      expected = [six, three, one, seven, five, four, two].map(({ messageId }) => messageId);
      // None of these is to be seen: hidden, expired, and of somebody else.
      const hidden = await publish(citizen);
      await test.query('update message set is_visible = false where message_id = $1', [hidden.messageId]);
      const over = { receivedAt: new Date('2020-01-01'), expiresAt: new Date('2021-01-01') };
      await publish(citizen, over);
      await publish(citizen, { ...over, isRead: true });
      await publish(await newCitizen());
    });

    it('lists the unread before the read, the newest of each first, and counts both', async () => {
      const { messages, total, unread } = await list(citizen);
      assert.deepEqual(idsOf(messages), expected);
      assert.deepEqual([total, unread], [7, 3]);
    });

    for (const size of [1, 2, 3, 4, 5, 7, 8]) {
      it(`gives every message on one page of ${size}, wherever the read ones begin`, async () => {
        for (let offset = 0; offset <= 8; offset += 1) {
          const page = await list(citizen, size, offset);
          assert.deepEqual(idsOf(page.messages), expected.slice(offset, offset + size), `from ${offset}`);
          assert.deepEqual([page.total, page.unread], [7, 3]);
        }
      });
    }

    it('reads nothing by listing', async () => {
      await list(citizen);
      const { messages } = await list(citizen);
      assert.deepEqual(
        messages.map(({ readAt }) => readAt === null),
        [true, true, true, false, false, false, false],
      );
    });
  });

  it('lists what was published under a number that was replaced since', async () => {
    const [former, citizen] = [await newCitizen(), await newCitizen()];
    const [old, recent] = [await publish(former), await publish(citizen)];
    await run((connection) => replacePerson(connection, former.personId, citizen.personId));
    const { messages, total } = await list(citizen);
    assert.deepEqual(idsOf(messages).toSorted(), [old.messageId, recent.messageId].toSorted());
    assert.equal(total, 2);
  });

  it('shows a message once that is read while the page is made', async () => {
    const citizen = await newCitizen();
    const { messageId } = await publish(citizen);
    let isStruck = false;
    const database: Database = {
      ...test.database,
      transaction: (work) =>
        test.database.transaction((connection) =>
          work({
            ...connection,
            query: async (text, values) => {
              const rows = await connection.query<never>(text, values);
              if (!isStruck && rows.some((row) => 'messageId' in row)) {
                isStruck = true;
                await run((other) => read(other, messageId));
              }
              return rows;
            },
          }),
        ),
    };
    const page = { size: 9, offset: 0 };
    const { messages } = await listUnreadFirst(
      { database, vault },
      readerOf(citizen),
      { visible: true },
      page,
    );
    assert.equal(isStruck, true);
    assert.deepEqual(idsOf(messages), [messageId]);
  });

  it('leaves an entry of evidence each time, also for an eBox that is empty', async () => {
    const citizen = await newCitizen();
    assert.deepEqual(await list(citizen), { messages: [], total: 0, unread: 0 });
    await list(citizen, 5, 5, 'trace-1');
    const entry = {
      kind: 'person',
      actor: citizen.personId,
      action: 'message.list',
      ground: 'ownData',
      object: null,
    };
    assert.deepEqual(await evidence(citizen), [
      { ...entry, traceId: null },
      { ...entry, traceId: 'trace-1' },
    ]);
  });

  it('gives each message the standing of its own attestation, and none where there is no attestation', async () => {
    const citizen = await newCitizen();
    const [kept, ended] = [await publish(citizen), await publish(citizen)];
    await run((connection) => revokeAttestation(connection, ended.attestationId));
    const plain = randomUUID();
    await test.query(
      `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id,
         subject, language, received_at, expires_at, idempotency_key)
       values ($1, $2, 'letter', '0206731645', 'taxes', 'Brief', 'nl', now(), now() + interval '1 day', 'plain')`,
      [plain, citizen.personId],
    );
    const { messages } = await list(citizen);
    const standings = new Map(messages.map(({ messageId, standing }) => [messageId, standing]));
    assert.equal(standings.get(kept.messageId)?.state, 'issued');
    assert.equal(standings.get(kept.messageId)?.number, kept.number);
    assert.equal(standings.get(ended.messageId)?.state, 'revoked');
    assert.equal(standings.get(ended.messageId)?.number, ended.number);
    assert.equal(standings.has(plain), true);
    assert.equal(standings.get(plain), undefined);
  });
});

describe('consultMessage', () => {
  it('gives a message with its attachments in their order, and reads nothing by that', async () => {
    const citizen = await newCitizen();
    const { messageId, number } = await publish(citizen, { subject: 'Attest van september' });
    const attachment = (position: number) => ({
      attachmentId: randomUUID(),
      position,
      isMainContent: position === 1,
      isSigned: true,
      fileName: `${number}-${position}.pdf`,
      mediaType: 'application/pdf',
      bytes: 1000,
      sha256: randomBytes(32),
    });
    await run(async (connection) => {
      await insertAttachment(connection, messageId, attachment(2));
      await insertAttachment(connection, messageId, attachment(1));
    });
    await consult(citizen, messageId);
    const found = await consult(citizen, messageId);
    assert.equal(found?.subject, 'Attest van september');
    assert.equal(found?.readAt, null);
    assert.deepEqual(
      found?.attachments.map(({ fileName }) => fileName),
      [`${number}-1.pdf`, `${number}-2.pdf`],
    );
    assert.deepEqual(found?.standing, {
      type: 'quarantine',
      number,
      state: 'issued',
      endedAt: null,
      newestMessageId: null,
      subject: SUBJECT,
    });
  });

  it('gives nothing of somebody else, as of a message that is not there or has expired', async () => {
    const [citizen, other] = [await newCitizen(), await newCitizen()];
    const { messageId } = await publish(other);
    const over = await publish(citizen, { expiresAt: new Date('2021-01-01') });
    for (const id of [messageId, over.messageId, randomUUID()])
      assert.equal(await consult(citizen, id), undefined, id);
    assert.deepEqual([await evidence(citizen), await evidence(other)], [[], []], 'nothing was disclosed');
  });

  it('leaves an entry of evidence that names the message', async () => {
    const citizen = await newCitizen();
    const { messageId } = await publish(citizen);
    await consult(citizen, messageId, 'trace-2');
    assert.deepEqual(await evidence(citizen), [
      {
        kind: 'person',
        actor: citizen.personId,
        action: 'message.consult',
        ground: 'ownData',
        object: messageId,
        traceId: 'trace-2',
      },
    ]);
  });

  describe('when the attestation has ended', () => {
    it('leads from each superseded version to the message of the newest', async () => {
      const citizen = await newCitizen();
      const versions = [];
      for (const version of [1, 2, 3]) versions.push(await publish(citizen, {}, { caseId: 'c', version }));
      const standings = [];
      for (const { messageId } of versions) standings.push((await consult(citizen, messageId))?.standing);
      assert.deepEqual(
        standings.map((standing) => [standing?.state, standing?.newestMessageId]),
        [
          ['superseded', versions[2]?.messageId],
          ['superseded', versions[2]?.messageId],
          ['issued', null],
        ],
      );
      assert.deepEqual(
        standings.map((standing) => standing?.endedAt instanceof Date),
        [true, true, false],
      );
    });

    it('says that it was revoked, and when', async () => {
      const citizen = await newCitizen();
      const { attestationId, messageId } = await publish(citizen);
      await run((connection) => revokeAttestation(connection, attestationId));
      const [row] = await test.query<{ endedAt: Date }>(
        'select ended_at as "endedAt" from attestation where attestation_id = $1',
        [attestationId],
      );
      const standing = (await consult(citizen, messageId))?.standing;
      assert.deepEqual([standing?.state, standing?.newestMessageId], ['revoked', null]);
      assert.deepEqual(standing?.endedAt, row?.endedAt);
    });

    it('leads from a revoked version to one that was issued afterwards, and to none that is only prepared', async () => {
      const citizen = await newCitizen();
      const first = await publish(citizen, {}, { caseId: 'd', version: 1 });
      await run(async (connection) => {
        await revokeAttestation(connection, first.attestationId);
        await newAttestation(connection, citizen, { caseId: 'd', version: 3 });
      });
      assert.equal((await consult(citizen, first.messageId))?.standing?.newestMessageId, null);
      const second = await publish(citizen, {}, { caseId: 'e', version: 1 });
      await run((connection) => revokeAttestation(connection, second.attestationId));
      const third = await publish(citizen, {}, { caseId: 'e', version: 2 });
      const standing = (await consult(citizen, second.messageId))?.standing;
      assert.deepEqual([standing?.state, standing?.newestMessageId], ['revoked', third.messageId]);
    });

    it('still says so once the citizen’s key was destroyed, but not whom it concerned', async () => {
      const citizen = await newCitizen();
      const { attestationId, messageId, number } = await publish(citizen);
      await run((connection) => revokeAttestation(connection, attestationId));
      await test.query(
        'update citizen_key set wrapped_key = null, destroyed_at = now() where citizen_key_id = $1',
        [citizen.citizenKeyId],
      );
      const standing = (await consult(citizen, messageId))?.standing;
      assert.deepEqual([standing?.state, standing?.number], ['revoked', number]);
      assert.equal(standing && 'subject' in standing, false);
      assert.equal((await list(citizen)).messages[0]?.standing?.state, 'revoked');
    });
  });

  describe('when the evidence cannot be written', () => {
    afterEach(() => test.query('alter table audit_entry rename column lost to trace_id'));

    it('discloses nothing', async () => {
      const citizen = await newCitizen();
      const { messageId } = await publish(citizen);
      await test.query('alter table audit_entry rename column trace_id to lost');
      await assert.rejects(consult(citizen, messageId));
      await assert.rejects(list(citizen));
    });
  });
});
