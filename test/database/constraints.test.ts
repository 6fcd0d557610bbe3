/** The rules that the schema itself keeps, each seen to refuse what breaks it. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  markIssued,
  revokeAttestation,
  supersedeIssued,
  withdrawAttestation,
} from '../../src/database/attestations.ts';
import { insertAuditEntry } from '../../src/database/audit.ts';
import type { Connection } from '../../src/database/database.ts';
import { insertAnswer } from '../../src/database/declarations.ts';
import { insertAttachment, insertReceipt } from '../../src/database/messages.ts';
import { savePeriod } from '../../src/database/periods.ts';
import { insertStatus } from '../../src/database/statuses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  type Citizen,
  day,
  fact,
  issuance,
  newAttestation,
  newDeclaration,
  newEmployer,
  newMessage,
  newPerson,
  period,
} from '../support/register.ts';

const UNIQUE = '23505';
const CHECK = '23514';
const RESTRICT = '23001';
const FOREIGN = '23503';

let test: TestDatabase;
let employers = 1_000_000_000;

before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

/** Fails unless the last statement of `work` is refused with a code, by a constraint or trigger of this name. */
async function assertRefused(
  code: string,
  constraint: string | undefined,
  work: (connection: Connection, citizen: Citizen) => Promise<unknown>,
): Promise<void> {
  const attempt = test.database.transaction(async (connection) => {
    const citizen = await newPerson(connection);
    await work(connection, citizen);
  });
  await assert.rejects(attempt, (error) => {
    const { code: given, constraint: by } = error as { code?: string; constraint?: string };
    assert.deepEqual([given, constraint === undefined ? undefined : by], [code, constraint], String(error));
    return true;
  });
}

/** Fails unless all of `work` is taken. */
async function assertTaken(
  work: (connection: Connection, citizen: Citizen) => Promise<unknown>,
): Promise<void> {
  await test.database.transaction(async (connection) => {
    await work(connection, await newPerson(connection));
  });
}

function employer(connection: Connection): Promise<string> {
  employers += 1;
  return newEmployer(connection, String(employers));
}

/** Issues a version of a case. */
async function issue(connection: Connection, citizen: Citizen, version: number) {
  const attestation = await newAttestation(connection, citizen, { version });
  await markIssued(connection, attestation.attestationId, issuance());
  return attestation;
}

describe('a case', () => {
  it('has one issued version at most', () =>
    assertRefused(UNIQUE, 'attestation_one_issued', async (connection, citizen) => {
      await issue(connection, citizen, 1);
      await issue(connection, citizen, 2);
    }));

  it('has one prepared version at most', () =>
    assertRefused(UNIQUE, 'attestation_one_prepared', async (connection, citizen) => {
      await newAttestation(connection, citizen, { version: 1 });
      await newAttestation(connection, citizen, { version: 2 });
    }));

  it('has each version once', () =>
    assertRefused(UNIQUE, 'attestation_case_id_version_key', async (connection, citizen) => {
      const { attestationId } = await newAttestation(connection, citizen);
      await withdrawAttestation(connection, attestationId);
      await newAttestation(connection, citizen);
    }));

  it('has a next version once the one before was superseded, revoked or withdrawn', () =>
    assertTaken(async (connection, citizen) => {
      const first = await issue(connection, citizen, 1);
      await supersedeIssued(connection, first.caseId);
      const second = await issue(connection, citizen, 2);
      await revokeAttestation(connection, second.attestationId);
      const third = await newAttestation(connection, citizen, { version: 3 });
      await withdrawAttestation(connection, third.attestationId);
      await issue(connection, citizen, 4);
    }));
});

