/** A person asks for a copy on paper: the sender finds it among what it has to print. */
import { findInboxMessage } from '../database/inbox.ts';
import { askForCopy } from '../database/print-items.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

/** Asks for it; false where the reader has no such message. Where nothing is in force to print, or it left before, nothing is. */
export async function askForPaper(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  messageId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    if ((await findInboxMessage(connection, reader.ground, messageId)) === undefined) return false;
    const isAsked = await askForCopy(connection, reader.ground, messageId);
    if (isAsked) await recordReading(connection, reader, 'message.askPaper', messageId);
    return true;
  });
}
