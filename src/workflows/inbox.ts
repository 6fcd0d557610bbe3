/** What a person sees of their eBox: unread messages first, each with what became of its attestation since. */
import { listStandings, type StandingRow } from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  countMessages,
  findOwnMessage,
  listAttachments,
  listMessages,
  type MessageRow,
} from '../database/messages.ts';
import { listAliases } from '../database/persons.ts';
import type { AuditAction } from '../domain/evidence.ts';
import type { EboxMessage, Reader } from './read.ts';
import type { Services } from './services.ts';

/** What became of an attestation after it was published. */
export type Standing = Pick<StandingRow, 'type' | 'number' | 'state' | 'endedAt' | 'newestMessageId'>;

export interface InboxMessage extends MessageRow {
  /** Missing for a message that carries no attestation. */
  readonly standing?: Standing;
}

export interface InboxPage {
  readonly messages: readonly InboxMessage[];
  readonly total: number;
  readonly unread: number;
}

/** Lists a page of the reader's visible messages: unread before read, the newest of each first. Listing is not reading. */
export async function listUnreadFirst(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  page: { readonly size: number; readonly offset: number },
): Promise<InboxPage> {
  return database.transaction(async (connection) => {
    const aliases = await listAliases(connection, reader.ground.personId);
    const counts = await countMessages(connection, aliases, { visible: true });
    const slice = (readStatus: boolean, size: number, offset: number) =>
      size === 0 ? [] : listMessages(connection, aliases, { visible: true, readStatus }, { size, offset });
    const unread = await slice(false, page.size, page.offset);
    const read = await slice(true, page.size - unread.length, Math.max(0, page.offset - counts.unread));
    await audit(connection, reader, 'message.list');
    return { messages: await withStandings(connection, [...unread, ...read]), ...counts };
  });
}

export interface OpenedMessage extends EboxMessage {
  readonly standing?: Standing;
}

/** Finds one message of the reader; undefined for one that is not theirs, as for one that is not there. */
export async function consultMessage(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  messageId: string,
): Promise<OpenedMessage | undefined> {
  return database.transaction(async (connection) => {
    const aliases = await listAliases(connection, reader.ground.personId);
    const row = await findOwnMessage(connection, aliases, messageId);
    if (row === undefined) return undefined;
    await audit(connection, reader, 'message.consult', messageId);
    const [message = row] = await withStandings(connection, [row]);
    return { ...message, attachments: await listAttachments(connection, [messageId]) };
  });
}

async function withStandings(connection: Connection, rows: readonly MessageRow[]): Promise<InboxMessage[]> {
  const ids = rows.flatMap(({ attestationId }) => (attestationId === null ? [] : [attestationId]));
  const standings = new Map(
    (await listStandings(connection, ids)).map((standing) => [standing.attestationId, standing]),
  );
  return rows.map((row) => {
    const standing = standings.get(row.attestationId ?? '');
    return { ...row, ...(standing && { standing }) };
  });
}

function audit(connection: Connection, reader: Reader, action: AuditAction, object?: string): Promise<void> {
  return insertAuditEntry(connection, {
    actor: reader.actor,
    action,
    ground: reader.ground.kind,
    personId: reader.ground.personId,
    ...(object !== undefined && { object }),
    ...(reader.traceId !== undefined && { traceId: reader.traceId }),
  });
}