describe('an attestation', () => {
  const issued = async (connection: Connection, citizen: Citizen) =>
    (await issue(connection, citizen, 1)).attestationId;
  const set = (connection: Connection, attestationId: string, what: string) =>
    connection.query(`update attestation set ${what} where attestation_id = $1`, [attestationId]);

  for (const [what, sql] of Object.entries({
    'issued without its time': 'issued_at = null',
    'issued without the digest of its document': 'pdf_sha256 = null',
    'issued without the digest of its object': 'object_sha256 = null',
    'issued without its key': 'key_id = null',
    'issued and ended': 'ended_at = clock_timestamp()',
    'superseded without an end': `state = 'superseded'`,
    'revoked without an end': `state = 'revoked'`,
    'withdrawn after it was issued': `state = 'withdrawn', ended_at = clock_timestamp()`,
    'prepared again': `state = 'prepared'`,
    'in a state of its own': `state = 'lost'`,
    'sealed at an unknown level': `level = 'B-X'`,
    'recorded with half a digest': `pdf_sha256 = '\\x00'`,
    'in English': `language = 'en'`,
  })) {
    it(`is never ${what}`, () =>
      assertRefused(CHECK, undefined, async (connection, citizen) =>
        set(connection, await issued(connection, citizen), sql),
      ));
  }

  it('has a number, a code, an object and a message of its own', async () => {
    for (const name of ['number', 'tokenHash', 'objectKey', 'messageId'] as const) {
      await assertRefused(UNIQUE, undefined, async (connection, citizen) => {
        const first = await newAttestation(connection, citizen);
        await newAttestation(connection, await newPerson(connection), { [name]: first[name] });
      });
    }
  });

  it('is the only one with its bytes', () =>
    assertRefused(UNIQUE, 'attestation_pdf_sha256_key', async (connection, citizen) => {
      const pdf = randomBytes(8);
      for (const one of [citizen, await newPerson(connection)]) {
        const { attestationId } = await newAttestation(connection, one);
        await markIssued(connection, attestationId, issuance(pdf));
      }
    }));

  it('is encrypted under a key that is kept', () =>
    assertRefused(FOREIGN, undefined, (connection, citizen) =>
      newAttestation(connection, { ...citizen, citizenKeyId: randomUUID() }),
    ));
});

describe('a message', () => {
  it('is published once under an idempotency key of its sender', () =>
    assertRefused(
      UNIQUE,
      'message_sender_organization_id_sender_application_id_idempo_key',
      async (connection, citizen) => {
        const first = await newMessage(connection, await newAttestation(connection, citizen));
        const other = await newAttestation(connection, await newPerson(connection));
        await newMessage(connection, other, { idempotencyKey: first.idempotencyKey });
      },
    ));

  it('may have the idempotency key of another sender', () =>
    assertTaken(async (connection, citizen) => {
      const first = await newMessage(connection, await newAttestation(connection, citizen));
      const other = await newAttestation(connection, await newPerson(connection));
      const { idempotencyKey } = first;
      await newMessage(connection, other, { idempotencyKey, senderOrganizationId: '1900078956' });
    }));

  it('carries an attestation that no other carries', () =>
    assertRefused(UNIQUE, 'message_attestation_id_key', async (connection, citizen) => {
      const attestation = await newAttestation(connection, citizen);
      await newMessage(connection, attestation);
      await newMessage(connection, attestation, { messageId: randomUUID(), idempotencyKey: 'other' });
    }));

  // That of a sender is emptied when its person is erased.
  it('has a subject of at most 400 characters', () =>
    assertRefused(CHECK, 'message_subject_check', async (connection, citizen) =>
      newMessage(connection, await newAttestation(connection, citizen), { subject: 'x'.repeat(401) }),
    ));

  const attachment = (position: number, isMainContent: boolean) => ({
    attachmentId: randomUUID(),
    position,
    isMainContent,
    isSigned: true,
    fileName: 'attest.pdf',
    mediaType: 'application/pdf',
    bytes: 1,
    sha256: randomBytes(32),
  });

  it('has one main content, and each place once', async () => {
    for (const [constraint, ...two] of [
      ['attachment_one_main', attachment(1, true), attachment(2, true)],
      ['attachment_message_id_position_key', attachment(1, true), attachment(1, false)],
    ] as const) {
      await assertRefused(UNIQUE, constraint, async (connection, citizen) => {
        const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
        for (const one of two) await insertAttachment(connection, messageId, one);
      });
    }
  });

  it('has six attachments at most, none of them empty', async () => {
    for (const wrong of [attachment(0, true), attachment(7, true), { ...attachment(1, true), bytes: 0 }]) {
      await assertRefused(CHECK, undefined, async (connection, citizen) => {
        const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
        await insertAttachment(connection, messageId, wrong);
      });
    }
  });
});

