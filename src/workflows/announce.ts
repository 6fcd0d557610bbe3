/** That a deliberation is about to expire is announced: once for each version, in time to ask for another. */
import { insertAuditEntry } from '../database/audit.ts';
import { insertExpiries } from '../database/outbox.ts';
import { ANNOUNCED_DAYS } from '../domain/deliberation.ts';
import { groundIdOf } from '../domain/ground.ts';
import type { Services } from './services.ts';

/** Announces what is due: an event of each, the job that tells it, and evidence, all or nothing. */
export async function announceExpiries({ database }: Pick<Services, 'database'>): Promise<void> {
  await database.transaction(async (connection) => {
    for (const version of await insertExpiries(connection, ANNOUNCED_DAYS)) {
      await insertAuditEntry(connection, {
        actor: { kind: 'service', id: 'announce' },
        action: 'deliberation.announce',
        ground: 'duty',
        object: groundIdOf(version),
      });
    }
  });
}
