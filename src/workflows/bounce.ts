/** Mail that came back: the report of the mail server is read, and kept with the digest and the messages it spoke of. */
import { insertAuditEntry } from '../database/audit.ts';
import { listMailedMessages, markMailFailed } from '../database/mails.ts';
import { failpoint } from '../failpoint.ts';
import { readBounce } from '../mail/bounce.ts';
import { recordNotification } from './deliver.ts';
import type { Services } from './services.ts';

/** What came of a report. */
export type BounceOutcome =
  /** The mail came back; its messages show it. */
  | 'noted'
  /** That it failed was known already. */
  | 'known'
  /** It arrived, or still may. */
  | 'notFinal'
  /** No report, or on a mail that is not ours. */
  | 'notOurs';

/** Takes in one mail from the mailbox that mails come back to. The same one twice changes nothing. */
export async function noteBounce(
  services: Pick<Services, 'database' | 'newId' | 'clock'>,
  publicUrl: string,
  message: Buffer,
): Promise<BounceOutcome> {
  const bounce = await readBounce(message, new URL(publicUrl).hostname);
  if (bounce === undefined) return 'notOurs';
  if (!bounce.isFailed) return 'notFinal';
  const { mailId, status } = bounce;
  const outcome = await services.database.transaction(async (connection) => {
    const mail = await markMailFailed(connection, mailId, 'bounced', status);
    if (mail === undefined) return 'known';
    const messages = await listMailedMessages(connection, mailId);
    await recordNotification(services, connection, 'notificationFailed', messages);
    for (const { messageId } of messages) {
      await insertAuditEntry(connection, {
        actor: { kind: 'service', id: 'bounce' },
        action: 'message.bounce',
        ground: 'duty',
        personId: mail.personId,
        object: messageId,
      });
    }
    return 'noted';
  });
  await failpoint('bounce.committed');
  return outcome;
}