describe('a receipt', () => {
  const receiptOf = (messageId: string, kind: 'published' | 'notified' | 'read') => ({
    eventId: randomUUID(),
    messageId,
    kind,
    eventTime: new Date('2026-01-15T10:00:00.123Z'),
  });

  for (const kind of ['published', 'read'] as const) {
    it(`says ${kind} once: the second changes nothing and is no fault`, () =>
      assertTaken(async (connection, citizen) => {
        const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
        assert.equal(await insertReceipt(connection, receiptOf(messageId, kind)), true);
        assert.equal(
          await insertReceipt(connection, { ...receiptOf(messageId, kind), eventTime: new Date() }),
          false,
        );
        const rows = await connection.query<{ at: Date; readAt: Date | null }>(
          `select event_time as at, read_at as "readAt" from receipt join message using (message_id) where message_id = $1`,
          [messageId],
        );
        assert.deepEqual(rows, [
          {
            at: receiptOf(messageId, kind).eventTime,
            readAt: kind === 'read' ? receiptOf(messageId, kind).eventTime : null,
          },
        ]);
      }));

    it(`says ${kind} once also past the function that writes it`, () =>
      assertRefused(UNIQUE, 'receipt_once', async (connection, citizen) => {
        const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
        await insertReceipt(connection, receiptOf(messageId, kind));
        await connection.query(
          'insert into receipt (event_id, message_id, kind, event_time) values ($1, $2, $3, clock_timestamp())',
          [randomUUID(), messageId, kind],
        );
      }));
  }

  it('may say notified more than once', () =>
    assertTaken(async (connection, citizen) => {
      const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
      for (let turn = 0; turn < 2; turn += 1)
        assert.equal(await insertReceipt(connection, receiptOf(messageId, 'notified')), true);
    }));

  it('of the same event is the same', () =>
    assertTaken(async (connection, citizen) => {
      const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
      const receipt = receiptOf(messageId, 'notified');
      assert.deepEqual(
        [await insertReceipt(connection, receipt), await insertReceipt(connection, receipt)],
        [true, false],
      );
    }));

  it('leaves one that reads when two read at once', async () => {
    const messageId = await test.database.transaction(
      async (connection) =>
        (await newMessage(connection, await newAttestation(connection, await newPerson(connection))))
          .messageId,
    );
    const firsts = await Promise.all(
      Array.from({ length: 8 }, () =>
        test.database.transaction((connection) => insertReceipt(connection, receiptOf(messageId, 'read'))),
      ),
    );
    assert.equal(firsts.filter(Boolean).length, 1);
  });
});

describe('rows that are evidence', () => {
  const rows: Readonly<Record<string, (connection: Connection, citizen: Citizen) => Promise<unknown>>> = {
    declaration: (connection) => newDeclaration(connection),
    declaration_answer: async (connection) => {
      const { declarationId } = await newDeclaration(connection);
      await insertAnswer(connection, declarationId, { result: 'B', anomalies: [] });
    },
    receipt: async (connection, citizen) => {
      const { messageId } = await newMessage(connection, await newAttestation(connection, citizen));
      const eventTime = new Date();
      await insertReceipt(connection, { eventId: randomUUID(), messageId, kind: 'published', eventTime });
    },
    audit_entry: (connection, { personId }) =>
      insertAuditEntry(connection, {
        actor: { kind: 'service', id: 'test' },
        action: 'message.read',
        ground: 'duty',
        personId,
      }),
  };
  const changed: Readonly<Record<string, string>> = {
    declaration: 'channel = channel',
    declaration_answer: `result = 'A'`,
    receipt: 'event_time = event_time',
    audit_entry: `action = 'other'`,
  };
  for (const [table, insert] of Object.entries(rows)) {
    it(`of ${table} are never changed`, () =>
      assertRefused(RESTRICT, undefined, async (connection, citizen) => {
        await insert(connection, citizen);
        await connection.query(`update ${table} set ${changed[table]}`);
      }));

    it(`of ${table} are never deleted`, () =>
      assertRefused(RESTRICT, undefined, async (connection, citizen) => {
        await insert(connection, citizen);
        await connection.query(`delete from ${table}`);
      }));
  }
});

