/** What goes to another registry instead of lying in ours: what waits, what it is there, what an operator has to look at. */
import type { DocumentLanguage } from '../domain/language.ts';
import type { Connection } from './database.ts';

/** Says that a message goes to another registry, and is not shown in ours. */
export async function insertRelay(connection: Connection, messageId: string): Promise<void> {
  await connection.query(
    `with elsewhere as (update message set is_hosted = false where message_id = $1 returning message_id)
     insert into relay (message_id) select message_id from elsewhere`,
    [messageId],
  );
}

/** A publication with the message and the document that it is about. */
export interface RelayRow {
  readonly messageId: string;
  readonly personId: string;
  readonly state: 'waiting' | 'published' | 'parked' | 'withdrawn';
  /** Undefined on the first try: until then nobody can have it. */
  readonly triedAt: Date | null;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  readonly subject: string;
  readonly language: DocumentLanguage;
  readonly fileName: string;
  readonly isSigned: boolean;
  readonly sha256: Buffer;
  readonly attestationId: string;
  readonly attestationState: string;
  readonly objectKey: string;
  readonly citizenKeyId: string;
  readonly wrappedKey: Buffer | null;
}

/** Finds a publication; undefined when there is none. */
export async function findRelay(connection: Connection, messageId: string): Promise<RelayRow | undefined> {
  const [row] = await connection.query<RelayRow>(
    `select p.message_id as "messageId", g.person_id as "personId", p.state, p.tried_at as "triedAt",
       g.message_type_id as "messageTypeId", g.sender_organization_id as "senderOrganizationId",
       g.sender_application_id as "senderApplicationId", g.subject, g.language, f.file_name as "fileName",
       f.is_signed as "isSigned", f.sha256, a.attestation_id as "attestationId", a.state as "attestationState",
       a.object_key as "objectKey", a.citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey"
     from relay p join message g using (message_id) join attestation a on a.attestation_id = g.attestation_id
       join citizen_key k using (citizen_key_id) join attachment f on f.message_id = p.message_id and f.is_main_content
     where p.message_id = $1`,
    [messageId],
  );
  return row;
}

/** Says that a publication is about to leave: from here on the other registry may have it. */
export async function markTried(connection: Connection, messageId: string): Promise<void> {
  await connection.query(
    'update relay set tried_at = coalesce(tried_at, clock_timestamp()) where message_id = $1',
    [messageId],
  );
}

/** Says that it will not leave: what it would tell holds no more. */
export async function withdrawRelay(connection: Connection, messageId: string): Promise<void> {
  await connection.query(
    `update relay set state = 'withdrawn', ended_at = clock_timestamp(), refusal = null
     where message_id = $1 and state in ('waiting', 'parked')`,
    [messageId],
  );
}

/** Says that the other registry has it, under which name, and for which person; gives whether that was news. */
export async function markPublished(
  connection: Connection,
  messageId: string,
  there: {
    readonly registryMessageId: string;
    readonly recipientId: string;
    readonly isDigitalUser: boolean | undefined;
  },
): Promise<boolean> {
  const rows = await connection.query(
    `update relay set state = 'published', ended_at = clock_timestamp(), registry_message_id = $2,
       recipient_id = $3, is_digital_user = $4
     where message_id = $1 and state = 'waiting' returning 1`,
    [messageId, there.registryMessageId, there.recipientId, there.isDigitalUser ?? null],
  );
  return rows.length > 0;
}

/** Sets it aside for an operator. */
export async function parkRelay(connection: Connection, messageId: string, refusal: string): Promise<void> {
  await connection.query(
    `update relay set state = 'parked', ended_at = clock_timestamp(), refusal = $2
     where message_id = $1 and state = 'waiting'`,
    [messageId, refusal],
  );
}

/** Has it tried again; gives whether it was set aside. */
export async function unparkRelay(connection: Connection, messageId: string): Promise<boolean> {
  const rows = await connection.query(
    `update relay set state = 'waiting', ended_at = null, refusal = null
     where message_id = $1 and state = 'parked' returning 1`,
    [messageId],
  );
  return rows.length > 0;
}

export interface ParkedRow {
  readonly messageId: string;
  readonly parkedAt: Date;
  readonly refusal: string;
}

/** Lists what an operator has to look at; it names nobody. */
export async function listParked(connection: Connection, limit: number): Promise<ParkedRow[]> {
  return connection.query<ParkedRow>(
    `select message_id as "messageId", ended_at as "parkedAt", refusal from relay
     where state = 'parked' order by message_id limit $1`,
    [limit],
  );
}

/** A message whose status may have to be asked for, with the number it was published for. */
export interface UnreadRow {
  readonly messageId: string;
  readonly registryMessageId: string;
  readonly ssinCiphertext: Buffer;
  /** Whether there is still something to be asked: it was not read, it has not expired, and its recipient is known. */
  readonly isOpen: boolean;
}

const IS_OPEN = `g.read_at is null and g.expires_at > clock_timestamp() and r.ssin_ciphertext <> ''`;

/**
 * Takes some messages whose status was not asked for so long; nobody else takes them meanwhile. What there is nothing to be
 * asked of any more is taken once more and then never again: else each look would go through all that was ever read.
 */
export async function takeUnread(
  connection: Connection,
  afterSeconds: number,
  limit: number,
): Promise<UnreadRow[]> {
  const due = (when: string) => `select message_id from relay where state = 'published' and ${when}
       order by status_asked_at nulls first limit $2 for update skip locked`;
  return connection.query<UnreadRow>(
    `with never as (${due('status_asked_at is null')}),
     before as (${due('status_asked_at <= statement_timestamp() - make_interval(secs => $1)')}),
     due as (select message_id from (select * from never union all select * from before) either limit $2)
     update relay p set status_asked_at = case when ${IS_OPEN} then clock_timestamp() else 'infinity' end
     from due, message g, person r
     where p.message_id = due.message_id and g.message_id = due.message_id and r.person_id = p.recipient_id
     returning p.message_id as "messageId", p.registry_message_id as "registryMessageId",
       r.ssin_ciphertext as "ssinCiphertext", ${IS_OPEN} as "isOpen"`,
    [afterSeconds, limit],
  );
}
