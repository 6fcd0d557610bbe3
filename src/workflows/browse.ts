/** What lies in an eBox, as programs list it: pages, counts and single messages. Listing is not reading. */
import type { Connection } from '../database/database.ts';
import {
  countBytes,
  countMessages,
  findInboxMessage as findMessage,
  listAttachments,
  listMessages,
  type MessageFilter,
} from '../database/inbox.ts';
import type { AttachmentRow, MessageRow } from '../database/messages.ts';
import type { MessageContent } from '../ebox/publication.ts';
import { openContents } from './message-content.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

export interface EboxMessage extends MessageRow {
  readonly attachments: readonly AttachmentRow[];
  /** What a sender says beside subject and files. */
  readonly content?: MessageContent;
}

export interface MessagePage {
  readonly messages: readonly EboxMessage[];
  readonly total: number;
  readonly unread: number;
}

/** Lists a page of the reader's messages, newest first. Listing is not reading. */
export async function listInbox(
  services: Pick<Services, 'database' | 'vault'>,
  reader: Reader,
  filter: MessageFilter,
  page: { readonly size: number; readonly offset: number },
): Promise<MessagePage> {
  return services.database.transaction(async (connection) => {
    const rows = await listMessages(connection, reader.ground, filter, page);
    const counts = await countMessages(connection, reader.ground, filter);
    await recordReading(connection, reader, 'message.list');
    return { messages: await complete(services, connection, reader, rows), ...counts };
  });
}

export interface InboxSummary {
  readonly total: number;
  readonly unread: number;
  readonly bytes: number;
  /** When the newest message was published; missing in an empty eBox. */
  readonly lastReceivedAt?: Date;
}

/** Sums up the reader's eBox. */
export async function summariseInbox(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
): Promise<InboxSummary> {
  return database.transaction(async (connection) => {
    const counts = await countMessages(connection, reader.ground, {});
    const [newest] = await listMessages(connection, reader.ground, {}, { size: 1, offset: 0 });
    const bytes = await countBytes(connection, reader.ground);
    await recordReading(connection, reader, 'message.list');
    return { ...counts, bytes, ...(newest && { lastReceivedAt: newest.receivedAt }) };
  });
}

async function complete(
  services: Pick<Services, 'vault'>,
  connection: Connection,
  { ground }: Reader,
  rows: readonly MessageRow[],
): Promise<EboxMessage[]> {
  const ids = rows.map(({ messageId }) => messageId);
  const attachments = await listAttachments(connection, ground, ids);
  const contents = await openContents(services, connection, ground, ids);
  return rows.map((row) => {
    const content = contents.get(row.messageId);
    const own = attachments.filter(({ messageId }) => messageId === row.messageId);
    return { ...row, attachments: own, ...(content && { content }) };
  });
}

/** Finds one message of the reader; undefined for one that is not theirs, as for one that is not there. */
export async function findInboxMessage(
  services: Pick<Services, 'database' | 'vault'>,
  reader: Reader,
  messageId: string,
): Promise<EboxMessage | undefined> {
  return services.database.transaction(async (connection) => {
    const row = await findMessage(connection, reader.ground, messageId);
    if (row === undefined) return undefined;
    await recordReading(connection, reader, 'message.consult', messageId);
    return (await complete(services, connection, reader, [row]))[0];
  });
}