describe('a declaration', () => {
  it('is kept once under a message key of its sender', () =>
    assertRefused(UNIQUE, 'declaration_sender_organization_message_key_key', async (connection) => {
      const { messageKey } = await newDeclaration(connection);
      await newDeclaration(connection, { messageKey });
    }));

  it('may have the message key of another sender', () =>
    assertTaken(async (connection) => {
      const { messageKey } = await newDeclaration(connection);
      await newDeclaration(connection, { messageKey, senderOrganization: '1900078956' });
    }));

  it('has answers by number, each with a period and what became of it, or neither', async () => {
    const insert = (connection: Connection, declarationId: string, number: number, columns: string) =>
      connection.query(
        `insert into declaration_answer (declaration_id, answer_number, result, anomalies, period_id, impact)
         values ($1, $2, 'A', '{}', ${columns})`,
        [declarationId, number],
      );
    await assertRefused(UNIQUE, 'declaration_answer_pkey', async (connection) => {
      const { declarationId } = await newDeclaration(connection);
      await insert(connection, declarationId, 1, 'null, null');
      await insert(connection, declarationId, 1, 'null, null');
    });
    for (const columns of [`'900000000123', null`, `null, '{}'`]) {
      await assertRefused(CHECK, undefined, async (connection) =>
        insert(connection, (await newDeclaration(connection)).declarationId, 1, columns),
      );
    }
  });
});

describe('a period', () => {
  it('is live once for worker, employer, kind and start', () =>
    assertRefused(UNIQUE, 'dimona_period_once', async (connection, { personId }) => {
      const employerId = await employer(connection);
      await savePeriod(connection, period(personId, employerId));
      await savePeriod(connection, period(personId, employerId));
    }));

  it('is live once also with the same hour', () =>
    assertRefused(UNIQUE, 'dimona_period_once', async (connection, { personId }) => {
      const employerId = await employer(connection);
      for (let turn = 0; turn < 2; turn += 1)
        await savePeriod(connection, period(personId, employerId, { startHour: '08:00' }));
    }));

  it('stands beside others of another hour, day, kind, employer or worker, and beside cancelled ones', () =>
    assertTaken(async (connection, { personId }) => {
      const employerId = await employer(connection);
      const save = (changes: Parameters<typeof period>[2], worker = personId, at = employerId) =>
        savePeriod(connection, period(worker, at, changes));
      await save({ startHour: '08:00' });
      await save({ startHour: '12:00' });
      await save({ startDate: day('2020-08-31') });
      await save({ workerType: 'OTH' });
      await save({}, personId, await employer(connection));
      await save({}, (await newPerson(connection)).personId);
      await save({ isCancelled: true });
      await save({ isCancelled: true });
      await save({});
    }));

  it('does not end before it begins', () =>
    assertRefused(CHECK, 'dimona_period_check', async (connection, { personId }) =>
      savePeriod(connection, period(personId, await employer(connection), { endDate: day('2020-08-31') })),
    ));

  it('has one of our own numbers, which no period of the NSSO has', async () => {
    for (const periodId of ['800000000001', '90000000000', '9000000000012', '90000000000x']) {
      await assertRefused(CHECK, 'dimona_period_period_id_check', async (connection, { personId }) =>
        savePeriod(connection, period(personId, await employer(connection), { periodId })),
      );
    }
  });
});

