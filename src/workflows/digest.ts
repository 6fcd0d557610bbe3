/** Mail: at most one digest a day tells a citizen that something waits in the eBox, and nothing of what it is. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { lockName } from '../database/locks.ts';
import {
  dropMailDue,
  findTodaysMail,
  listMailedMessages,
  type MailedMessage,
  markMailFailed,
  markMailSent,
  prepareMail,
  queueDigests,
  resumeMail,
} from '../database/mails.ts';
import { findNoticeChoice } from '../database/notice-choices.ts';
import { findPerson, listAliases, type PersonRow } from '../database/persons.ts';
import type { DocumentLanguage, PageLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { composeNotice } from '../mail/notice.ts';
import { refusalStatusOf } from '../mail/transport.ts';
import { recordNotification } from './deliver.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type DigestServices = Pick<
  Services,
  'database' | 'catalogue' | 'mailer' | 'mailing' | 'newId' | 'clock' | 'settings'
>;

/** Queues the digests that are due and for which nothing is queued: those put off to another day, above all. */
export async function queueDueDigests({
  database,
  mailing,
}: Pick<Services, 'database' | 'mailing'>): Promise<void> {
  await database.transaction((connection) => queueDigests(connection, mailing.afterSeconds));
}

/** A digest that is about to leave. */
interface Begun {
  readonly mailId: string;
  readonly person: PersonRow & { readonly email: string };
  /** As the person chose it; null: not at all. */
  readonly chosenLanguage: PageLanguage | null;
  readonly messages: readonly MailedMessage[];
}

/**
 * Sends the digest of a person and ends the job; when today's has left, what is due waits for tomorrow's. Its Message-ID
 * is the same on every try, so that a repeated mail can be recognised; whether a lost connection delivered it cannot be
 * known (RFC 5321 §4.5.4.1). An address that does not exist is no fault: it is kept with the mail.
 */
export async function sendDigest(services: DigestServices, lease: Lease, personId: string): Promise<void> {
  const begun = await services.database.transaction((connection) =>
    begin(services, connection, lease, personId),
  );
  if (begun === undefined) return;
  await failpoint('digest.prepared');
  const refusal = await handOver(services, begun);
  await failpoint('digest.mailed');
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    const { mailId } = begun;
    if (refusal === undefined) {
      if (await markMailSent(connection, mailId)) await recordSent(services, connection, begun);
    } else if (await markMailFailed(connection, mailId, 'refused', refusal.status)) {
      await recordNotification(services, connection, 'notificationFailed', begun.messages);
    }
  });
  await failpoint('digest.committed');
}

async function begin(
  { newId }: DigestServices,
  connection: Connection,
  lease: Lease,
  personId: string,
): Promise<Begun | undefined> {
  const person = await findPerson(connection, personId);
  const present = person?.personId ?? personId;
  // Two numbers that turned out to be one person have one digest.
  await lockName(connection, `mail/${present}`);
  const personIds = await listAliases(connection, present);
  const mail = await findTodaysMail(connection, personIds);
  const mailId = mail?.state === 'prepared' ? mail.mailId : newId();
  const choice = await findNoticeChoice(connection, personIds);
  const email = choice.wantsNotices ? (person?.email ?? null) : null;
  if (email === null) await dropMailDue(connection, personIds);
  else if (mail?.state === 'prepared') await resumeMail(connection, mailId);
  else if (mail === undefined) await prepareMail(connection, mailId, present, personIds);
  const messages = await listMailedMessages(connection, mailId);
  if (person !== undefined && email !== null && messages.length > 0)
    return { mailId, person: { ...person, email }, chosenLanguage: choice.language, messages };
  await commitLease(connection, lease);
  return undefined;
}

/** Gives the refusal of our mail server, undefined when it has taken the mail. Throws `mailUnavailable`. */
async function handOver(
  { catalogue, mailer, mailing, settings }: DigestServices,
  { mailId, person, chosenLanguage, messages }: Begun,
): Promise<{ readonly status: string | undefined } | undefined> {
  const { issuer, noticeTexts } = catalogue;
  const written = messages.at(-1)?.language ?? 'nl';
  const language = chosenLanguage ?? person.mailLanguage ?? person.language ?? written;
  const notice = composeNotice(noticeTexts[language], {
    inboxUrl: `${settings.publicUrl}/inbox`,
    settingsUrl: mailing.settingsUrl,
    issuerName: issuer.name[language],
    count: messages.length,
    senders: sendersOf(catalogue, messages, language === 'en' ? written : language),
  });
  const host = new URL(settings.publicUrl).hostname;
  const to = { address: person.email, name: `${person.givenName} ${person.familyName}` };
  try {
    await mailer.send({ ...notice, to, messageId: `<${mailId}@${host}>`, envelopeId: mailId });
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'mailRefused')
      return { status: refusalStatusOf(error) };
    throw error;
  }
}

/** Senders who want to be named, in one of the languages that they have names in. */
function sendersOf(
  { senders }: DigestServices['catalogue'],
  messages: readonly MailedMessage[],
  language: DocumentLanguage,
): string[] {
  const sent = [...new Set(messages.map(({ senderOrganizationId }) => senderOrganizationId))];
  return sent.flatMap((id) => {
    const sender = senders.organizations.get(id);
    return sender === undefined || sender.isUnnamedInMail === true ? [] : [sender.shortName[language]];
  });
}

async function recordSent(
  services: DigestServices,
  connection: Connection,
  { person, messages }: Begun,
): Promise<void> {
  const actor = { kind: 'service' as const, id: 'digest' };
  await recordNotification(services, connection, 'notified', messages);
  for (const { messageId } of messages) {
    await insertAuditEntry(connection, {
      actor,
      action: 'message.notify',
      ground: 'duty',
      personId: person.personId,
      object: messageId,
    });
  }
}
