/** Reads that rest on a deliberation: the ground that the caller names, and what evidence keeps of each person. */
import { insertAuditEntries } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { findInForce, type InForce } from '../database/deliberations.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Actor, AuditAction } from '../domain/evidence.ts';
import { type DeliberationGround, groundIdOf } from '../domain/ground.ts';

/** An organisation that names the deliberation on which it asks, and for which purpose. */
export interface DeliberatedAccess {
  readonly actor: Actor;
  readonly organization: EnterpriseNumber;
  readonly deliberationId: string;
  readonly legalContext: string;
  /** Why this person, in words that name nobody; evidence keeps it. */
  readonly reason?: string;
  readonly traceId: string;
}

export interface DeliberatedGround {
  readonly ground: DeliberationGround;
  readonly allowed: InForce;
}

/** Finds what is in force of the deliberation that the caller names; undefined when it is not theirs, or not for this. */
export async function findGround(
  connection: Connection,
  { organization, deliberationId, legalContext }: DeliberatedAccess,
): Promise<DeliberatedGround | undefined> {
  const asked = { organization, deliberationId, legalContext };
  const allowed = await findInForce(connection, asked);
  return allowed && { allowed, ground: { kind: 'deliberation', ...asked, version: allowed.version } };
}

/** Writes into evidence that something of these persons was told; when that fails, nothing is told. */
export async function recordTelling(
  connection: Connection,
  { actor, legalContext, reason, traceId }: DeliberatedAccess,
  ground: DeliberationGround,
  told: { readonly action: AuditAction; readonly object: string; readonly personIds: readonly string[] },
): Promise<void> {
  const { action, personIds } = told;
  const object = reason === undefined ? told.object : `${told.object}: ${reason}`;
  const entry = { actor, action, ground: ground.kind, groundId: groundIdOf(ground), traceId };
  await insertAuditEntries(connection, { ...entry, purpose: legalContext, object }, personIds);
}