describe('a fact', () => {
  it('is current once under a reference of its source', () =>
    assertRefused(UNIQUE, 'status_period_current', async (connection, { personId }) => {
      const { reference } = fact(personId);
      for (let turn = 0; turn < 2; turn += 1)
        await insertStatus(connection, randomUUID(), fact(personId, { reference }));
    }));

  it('does not end before it begins', () =>
    assertRefused(CHECK, 'status_period_check', async (connection, { personId }) => {
      const turned = { startDate: day('2020-09-02'), endDate: day('2020-09-01') };
      await insertStatus(connection, randomUUID(), fact(personId, { period: turned }));
    }));
});

describe('a person', () => {
  it('is not the one that replaced them', () =>
    assertRefused(CHECK, undefined, (connection, { personId }) =>
      connection.query('update person set replaced_by = person_id where person_id = $1', [personId]),
    ));

  it('has a number that nobody else has', () =>
    assertRefused(UNIQUE, 'person_look_up_pkey', async (connection, { ssinHmac }) => {
      const other = await newPerson(connection);
      await connection.query('update person_look_up set ssin_hmac = $2 where person_id = $1', [
        other.personId,
        ssinHmac,
      ]);
    }));

  it('has one key at a time, and another once it was destroyed', async () => {
    const add = (connection: Connection, { personId }: Citizen) =>
      connection.query(
        'insert into citizen_key (citizen_key_id, person_id, wrapped_key, key_version) values ($1, $2, $3, 1)',
        [randomUUID(), personId, randomBytes(60)],
      );
    await assertRefused(UNIQUE, 'citizen_key_current', add);
    await assertTaken(async (connection, citizen) => {
      await connection.query(
        'update citizen_key set wrapped_key = null, destroyed_at = clock_timestamp() where person_id = $1',
        [citizen.personId],
      );
      await add(connection, citizen);
    });
  });

  it('has no key that is destroyed and there', () =>
    assertRefused(CHECK, undefined, (connection, { personId }) =>
      connection.query('update citizen_key set destroyed_at = clock_timestamp() where person_id = $1', [
        personId,
      ]),
    ));
});

describe('an employer', () => {
  for (const [column, wrong] of Object.entries({
    enterprise_number: ['206731645', '2206731645', '02067316450', 'x'],
    nsso_number: ['12345', '1234567890'],
    provisional_nsso_number: ['4000000000', '50000000'],
  })) {
    it(`has a ${column} that is one`, async () => {
      for (const text of wrong) {
        await assertRefused(CHECK, `employer_${column}_check`, (connection) =>
          connection.query(`insert into employer (employer_id, ${column}) values ($1, $2)`, [
            randomUUID(),
            text,
          ]),
        );
      }
    });
  }

  it('has a number', () =>
    assertRefused(CHECK, undefined, (connection) =>
      connection.query('insert into employer (employer_id) values ($1)', [randomUUID()]),
    ));

  it('has a number that no other has', () =>
    assertRefused(UNIQUE, 'employer_enterprise_number_key', async (connection) => {
      await newEmployer(connection, '0206731645');
      await newEmployer(connection, '0206731645');
    }));
});

describe('a job', () => {
  it('is queued once under its key', () =>
    assertRefused(UNIQUE, 'job_queued_once', (connection) =>
      connection.query(
        `insert into job (lane, kind, payload, dedupe_key) values ('single', 'settle', '{}', 'once'), ('tell', 'settle', '{}', 'once')`,
      ),
    ));

  it('has a lease whole or not at all', async () => {
    for (const columns of ['lease_token', 'lease_until']) {
      const value = columns === 'lease_token' ? 'gen_random_uuid()' : 'clock_timestamp()';
      await assertRefused(CHECK, undefined, (connection) =>
        connection.query(
          `insert into job (lane, kind, payload, ${columns}) values ('single', 'settle', '{}', ${value})`,
        ),
      );
    }
  });
});
