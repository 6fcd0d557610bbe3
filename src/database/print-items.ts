/** What is printed for whoever has no eBox in use: what waits, its documents, and what left on paper. */

import type { PrintReason } from '../domain/delivery.ts';
import type { Ground } from '../domain/ground.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/** Queues a message to be printed; once. */
export async function insertPrintItem(
  connection: Connection,
  messageId: string,
  personId: string,
  reason: PrintReason,
): Promise<void> {
  await connection.query(
    `insert into print_item (message_id, person_id, reason) values ($1, $2, $3) on conflict (message_id) do nothing`,
    [messageId, personId, reason],
  );
}

/** As `insertPrintItem`, for many. */
export async function insertPrintItems(
  connection: Connection,
  items: readonly Pick<PrintItemRow, 'messageId' | 'personId' | 'reason'>[],
): Promise<void> {
  if (items.length === 0) return;
  await connection.query(
    `insert into print_item (message_id, person_id, reason) select * from unnest($1::uuid[], $2::uuid[], $3::text[])
     on conflict (message_id) do nothing`,
    columnsOf(items, [({ messageId }) => messageId, ({ personId }) => personId, ({ reason }) => reason]),
  );
}

/** What became of a wish for a copy on paper. */
export interface AskedCopy {
  readonly askedAt: Date;
  readonly printedAt: Date | null;
}

/**
 * Queues the copy that somebody asks for of an attestation in force whose message a ground covers; one that waits to be printed
 * for another reason is printed for this one. False where there is nothing to print, or it left on paper before.
 */
export async function askForCopy(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<boolean> {
  const values: unknown[] = [messageId];
  const rows = await connection.query(
    `insert into print_item (message_id, person_id, reason)
     select g.message_id, g.person_id, 'asked' from message g join attestation a using (attestation_id)
     where g.message_id = $1 and g.is_hosted and g.expires_at > clock_timestamp() and a.state = 'issued'
       and ${coveredBy(ground, { person: 'g.person_id' }, bindTo(values))}
     on conflict (message_id) do update set reason = 'asked' where print_item.printed_at is null
     returning 1`,
    values,
  );
  return rows.length > 0;
}

/** Finds the copy on paper of a message that a ground covers, whoever had it printed. */
export async function findCopy(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<AskedCopy | undefined> {
  const values: unknown[] = [messageId];
  const [row] = await connection.query<AskedCopy>(
    `select p.queued_at as "askedAt", p.printed_at as "printedAt" from print_item p join message g using (message_id)
     where p.message_id = $1 and (p.reason = 'asked' or p.printed_at is not null)
       and ${coveredBy(ground, { person: 'g.person_id' }, bindTo(values))}`,
    values,
  );
  return row;
}

export interface PrintItemRow {
  readonly messageId: string;
  readonly personId: string;
  readonly reason: PrintReason;
  readonly queuedAt: Date;
  readonly fetchedAt: Date | null;
  readonly printedAt: Date | null;
  /** Read meanwhile, or its attestation holds no more: nothing is to be printed. */
  readonly isNeedless: boolean;
  readonly language: DocumentLanguage;
  readonly attestationId: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: Buffer;
}

const IS_NEEDLESS = `((g.read_at is not null and p.reason <> 'asked') or a.state <> 'issued' or g.expires_at <= clock_timestamp())`;
const ITEM = `p.message_id as "messageId", p.person_id as "personId", p.reason, p.queued_at as "queuedAt",
  p.fetched_at as "fetchedAt", p.printed_at as "printedAt", ${IS_NEEDLESS} as "isNeedless", g.language,
  g.attestation_id as "attestationId", f.file_name as "fileName", f.bytes, f.sha256`;
const FROM = `from print_item p join message g using (message_id) join attestation a on a.attestation_id = g.attestation_id
  join attachment f on f.message_id = p.message_id and f.is_main_content`;
const SENT = { sender: 'g.sender_organization_id' };

/** Lists what the sender that asks has to print, the oldest first, from after a message on. */
export async function listPrintItems(
  connection: Connection,
  ground: Ground,
  after: string | undefined,
  limit: number,
): Promise<PrintItemRow[]> {
  const values: unknown[] = [after ?? null, limit];
  return connection.query<PrintItemRow>(
    `select ${ITEM} ${FROM} where p.printed_at is null and not ${IS_NEEDLESS}
       and ($1::uuid is null or p.message_id > $1) and ${coveredBy(ground, SENT, bindTo(values))}
     order by p.message_id limit $2`,
    values,
  );
}

/** Finds one item of the sender that asks, whatever became of it. */
export async function findPrintItem(
  connection: Connection,
  ground: Ground,
  messageId: string,
): Promise<PrintItemRow | undefined> {
  const values: unknown[] = [messageId];
  const [row] = await connection.query<PrintItemRow>(
    `select ${ITEM} ${FROM} where p.message_id = $1 and ${coveredBy(ground, SENT, bindTo(values))}`,
    values,
  );
  return row;
}

/** Says that the document of an item was fetched to be printed. */
export async function markFetched(connection: Connection, messageId: string): Promise<void> {
  await connection.query('update print_item set fetched_at = clock_timestamp() where message_id = $1', [
    messageId,
  ]);
}

/** Says that an item left on paper; gives whether that was news. */
export async function markPrinted(connection: Connection, messageId: string, by: string): Promise<boolean> {
  const rows = await connection.query(
    `update print_item set printed_at = clock_timestamp(), printed_by = $2
     where message_id = $1 and printed_at is null returning 1`,
    [messageId, by],
  );
  return rows.length > 0;
}
