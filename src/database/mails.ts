/** Digests by mail: which messages one will speak of, one a person and day, and what came back of it. */
import type { DocumentLanguage } from '../domain/language.ts';
import type { Connection } from './database.ts';

/** Says that the next digest of a person speaks of a message; once, and of none that lies in another registry. */
export async function insertMailDue(
  connection: Connection,
  messageId: string,
  personId: string,
): Promise<boolean> {
  const rows = await connection.query(
    `insert into mail_due (message_id, person_id) select message_id, $2 from message where message_id = $1 and is_hosted
     on conflict (message_id) do nothing returning 1`,
    [messageId, personId],
  );
  return rows.length > 0;
}

export interface MailRow {
  readonly mailId: string;
  readonly personId: string;
  readonly state: 'prepared' | 'sent' | 'refused' | 'bounced';
}

const MAIL = 'm.mail_id as "mailId", m.person_id as "personId", m.state';

/** A digest was begun today, or may still have to leave. */
export interface TodaysMail extends MailRow {
  readonly isOfToday: boolean;
}

/** Finds the digest that a person, under any of their numbers, has had today; before it one that may not have left. */
export async function findTodaysMail(
  connection: Connection,
  personIds: readonly string[],
): Promise<TodaysMail | undefined> {
  const [row] = await connection.query<TodaysMail>(
    `select ${MAIL}, m.day = brussels_today() as "isOfToday" from mail m
     where m.person_id = any($1) and (m.day = brussels_today() or m.state = 'prepared')
     order by m.state = 'prepared' desc limit 1`,
    [personIds],
  );
  return row;
}

/** Whether a message is still worth telling of: unread, seen, in our registry, not over. */
const UNREAD = 'g.read_at is null and g.is_visible and g.is_hosted and g.expires_at > clock_timestamp()';

/** Prepares the digest of a day with what is due; gives of how many messages it speaks. None: nothing is prepared. */
export async function prepareMail(
  connection: Connection,
  mailId: string,
  personId: string,
  personIds: readonly string[],
): Promise<number> {
  const rows = await connection.query(
    `with due as (delete from mail_due where person_id = any($3) returning message_id),
       telling as (select g.message_id from due join message g using (message_id) where ${UNREAD}),
       mailed as (insert into mail (mail_id, person_id, day)
         select $1, $2, brussels_today() where exists (select from telling) returning mail_id)
     insert into mail_message (mail_id, message_id) select $1, message_id from telling, mailed returning 1`,
    [mailId, personId, personIds],
  );
  return rows.length;
}

/** Says that nothing will be told of what is due to a person. */
export async function dropMailDue(connection: Connection, personIds: readonly string[]): Promise<void> {
  await connection.query('delete from mail_due where person_id = any($1)', [personIds]);
}

/** A message that a digest speaks of. */
export interface MailedMessage {
  readonly messageId: string;
  readonly language: DocumentLanguage;
  readonly senderOrganizationId: string;
}

/** Lists the messages that a digest speaks of, the newest last. */
export async function listMailedMessages(
  connection: Connection,
  mailId: string,
): Promise<readonly MailedMessage[]> {
  return connection.query<MailedMessage>(
    `select message_id as "messageId", g.language, g.sender_organization_id as "senderOrganizationId" from mail_message join message g using (message_id)
     where mail_id = $1 order by g.received_at, message_id`,
    [mailId],
  );
}

/** Says that a digest of an earlier day, which may not have left, is that of today. */
export async function resumeMail(connection: Connection, mailId: string): Promise<void> {
  await connection.query('update mail set day = brussels_today() where mail_id = $1', [mailId]);
}

/** Says that our mail server has taken a digest; gives whether that was news. */
export async function markMailSent(connection: Connection, mailId: string): Promise<boolean> {
  const rows = await connection.query(
    `update mail set state = 'sent', sent_at = clock_timestamp() where mail_id = $1 and state = 'prepared' returning 1`,
    [mailId],
  );
  return rows.length > 0;
}

/** Says that a digest was refused, or came back, and why; the first that is said of it counts. Gives the mail. */
export async function markMailFailed(
  connection: Connection,
  mailId: string,
  state: 'refused' | 'bounced',
  status: string | undefined,
): Promise<MailRow | undefined> {
  const [row] = await connection.query<MailRow>(
    `update mail m set state = $2, failed_at = clock_timestamp(), status = $3
     where m.mail_id = $1 and m.state in ('prepared', 'sent') returning ${MAIL}`,
    [mailId, state, status ?? null],
  );
  return row;
}

/** Queues the digests of those who have had none today and of whom something is due for so long; gives how many. */
export async function queueDigests(connection: Connection, afterSeconds: number): Promise<number> {
  const rows = await connection.query(
    `insert into job (lane, kind, payload, dedupe_key)
     select 'tell', 'digest', jsonb_build_object('personId', d.person_id::text), d.person_id::text
     from (select person_id from mail_due group by person_id
       having min(queued_at) <= clock_timestamp() - make_interval(secs => $1)) d
     where not exists (select from mail m where m.person_id = d.person_id and m.day = brussels_today())
       and not exists (select from job j where j.kind = 'digest' and j.dedupe_key = d.person_id::text
         and j.dead_at is null)
     on conflict (kind, dedupe_key) where lease_token is null and dead_at is null do nothing returning 1`,
    [afterSeconds],
  );
  return rows.length;
}
