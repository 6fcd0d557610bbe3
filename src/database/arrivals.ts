/** How messages reached a person, and where a message that is to be delivered comes from. */
import type { PrintReason } from '../domain/delivery.ts';
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/** A message with all that is known of its way. */
export interface DeliveryRow {
  readonly messageId: string;
  readonly messageTypeId: string;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly readAt: Date | null;
  readonly relayState: 'waiting' | 'published' | 'parked' | 'withdrawn' | null;
  readonly registryMessageId: string | null;
  readonly refusal: string | null;
  readonly mailState: 'prepared' | 'sent' | 'refused' | 'bounced' | null;
  readonly mailedAt: Date | null;
  readonly mailFailedAt: Date | null;
  readonly mailStatus: string | null;
  readonly isMailDue: boolean;
  readonly printReason: PrintReason | null;
  readonly fetchedAt: Date | null;
  readonly printedAt: Date | null;
}

/** Lists the messages to persons that a ground covers, the newest first. */
export async function listDeliveries(
  connection: Connection,
  ground: Ground,
  personIds: readonly string[],
  limit: number,
): Promise<DeliveryRow[]> {
  const values: unknown[] = [personIds, limit];
  const columns = { sender: 'g.sender_organization_id', person: 'g.person_id' };
  return connection.query<DeliveryRow>(
    `select g.message_id as "messageId", g.message_type_id as "messageTypeId", g.received_at as "receivedAt",
       g.expires_at as "expiresAt", g.read_at as "readAt", u.state as "relayState",
       u.registry_message_id as "registryMessageId", u.refusal, m.state as "mailState", m.sent_at as "mailedAt",
       m.failed_at as "mailFailedAt", m.status as "mailStatus", d.message_id is not null as "isMailDue",
       p.reason as "printReason", p.fetched_at as "fetchedAt", p.printed_at as "printedAt"
     from message g left join relay u using (message_id)
     left join lateral (select l.* from mail_message x join mail l using (mail_id) where x.message_id = g.message_id
       order by l.day desc limit 1) m on true
     left join mail_due d on d.message_id = g.message_id left join print_item p on p.message_id = g.message_id
     where g.person_id = any($1) and ${coveredBy(ground, columns, bindTo(values))}
     order by g.received_at desc, g.message_id desc limit $2`,
    values,
  );
}

/** What became of the last mail about a message that a ground covers; undefined where none was sent. */
export async function findMailOutcome(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<{ readonly state: string; readonly failedAt: Date | null } | undefined> {
  const values: unknown[] = [messageId];
  const [row] = await connection.query<{ state: string; failedAt: Date | null }>(
    `select m.state, m.failed_at as "failedAt" from message g join mail_message x using (message_id)
       join mail m using (mail_id)
     where g.message_id = $1 and ${coveredBy(ground, { person: 'g.person_id' }, bindTo(values))}
     order by m.day desc limit 1`,
    values,
  );
  return row;
}

/** The document of a message, and the key that opens it. */
export interface MessageDocument {
  readonly messageId: string;
  readonly personId: string;
  readonly attestationId: string;
  readonly objectKey: string;
  readonly citizenKeyId: string;
  /** Null once the key was destroyed. */
  readonly wrappedKey: Buffer | null;
}

const DOCUMENT = `select g.message_id as "messageId", g.person_id as "personId", a.attestation_id as "attestationId",
  a.object_key as "objectKey", a.citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey"
  from message g join attestation a using (attestation_id) join citizen_key k using (citizen_key_id)`;

/** Finds the document of a message that a ground covers. */
export async function findMessageDocument(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<MessageDocument | undefined> {
  const values: unknown[] = [messageId];
  const [row] = await connection.query<MessageDocument>(
    `${DOCUMENT} where g.message_id = $1 and ${coveredBy(ground, { sender: 'g.sender_organization_id' }, bindTo(values))}`,
    values,
  );
  return row;
}
