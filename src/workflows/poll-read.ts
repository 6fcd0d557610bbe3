/** What was read in another registry is asked for in bulk: it tells that a message was read, and not when. */
import { insertReceipt } from '../database/messages.ts';
import { takeUnread } from '../database/relays.ts';
import type { Ssin } from '../domain/ssin.ts';
import { failpoint } from '../failpoint.ts';
import type { Services } from './services.ts';

type PollServices = Pick<Services, 'database' | 'vault' | 'registry' | 'newId' | 'clock'>;

/** The most ids that the registry takes in one question. */
const MOST_AT_ONCE = 500;

/**
 * Asks of every unread message that was not asked of for so long, and keeps a receipt of each that was read; its time is
 * that at which we learned it. Throws `remoteUnavailable` and `remoteRefused`; what was asked of is then asked again later.
 */
export async function pollRead(services: PollServices, afterSeconds: number): Promise<void> {
  const { database, vault, registry } = services;
  if (registry?.canListRead !== true) return;
  for (;;) {
    const taken = await database.transaction((connection) =>
      takeUnread(connection, afterSeconds, MOST_AT_ONCE),
    );
    const unread = taken.filter(({ isOpen }) => isOpen);
    const asked = unread.map(({ registryMessageId, ssinCiphertext }) => ({
      registryMessageId,
      // The vault returns what loading put in: an SSIN that was checked then.
      recipient: vault.open(ssinCiphertext, 'ssin').toString('utf8') as Ssin,
    }));
    const read = new Set(asked.length > 0 ? await registry.listRead(asked) : []);
    await failpoint('poll-read.asked');
    await keepRead(
      services,
      unread.filter(({ registryMessageId }) => read.has(registryMessageId)).map(({ messageId }) => messageId),
    );
    if (taken.length < MOST_AT_ONCE) return;
  }
}

async function keepRead(
  { database, newId, clock }: PollServices,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await database.transaction(async (connection) => {
    for (const messageId of messageIds)
      await insertReceipt(connection, { eventId: newId(), messageId, kind: 'read', eventTime: clock() });
  });
}
