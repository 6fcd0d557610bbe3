/** A person reads what was decided on their rights. */
import { insertAuditEntry } from '../database/audit.ts';
import { type DecisionRow, listDecisions } from '../database/decisions.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import type { Services } from './services.ts';

const LISTED = 100;

/** Lists a person's own decisions, the newest first. */
export async function consultDecisions(
  { database }: Pick<Services, 'database'>,
  {
    actor,
    ground,
    traceId,
  }: { actor: Actor; ground: Ground & { readonly kind: 'ownData' }; traceId: string },
): Promise<readonly DecisionRow[]> {
  return database.transaction(async (connection) => {
    const { kind, personId } = ground;
    await insertAuditEntry(connection, { actor, action: 'decision.list', ground: kind, personId, traceId });
    return listDecisions(connection, ground, LISTED);
  });
}
