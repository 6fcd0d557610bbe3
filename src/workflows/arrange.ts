/** A person shows or hides messages of their eBox: all that they name, or none. */
import { setVisibility } from '../database/inbox.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

export interface Arrangement {
  readonly messageId: string;
  readonly isVisible: boolean;
}

/** Thrown to undo what was done, when one of the messages is not there. */
class MessageMissing extends Error {}

/** Shows or hides messages; false, with nothing changed, when one of them is not the reader's. */
export async function arrangeMessages(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  arrangements: readonly Arrangement[],
): Promise<boolean> {
  try {
    await database.transaction(async (connection) => {
      const changed = new Set(await setVisibility(connection, reader.ground, arrangements));
      if (arrangements.some(({ messageId }) => !changed.has(messageId))) throw new MessageMissing();
      for (const messageId of changed) await recordReading(connection, reader, 'message.arrange', messageId);
    });
    return true;
  } catch (error) {
    if (error instanceof MessageMissing) return false;
    throw error;
  }
}
