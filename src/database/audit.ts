/** Entries of the evidence log, written in the transaction that grants the read or makes the change. */
import type { AuditEntry } from '../domain/evidence.ts';
import type { Connection } from './database.ts';

/** Adds an entry; when that fails, the transaction fails and nothing is disclosed. */
export async function insertAuditEntry(connection: Connection, entry: AuditEntry): Promise<void> {
  await connection.query(
    `insert into audit_entry (actor_kind, actor_id, actor_organization, action, ground, person_id, object, trace_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      entry.actor.kind,
      entry.actor.id,
      entry.actor.organization ?? null,
      entry.action,
      entry.ground,
      entry.personId ?? null,
      entry.object ?? null,
      entry.traceId ?? null,
    ],
  );
}
