/** Digests over a real mail server: one a day, in the person's language, once whatever happens; and what comes back. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import { erasePersonRows } from '../../src/database/erasures.ts';
import { claimJobs, type LeasedJob, queueJob } from '../../src/database/jobs.ts';
import { insertReceipt } from '../../src/database/messages.ts';
import { insertEvent } from '../../src/database/outbox.ts';
import { type Mail, readMails } from '../../src/embedded/smtp/mails.ts';
import { type Smtp, startSmtp } from '../../src/embedded/smtp/smtp.ts';
import { armFailpoints, disarmFailpoints } from '../../src/failpoint.ts';
import { createLog } from '../../src/log.ts';
import { createMailer } from '../../src/mail/transport.ts';
import { noteBounce } from '../../src/workflows/bounce.ts';
import { queueDueDigests, sendDigest } from '../../src/workflows/digest.ts';
import { tellEvent } from '../../src/workflows/tell.ts';
import { report } from '../support/bounces.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';
import { newAttestation, newMessage, newPerson } from '../support/register.ts';

const PUBLIC_URL = 'https://ebox.example.be';

let test: TestDatabase;
let folder: string;
let smtp: Smtp;
let catalogue: Awaited<ReturnType<typeof loadCatalogue>>;
let seen = 0;

before(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'digests-'));
  smtp = await startSmtp({ folder, port: 0 });
  catalogue = await loadCatalogue(join(projectRoot, 'templates'));
});
after(async () => {
  await smtp.stop();
  await test.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  seen = (await readMails(folder)).length;
});
afterEach(async () => {
  disarmFailpoints();
  await test.query('delete from job');
});

function services(smtpUrl = smtp.url) {
  const from = { address: 'no-reply@ebox.example.be', name: 'Office' };
  return {
    database: test.database,
    catalogue,
    mailer: createMailer({ url: smtpUrl, from, bounceAddress: 'bounces@ebox.example.be' }),
    mailing: { afterSeconds: 0, settingsUrl: 'https://settings.example.be/mail' },
    newId: () => randomUUID(),
    clock: () => new Date(),
    log: createLog('silent'),
    settings: {
      publicUrl: PUBLIC_URL,
      settleAfterSeconds: 0,
      headSeconds: 60,
      languagePresumption: { brussels: 'fr', facilities: 'own', unknown: 'fr' },
      fileKeyDays: 400,
    },
  } as const;
}

/** Does whatever is queued, and what that queues, as a worker does; gives the mails that left. */
async function work(parts = services()): Promise<readonly Mail[]> {
  for (;;) {
    const jobs = await test.database.transaction((connection) => claimJobs(connection, ['tell'], 10, 60));
    if (jobs.length === 0) break;
    for (const job of jobs) await run(parts, job);
  }
  parts.mailer.close();
  return (await readMails(folder)).slice(seen);
}

function run(parts: ReturnType<typeof services>, job: LeasedJob): Promise<void> {
  return job.kind === 'tell'
    ? tellEvent(parts, job, String(job.payload.outboxId))
    : sendDigest(parts, job, String(job.payload.personId));
}

/** A person with so many messages that were just published. */
async function publish(messages: number, changes = ''): Promise<string> {
  return test.database.transaction(async (connection) => {
    const person = await newPerson(connection, { email: 'lena@example.org' });
    if (changes !== '')
      await connection.query(`update person set ${changes} where person_id = $1`, [person.personId]);
    for (let at = 0; at < messages; at += 1) {
      const attestation = await newAttestation(connection, person, { caseId: `${person.personId}/${at}` });
      const { messageId } = await newMessage(connection, attestation);
      await insertEvent(connection, { kind: 'messagePublished', messageId });
    }
    return person.personId;
  });
}

const isTomorrow = (personId: string) =>
  test.query("update mail set day = day - 1 where person_id = $1 and state <> 'prepared'", [personId]);
const states = (personId: string) =>
  test.query<{ state: string; status: string | null; receipts: string }>(
    `select m.state, m.status, (select coalesce(string_agg(r.kind, ' ' order by r.recorded_time), '') from mail_message x
       join receipt r using (message_id) where x.mail_id = m.mail_id) as receipts
     from mail m where person_id = $1 order by day`,
    [personId],
  );

