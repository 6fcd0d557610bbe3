/** What a person sees of their eBox: unread messages first, each with what became of its attestation since. */

import { findMailOutcome } from '../database/arrivals.ts';
import { listStandings, type StandingRow } from '../database/attestation-reads.ts';
import type { Connection } from '../database/database.ts';
import {
  countMessages,
  findInboxMessage,
  listAttachments,
  listMessages,
  type MessageFilter,
} from '../database/inbox.ts';
import type { MessageRow } from '../database/messages.ts';
import { type AskedCopy, findCopy } from '../database/print-items.ts';
import { receiptsOf } from '../database/receipts.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { Happening } from '../domain/receipt.ts';
import type { EboxMessage } from './browse.ts';
import { openContents } from './message-content.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

/** An attestation and what became of it after it was published. */
export interface Standing
  extends Pick<StandingRow, 'type' | 'number' | 'state' | 'endedAt' | 'newestMessageId'> {
  /** Whom and when it concerns; missing once the citizen's key was destroyed. */
  readonly subject?: Pick<AttestationFacts, 'employer' | 'month' | 'rule'>;
}

type InboxServices = Pick<Services, 'database' | 'vault'>;

export interface InboxMessage extends MessageRow {
  /** Missing for a message that carries no attestation. */
  readonly standing?: Standing;
}

export interface InboxPage {
  readonly messages: readonly InboxMessage[];
  readonly total: number;
  readonly unread: number;
}

/** Which messages a person looks at: those in the eBox or in its archive, all or only some. */
export type InboxFilter = Required<Pick<MessageFilter, 'visible'>> &
  Pick<MessageFilter, 'readStatus' | 'search'>;

/** Lists a page of the reader's messages: unread before read, the newest of each first. Listing is not reading. */
export async function listUnreadFirst(
  services: InboxServices,
  reader: Reader,
  filter: InboxFilter,
  page: { readonly size: number; readonly offset: number },
): Promise<InboxPage> {
  return services.database.transaction(async (connection) => {
    const { ground } = reader;
    const counts = await countMessages(connection, ground, filter);
    const slice = (readStatus: boolean, size: number, offset: number) =>
      size === 0 || filter.readStatus === !readStatus
        ? []
        : listMessages(connection, ground, { ...filter, readStatus }, { size, offset });
    const unread = await slice(false, page.size, page.offset);
    const read = await slice(true, page.size - unread.length, Math.max(0, page.offset - counts.unread));
    await recordReading(connection, reader, 'message.list');
    // One that was read between the two is listed once, as it was found first.
    const found = new Set(unread.map(({ messageId }) => messageId));
    const rows = [...unread, ...read.filter(({ messageId }) => !found.has(messageId))];
    return { messages: await withStandings(services, connection, reader, rows), ...counts };
  });
}

export interface OpenedMessage extends EboxMessage {
  readonly standing?: Standing;
  /** Whether there is a text to be read, by `readBody`. */
  readonly hasBody: boolean;
  /** When the mail about it was refused or came back; missing where it did not. */
  readonly mailFailedAt?: Date;
  /** What became of it, in the order of their arrival. */
  readonly history: readonly Happening[];
  /** Missing where nobody asked for a copy on paper. */
  readonly copy?: AskedCopy;
}

/** Finds one message of the reader; undefined for one that is not theirs, as for one that is not there. */
export async function consultMessage(
  services: InboxServices,
  reader: Reader,
  messageId: string,
): Promise<OpenedMessage | undefined> {
  return services.database.transaction(async (connection) => {
    const row = await findInboxMessage(connection, reader.ground, messageId);
    if (row === undefined) return undefined;
    await recordReading(connection, reader, 'message.consult', messageId);
    const [message = row] = await withStandings(services, connection, reader, [row]);
    const contents = await openContents(services, connection, reader.ground, [messageId]);
    const mail = await findMailOutcome(connection, reader.ground, messageId);
    const attachments = await listAttachments(connection, reader.ground, [messageId]);
    const copy = await findCopy(connection, reader.ground, messageId);
    return {
      ...message,
      attachments,
      ...(copy && { copy }),
      history: await receiptsOf(connection, messageId),
      hasBody: contents.get(messageId)?.body !== undefined,
      ...(mail?.failedAt && { mailFailedAt: mail.failedAt }),
    };
  });
}

async function withStandings(
  services: InboxServices,
  connection: Connection,
  { ground }: Reader,
  rows: readonly MessageRow[],
): Promise<InboxMessage[]> {
  const ids = rows.flatMap(({ attestationId }) => (attestationId === null ? [] : [attestationId]));
  const standings = new Map(
    (await listStandings(connection, ground, ids)).map((row) => [
      row.attestationId,
      standingOf(services, row),
    ]),
  );
  return rows.map((row) => {
    const standing = standings.get(row.attestationId ?? '');
    return { ...row, ...(standing && { standing }) };
  });
}

function standingOf({ vault }: InboxServices, row: StandingRow): Standing {
  const { attestationId, type, number, state, endedAt, newestMessageId, citizenKeyId, wrappedKey } = row;
  const standing = { type, number, state, endedAt, newestMessageId };
  if (wrappedKey === null) return standing;
  const text = vault.openCitizenKey(citizenKeyId, wrappedKey).open(row.facts, attestationId).toString('utf8');
  // Written by `settle`, authenticated by the citizen key.
  const { employer, month, rule } = JSON.parse(text) as AttestationFacts;
  const subject = { ...(employer && { employer }), ...(month && { month }), ...(rule && { rule }) };
  return { ...standing, subject };
}
