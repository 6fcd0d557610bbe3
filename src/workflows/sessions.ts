/** Where somebody is logged in: they see it and end what is not theirs any more; an operator ends anybody's sessions. */
import { insertAuditEntry } from '../database/audit.ts';
import { deleteSessions, listSessions, type SessionRow } from '../database/session-list.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Services } from './services.ts';

export type { SessionRow };

/** Hashes the id that evidence has of somebody, as their sessions have it: the table alone tells of nobody. */
export function sessionOwner(vault: Pick<Services['vault'], 'actor'>, actorId: string): string {
  return vault.actor(`session/${actorId}`).toString('hex');
}

type SessionServices = Pick<Services, 'database' | 'vault'>;

/** Lists the sessions of somebody who is logged in, the newest first. */
export async function ownSessions(
  { database, vault }: SessionServices,
  actorId: string,
): Promise<readonly SessionRow[]> {
  return database.transaction((connection) => listSessions(connection, sessionOwner(vault, actorId)));
}

/** Ends one session of somebody, or all but the one in which they ask; gives how many ended. */
export async function endOwnSessions(
  { database, vault }: SessionServices,
  { actorId, tokenHash: here }: { readonly actorId: string; readonly tokenHash: string },
  which: { readonly kind: 'one'; readonly tokenHash: string } | { readonly kind: 'others' },
): Promise<number> {
  const wish = which.kind === 'one' ? { tokenHash: which.tokenHash } : {};
  return database.transaction((connection) =>
    deleteSessions(connection, { owner: sessionOwner(vault, actorId), exceptTokenHash: here, ...wish }),
  );
}

/** An operator ends the sessions of one, by the id that evidence has of them, or of all; that stands in evidence. */
export async function endSessions(
  { database, vault }: SessionServices,
  operator: Actor,
  actorId: string | undefined,
): Promise<number> {
  return database.transaction(async (connection) => {
    const ended = await deleteSessions(connection, {
      ...(actorId !== undefined && { owner: sessionOwner(vault, actorId) }),
    });
    await insertAuditEntry(connection, {
      actor: operator,
      action: 'session.end',
      ground: 'duty',
      object: actorId ?? 'all',
    });
    return ended;
  });
}