describe('sendDigest', () => {
  it('makes one mail of several messages, in the language of the person, and says nothing of them', async () => {
    const personId = await publish(3, "mail_language = 'en'");
    const [mail, ...others] = await work();
    assert.deepEqual(others, []);
    assert.equal(mail?.subject, '3 documents are waiting in your eBox');
    const sender = catalogue.senders.organizations.get('1912345694')?.shortName.nl ?? '';
    assert.ok(sender !== '' && mail.text.includes(`From: ${sender}.`), mail.text);
    assert.equal(mail.envelope.from, 'bounces@ebox.example.be');
    assert.match(mail.messageId ?? '', /^<[\da-f-]{36}@ebox\.example\.be>$/);
    assert.ok(mail.headers.includes('list-unsubscribe: <https://settings.example.be/mail>'));
    assert.doesNotMatch(`${mail.subject}${mail.text}${mail.html}`, /\battest\b|quarant|QUA-|Vermeulen/i);
    assert.deepEqual(await states(personId), [
      { state: 'sent', status: null, receipts: 'notified notified notified' },
    ]);
  });

  it('leaves out a sender whose name alone would say something', async () => {
    await publish(1, "mail_language = 'en'");
    const sender = catalogue.senders.organizations.get('1912345694');
    assert.ok(sender);
    const organizations = new Map([['1912345694', { ...sender, isUnnamedInMail: true }]]);
    const silent = { ...catalogue, senders: { ...catalogue.senders, organizations } };
    const [mail] = await work({ ...services(), catalogue: silent } as ReturnType<typeof services>);
    assert.equal(mail?.subject, 'A document is waiting in your eBox');
    assert.doesNotMatch(mail.text, /From:/);
  });

  it('goes by what the person chose, under whichever of their numbers', async () => {
    const chosen = "mail_language = 'en', chosen_notice_language = 'de'";
    await publish(1, chosen);
    assert.equal((await work())[0]?.subject, 'In Ihrer eBox liegt ein Dokument für Sie bereit');
    seen += 1;
    const refusing = await publish(1, 'wants_notices = false');
    const replaced = await publish(1, `wants_notices = false, replaced_by = '${refusing}'`);
    assert.deepEqual(await work(), []);
    assert.deepEqual([...(await states(refusing)), ...(await states(replaced))], []);
    const [due] = await test.query<{ due: number }>('select count(*)::int as due from mail_due');
    assert.equal(due?.due, 0);
  });

  it('tells of what comes later on the next day, and of what was read meanwhile never', async () => {
    const personId = await publish(2);
    const first = await work();
    assert.deepEqual(
      first.map(({ subject }) => subject),
      ['Er staan 2 documenten voor u klaar in uw eBox'],
    );
    await test.database.transaction(async (connection) => {
      for (const at of [7, 8]) {
        const [key] = await connection.query<{ citizenKeyId: string }>(
          'select citizen_key_id as "citizenKeyId" from citizen_key where person_id = $1',
          [personId],
        );
        const citizen = { personId, ssinHmac: Buffer.alloc(0), citizenKeyId: key?.citizenKeyId ?? '' };
        const attestation = await newAttestation(connection, citizen, { caseId: `${personId}/${at}` });
        const { messageId } = await newMessage(connection, attestation);
        await insertEvent(connection, { kind: 'messagePublished', messageId });
        if (at === 8)
          await insertReceipt(connection, {
            eventId: randomUUID(),
            messageId,
            kind: 'read',
            eventTime: new Date(),
          });
      }
    });
    assert.equal((await work()).length, 1, 'none on the same day');
    await queueDueDigests(services());
    assert.equal((await work()).length, 1, 'still the same day');
    await isTomorrow(personId);
    await queueDueDigests(services());
    const later = await work();
    assert.equal(later.length, 2);
    assert.equal(later[1]?.subject, 'Er staat een document voor u klaar in uw eBox');
  });

  for (const place of ['digest.prepared', 'digest.mailed', 'digest.committed']) {
    it(`struck at ${place} leads to one mail, however often it leaves`, async () => {
      const personId = await publish(1);
      armFailpoints(`${place}=throw`);
      await assert.rejects(work(), /failpoint/);
      disarmFailpoints();
      await test.query("update job set lease_until = now() - interval '1 second'");
      const mails = await work();
      assert.equal(new Set(mails.map(({ messageId }) => messageId)).size, 1);
      assert.deepEqual(await states(personId), [{ state: 'sent', status: null, receipts: 'notified' }]);
    });
  }

  it('keeps with the mail that the address was refused, and goes on', async () => {
    const personId = await publish(1, "email = 'no mailbox'");
    assert.deepEqual(await work(), []);
    assert.deepEqual(await states(personId), [
      { state: 'refused', status: '5.1.0', receipts: 'notificationFailed' },
    ]);
  });

  it('sends nothing where there is no address, and nothing is left due', async () => {
    const personId = await publish(1);
    await test.query('update person set email = null where person_id = $1', [personId]);
    await test.database.transaction((connection) =>
      queueJob(connection, { lane: 'tell', kind: 'digest', payload: { personId } }),
    );
    assert.deepEqual(await work(), []);
    assert.deepEqual(await test.query('select from mail_due where person_id = $1', [personId]), []);
  });

  it('speaks to nobody who was erased, and nothing is kept of what was told', async () => {
    const told = await publish(1);
    await work();
    const untold = await publish(1);
    await test.database.transaction((connection) => erasePersonRows(connection, [told, untold]));
    seen += 1;
    assert.deepEqual(await work(), []);
    assert.deepEqual(await test.query('select from mail where person_id = any($1)', [[told, untold]]), []);
  });

  it('gives the job back while the mail server is away', async () => {
    const personId = await publish(1);
    await assert.rejects(work(services('smtp://127.0.0.1:9')), /could not be handed over/);
    assert.deepEqual(await states(personId), [{ state: 'prepared', status: null, receipts: '' }]);
  });
});

describe('noteBounce', () => {
  it('keeps with the mail that it came back, once', async () => {
    const personId = await publish(1);
    const [mail] = await work();
    const bounce = Buffer.from(report({ messageId: mail?.messageId ?? '' }));
    assert.equal(await noteBounce(services(), PUBLIC_URL, bounce), 'noted');
    assert.equal(await noteBounce(services(), PUBLIC_URL, bounce), 'known');
    assert.deepEqual(await states(personId), [
      { state: 'bounced', status: '5.1.1', receipts: 'notified notificationFailed' },
    ]);
    const entries = await test.query(
      "select from audit_entry where action = 'message.bounce' and person_id = $1",
      [personId],
    );
    assert.equal(entries.length, 1);
  });

  it('changes nothing for a mail that was only delayed, nor for one that is not ours', async () => {
    const personId = await publish(1);
    const [mail] = await work();
    const delayed = report({ messageId: mail?.messageId ?? '', action: 'delayed', status: '4.4.1' });
    assert.equal(await noteBounce(services(), PUBLIC_URL, Buffer.from(delayed)), 'notFinal');
    assert.equal(await noteBounce(services(), PUBLIC_URL, Buffer.from(report({}))), 'notOurs');
    assert.deepEqual(await states(personId), [{ state: 'sent', status: null, receipts: 'notified' }]);
  });
});
